//! What can go wrong with an inquiry. How a client can be built wrongly is [`BuildError`].

use std::fmt;
use std::time::Duration;

use alipayplus_runtime::code::{Code, Status};
use alipayplus_runtime::conclusion::Unconcluded;
use alipayplus_runtime::message::DecodeError;
use alipayplus_runtime::operation::{Operation, OutcomeError};
use alipayplus_runtime::violation::{Violation, Violations};
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, SignError, VerifyError};

use crate::{BuildError, TransportError};

/// Why there is no knowledge about what was asked: **never a failed payment**.
///
/// A failed payment is an outcome. After an error nothing is known, and [`is_retryable`](Self::is_retryable) says
/// whether asking the same thing again can help. A plain call has done so already, as often as its
/// [`RetryPolicy`](crate::RetryPolicy) allows.
///
/// | variant | what happened | ask again? |
/// |---|---|---|
/// | [`Build`](Self::Config) | a setting of this call is unusable; nothing was sent | no |
/// | [`Request`](Self::InvalidRequest) | the request breaks a condition of the schema; nothing was sent | no |
/// | [`Sign`](Self::Sign) | the request could not be signed; nothing was sent | if the signer stands outside of this process |
/// | [`Transport`](Self::Transport) | no connection, a broken one, or no answer in time | yes, unless [the kind](crate::TransportErrorKind) says otherwise |
/// | [`Status`](Self::Status) | an HTTP status other than 200; the body was not read | for 408, 425, 429 and 5xx |
/// | [`TooLarge`](Self::TooLarge) | the answer is over the body limit | no |
/// | [`ContentEncoding`](Self::ContentEncoding) | the answer is compressed, which the signature does not provide for | no |
/// | [`Unsigned`](Self::Unsigned) | the answer has no signature; what it claims is unverified | if it claims trouble |
/// | [`Signature`](Self::Signature) | the signature is malformed, of an unknown key, or wrong | no |
/// | [`ClientId`](Self::ClientId) | the answer is for another client, or does not say for whom | no |
/// | [`Freshness`](Self::Freshness) | the answer's time is missing, unreadable, too old, or too far ahead | no |
/// | [`MediaType`](Self::MediaType) | a verified answer that is not JSON in UTF-8 | no |
/// | [`Read`](Self::InvalidResponse) | a verified answer that breaks the schema | no |
/// | [`Refused`](Self::Refused) | the other side refuses the request | no |
/// | [`Trouble`](Self::Trouble) | the other side has trouble | yes |
/// | [`Contradiction`](Self::Contradiction) | the result and another member contradict each other | yes |
/// | [`UnlistedCode`](Self::UnlistedCode) | a success with a code that is not known: not taken for one | no |
/// | [`UnrecognizedMember`](Self::UnrecognizedMember) | a member says what is not known: not taken for a success | no |
/// | [`Unexpected`](Self::Mismatch) | a verified answer about something else than was expected | no |
/// | [`DeadlineExceeded`](Self::DeadlineExceeded) | no time was left for another attempt | yes |
///
/// Neither `Display` nor `Debug`, nor the [sources](std::error::Error::source), hold a key, a body or a customer's
/// data: they may be logged. They do name result codes, with control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of this call is unusable. Nothing was sent.
    #[error("the call can't be made")]
    Config(#[from] BuildError),
    /// The request breaks a condition of the schema that its types do not rule out. Nothing was sent.
    #[error("the request breaks the schema")]
    InvalidRequest(#[source] DecodeError),
    /// The request could not be signed. Nothing was sent.
    #[error("the request could not be signed")]
    Sign(#[from] SignError),
    /// The exchange broke below HTTP, or took longer than one attempt may.
    #[error("no answer was had")]
    Transport(#[from] TransportError),
    /// The answer has an HTTP status other than 200: its body was not read. Redirects (3xx) are not followed, as the
    /// signature covers the path.
    #[error("the answer has the HTTP status {status}{}", asks_to_wait(*.retry_after))]
    Status {
        /// The status.
        status: u16,
        /// How long the service asks to wait by `RetryPolicy-After`, from when the answer came, at most a day; `None` if it
        /// does not, or not in a way that can be read. Not verified.
        retry_after: Option<Duration>,
    },
    /// The answer has more bytes than the body limit.
    #[error("the answer has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is compressed though that was not asked for: its exact bytes, which are signed, are not known.
    #[error("the answer has a Content-Encoding other than identity")]
    ContentEncoding,
    /// The answer has no `Signature` header: anyone can have sent it. A service leaves it off when it could not verify
    /// the request's own signature, or has too much to do.
    #[error("the answer has no signature{}", claims(.claimed.as_ref()))]
    Unsigned {
        /// What it claims about the request, if it can be read. **Not verified**: a hint for the operator.
        claimed: Option<UnverifiedResult>,
    },
    /// The answer's signature is not accepted.
    #[error("the signature of the answer is not accepted")]
    Signature(#[from] SignatureError),
    /// The answer's `Client-Id` header is missing, doubled, or not that of the request.
    #[error("the Client-Id of the answer is not that of the request")]
    ClientId,
    /// The answer's `Response-Time` is missing, doubled, unreadable, not fresh, or before the request.
    #[error("the time of the answer is not accepted")]
    Freshness(#[from] FreshnessError),
    /// The answer is verified, and not JSON in UTF-8.
    #[error("the answer is not JSON in UTF-8")]
    MediaType,
    /// The answer is verified, and breaks the schema.
    #[error("the answer breaks the schema")]
    InvalidResponse(#[from] DecodeError),
    /// The other side refused the request. Verified.
    #[error("refused with {}", .0)]
    Refused(VerifiedResult),
    /// The other side has trouble and knows nothing. Verified. Asking again can help, whatever else the answer says.
    #[error("trouble with {}", .0)]
    Trouble(VerifiedResult),
    /// The answer's result says one thing and another member says that something went well. Verified. The other side may
    /// be between two states, so asking again can help.
    #[error("a contradiction: {result} beside a success at {pointer}")]
    Contradiction {
        /// The result.
        result: VerifiedResult,
        /// The member that contradicts it, as a JSON Pointer.
        pointer: String,
    },
    /// A success with a code that is not known, which is not taken for one. Verified.
    #[error("a success with {}, which is not understood", .0)]
    UnlistedCode(VerifiedResult),
    /// A member says what is not known, or is missing. It is not taken for a success. Verified.
    #[error("{pointer} is missing or not understood")]
    UnrecognizedMember {
        /// The member, as a JSON Pointer.
        pointer: &'static str,
    },
    /// The answer is verified, and is about something else than [`expecting`](crate::Call::expecting) said: a
    /// signature does not tell which question an answer belongs to.
    #[error("not as expected: {}", .pointers.join(", "))]
    Mismatch {
        /// The members that differ, as JSON Pointers. There is at least one.
        pointers: Vec<&'static str>,
    },
    /// No time was left for another attempt.
    #[error("the deadline has passed")]
    DeadlineExceeded {
        /// How the attempt before ended; nothing when the first one was cut short.
        #[source]
        last: Option<Box<Error>>,
    },
}

impl Error {
    /// Whether asking the same question again can help; see the table above.
    ///
    /// It speaks of the answer, not of the operation: one that must not be repeated (its
    /// [`REPEATABLE`](alipayplus_runtime::operation::Operation::IDEMPOTENT) is `false`) must not be, whatever this says.
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

    /// Returns how long the service asks to wait by `RetryPolicy-After`, from when its last answer came.
    ///
    /// A call honours it when its deadline allows. Otherwise it ends at once, and asking again sooner does not help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            Self::DeadlineExceeded { last: Some(last) } => last.retry_after(),
            _ => None,
        }
    }

    /// The result code that the other side gave, **verified**; [`Error::Unsigned`] holds the other sort.
    ///
    /// It parses into the operation's type of codes, which never fails on it.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.told()?.code()
    }

    /// Where the answer breaks the schema, beside what the error itself says.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::InvalidResponse(error) | Self::InvalidRequest(error) => error.violations(),
            _ => self.told().map_or(&[], VerifiedResult::violations),
        }
    }

    /// The verified result.
    fn told(&self) -> Option<&VerifiedResult> {
        match self {
            Self::Refused(told)
            | Self::Trouble(told)
            | Self::UnlistedCode(told)
            | Self::Contradiction { result: told, .. } => Some(told),
            _ => None,
        }
    }

    /// The error's name in events and metrics: a fixed, short list.
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

    /// The table's code that the other side gave, or a word for all that no table has: safe as a label of a metric.
    #[cfg(feature = "metrics")]
    pub(crate) fn listed_code(&self) -> Option<&'static str> {
        self.told().map(|told| told.word.unwrap_or("unlisted"))
    }
}

