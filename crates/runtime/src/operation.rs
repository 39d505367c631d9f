//! The trait of an operation: its messages, its name and times, and the conversions from answers to outcomes.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::code::{self, Code, CodedResult};
use crate::message::{self, DecodeError, Message};
use crate::status::{Status, StatusWord as _};
use crate::text::REDACTED;

/// An operation of the API. Generated code implements it; client and server are generic over it.
pub trait Operation: fmt::Debug + Send + Sync + 'static {
    /// The name of the operation.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: &'static str;
    /// The path in the specification. Client and server can be configured to use another.
    const PATH: &'static str;
    /// The time that the client waits for a response.
    const TIMEOUT: Duration;
    /// Whether the client may send a request again.
    const IDEMPOTENT: bool;
    /// The members that select outcomes, as JSON Pointers, if another outcome of a success has no place for them. A
    /// success with such a member is never that outcome.
    const SELECTING: &'static [&'static str] = &[];

    /// The message that the client sends.
    type Request: Message;
    /// The message that the server sends.
    type Response: Message + FromResult<Result: CodedResult<Code = Self::Code>>;
    /// The handler's response.
    type Answer: fmt::Debug + Send + 'static;
    /// The outcome that the client receives.
    type Outcome: OutcomeInfo + Clone + fmt::Debug + Send + Sync + 'static;
    /// The values that the client can expect in a response.
    type Expected: Clone + Default + fmt::Debug + Send + Sync + 'static;
    /// The codes of the response's own result.
    type Code: Code;
    /// The codes that a handler can refuse with.
    type RefusalCode: Into<Self::Code> + Copy + fmt::Debug + Send + Sync + 'static;

    /// Converts an answer to a response.
    ///
    /// A member that does not belong on the wire is omitted. If its value differs from that of its counterpart, it is
    /// added to `omitted`.
    ///
    /// # Errors
    /// Returns [`AnswerError`] if the answer breaks a rule that its type does not enforce.
    fn into_response(answer: Self::Answer, omitted: &mut Vec<Omitted>) -> Result<Self::Response, AnswerError>;

    /// Converts a response to an outcome, and returns with it the rest of the response: its own result, and the members
    /// that do not belong to the outcome.
    ///
    /// # Errors
    /// Returns [`OutcomeError`] if the response has no outcome.
    fn into_outcome(response: Self::Response) -> Result<OutcomeAndRest<Self>, OutcomeError<Self::Code>>
    where
        Self: Sized;

    /// Adds the members that are present and differ from the expected values.
    #[expect(unused_variables, reason = "named for the reader; an operation may have no expectable members")]
    fn check_expected(expected: &Self::Expected, response: &Self::Response, all: &mut Mismatches) {}
}

/// The outcome of a response, and the rest of that response.
pub type OutcomeAndRest<O> = (<O as Operation>::Outcome, <O as Operation>::Response);

/// A message that can consist of only a result, such as a refusal.
pub trait FromResult: Sized {
    /// The type of the result.
    type Result: CodedResult;
    /// The name of the member that holds the result.
    const RESULT: &'static str;

    /// Returns the message's own result.
    fn result(&self) -> &Self::Result;
    /// Constructs a message with only this result.
    fn from_result(result: Self::Result) -> Self;

    /// Constructs a message with only the result of this code.
    #[must_use]
    fn with(code: <Self::Result as CodedResult>::Code) -> Self {
        Self::from_result(Self::Result::with(code))
    }
}

/// Whether an outcome can change, which decides whether polling continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// The outcome will not change, so polling stops.
    Final,
    /// The outcome will change, so polling continues.
    Pending,
    /// Whether the outcome will change is not known. A setting decides whether polling continues.
    Undetermined,
}

/// The name and the finality of an outcome.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeMeta {
    /// The name, for logs.
    pub name: &'static str,
    /// Whether the outcome can change.
    pub finality: Finality,
}

impl OutcomeMeta {
    /// Constructs the metadata of an outcome.
    #[must_use]
    pub const fn new(name: &'static str, finality: Finality) -> Self {
        Self { name, finality }
    }
}

