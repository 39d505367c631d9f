//! What an operation is to client and server: messages, names and times, and how answers become outcomes.

use std::fmt;
use std::time::Duration;

use crate::code::{self, Code, CodedResult, Status, StatusWord as _};
use crate::message::{self, DecodeError, Message};

/// One operation of the family. Generated code implements it; client and server are generic in it.
pub trait Operation: fmt::Debug + Send + Sync + 'static {
    /// The operation's name.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: &'static str;
    /// The path where the documents put it; a setting on both sides.
    const PATH: &'static str;
    /// How long a caller waits for an answer.
    const TIMEOUT: Duration;
    /// Whether a request may be sent again.
    const IDEMPOTENT: bool;

    /// What the caller sends.
    type Request: Message;
    /// What travels back.
    type Response: Message + FromResult<Result: CodedResult<Code = Self::Code>>;
    /// What a handler answers.
    type Answer: fmt::Debug + Send + 'static;
    /// What a caller learns.
    type Outcome: OutcomeInfo + Clone + fmt::Debug + Send + Sync + 'static;
    /// What a caller can expect of an answer.
    type Expected: Clone + Default + fmt::Debug + Send + Sync + 'static;
    /// The codes of the answer's own result.
    type Code: Code;
    /// The codes with which a handler can refuse.
    type RefusalCode: Into<Self::Code> + Copy + fmt::Debug + Send + Sync + 'static;

    /// The response of an answer. A member that is not due is left out; where it also says something else than the
    /// member that counts in its place, it is added to `omitted`.
    ///
    /// # Errors
    /// [`AnswerError`], when the answer breaks a condition that types can't rule out.
    fn into_response(answer: Self::Answer, omitted: &mut Vec<Omitted>) -> Result<Self::Response, AnswerError>;

    /// What a response says. The outcome takes what it has out of the response: what is left there, but for the
    /// operation's own result, is there for nothing.
    ///
    /// # Errors
    /// [`OutcomeError`], when it says nothing that an outcome could be.
    fn into_outcome(response: &mut Self::Response) -> Result<Self::Outcome, OutcomeError<Self::Code>>;

    /// Adds the members that are there and are not what was expected.
    #[expect(unused_variables, reason = "names for those who read the trait; an operation may have nothing to expect")]
    fn check_expected(expected: &Self::Expected, response: &Self::Response, all: &mut Mismatches) {}
}

/// A message that can carry a refusal: nothing but a result.
pub trait FromResult: Sized {
    /// The result's type.
    type Result: CodedResult;
    /// The name of the member that holds the result.
    const RESULT: &'static str;

    /// The message's own result.
    fn result(&self) -> &Self::Result;
    /// The message with this result and nothing else.
    fn from_result(result: Self::Result) -> Self;

    /// The message with the result of this code and nothing else.
    #[must_use]
    fn with(code: <Self::Result as CodedResult>::Code) -> Self {
        Self::from_result(Self::Result::with(code))
    }
}

/// What an outcome means for a caller that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// It will not change: waiting ends.
    Final,
    /// It will change: waiting goes on.
    Pending,
    /// Whether it will change is not known: a setting decides.
    Undetermined,
}

/// What an outcome is, whatever it holds.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeMeta {
    /// The outcome's name, for logs.
    pub name: &'static str,
    /// What it means for a caller that waits.
    pub finality: Finality,
}

impl OutcomeMeta {
    /// An outcome of that name.
    #[must_use]
    pub const fn new(name: &'static str, finality: Finality) -> Self {
        Self { name, finality }
    }
}

/// What every outcome tells about itself.
pub trait OutcomeInfo {
    /// The outcome's name, and its meaning for a caller that waits.
    fn meta(&self) -> OutcomeMeta;
}

/// A member of an answer that was left out of the response though it differs from the member that counts in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// The member that was left out, as a JSON Pointer.
    pub pointer: &'static str,
    /// The member that counts, as a JSON Pointer.
    pub counterpart: &'static str,
    /// The part that both have in common, which makes the first one not due.
    pub part: &'static str,
}

impl fmt::Display for Omitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, counterpart, part } = self;
        write!(f, "{pointer} was left out: it has the {part} of {counterpart}, and differs from it otherwise")
    }
}