impl<O: Operation> From<Unconcluded<O>> for Error {
    fn from(Unconcluded { reason, violations, .. }: Unconcluded<O>) -> Self {
        let told = |code: Option<&O::Code>| VerifiedResult::new(code, violations);
        match reason {
            OutcomeError::Invalid(error) => Self::InvalidResponse(error),
            OutcomeError::Refused(code) => Self::Refused(told(Some(&code))),
            OutcomeError::Trouble(code) => Self::Trouble(told(code.as_ref())),
            OutcomeError::UnlistedCode(code) => Self::UnlistedCode(told(Some(&code))),
            OutcomeError::Contradiction { code, pointer } => Self::Contradiction { result: told(Some(&code)), pointer },
            OutcomeError::UnrecognizedMember(pointer) | OutcomeError::Missing(pointer) => {
                Self::UnrecognizedMember { pointer }
            }
            // A reason that this version does not know says as little about the payment as the others.
            _ => Self::UnrecognizedMember { pointer: "" },
        }
    }
}

/// A result code of the other side, the message that the document gives it, and what is wrong with the answer beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedResult {
    code: Option<Box<str>>,
    word: Option<&'static str>,
    message: Option<&'static str>,
    violations: Vec<Violation>,
}

impl VerifiedResult {
    fn new<C: Code>(code: Option<&C>, violations: Vec<Violation>) -> Self {
        let row = code.and_then(Code::row);
        Self {
            code: code.map(|code| alipayplus_runtime::code::text_of(code).into()),
            word: row.as_ref().map(|row| row.wire),
            message: row.map(|row| row.message),
            violations,
        }
    }