/// Metadata of an outcome.
pub trait OutcomeInfo {
    /// Returns the name and the finality of the outcome.
    fn meta(&self) -> OutcomeMeta;
}

/// A member of an answer that was omitted from the response although it differs from its counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// The omitted member, as a JSON Pointer.
    pub pointer: &'static str,
    /// The member that counts in its place, as a JSON Pointer.
    pub counterpart: &'static str,
    /// The part that is equal in both, because of which the member was omitted.
    pub part: &'static str,
}

impl Omitted {
    /// Constructs it from the two members, as JSON Pointers, and the part that is equal.
    #[must_use]
    pub const fn new(pointer: &'static str, counterpart: &'static str, part: &'static str) -> Self {
        Self { pointer, counterpart, part }
    }
}

impl fmt::Display for Omitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, counterpart, part } = self;
        write!(f, "{pointer} was left out: it has the {part} of {counterpart}, and differs from it otherwise")
    }
}

/// An answer that can't be converted to a response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The answer breaks a rule over several members.
    #[error("the answer breaks the schema: {0}")]
    Invalid(DecodeError),
}

/// The reason why a response has no outcome, so that the state of the payment remains unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutcomeError<C: Code> {
    /// The response breaks the schema, and its own result does not decide the outcome.
    #[error("the response breaks the schema: {0}")]
    Invalid(DecodeError),
    /// The server refused the request.
    #[error("refused with {}", escaped(.0))]
    Refused(C),
    /// The server reports a temporary problem; a retry can help. `None` for a response without a readable code.
    #[error("trouble with {}", .0.as_ref().map_or("no readable code".to_owned(), escaped))]
    Trouble(Option<C>),
    /// The response's own result is an outcome, but the status of another member is a success that contradicts it.
    #[error("{} contradicts the success at {pointer}", escaped(.code))]
    Contradiction {
        /// The code of the response's own result.
        code: C,
        /// The member that contradicts it, as a JSON Pointer.
        pointer: String,
    },
    /// The status is a success, but the code is not known. The response is not treated as a success.
    #[error("a success with the code {}, which is not known", escaped(.0))]
    UnlistedCode(C),
    /// The code or the word of another member belongs to no outcome.
    #[error("{0} is not recognized")]
    UnrecognizedMember(&'static str),
    /// A member of the outcome is missing. This does not happen with a response that was decoded.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// Returns the text of a code for an error: the other side's text must not break a line of a log.
fn escaped<C: Code>(code: &C) -> String {
    code::text_of(code).escape_debug().to_string()
}

/// Returns the error of a response that matches no outcome, by its own result.
#[doc(hidden)]
pub fn outcome_error<R: CodedResult>(result: &R, members: &'static str) -> OutcomeError<R::Code> {
    let code = result.code().clone();
    match result.status().meaning() {
        Status::Failure => OutcomeError::Refused(code),
        Status::Unknown => OutcomeError::Trouble(Some(code)),
        Status::Success if members.is_empty() || !is_listed(result) => OutcomeError::UnlistedCode(code),
        Status::Success => OutcomeError::UnrecognizedMember(members),
    }
}

fn is_listed<R: CodedResult>(result: &R) -> bool {
    result.code().status() == Some(result.status())
}

/// Constructs the result object of a code, as an optional member.
#[doc(hidden)]
pub fn result<R: CodedResult>(code: impl Into<R::Code>) -> Option<R> {
    Some(R::with(code.into()))
}

/// Returns a member that the outcome requires.
///
/// # Errors
/// Returns [`OutcomeError::Missing`] with the pointer if the member is missing.
#[doc(hidden)]
pub fn require<T, C: Code>(member: Option<T>, pointer: &'static str) -> Result<T, OutcomeError<C>> {
    member.ok_or(OutcomeError::Missing(pointer))
}

/// A member of a response that differs from the expected value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The member, as a JSON Pointer.
    pub pointer: &'static str,
    /// The expected value as JSON, or `[redacted]` if a part of it is sensitive. A long one is cut off.
    pub expected: String,
    /// The value of the response, printed in the same way.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, found } = self;
        write!(f, "{pointer} is {found}, expected {expected}")
    }
}

