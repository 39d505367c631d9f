//! What can go wrong with an inquiry. How a client can be built wrongly is [`BuildError`].

use std::fmt;
use std::time::Duration;

use alipayplus_runtime::code::{Code, Status};
use alipayplus_runtime::conclusion::Unconcluded;
use alipayplus_runtime::operation::{Inconclusive, Operation};
use alipayplus_runtime::read::ReadError;
use alipayplus_runtime::violation::{Violation, Violations};
use alipayplus_signing::{FreshnessError, HeaderError, KeyRingError, SignError, VerifyError};

use crate::{BuildError, TransportError};

/// Why there is no knowledge about what was asked: **never a failed payment**.
///
/// A failed payment is an outcome. After an error nothing is known, and [`may_ask_again`](Self::may_ask_again) says
/// whether asking the same thing again can help. A plain call has done so already, as often as its
/// [`Retry`](crate::Retry) allows.
///
/// | variant | what happened | ask again? |
/// |---|---|---|
/// | [`Build`](Self::Build) | a setting of this call is unusable; nothing was sent | no |
/// | [`Request`](Self::Request) | the request breaks a condition of the schema; nothing was sent | no |
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
/// | [`Read`](Self::Read) | a verified answer that breaks the schema | no |
/// | [`Refused`](Self::Refused) | the other side refuses the request | no |
/// | [`Trouble`](Self::Trouble) | the other side has trouble | yes |
/// | [`Contradiction`](Self::Contradiction) | the result and another member contradict each other | yes |
/// | [`NotUnderstood`](Self::NotUnderstood) | a success with a code that is not known: not taken for one | no |
/// | [`MemberNotUnderstood`](Self::MemberNotUnderstood) | a member says what is not known: not taken for a success | no |
/// | [`Unexpected`](Self::Unexpected) | a verified answer about something else than was expected | no |
/// | [`DeadlineExceeded`](Self::DeadlineExceeded) | no time was left for another attempt | yes |
///
/// Neither `Display` nor `Debug`, nor the [sources](std::error::Error::source), hold a key, a body or a customer's
/// data: they may be logged. They do name result codes, with control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of this call is unusable. Nothing was sent.
    #[error("the call can't be made")]
    Build(#[from] BuildError),
    /// The request breaks a condition of the schema that its types do not rule out. Nothing was sent.
    #[error("the request breaks the schema")]
    Request(#[source] ReadError),
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
        /// How long the service asks to wait by `Retry-After`, from when the answer came, at most a day; `None` if it
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
        claimed: Option<Claimed>,
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
    Read(#[from] ReadError),
    /// The other side refused the request. Verified.
    #[error("refused with {}", .0)]
    Refused(Told),
    /// The other side has trouble and knows nothing. Verified. Asking again can help, whatever else the answer says.
    #[error("trouble with {}", .0)]
    Trouble(Told),
    /// The answer's result says one thing and another member says that something went well. Verified. The other side may
    /// be between two states, so asking again can help.
    #[error("a contradiction: {result} beside a success at {pointer}")]
    Contradiction {
        /// The result.
        result: Told,
        /// The member that contradicts it, as a JSON Pointer.
        pointer: String,
    },
    /// A success with a code that is not known, which is not taken for one. Verified.
    #[error("a success with {}, which is not understood", .0)]
    NotUnderstood(Told),
    /// A member says what is not known, or is missing. It is not taken for a success. Verified.
    #[error("{pointer} is missing or not understood")]
    MemberNotUnderstood {
        /// The member, as a JSON Pointer.
        pointer: &'static str,
    },
    /// The answer is verified, and is about something else than [`expecting`](crate::Call::expecting) said: a
    /// signature does not tell which question an answer belongs to.
    #[error("not as expected: {}", .pointers.join(", "))]
    Unexpected {
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
    /// [`REPEATABLE`](alipayplus_runtime::operation::Operation::REPEATABLE) is `false`) must not be, whatever this says.
    #[must_use]
    pub fn may_ask_again(&self) -> bool {
        match self {
            Self::Sign(error) => matches!(error, SignError::External(_)),
            Self::Transport(error) => error.kind().may_ask_again(),
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Unsigned { claimed } => claimed.as_ref().is_some_and(|claimed| claimed.status == Status::Unknown),
            Self::Trouble(_) | Self::Contradiction { .. } | Self::DeadlineExceeded { .. } => true,
            _ => false,
        }
    }

    /// Returns how long the service asks to wait by `Retry-After`, from when its last answer came.
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
            Self::Read(error) | Self::Request(error) => error.violations(),
            _ => self.told().map_or(&[], Told::violations),
        }
    }

    /// The verified result.
    fn told(&self) -> Option<&Told> {
        match self {
            Self::Refused(told)
            | Self::Trouble(told)
            | Self::NotUnderstood(told)
            | Self::Contradiction { result: told, .. } => Some(told),
            _ => None,
        }
    }

    /// The error's name in events and metrics: a fixed, short list.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Build(_) => "build",
            Self::Request(_) => "request",
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
            Self::Read(_) => "read",
            Self::Refused(_) => "refused",
            Self::Trouble(_) => "trouble",
            Self::Contradiction { .. } => "contradiction",
            Self::NotUnderstood(_) => "not_understood",
            Self::MemberNotUnderstood { .. } => "member_not_understood",
            Self::Unexpected { .. } => "unexpected",
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
        let told = |code: Option<&O::Code>| Told::new(code, violations);
        match reason {
            Inconclusive::Invalid(error) => Self::Read(error),
            Inconclusive::Refused(code) => Self::Refused(told(Some(&code))),
            Inconclusive::Trouble(code) => Self::Trouble(told(code.as_ref())),
            Inconclusive::NotUnderstood(code) => Self::NotUnderstood(told(Some(&code))),
            Inconclusive::Contradiction { code, pointer } => Self::Contradiction { result: told(Some(&code)), pointer },
            Inconclusive::MemberNotUnderstood(pointer) | Inconclusive::Missing(pointer) => {
                Self::MemberNotUnderstood { pointer }
            }
            // A reason that this version does not know says as little about the payment as the others.
            _ => Self::MemberNotUnderstood { pointer: "" },
        }
    }
}

/// A result code of the other side, the message that the document gives it, and what is wrong with the answer beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    code: Option<Box<str>>,
    word: Option<&'static str>,
    message: Option<&'static str>,
    violations: Vec<Violation>,
}

impl Told {
    fn new<C: Code>(code: Option<&C>, violations: Vec<Violation>) -> Self {
        let row = code.and_then(Code::row);
        Self {
            code: code.map(|code| alipayplus_runtime::code::text_of(code).into()),
            word: row.as_ref().map(|row| row.word),
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

impl fmt::Display for Told {
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
pub struct Claimed {
    /// The result code.
    pub code: String,
    /// What its status means.
    pub status: Status,
}

impl Claimed {
    /// An unsigned answer that would be an outcome claims too much to be repeated here.
    pub(crate) fn of<C: Code>(inconclusive: &Inconclusive<C>) -> Option<Self> {
        let (code, status) = match inconclusive {
            Inconclusive::Refused(code) => (code, Status::Failure),
            Inconclusive::Trouble(Some(code)) => (code, Status::Unknown),
            Inconclusive::NotUnderstood(code) => (code, Status::Success),
            _ => return None,
        };
        let code = alipayplus_runtime::code::text_of(code).to_owned();
        Some(Self { code, status })
    }
}

fn claims(claimed: Option<&Claimed>) -> String {
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
