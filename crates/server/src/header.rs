//! The headers of the protocol.

use alipayplus_signing::header_name;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static(header_name::SIGNATURE);
pub(crate) const CLIENT_ID: HeaderName = HeaderName::from_static(header_name::CLIENT_ID);
pub(crate) const REQUEST_TIME: HeaderName = HeaderName::from_static(header_name::REQUEST_TIME);
pub(crate) const RESPONSE_TIME: HeaderName = HeaderName::from_static(header_name::RESPONSE_TIME);
pub(crate) const TRACER_ID: HeaderName = HeaderName::from_static(header_name::TRACER_ID);

/// The parent of W3C Trace Context.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The media type of every message.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");

/// The error of a header that must occur exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderValueError {
    #[error("is missing")]
    Missing,
    #[error("is there more than once")]
    Repeated,
    #[error("is empty or not printable ASCII")]
    Unreadable,
}

/// Returns the value of a header that must occur exactly once and be printable ASCII without spaces.
pub(crate) fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, HeaderValueError> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(HeaderValueError::Missing)?;
    if values.next().is_some() {
        return Err(HeaderValueError::Repeated);
    }
    let text = value.to_str().map_err(|_| HeaderValueError::Unreadable)?;
    let is_readable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_readable.then_some(text).ok_or(HeaderValueError::Unreadable)
}