/// An answer whose members are at odds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// A condition over several members is broken.
    #[error("the answer breaks the schema: {0}")]
    Invalid(DecodeError),
}

/// Why a response leads to no outcome: nothing is known of what was asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutcomeError<C: Code> {
    /// The response breaks the schema, and its own result does not decide.
    #[error("the response breaks the schema: {0}")]
    Invalid(DecodeError),
    /// The other side refused the request.
    #[error("refused with {0}")]
    Refused(C),
    /// The other side has trouble; asking again can help. `None` for a response without a readable code.
    #[error("trouble with {}", .0.as_ref().map_or("no readable code", code::text_of))]
    Trouble(Option<C>),
    /// The response's own result names an outcome, and another member contradicts it by a success.
    #[error("{code} beside a success at {pointer}")]
    Contradiction {
        /// The code of the response's own result.
        code: C,
        /// The member that says otherwise, as a JSON Pointer.
        pointer: String,
    },
    /// A success with a code that is not understood: it is not taken for one.
    #[error("a success with the code {0}, which is not understood")]
    UnlistedCode(C),
    /// A status and code of another member that are not understood.
    #[error("{0} is not understood")]
    UnrecognizedMember(&'static str),
    /// A member is missing that its outcome needs. A response that was read and checked never lacks it.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// What is left of a response that no outcome took: its own result says how it went.
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

/// The result object of a code, as an optional member.
#[doc(hidden)]
pub fn result<R: CodedResult>(code: impl Into<R::Code>) -> Option<R> {
    Some(R::with(code.into()))
}

/// A member that an outcome needs.
///
/// # Errors
/// [`OutcomeError::Missing`] with its pointer.
#[doc(hidden)]
pub fn require<T, C: Code>(member: Option<T>, pointer: &'static str) -> Result<T, OutcomeError<C>> {
    member.ok_or(OutcomeError::Missing(pointer))
}

/// The members of a response that are not what was expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatches(Vec<&'static str>);

impl Mismatches {
    /// Holds what a response has against what was expected.
    #[must_use]
    pub fn of<O: Operation>(expected: &O::Expected, response: &O::Response) -> Self {
        let mut all = Self::default();
        O::check_expected(expected, response, &mut all);
        all
    }

    /// Adds the member's pointer, if the member is there and is not what was expected.
    pub fn add<'a, T>(&mut self, pointer: &'static str, expected: &Option<T>, found: impl Into<Option<&'a T>>)
    where
        T: PartialEq + 'a,
    {
        let found = expected.as_ref().zip(found.into());
        self.0.extend(found.is_some_and(|(expected, found)| expected != found).then_some(pointer));
    }

    /// The members' JSON Pointers.
    #[must_use]
    pub fn pointers(self) -> Vec<&'static str> {
        self.0
    }
}

/// A response whose conditions the types of its answer do not all rule out.
///
/// # Errors
/// [`AnswerError::Invalid`] with every violation.
#[doc(hidden)]
pub fn validated<T: Message>(response: T) -> Result<T, AnswerError> {
    message::validate(&response).map_err(AnswerError::Invalid)?;
    Ok(response)
}

/// A member that is due only when a part of it differs from the same part of another one: `None` when it is not due.
/// One that is left out though it says something else is added to `omitted`.
#[doc(hidden)]
pub fn omit_if_equal<T: PartialEq, P: PartialEq>(
    member: T,
    from: &T,
    part: impl Fn(&T) -> &P,
    names: Omitted,
    omitted: &mut Vec<Omitted>,
) -> Option<T> {
    if part(&member) != part(from) {
        return Some(member);
    }
    omitted.extend((member != *from).then_some(names));
    None
}

/// A member that may be left out when another one counts in its place: itself, or a copy of that one. One that was not
/// due is what its sender signed, and counts as well.
///
/// # Errors
/// [`OutcomeError::Missing`] when the other member is not there.
#[doc(hidden)]
pub fn or_counterpart<T: Clone, C: Code>(
    member: Option<T>,
    from: Option<&T>,
    pointer: &'static str,
) -> Result<T, OutcomeError<C>> {
    let from = require(from, pointer)?;
    Ok(member.unwrap_or_else(|| from.clone()))
}
