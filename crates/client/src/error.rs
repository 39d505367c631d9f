//! The errors of a call.

mod build;
pub(crate) mod detail;
mod reason;
mod result;
mod signed_with;

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use alipayplus_runtime::operation::Operation;
use alipayplus_runtime::violation::Violation;

pub use self::build::BuildError;
pub use self::detail::{NotSentError, SignatureError, UnreadableError, UnrecognizedError, UnverifiedError};
pub(crate) use self::reason::AttemptTimedOut;
pub use self::reason::ErrorReason;
pub use self::result::{UnverifiedResult, VerifiedResult};
pub use self::signed_with::SignedWith;
use crate::evidence::Evidence;
use crate::reply::Reply;

/// The reason why the outcome of a call is not known. It is **never a failed payment**.
///
/// A failed payment is an outcome. After an error the payment's state is unknown, and
/// [`is_retryable`](Self::is_retryable) returns whether the same call can succeed later. A call has already retried as
/// often as its [`RetryPolicy`](crate::RetryPolicy) allows.
///
/// | reason | [`kind`](Self::kind) | what happened | retryable |
/// |---|---|---|---|
/// | [`NotSent`](ErrorReason::NotSent) [`Config`](NotSentError::Config) | `config` | a setting of this call is invalid; nothing was sent | no |
/// | [`NotSent`](ErrorReason::NotSent) [`InvalidRequest`](NotSentError::InvalidRequest) | `invalid_request` | the request breaks a condition of the schema; nothing was sent | no |
/// | [`NotSent`](ErrorReason::NotSent) [`Sign`](NotSentError::Sign) | `sign` | the request could not be signed; nothing was sent | if the signer is outside of this process |
/// | [`Transport`](ErrorReason::Transport) | `transport` | no connection, a broken one, or no response in time | yes, unless the [kind](crate::TransportErrorKind) is `Tls` or `Request` |
/// | [`Status`](ErrorReason::Status) | `status` | an HTTP status other than 200; the body was not read | for 408, 425, 429 and 5xx |
/// | [`Unreadable`](ErrorReason::Unreadable) [`TooLarge`](UnreadableError::TooLarge) | `too_large` | the response is larger than the body limit | no |
/// | [`Unreadable`](ErrorReason::Unreadable) [`ContentEncoding`](UnreadableError::ContentEncoding) | `content_encoding` | the response is compressed, so that its signed bytes are not known | no |
/// | [`Unverified`](ErrorReason::Unverified) [`Unsigned`](UnverifiedError::Unsigned) | `unsigned` | the response has no signature; its result is unverified | if its result claims trouble |
/// | [`Unverified`](ErrorReason::Unverified) [`Signature`](UnverifiedError::Signature) | `signature` | the signature is malformed, of an unknown key, or invalid | no |
/// | [`Unverified`](ErrorReason::Unverified) [`ClientId`](UnverifiedError::ClientId) | `client_id` | the response has no `Client-Id`, or that of another client | no |
/// | [`Unverified`](ErrorReason::Unverified) [`Freshness`](UnverifiedError::Freshness) | `freshness` | the time of the response is missing, unreadable, too old, too far ahead, or before the request | no |
/// | [`Unreadable`](ErrorReason::Unreadable) [`MediaType`](UnreadableError::MediaType) | `media_type` | a verified response is not JSON in UTF-8 | no |
/// | [`Unreadable`](ErrorReason::Unreadable) [`InvalidResponse`](UnreadableError::InvalidResponse) | `invalid_response` | a verified response breaks the schema | no |
/// | [`Refused`](ErrorReason::Refused) | `refused` | the server refused the request | no |
/// | [`Trouble`](ErrorReason::Trouble) | `trouble` | the server has trouble and does not know the state | yes |
/// | [`Contradiction`](ErrorReason::Contradiction) | `contradiction` | the result and another member contradict each other | yes |
/// | [`Unrecognized`](ErrorReason::Unrecognized) [`Code`](UnrecognizedError::Code) | `unlisted_code` | a success with an unlisted code, which is not taken for a success | no |
/// | [`Unrecognized`](ErrorReason::Unrecognized) [`Member`](UnrecognizedError::Member) | `unrecognized_member` | a member has an unrecognized value, which is not taken for a success | no |
/// | [`Mismatch`](ErrorReason::Mismatch) | `mismatch` | a verified response differs from what was expected | no |
/// | [`Panicked`](ErrorReason::Panicked) | `panicked` | the transport or the clock panicked | no |
/// | [`DeadlineExceeded`](ErrorReason::DeadlineExceeded) | `deadline` | no time was left for another attempt | yes |
///
/// Neither `Display` nor `Debug`, nor the [sources](std::error::Error::source), hold a key, a body or a customer's
/// data, so they may be logged. They name result codes, with control characters escaped.
pub struct Error(Box<Failure>);

