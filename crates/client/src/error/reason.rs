//! The reasons why a call failed.

use std::time::Duration;

use alipayplus_runtime::code::Status;
use alipayplus_runtime::conclusion::Unconcluded;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::operation::{Mismatch, Operation, OutcomeError};
use alipayplus_runtime::violation::Violation;
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, NotVerified, SignError};

use super::build::BuildError;
use super::result::{UnverifiedResult, VerifiedResult};
use crate::transport::TransportError;

/// The reason of an [`Error`](super::Error), which has the table of all reasons.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorReason {
    /// A setting of this call is invalid. Nothing was sent.
    #[error("the call has an invalid setting")]
    Config(#[from] BuildError),
    /// The request breaks a condition of the schema that its types do not rule out. Nothing was sent.
    #[error("the request breaks the schema")]
    InvalidRequest(#[source] DecodeError),
    /// The request could not be signed. Nothing was sent.
    #[error("the request could not be signed")]
    Sign(#[from] SignError),
    /// The exchange failed below HTTP, or took longer than one attempt may.
    #[error("no response was received")]
    Transport(#[from] TransportError),
    /// The response has an HTTP status other than 200, and its body was not read. Redirects (3xx) are not followed,
    /// because the signature covers the path.
    #[error("the response has the HTTP status {status}{}", describe_retry_after(*.retry_after))]
    Status {
        /// The status.
        status: u16,
        /// How long the server asks to wait by `Retry-After`, from when the response came, at most a day; `None` if the
        /// header is absent or unreadable. Not verified.
        retry_after: Option<Duration>,
    },
    /// The body of the response is larger than the limit.
    #[error("the response has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The response is compressed although the request did not allow it. The bytes that were signed are not known.
    #[error("the response has a Content-Encoding other than identity")]
    ContentEncoding,
    /// The response has no `Signature` header, so that anyone may have sent it. A server does not sign when it could not
    /// verify the signature of the request, or when it is overloaded.
    #[error("the response has no signature{}", describe_claim(.claimed.as_ref()))]
    Unsigned {
        /// The result that it claims, if it can be read. **Not verified**: a hint for the operator.
        claimed: Option<UnverifiedResult>,
    },
    /// The signature of the response is not accepted.
    #[error("the signature of the response is not accepted")]
    Signature(#[from] SignatureError),
    /// The `Client-Id` header of the response is missing, repeated, or not that of the request.
    #[error("the Client-Id of the response is not that of the request")]
    ClientId,
    /// The `Response-Time` header is missing, repeated, unreadable, not fresh, or before the request.
    #[error("the time of the response is not accepted")]
    Freshness(#[from] FreshnessError),
    /// The response is verified, but it is not JSON in UTF-8.
    #[error("the response is not JSON in UTF-8")]
    MediaType,
    /// The response is verified, but it breaks the schema.
    #[error("the response breaks the schema")]
    InvalidResponse(#[from] DecodeError),
    /// The server refused the request. Verified.
    #[error("refused with {}", .0)]
    Refused(VerifiedResult),
    /// The server has trouble and does not know the state. Verified. Retrying can help, whatever else the response holds.
    #[error("the server reports trouble: {}", .0)]
    Trouble(VerifiedResult),
    /// The result of the response contradicts another member, which reports a success. Verified. The server may be
    /// between two states, so retrying can help.
    #[error("the response contradicts itself: {result}, but a success at {pointer}")]
    Contradiction {
        /// The result.
        result: VerifiedResult,
        /// The member that contradicts it, as a JSON Pointer.
        pointer: String,
    },
    /// The response reports a success with a code that the document does not list. It is not taken for a success.
    /// Verified.
    #[error("a success with the unlisted code {}", .0)]
    UnlistedCode(VerifiedResult),
    /// A member is missing or has an unrecognized value. It is not taken for a success. Verified.
    #[error("{pointer} is missing or not recognized")]
    UnrecognizedMember {
        /// The member, as a JSON Pointer.
        pointer: &'static str,
        /// Where the response breaks the schema beside that.
        violations: Vec<Violation>,
    },
    /// The response is verified, but it differs from what [`expecting`](crate::Call::expecting) was given. A signature
    /// does not prove which request a response belongs to.
    #[error("not as expected: {}", describe_mismatches(.mismatches))]
    Mismatch {
        /// The members that differ. There is at least one.
        mismatches: Vec<Mismatch>,
    },
    /// No time was left for another attempt.
    #[error("the deadline has passed")]
    DeadlineExceeded {
        /// The error of the last completed attempt; `None` if the first attempt was cut short.
        #[source]
        last: Option<Box<ErrorReason>>,
    },
}

impl ErrorReason {
    pub(crate) fn is_retryable(&self) -> bool {
        match self {
            Self::Sign(error) => matches!(error, SignError::External(_)),
            Self::Transport(error) => error.kind().is_retryable(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unsigned { claimed } => claimed.as_ref().is_some_and(|claimed| claimed.status == Status::Unknown),
            Self::Trouble(_) | Self::Contradiction { .. } | Self::DeadlineExceeded { .. } => true,
            _ => false,
        }
    }

    /// Returns whether the response could not be verified or read, and is not retryable, so that it may be that of a proxy,
    /// or signed with a key that is not known yet.
    pub(crate) fn is_unreadable(&self) -> bool {
        let is_unreadable = matches!(
            self,
            Self::Status { .. }
                | Self::TooLarge { .. }
                | Self::ContentEncoding
                | Self::Unsigned { .. }
                | Self::Signature(_)
                | Self::ClientId
                | Self::Freshness(_)
                | Self::MediaType
                | Self::InvalidResponse(_)
        );
        is_unreadable && !self.is_retryable()
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::DeadlineExceeded { last: Some(last) } => last.retry_after(),
            _ => None,
        }
    }

    pub(super) fn violations(&self) -> &[Violation] {
        match self {
            Self::InvalidResponse(error) | Self::InvalidRequest(error) => error.violations(),
            Self::UnrecognizedMember { violations, .. } => violations,
            _ => self.verified_result().map_or(&[], VerifiedResult::violations),
        }
    }

    pub(super) fn verified_result(&self) -> Option<&VerifiedResult> {
        match self {
            Self::Refused(result)
            | Self::Trouble(result)
            | Self::UnlistedCode(result)
            | Self::Contradiction { result, .. } => Some(result),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::InvalidRequest(_) => "invalid_request",
            Self::Sign(_) => "sign",
            Self::Transport(_) => "transport",
            Self::Status { .. } => "status",
            Self::TooLarge { .. } => "too_large",
            Self::ContentEncoding => "content_encoding",
            Self::Unsigned { .. } => "unsigned",
            Self::Signature(_) => "signature",
            Self::ClientId => "client_id",
            Self::Freshness(_) => "freshness",
            Self::MediaType => "media_type",
            Self::InvalidResponse(_) => "invalid_response",
            Self::Refused(_) => "refused",
            Self::Trouble(_) => "trouble",
            Self::Contradiction { .. } => "contradiction",
            Self::UnlistedCode(_) => "unlisted_code",
            Self::UnrecognizedMember { .. } => "unrecognized_member",
            Self::Mismatch { .. } => "mismatch",
            Self::DeadlineExceeded { .. } => "deadline",
        }
    }

    /// Returns the listed result code of the server, or `unlisted` for every other code, so that the number of labels of
    /// a metric is bounded. `None` if the error has no verified result.
    #[cfg(feature = "metrics")]
    pub(super) fn listed_code(&self) -> Option<&'static str> {
        self.verified_result().map(|result| result.listed_code().unwrap_or("unlisted"))
    }
}

impl<O: Operation> From<Unconcluded<O>> for ErrorReason {
    fn from(Unconcluded { reason, violations, .. }: Unconcluded<O>) -> Self {
        let unrecognized = |pointer, violations| Self::UnrecognizedMember { pointer, violations };
        let result = |code: Option<&O::Code>, violations| VerifiedResult::new(code, violations);
        match reason {
            OutcomeError::Invalid(error) => Self::InvalidResponse(error),
            OutcomeError::Refused(code) => Self::Refused(result(Some(&code), violations)),
            OutcomeError::Trouble(code) => Self::Trouble(result(code.as_ref(), violations)),
            OutcomeError::UnlistedCode(code) => Self::UnlistedCode(result(Some(&code), violations)),
            OutcomeError::Contradiction { code, pointer } => {
                Self::Contradiction { result: result(Some(&code), violations), pointer }
            }
            OutcomeError::UnrecognizedMember(pointer) | OutcomeError::Missing(pointer) => {
                unrecognized(pointer, violations)
            }
            // A reason that is added later leaves the state just as unknown.
            _ => unrecognized("", violations),
        }
    }
}

fn describe_claim(claimed: Option<&UnverifiedResult>) -> String {
    claimed
        .map_or_else(String::new, |claimed| format!("; its unverified result code is {}", claimed.code.escape_debug()))
}

fn describe_mismatches(mismatches: &[Mismatch]) -> String {
    mismatches.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn describe_retry_after(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |time| format!(" and asks to wait for {time:?}"))
}

/// An error of checking the signature of a response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The `Signature` header is repeated or malformed.
    #[error("the header is not valid")]
    Header(#[from] HeaderError),
    /// The header names a key version that is not trusted.
    #[error("the key is not trusted")]
    Key(#[from] KeyRingError),
    /// The trusted key did not make the signature over this response. The source names what was compared.
    #[error("the signature is not valid")]
    Verify(#[from] NotVerified),
}

/// The source of a [`TransportError`] for an attempt that took too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no response within {0:?}")]
pub(crate) struct AttemptTimedOut(pub(crate) Duration);
