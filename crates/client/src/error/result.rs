//! The results that errors carry: the verified one of a signed response, and the unverified one of an unsigned response.

use std::fmt;

use alipayplus_runtime::code::{Code, Status, text_of};
use alipayplus_runtime::operation::OutcomeError;
use alipayplus_runtime::violation::{Violation, Violations};

use super::signed_with::SignedWith;

/// The result of a verified response: its code, the documented message of that code, and what else breaks the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedResult {
    code: Option<Box<str>>,
    listed_code: Option<&'static str>,
    message: Option<&'static str>,
    violations: Vec<Violation>,
    signed_with: Option<Box<SignedWith>>,
}

impl VerifiedResult {
    pub(super) fn new<C: Code>(code: Option<&C>, violations: Vec<Violation>) -> Self {
        Self {
            code: code.map(|code| text_of(code).into()),
            listed_code: code.and_then(Code::wire),
            message: code.and_then(Code::message),
            violations,
            signed_with: None,
        }
    }

    /// Returns the code; `None` if the response has no readable code and its status was sufficient.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns where the response breaks the schema without changing the meaning of its result. Usually there is none.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns how the request was signed, if the server refused it because of its signature, its key or its Client-Id.
    #[must_use]
    pub fn signed_with(&self) -> Option<&SignedWith> {
        self.signed_with.as_deref()
    }

    pub(crate) fn set_signed_with(&mut self, signed_with: SignedWith) {
        self.signed_with = Some(Box::new(signed_with));
    }

    /// Returns the documented message of the code, never the text of the response; `None` for a code that the document
    /// does not list.
    #[must_use]
    pub fn message(&self) -> Option<&'static str> {
        self.message
    }

    /// Returns the code if the document lists it.
    #[cfg(feature = "metrics")]
    pub(super) fn listed_code(&self) -> Option<&'static str> {
        self.listed_code
    }
}

impl fmt::Display for VerifiedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{}", code.escape_debug())?,
            None => f.write_str("no readable code")?,
        }
        self.message.map_or(Ok(()), |message| write!(f, " ({message})"))?;
        self.signed_with().map_or(Ok(()), |signed_with| write!(f, "; {signed_with}"))?;
        let violations = Violations::new(self.violations.clone());
        violations.map_or(Ok(()), |violations| write!(f, "; the response also breaks the schema: {violations}"))
    }
}

/// The result that an unsigned response claims. Anyone may have sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedResult {
    /// The result code.
    pub code: String,
    /// The meaning of its status.
    pub status: Status,
    /// How the request was signed, if the code is about a signature, a key or a Client-Id that is not accepted.
    pub signed_with: Option<Box<SignedWith>>,
}

impl UnverifiedResult {
    /// Returns the claimed result; `None` if the response cannot be read, or claims an outcome, which an unverified
    /// result must not report.
    pub(crate) fn from_outcome_error<C: Code>(error: &OutcomeError<C>) -> Option<Self> {
        let (code, status) = match error {
            OutcomeError::Refused(code) => (code, Status::Failure),
            OutcomeError::Trouble(Some(code)) => (code, Status::Unknown),
            OutcomeError::UnlistedCode(code) => (code, Status::Success),
            _ => return None,
        };
        Some(Self { code: text_of(code).to_owned(), status, signed_with: None })
    }
}
