//! The reasons why a call failed.

use std::time::Duration;

use alipayplus_runtime::conclusion::Unconcluded;
use alipayplus_runtime::operation::{Mismatch, Operation, OutcomeError};
use alipayplus_runtime::violation::Violation;

use super::detail::{NotSentError, UnreadableError, UnrecognizedError, UnverifiedError};
use super::result::VerifiedResult;
use crate::transport::TransportError;

/// The reason of an [`Error`](super::Error), which has the table of all reasons.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorReason {
    /// Nothing was sent.
    #[error(transparent)]
    NotSent(#[from] NotSentError),
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
    /// It is not known who sent the response.
    #[error(transparent)]
    Unverified(#[from] UnverifiedError),
    /// The response cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableError),
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
    /// The response reports something that is not recognized, which is not taken for a success. Verified.
    #[error(transparent)]
    Unrecognized(#[from] UnrecognizedError),
    /// The response is verified, but it differs from what [`expecting`](crate::Call::expecting) was given. A signature
    /// does not prove which request a response belongs to.
    #[error("not as expected: {}", describe_mismatches(.mismatches))]
    Mismatch {
        /// The members that differ. There is at least one.
        mismatches: Vec<Mismatch>,
    },
    /// Code of this program that an attempt calls panicked: the transport or the clock. The panic hook has the text. A
    /// request may have been sent.
    #[error("the transport or the clock panicked")]
    Panicked,
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
            Self::NotSent(error) => error.is_retryable(),
            Self::Transport(error) => error.kind().is_retryable(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unverified(error) => error.is_retryable(),
            Self::Trouble(_) | Self::Contradiction { .. } | Self::DeadlineExceeded { .. } => true,
            _ => false,
        }
    }

    /// Returns whether the server, or the way to it, is down: another request would end the same way.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Trouble(_) | Self::DeadlineExceeded { .. } => true,
            Self::Status { .. } => self.is_retryable(),
            _ => false,
        }
    }

    /// Returns whether the response could not be verified or read, and is not retryable, so that it may be that of a proxy,
    /// or signed with a key that is not known yet.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::Status { .. } | Self::Unverified(_) | Self::Unreadable(_)) && !self.is_retryable()
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
            Self::NotSent(NotSentError::InvalidRequest(error))
            | Self::Unreadable(UnreadableError::InvalidResponse(error)) => error.violations(),
            Self::Unrecognized(UnrecognizedError::Member { violations, .. }) => violations,
            _ => self.verified_result().map_or(&[], VerifiedResult::violations),
        }
    }

    pub(super) fn verified_result(&self) -> Option<&VerifiedResult> {
        match self {
            Self::Refused(result)
            | Self::Trouble(result)
            | Self::Unrecognized(UnrecognizedError::Code(result))
            | Self::Contradiction { result, .. } => Some(result),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::NotSent(error) => error.kind(),
            Self::Transport(_) => "transport",
            Self::Status { .. } => "status",
            Self::Unverified(error) => error.kind(),
            Self::Unreadable(error) => error.kind(),
            Self::Refused(_) => "refused",
            Self::Trouble(_) => "trouble",
            Self::Contradiction { .. } => "contradiction",
            Self::Unrecognized(error) => error.kind(),
            Self::Mismatch { .. } => "mismatch",
            Self::Panicked => "panicked",
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
        let unrecognized = |pointer, violations| UnrecognizedError::Member { pointer, violations }.into();
        let result = |code: Option<&O::Code>, violations| VerifiedResult::new(code, violations);
        match reason {
            OutcomeError::Invalid(error) => UnreadableError::InvalidResponse(error).into(),
            OutcomeError::Refused(code) => Self::Refused(result(Some(&code), violations)),
            OutcomeError::Trouble(code) => Self::Trouble(result(code.as_ref(), violations)),
            OutcomeError::UnlistedCode(code) => UnrecognizedError::Code(result(Some(&code), violations)).into(),
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

fn describe_mismatches(mismatches: &[Mismatch]) -> String {
    mismatches.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn describe_retry_after(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |time| format!(" and asks to wait for {time:?}"))
}

/// The source of a [`TransportError`] for an attempt that took too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no response within {0:?}")]
pub(crate) struct AttemptTimedOut(pub(crate) Duration);

#[cfg(test)]
mod tests {
    use alipayplus_signing::{FreshnessError, HeaderError, SignError};

    use super::*;
    use crate::error::{BuildError, SignatureError};
    use crate::transport::TransportErrorKind;

    #[test]
    fn the_words_of_metrics_and_the_texts_do_not_show_the_groups() {
        let signature = SignatureError::from(HeaderError::Repeated);
        let reasons: [(ErrorReason, &str, &str); 9] = [
            (NotSentError::from(BuildError::TracerId).into(), "config", "the call has an invalid setting"),
            (NotSentError::from(SignError::Failed).into(), "sign", "the request could not be signed"),
            (TransportError::new(TransportErrorKind::Send, "broken").into(), "transport", "no response was received"),
            (UnverifiedError::Unsigned { claimed: None }.into(), "unsigned", "the response has no signature"),
            (UnverifiedError::from(signature).into(), "signature", "the signature of the response is not accepted"),
            (UnverifiedError::ClientId.into(), "client_id", "the Client-Id of the response is not that of the request"),
            (
                UnverifiedError::from(FreshnessError::Unreadable).into(),
                "freshness",
                "the time of the response is not accepted",
            ),
            (UnreadableError::TooLarge { limit: 9 }.into(), "too_large", "the response has more than 9 bytes"),
            (
                UnrecognizedError::Member { pointer: "/x", violations: Vec::new() }.into(),
                "unrecognized_member",
                "/x is missing or not recognized",
            ),
        ];
        for (reason, kind, text) in reasons {
            assert_eq!((reason.kind(), reason.to_string().as_str()), (kind, text));
        }
    }
}
