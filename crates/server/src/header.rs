//! The headers of the protocol.

use http::{HeaderName, HeaderValue};

pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(crate) const CLIENT_ID: HeaderName = HeaderName::from_static("client-id");
pub(crate) const REQUEST_TIME: HeaderName = HeaderName::from_static("request-time");
pub(crate) const RESPONSE_TIME: HeaderName = HeaderName::from_static("response-time");
pub(crate) const TRACER_ID: HeaderName = HeaderName::from_static("tracer-id");

/// The media type of every message.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");
