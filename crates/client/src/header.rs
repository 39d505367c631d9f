//! The headers of a request and of its response: names, values to send, and reading those that count only once.

use alipayplus_signing::{header_name, media_type};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static(header_name::SIGNATURE);
pub(crate) const CLIENT_ID: HeaderName = HeaderName::from_static(header_name::CLIENT_ID);
pub(crate) const REQUEST_TIME: HeaderName = HeaderName::from_static(header_name::REQUEST_TIME);
pub(crate) const RESPONSE_TIME: HeaderName = HeaderName::from_static(header_name::RESPONSE_TIME);
pub(crate) const TRACER_ID: HeaderName = HeaderName::from_static(header_name::TRACER_ID);

/// Makes the value of a header that is signed or echoed; `None` unless it is visible ASCII without spaces, which no
/// proxy has a reason to change.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then(|| HeaderValue::from_str(text).ok()).flatten()
}

/// Returns the value of a header that occurs exactly once, otherwise `None`.
pub(crate) fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.as_bytes())
}

/// Returns whether the body is JSON in UTF-8 according to its `Content-Type`.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    media_type::are_json(headers.get_all(CONTENT_TYPE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_value_is_none_for_a_repeated_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(single_value(&headers, &CLIENT_ID), None);
        headers.append(CLIENT_ID, HeaderValue::from_static("x"));
        assert_eq!(single_value(&headers, &CLIENT_ID), Some(b"x".as_slice()));
        headers.append(CLIENT_ID, HeaderValue::from_static("x"));
        assert_eq!(single_value(&headers, &CLIENT_ID), None);
    }

    #[test]
    fn content_type_may_be_absent_and_is_json_each_time() {
        let mut headers = HeaderMap::new();
        assert!(is_json(&headers));
        headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert!(is_json(&headers));
        headers.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        assert!(is_json(&headers));
        headers.append(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        assert!(!is_json(&headers));
    }
}
