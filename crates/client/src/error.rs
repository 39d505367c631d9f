//! The errors of a call.

mod build;
mod result;

use std::time::Duration;

use alipayplus_runtime::code::Status;
use alipayplus_runtime::conclusion::Unconcluded;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::operation::{Operation, OutcomeError};
use alipayplus_runtime::violation::Violation;
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, NotVerified, SignError};

pub use self::build::BuildError;
pub use self::result::{UnverifiedResult, VerifiedResult};
use crate::transport::TransportError;

/// The reason why the outcome of a call is not known. It is **never a failed payment**.
///
/// A failed payment is an outcome. After an error the payment's state is unknown, and
/// [`is_retryable`](Self::is_retryable) returns whether the same call can succeed later. A call has already retried as
/// often as its [`RetryPolicy`](crate::RetryPolicy) allows.
///
/// | variant | what happened | retryable |
/// |---|---|---|
/// | [`Config`](Self::Config) | a setting of this call is invalid; nothing was sent | no |
/// | [`InvalidRequest`](Self::InvalidRequest) | the request breaks a condition of the schema; nothing was sent | no |
/// | [`Sign`](Self::Sign) | the request could not be signed; nothing was sent | if the signer is outside of this process |
/// | [`Transport`](Self::Transport) | no connection, a broken one, or no response in time | yes, unless the [kind](crate::TransportErrorKind) is `Tls` or `Request` |
/// | [`Status`](Self::Status) | an HTTP status other than 200; the body was not read | for 408, 425, 429 and 5xx |
/// | [`TooLarge`](Self::TooLarge) | the response is larger than the body limit | no |
/// | [`ContentEncoding`](Self::ContentEncoding) | the response is compressed, so that its signed bytes are not known | no |
/// | [`Unsigned`](Self::Unsigned) | the response has no signature; its result is unverified | if its result claims trouble |
/// | [`Signature`](Self::Signature) | the signature is malformed, of an unknown key, or invalid | no |
/// | [`ClientId`](Self::ClientId) | the response has no `Client-Id`, or that of another client | no |
/// | [`Freshness`](Self::Freshness) | the time of the response is missing, unreadable, too old, too far ahead, or before the request | no |
/// | [`MediaType`](Self::MediaType) | a verified response is not JSON in UTF-8 | no |
/// | [`InvalidResponse`](Self::InvalidResponse) | a verified response breaks the schema | no |
/// | [`Refused`](Self::Refused) | the server refused the request | no |
/// | [`Trouble`](Self::Trouble) | the server has trouble and does not know the state | yes |
/// | [`Contradiction`](Self::Contradiction) | the result and another member contradict each other | yes |
/// | [`UnlistedCode`](Self::UnlistedCode) | a success with an unlisted code, which is not taken for a success | no |
/// | [`UnrecognizedMember`](Self::UnrecognizedMember) | a member has an unrecognized value, which is not taken for a success | no |
/// | [`Mismatch`](Self::Mismatch) | a verified response differs from what was expected | no |
/// | [`DeadlineExceeded`](Self::DeadlineExceeded) | no time was left for another attempt | yes |
///
/// Neither `Display` nor `Debug`, nor the [sources](std::error::Error::source), hold a key, a body or a customer's
/// data, so they may be logged. They name result codes, with control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    #[error("not as expected: {}", .pointers.join(", "))]
    Mismatch {
        /// The members that differ, as JSON Pointers. There is at least one.
        pointers: Vec<&'static str>,
    },
    /// No time was left for another attempt.
    #[error("the deadline has passed")]
    DeadlineExceeded {
        /// The error of the last completed attempt; `None` if the first attempt was cut short.
        #[source]
        last: Option<Box<Error>>,
    },
}

impl Error {
    /// Returns whether the same call can succeed later; see the table above.
    ///
    /// This depends only on the response. An operation that must not be repeated (its
    /// [`IDEMPOTENT`](alipayplus_runtime::operation::Operation::IDEMPOTENT) is `false`) must not be, even if this returns
    /// `true`.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Sign(error) => matches!(error, SignError::External(_)),
            Self::Transport(error) => error.kind().is_retryable(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unsigned { claimed } => claimed.as_ref().is_some_and(|claimed| claimed.status == Status::Unknown),
            Self::Trouble(_) | Self::Contradiction { .. } | Self::DeadlineExceeded { .. } => true,
            _ => false,
        }
    }

    /// Returns how long the server asks to wait by `Retry-After`, from when its last response came.
    ///
    /// A call waits that long when its deadline allows. Otherwise it ends at once, and retrying sooner does not help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::DeadlineExceeded { last: Some(last) } => last.retry_after(),
            _ => None,
        }
    }

    /// Returns the **verified** result code of the server. The unverified one is in [`Error::Unsigned`].
    ///
    /// It parses into the operation's type of result codes, which accepts every code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.verified_result()?.code()
    }

    /// Returns where the request or the response breaks the schema.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::InvalidResponse(error) | Self::InvalidRequest(error) => error.violations(),
            Self::UnrecognizedMember { violations, .. } => violations,
            _ => self.verified_result().map_or(&[], VerifiedResult::violations),
        }
    }

    fn verified_result(&self) -> Option<&VerifiedResult> {
        match self {
            Self::Refused(result)
            | Self::Trouble(result)
            | Self::UnlistedCode(result)
            | Self::Contradiction { result, .. } => Some(result),
            _ => None,
        }
    }

    /// Returns the name of the variant for events and metrics, out of a fixed, short list.
    pub(crate) fn label(&self) -> &'static str {
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
    pub(crate) fn listed_code(&self) -> Option<&'static str> {
        self.verified_result().map(|result| result.listed_code().unwrap_or("unlisted"))
    }
}

impl<O: Operation> From<Unconcluded<O>> for Error {
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