/// Returns a value as JSON, short enough for a log. What `Debug` does not show is not shown.
fn short_json(value: &(impl fmt::Debug + Serialize)) -> String {
    if format!("{value:?}").contains(REDACTED) {
        return REDACTED.to_owned();
    }
    let mut text = serde_json::to_string(value).unwrap_or_default();
    if let Some((end, _)) = text.char_indices().nth(200) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// The members of a response that differ from the expected values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatches(Vec<Mismatch>);

impl Mismatches {
    /// Compares a response with the expected values.
    #[must_use]
    pub fn of<O: Operation>(expected: &O::Expected, response: &O::Response) -> Self {
        let mut all = Self::default();
        O::check_expected(expected, response, &mut all);
        all
    }

    /// Adds the member if a value is expected and the member is present with another value.
    pub fn add<'a, T>(&mut self, pointer: &'static str, expected: &Option<T>, found: impl Into<Option<&'a T>>)
    where
        T: PartialEq + fmt::Debug + Serialize + 'a,
    {
        if let Some((expected, found)) = expected.as_ref().zip(found.into())
            && expected != found
        {
            self.0.push(Mismatch { pointer, expected: short_json(expected), found: short_json(found) });
        }
    }

    /// Returns the members.
    #[must_use]
    pub fn into_vec(self) -> Vec<Mismatch> {
        self.0
    }
}

/// Validates a response with rules that the types of its answer do not enforce.
///
/// # Errors
/// Returns [`AnswerError::Invalid`] with every violation if the response breaks its schema.
#[doc(hidden)]
pub fn validated<T: Message>(response: T) -> Result<T, AnswerError> {
    message::validate(&response).map_err(AnswerError::Invalid)?;
    Ok(response)
}

/// Returns a member, or `None` if a part of it equals the same part of its counterpart. If the two differ otherwise, the
/// omission is added to `omitted`.
#[doc(hidden)]
pub fn omit_if_equal<T: PartialEq, P: PartialEq>(
    member: T,
    counterpart: &T,
    part: impl Fn(&T) -> &P,
    omission: Omitted,
    omitted: &mut Vec<Omitted>,
) -> Option<T> {
    if part(&member) != part(counterpart) {
        return Some(member);
    }
    omitted.extend((member != *counterpart).then_some(omission));
    None
}

/// Returns a member, or a copy of its counterpart if the member was omitted. A member that should have been omitted counts
/// as well, since its sender signed it.
///
/// # Errors
/// Returns [`OutcomeError::Missing`] if the counterpart is missing.
#[doc(hidden)]
pub fn or_counterpart<T: Clone, C: Code>(
    member: Option<T>,
    counterpart: Option<&T>,
    pointer: &'static str,
) -> Result<T, OutcomeError<C>> {
    let counterpart = require(counterpart, pointer)?;
    Ok(member.unwrap_or_else(|| counterpart.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar as _;
    use crate::text::SensitiveText;

    /// A message type, whose `Debug` is that of its text.
    #[derive(PartialEq)]
    struct Secret(SensitiveText<1, 9>);

    impl fmt::Debug for Secret {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.fmt(f)
        }
    }

    impl Serialize for Secret {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str("canary")
        }
    }

    #[test]
    fn a_mismatch_says_what_was_expected_and_found_without_sensitive_values() {
        let (mut all, long) = (Mismatches::default(), "\n".repeat(999));
        all.add("/a", &Some("1".to_owned()), &long);
        let secret = |text| Secret(SensitiveText::parse(text).unwrap());
        all.add("/b", &Some(secret("secret")), &secret("other"));
        all.add("/c", &Some(secret("same")), &secret("same"));
        all.add("/d", &Some(vec![Some(secret("secret"))]), &vec![None]);
        let texts: Vec<String> = all.into_vec().iter().map(ToString::to_string).collect();
        let long = "\\n".repeat(99);
        assert_eq!(
            texts,
            [
                format!("/a is \"{long}\\…, expected \"1\""),
                "/b is [redacted], expected [redacted]".to_owned(),
                "/d is [null], expected [redacted]".to_owned(),
            ]
        );
    }
}