    /// The code's text; `None` for an answer without a readable code, whose status said enough.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Where the answer breaks the schema: it made no difference to what the result says. Empty, as a rule.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The message that the document gives the code, never the text that came with it; nothing for a code that the
    /// document lacks.
    #[must_use]
    pub fn message(&self) -> Option<&'static str> {
        self.message
    }
}

impl fmt::Display for VerifiedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{}", code.escape_debug())?,
            None => f.write_str("no readable code")?,
        }
        self.message.map_or(Ok(()), |message| write!(f, " ({message})"))?;
        let violations = Violations::new(self.violations.clone());
        violations.map_or(Ok(()), |violations| write!(f, "; the answer breaks the schema as well: {violations}"))
    }
}

/// What an unsigned answer claims. Nobody vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedResult {
    /// The result code.
    pub code: String,
    /// What its status means.
    pub status: Status,
}

impl UnverifiedResult {
    /// An unsigned answer that would be an outcome claims too much to be repeated here.
    pub(crate) fn of<C: Code>(inconclusive: &OutcomeError<C>) -> Option<Self> {
        let (code, status) = match inconclusive {
            OutcomeError::Refused(code) => (code, Status::Failure),
            OutcomeError::Trouble(Some(code)) => (code, Status::Unknown),
            OutcomeError::UnlistedCode(code) => (code, Status::Success),
            _ => return None,
        };
        let code = alipayplus_runtime::code::text_of(code).to_owned();
        Some(Self { code, status })
    }
}

fn claims(claimed: Option<&UnverifiedResult>) -> String {
    claimed.map_or_else(String::new, |claimed| format!(", and claims {} unverified", claimed.code.escape_debug()))
}

fn asks_to_wait(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |time| format!(", and asks to wait for {time:?}"))
}

/// Why an answer's signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The `Signature` header is doubled or malformed.
    #[error("the header can't be read")]
    Header(#[from] HeaderError),
    /// It names a key version that is not trusted.
    #[error("the key is not trusted")]
    Key(#[from] KeyRingError),
    /// It is not one of the trusted key over this answer.
    #[error("it does not verify")]
    Verify(#[from] VerifyError),
}

/// An attempt that took too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
pub(crate) struct TookLongerThan(pub(crate) Duration);
