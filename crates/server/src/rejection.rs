//! Why a request is rejected by the server itself: the exact cause for the log, and what is sent for it.

use alipayplus_runtime::code::FailureKind;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::operation::AnswerError;
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, NotVerified};
use http::StatusCode;

use crate::deadline::StepTimeout;
use crate::header::HeaderValueError;
use crate::log_text::seconds;

/// The cause of a rejection. Its text is the log's `cause` and is never sent to the client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("path: nothing at {found}; served: {served}")]
    Path { found: String, served: String },
    #[error("path: {operation} has no handler: mount one by the server's method of that name")]
    NoHandler { operation: &'static str },
    #[error("method: CONNECT")]
    Connect,
    #[error("method: {found} instead of {expected}")]
    Method { found: String, expected: &'static str },
    #[error("media type: Content-Type is not application/json in UTF-8")]
    ContentType,
    #[error("media type: Accept rules application/json out by q=0")]
    Accept,
    #[error("overload: {limit} requests are in flight")]
    Overload { limit: usize },
    #[error("size: the body has more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("body: not complete after {0}")]
    BodyTimeout(StepTimeout),
    #[error("body: the connection broke")]
    BodyBroken,
    #[error("client: Client-Id {0}")]
    ClientId(HeaderValueError),
    #[error("client: Client-Id has a `.` followed by a time, so that a signature can't tell where it ends")]
    AmbiguousClientId,
    #[error("client: not known")]
    UnknownClient,
    #[error("key: this client has no key of version {}", version(*.0))]
    UnknownVersion(Option<u64>),
    #[error("signature: {0}")]
    Signature(HeaderError),
    #[error("signature: Request-Time {0}")]
    RequestTime(HeaderValueError),
    #[error("signature: {}", freshness(*.0))]
    Freshness(FreshnessError),
    #[error("signature: {0}")]
    Mismatch(NotVerified),
    #[error("access: this client may not call this operation")]
    Forbidden,
    #[error("access: the check panicked")]
    AuthorizePanicked,
    #[error("body: {0}")]
    InvalidBody(DecodeError),
    #[error("handler: late, no answer after {0}")]
    HandlerTimeout(StepTimeout),
    #[error("handler: panicked")]
    HandlerPanicked,
    #[error("handler: {0}")]
    HandlerFailed(String),
    #[error("handler: {0}")]
    InvalidAnswer(AnswerError),
    #[error("handler: the members of the refusal break the schema: {0}")]
    InvalidRefusal(DecodeError),
    #[error("handler: the members of the refusal make it something else than {code}")]
    OtherRefusal { code: &'static str },
    #[error("signing: {0}")]
    SigningFailed(String),
    #[error("signing: late, no signature after {0}")]
    SigningTimeout(StepTimeout),
    #[error("internal: panicked outside of the handler")]
    Panicked,
}

/// What is sent for a rejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RejectionReply {
    /// A message with the code that the operation's table has for this kind of failure.
    Message(FailureKind),
    /// An HTTP status without a message.
    Status(StatusCode),
}

impl Rejection {
    /// Returns what is sent: the last column of the table of checks.
    pub(crate) fn reply(&self) -> RejectionReply {
        let kind = match self {
            Self::Connect => return RejectionReply::Status(StatusCode::METHOD_NOT_ALLOWED),
            Self::TooLarge { .. } => return RejectionReply::Status(StatusCode::PAYLOAD_TOO_LARGE),
            Self::BodyTimeout(_) => return RejectionReply::Status(StatusCode::REQUEST_TIMEOUT),
            Self::Panicked => return RejectionReply::Status(StatusCode::INTERNAL_SERVER_ERROR),
            Self::BodyBroken => return RejectionReply::Status(StatusCode::BAD_REQUEST),
            Self::Path { .. } | Self::NoHandler { .. } => FailureKind::Path,
            Self::Method { .. } => FailureKind::Method,
            Self::ContentType | Self::Accept => FailureKind::MediaType,
            Self::Overload { .. } => FailureKind::Overload,
            Self::ClientId(_) | Self::AmbiguousClientId | Self::UnknownClient => FailureKind::Client,
            Self::UnknownVersion(_) => FailureKind::Key,
            Self::Signature(_) | Self::RequestTime(_) | Self::Freshness(_) | Self::Mismatch(_) => {
                FailureKind::Signature
            }
            Self::Forbidden => FailureKind::Forbidden,
            Self::InvalidBody(_) => FailureKind::InvalidRequest,
            Self::AuthorizePanicked
            | Self::HandlerTimeout(_)
            | Self::HandlerPanicked
            | Self::HandlerFailed(_)
            | Self::InvalidAnswer(_)
            | Self::InvalidRefusal(_)
            | Self::OtherRefusal { .. }
            | Self::SigningFailed(_)
            | Self::SigningTimeout(_) => FailureKind::Internal,
        };
        RejectionReply::Message(kind)
    }

    /// Returns the `cause` label of the metric of refusals. The set of labels is fixed and small.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Path { .. } | Self::NoHandler { .. } => "path",
            Self::Connect | Self::Method { .. } => "method",
            Self::ContentType | Self::Accept => "media_type",
            Self::Overload { .. } => "overload",
            Self::TooLarge { .. } => "size",
            Self::BodyTimeout(_) => "body_late",
            Self::BodyBroken => "body_broken",
            Self::ClientId(_) | Self::AmbiguousClientId | Self::UnknownClient => "client",
            Self::UnknownVersion(_) => "key",
            Self::Signature(_) | Self::RequestTime(_) | Self::Mismatch(_) => "signature",
            Self::Freshness(_) => "freshness",
            Self::Forbidden | Self::AuthorizePanicked => "access",
            Self::InvalidBody(_) => "illegal",
            Self::HandlerTimeout(_) => "handler_late",
            Self::HandlerPanicked => "handler_panicked",
            Self::HandlerFailed(_) => "handler_failed",
            Self::InvalidAnswer(_) | Self::InvalidRefusal(_) | Self::OtherRefusal { .. } => "inconsistent",
            Self::SigningFailed(_) | Self::SigningTimeout(_) => "signing",
            Self::Panicked => "panicked",
        }
    }

    /// Returns the part of the cause that the client may know: what is wrong with its own message.
    pub(crate) fn detail(&self) -> Option<&DecodeError> {
        match self {
            Self::InvalidBody(error) => Some(error),
            _ => None,
        }
    }
}

impl From<KeyRingError> for Rejection {
    fn from(error: KeyRingError) -> Self {
        match error {
            KeyRingError::UnknownVersion { version } => Self::UnknownVersion(version),
            // For any error that is added later, there is no key to verify with, either.
            _ => Self::UnknownClient,
        }
    }
}

fn freshness(error: FreshnessError) -> String {
    match error {
        FreshnessError::Stale { by } => format!("stale by {}", seconds(by)),
        FreshnessError::Future { by } => format!("{} in the future", seconds(by)),
        other => other.to_string(),
    }
}

fn version(version: Option<u64>) -> String {
    version.map_or_else(|| "any".to_owned(), |version| version.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn causes_contain_exact_seconds() {
        let by = Duration::from_secs(301);
        assert_eq!(Rejection::Freshness(FreshnessError::Stale { by }).to_string(), "signature: stale by 301 s");
        let timeout = StepTimeout { time: Duration::from_millis(250), setting: "body_deadline" };
        assert_eq!(Rejection::BodyTimeout(timeout).to_string(), "body: not complete after 0.25 s (`body_deadline`)");
    }
}