/// What is known of a failed call.
struct Failure {
    reason: ErrorReason,
    attempts: u32,
    exchange: Option<FailedExchange>,
    /// The last reply that was not final; its type depends on the operation.
    last_reply: Option<Box<dyn Any + Send + Sync>>,
}

/// An exchange whose response came, but was not accepted.
#[derive(Clone, Debug)]
pub(crate) struct FailedExchange {
    pub(crate) evidence: Evidence,
    /// The result of a response that is not verified.
    pub(crate) claimed: Option<UnverifiedResult>,
}

impl Error {
    pub(crate) fn new<O: Operation>(
        reason: ErrorReason,
        attempts: u32,
        exchange: Option<FailedExchange>,
        last_reply: Option<Reply<O>>,
    ) -> Self {
        let last_reply = last_reply.map(|reply| Box::new(reply) as Box<_>);
        Self(Box::new(Failure { reason, attempts, exchange, last_reply }))
    }

    /// Returns the reason, to match on.
    #[must_use]
    pub fn reason(&self) -> &ErrorReason {
        &self.0.reason
    }

    /// Returns the reason as a word of the table above, for logs and metrics. The words do not change.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.reason().kind()
    }

    /// Returns whether the same call can succeed later; see the table above.
    ///
    /// This depends only on the response. An operation that must not be repeated (its
    /// [`IDEMPOTENT`](alipayplus_runtime::operation::Operation::IDEMPOTENT) is `false`) must not be, even if this returns
    /// `true`.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.reason().is_retryable()
    }

    /// Returns how long the server asks to wait by `Retry-After`, from when its last response came.
    ///
    /// A call waits that long when its deadline allows. Otherwise it ends at once, and retrying sooner does not help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.reason().retry_after()
    }

    /// Returns the number of attempts that the call made; 0 if it was invalid.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the exact headers and bytes of the last exchange whose response came and was not accepted, for disputes. Its
    /// body ends where it was no longer read: at the body limit, where the connection broke, and before it if the status
    /// is not 200. Only the [reason](Self::reason) says whether the response is verified.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.0.exchange.as_ref().map(|exchange| &exchange.evidence)
    }

    /// Returns the **verified** result code of the server. The unverified one is in [`claimed`](Self::claimed).
    ///
    /// It parses into the operation's type of result codes, which accepts every code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.reason().verified_result()?.code()
    }

    /// Returns the result of a response that could not be verified, if it can be read and is not an outcome. Anyone may
    /// have sent it.
    #[must_use]
    pub fn claimed(&self) -> Option<&UnverifiedResult> {
        self.0.exchange.as_ref()?.claimed.as_ref()
    }

    /// Returns the last verified reply, if waiting ended after one that was not final. `O` is the operation of the call.
    #[must_use]
    pub fn last_reply<O: Operation>(&self) -> Option<&Reply<O>> {
        self.0.last_reply.as_ref()?.downcast_ref()
    }

    /// Returns where the request or the response breaks the schema.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        self.reason().violations()
    }

    /// Returns the listed result code of the server, or `unlisted` for every other code, so that the number of labels of
    /// a metric is bounded. `None` if the error has no verified result.
    #[cfg(feature = "metrics")]
    pub(crate) fn listed_code(&self) -> Option<&'static str> {
        self.reason().listed_code()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("reason", self.reason())
            .field("attempts", &self.attempts())
            .field("evidence", &self.evidence())
            .field("claimed", &self.claimed())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason().fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.reason().source()
    }
}
