//! Why a request gets no answer from its handler: the exact cause for the operator, and what goes out for it.

use std::time::Duration;

use alipayplus_runtime::code::FailureKind;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::operation::AnswerError;
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use http::StatusCode;

use crate::deadline::Limit;

/// Each is one exact cause. Its text is the log's `cause` and never goes to the peer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
    #[error("path: nothing at {found}; served: {served}")]
    Path { found: String, served: String },
    #[error("path: {operation} has no handler: give the server one by its method of that name")]
    NoHandler { operation: &'static str },
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
    BodyLate(Limit),
    #[error("body: the connection broke")]
    BodyBroken,
    #[error("client: Client-Id {0}")]
    ClientId(HeaderFault),
    #[error("client: Client-Id has a `.` followed by a time, so that a signature can't tell where it ends")]
    AmbiguousClientId,
    #[error("client: not known")]
    UnknownClient,
    #[error("key: this client has no key of version {}", version(*.0))]
    UnknownVersion(Option<u64>),
    #[error("signature: {0}")]
    Header(HeaderError),
    #[error("signature: Request-Time {0}")]
    Time(HeaderFault),
    #[error("signature: {}", freshness(*.0))]
    Freshness(FreshnessError),
    #[error("signature: {error} (verified over {over})")]
    Mismatch { error: VerifyError, over: String },
    #[error("access: this client may not call this operation")]
    Access,
    #[error("access: the check panicked")]
    AccessPanicked,
    #[error("body: {0}")]
    Body(DecodeError),
    #[error("handler: late, no answer after {0}")]
    HandlerLate(Limit),
    #[error("handler: panicked")]
    HandlerPanicked,
    #[error("handler: {0}")]
    HandlerFailed(String),
    #[error("handler: {0}")]
    AnswerError(AnswerError),
    #[error("signing: {0}")]
    NotSigned(String),
    #[error("signing: the signer panicked")]
    SigningPanicked,
    #[error("signing: late, no signature after {0}")]
    SigningLate(Limit),
}

/// What is wrong with a header of which there must be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderFault {
    #[error("is missing")]
    Missing,
    #[error("is there more than once")]
    Repeated,
    #[error("is empty or not printable ASCII")]
    Unreadable,
}

/// What goes out for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Out {
    /// A message with the code that the operation's table has for the cause.
    Message(FailureKind),
    /// This HTTP status without a message.
    Status(StatusCode),
}

impl Reason {
    /// What goes out: the right-hand side of the table of checks.
    pub(crate) fn out(&self) -> Out {
        match self {
            Self::Path { .. } | Self::NoHandler { .. } => Out::Message(FailureKind::Path),
            Self::Method { .. } => Out::Message(FailureKind::Method),
            Self::ContentType | Self::Accept => Out::Message(FailureKind::MediaType),
            Self::Overload { .. } => Out::Message(FailureKind::Overload),
            Self::TooLarge { .. } => Out::Status(StatusCode::PAYLOAD_TOO_LARGE),
            Self::BodyLate(_) => Out::Status(StatusCode::REQUEST_TIMEOUT),
            Self::BodyBroken => Out::Status(StatusCode::BAD_REQUEST),
            Self::ClientId(_) | Self::AmbiguousClientId | Self::UnknownClient => Out::Message(FailureKind::Client),
            Self::UnknownVersion(_) => Out::Message(FailureKind::Key),
            Self::Header(_) | Self::Time(_) | Self::Freshness(_) | Self::Mismatch { .. } => {
                Out::Message(FailureKind::Signature)
            }
            Self::Access => Out::Message(FailureKind::Forbidden),
            Self::Body(_) => Out::Message(FailureKind::InvalidRequest),
            Self::AccessPanicked
            | Self::HandlerLate(_)
            | Self::HandlerPanicked
            | Self::HandlerFailed(_)
            | Self::AnswerError(_)
            | Self::NotSigned(_)
            | Self::SigningPanicked
            | Self::SigningLate(_) => Out::Message(FailureKind::Internal),
        }
    }

    /// The label of the refusals' metric: one of a fixed few.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Path { .. } | Self::NoHandler { .. } => "path",
            Self::Method { .. } => "method",
            Self::ContentType | Self::Accept => "media_type",
            Self::Overload { .. } => "overload",
            Self::TooLarge { .. } => "size",
            Self::BodyLate(_) => "body_late",
            Self::BodyBroken => "body_broken",
            Self::ClientId(_) | Self::AmbiguousClientId | Self::UnknownClient => "client",
            Self::UnknownVersion(_) => "key",
            Self::Header(_) | Self::Time(_) | Self::Mismatch { .. } => "signature",
            Self::Freshness(_) => "freshness",
            Self::Access | Self::AccessPanicked => "access",
            Self::Body(_) => "illegal",
            Self::HandlerLate(_) => "handler_late",
            Self::HandlerPanicked => "handler_panicked",
            Self::HandlerFailed(_) => "handler_failed",
            Self::AnswerError(_) => "inconsistent",
            Self::NotSigned(_) | Self::SigningPanicked | Self::SigningLate(_) => "signing",
        }
    }

    /// What of the reason the peer may know: what is wrong with its own message.
    pub(crate) fn detail(&self) -> Option<&DecodeError> {
        match self {
            Self::Body(error) => Some(error),
            _ => None,
        }
    }
}

impl From<(KeyRingError, Option<u64>)> for Reason {
    fn from((error, version): (KeyRingError, Option<u64>)) -> Self {
        match error {
            KeyRingError::UnknownVersion => Self::UnknownVersion(version),
            // Whatever else a ring may say one day, the client has no key to go on with.
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

/// A length of time for the log, exactly: as a floating-point number, 1.828 s have seventeen digits.
pub(crate) fn seconds(time: Duration) -> String {
    let fraction = format!("{:09}", time.subsec_nanos());
    match fraction.trim_end_matches('0') {
        "" => format!("{} s", time.as_secs()),
        fraction => format!("{}.{fraction} s", time.as_secs()),
    }
}

/// Text of a stranger for the log: bounded, on one line.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 64;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_default).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_is_bounded_and_on_one_line() {
        assert_eq!(shown("plain-1"), "plain-1");
        assert_eq!(shown("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(shown(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn seconds_are_plain() {
        let by = Duration::from_secs(301);
        assert_eq!(Reason::Freshness(FreshnessError::Stale { by }).to_string(), "signature: stale by 301 s");
        assert_eq!(seconds(Duration::from_millis(1828)), "1.828 s");
        assert_eq!(seconds(Duration::from_nanos(10)), "0.00000001 s");
        let late = Limit { time: Duration::from_millis(250), setting: "body_deadline" };
        assert_eq!(Reason::BodyLate(late).to_string(), "body: not complete after 0.25 s (`body_deadline`)");
    }
}
