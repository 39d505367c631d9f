//! What a handler returns instead of an answer.

use std::error::Error;
use std::fmt;

use alipayplus_runtime::operation::Operation;

use crate::log_text::error_chain;

/// Any error that a handler returns.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The error type of handlers: why there is no answer.
///
/// A refusal has either a code that the schema leaves to handlers ([`Refusal::new`]), or no code. Without a code it is
/// an internal error: the client gets the schema's code for that and asks again later. The operator `?` converts any
/// error into an internal error.
///
/// **The `Display` text of the error and of its sources is logged**, and never sent to the client. Keep confidential
/// data, above all customer identifiers, out of error texts.
///
/// ```
/// use alipayplus_server::inquiry_payment::{Refusal, RefusalCode};
///
/// fn parse(text: &str) -> Result<u64, Refusal> {
///     // "invalid digit found in string" is logged, and the client asks again.
///     Ok(text.parse()?)
/// }
/// assert_eq!(parse("one").unwrap_err().code(), None);
///
/// let refusal = Refusal::new(RefusalCode::ProcessFail)
///     .with_source("the order is under review");
/// assert_eq!(refusal.code(), Some(RefusalCode::ProcessFail));
/// ```
///
/// `Refusal` does not implement [`Error`] itself, because then `?` could not convert every error into it.
pub struct Refusal<O: Operation> {
    code: Option<O::RefusalCode>,
    detail: Option<String>,
    cause: Option<BoxError>,
    members: Option<SetMembers<O::Response>>,
}

/// Sets members of a response.
pub(crate) type SetMembers<R> = Box<dyn FnOnce(&mut R) + Send + Sync>;

impl<O: Operation> Refusal<O> {
    /// Creates a refusal with a code. Its status and message are those of the schema's code table.
    #[must_use]
    pub fn new(code: O::RefusalCode) -> Self {
        Self { code: Some(code), detail: None, cause: None, members: None }
    }

    /// Creates a refusal for an internal error. Use it for causes that `?` does not convert: texts and boxed errors.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: None, detail: None, cause: Some(cause.into()), members: None }
    }

    /// Sets the cause, an error or a text. It is logged and never sent to the client.
    #[must_use]
    pub fn with_source(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Sets a text that **the client** gets after the code table's message. It is cut to the message's maximum length.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Sets members of the message that **the client** gets, beside its result: those that the schema binds to no outcome.
    /// Only for a refusal with a code.
    ///
    /// The message must keep the schema and its result. Otherwise, and if the function panics, the client gets an internal
    /// error, and the log says why.
    ///
    /// ```
    /// use alipayplus_server::inquiry_payment::{
    ///     PassThroughInfo, Refusal, RefusalCode,
    /// };
    ///
    /// fn refuse(info: PassThroughInfo) -> Refusal {
    ///     Refusal::new(RefusalCode::ProcessFail)
    ///         .with_members(|response| response.pass_through_info = Some(info))
    /// }
    /// ```
    #[must_use]
    pub fn with_members(self, set: impl FnOnce(&mut O::Response) + Send + Sync + 'static) -> Self {
        Self { members: Some(Box::new(set)), ..self }
    }

    pub(crate) fn take_members(&mut self) -> Option<SetMembers<O::Response>> {
        self.members.take()
    }

    /// Returns the code, or `None` for an internal error.
    #[must_use]
    pub fn code(&self) -> Option<O::RefusalCode> {
        self.code
    }

    pub(crate) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns the cause with its sources, as it is logged.
    pub(crate) fn cause(&self) -> Option<String> {
        self.cause.as_deref().map(|cause| error_chain(cause))
    }
}

/// Converts any error into an internal error: its text is logged, and the client gets the code for internal errors.
impl<O: Operation, E: Error + Send + Sync + 'static> From<E> for Refusal<O> {
    fn from(error: E) -> Self {
        Self::internal(error)
    }
}

/// Writes what is logged: the code and the cause.
impl<O: Operation> fmt::Display for Refusal<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => fmt::Display::fmt(&code.into(), f)?,
            None => f.write_str("internal error")?,
        }
        match self.cause() {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

/// Prints what is logged: the code and the cause.
impl<O: Operation> fmt::Debug for Refusal<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("code", &self.code).field("cause", &self.cause()).finish_non_exhaustive()
    }
}
