//! What a handler says instead of an answer.

use std::error::Error;
use std::fmt;

use alipayplus_runtime::operation::Operation;

/// Any error, as handlers give it.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What a handler returns when there is no answer.
///
/// Either with a code that the schema leaves to handlers ([`Refusal::new`]), or without one: then something went wrong
/// on this side, the peer gets the code that stands for that and asks again later. Any error becomes the latter by `?`.
///
/// **What an error's `Display` says, and that of its sources, goes to the log**, and never to the peer. Keep what may
/// not be logged out of error texts: customers' identifiers above all.
///
/// It is no [`Error`] itself, or `?` could not turn every error into it.
pub struct Refusal<O: Operation> {
    code: Option<O::RefusalCode>,
    detail: Option<String>,
    cause: Option<BoxError>,
}

impl<O: Operation> Refusal<O> {
    /// Refuses with a code. Its status and message are those of the schema's code table.
    #[must_use]
    pub fn new(code: O::RefusalCode) -> Self {
        Self { code: Some(code), detail: None, cause: None }
    }

    /// Something went wrong on this side. For causes that `?` does not take: texts, and boxed errors of any make.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: None, detail: None, cause: Some(cause.into()) }
    }

    /// Adds the cause, for the log alone: an error, or a text.
    #[must_use]
    pub fn with_source(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Adds a text that **the peer** gets behind the code table's message; as much of it as the message has room for.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The code; `None` when something went wrong on this side.
    #[must_use]
    pub fn code(&self) -> Option<O::RefusalCode> {
        self.code
    }

    pub(crate) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The cause with its sources, as the log has it.
    pub(crate) fn cause(&self) -> Option<String> {
        self.cause.as_deref().map(|cause| chain(cause))
    }
}

/// An error's text and those of its sources, one after the other.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        // Some errors repeat their source in their own text.
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}

/// Any error: its text to the log, the code for "something went wrong on this side" to the peer.
impl<O: Operation, E: Error + Send + Sync + 'static> From<E> for Refusal<O> {
    fn from(error: E) -> Self {
        Self::internal(error)
    }
}

/// Writes what goes to the log: the code and the cause.
impl<O: Operation> fmt::Display for Refusal<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => fmt::Display::fmt(&code.into(), f)?,
            None => f.write_str("unexpected")?,
        }
        match self.cause() {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

/// Prints what goes to the log.
impl<O: Operation> fmt::Debug for Refusal<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("code", &self.code).field("cause", &self.cause()).finish_non_exhaustive()
    }
}
