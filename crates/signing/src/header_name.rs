//! The names of the protocol's HTTP headers, in lower case.
//!
//! They are text, so that any HTTP library can use them: `HeaderName::from_static` of the `http` crate takes them in a
//! constant.

/// The signature of the request or of the response, see [`SignatureHeader`](crate::SignatureHeader).
pub const SIGNATURE: &str = "signature";
/// The id that Alipay+ assigned to the client. A response repeats the one of its request.
pub const CLIENT_ID: &str = "client-id";
/// The time at which the request was sent, see [`parse_time`](crate::parse_time).
pub const REQUEST_TIME: &str = "request-time";
/// The time at which the response was sent, see [`parse_time`](crate::parse_time).
pub const RESPONSE_TIME: &str = "response-time";
/// An optional id that correlates the logs of both sides. It is not signed.
pub const TRACER_ID: &str = "tracer-id";
