//! From the intermediate form to messages: valid ones for every outcome, code and condition, and broken ones for every
//! rule, each with the rule in words and its place. They are test data for readers in any language, and for our tests.
//!
//! build → settle → judge: a message is put together, changed until its conditions hold, and judged; what is to be
//! broken is broken then, and judged again.

mod build;
mod conditions;
mod invalid;
mod judge;
mod outcomes;
mod place;
mod scalar;
mod seen;
mod settle;
mod spots;
mod valid;

use serde_json::Value;

use super::ir::{Family, File, Operation, Scalar, Sort, Type};

/// The messages of a request or a response.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// Messages that keep every rule.
    pub valid: Vec<Valid>,
    /// Messages that break a rule.
    pub invalid: Vec<Invalid>,
}

/// A message that keeps every rule.
#[derive(Debug, Clone)]
pub struct Valid {
    /// What is special about it; no other valid message of the same kind has the name.
    pub name: String,
    /// The message.
    pub message: Value,
    /// What a caller learns from it, if it is a response.
    pub ending: Option<Ending>,
}

/// A message that breaks a rule.
#[derive(Debug, Clone)]
pub struct Invalid {
    /// What is wrong with it; no other broken message of the same kind has the name.
    pub name: String,
    /// The message.
    pub message: Value,
    /// The rule that it breaks, as it should be.
    pub rule: String,
    /// Where, as a JSON Pointer; for a member that is missing, where it would stand; for one of several that are
    /// missing, the object around them.
    pub pointer: String,
    /// Whether a JSON Schema can say the rule.
    pub in_schema: bool,
}

/// What a caller learns from a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The named outcome.
    Outcome(String),
    /// A refusal with this code.
    Refused(String),
    /// Trouble with this code, where no outcome has a name for it: asking again can help.
    Trouble(String),
    /// A success that is not understood, since the result at this pointer is not.
    UnlistedCode(String),
}

/// Which members a value has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fill {
    All,
    Required,
}

/// How long texts and lists are, and how great numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    Usual,
    Least,
    Most,
}

/// What a value is to be like.
#[derive(Clone, Copy)]
struct Wish {
    fill: Fill,
    size: Size,
}

impl Wish {
    /// As little as there can be, each text a usual one.
    const SHORT: Self = Self { fill: Fill::Required, size: Size::Usual };
    /// Everything.
    const WHOLE: Self = Self { fill: Fill::All, size: Size::Usual };
}

/// The messages of an operation's request.
#[must_use]
pub fn request(family: &Family, file: &File, operation: &Operation) -> Samples {
    let ty = own_type(file, &operation.request);
    let valid = valid::all(family, &ty, valid::seeds(family, &ty));
    let invalid = invalid::all(family, &ty, &valid);
    let valid = valid.into_named().into_iter().map(|(name, message)| Valid { name, message, ending: None });
    Samples { valid: valid.collect(), invalid }
}

/// The messages of an operation's response.
#[must_use]
pub fn response(family: &Family, file: &File, operation: &Operation) -> Samples {
    let ty = own_type(file, &operation.response);
    let valid = valid::all(family, &ty, outcomes::seeds(family, file, operation, &ty));
    let invalid = invalid::all(family, &ty, &valid);
    let ended = |(name, message): valid::Named| {
        let ending = outcomes::ending(family, &ty, operation, &message);
        Valid { name, message, ending }
    };
    Samples { valid: valid.into_named().into_iter().map(ended).collect(), invalid }
}

/// A valid value of a type, with all members that can stand beside each other.
#[must_use]
pub fn example(family: &Family, ty: &Type) -> Option<Value> {
    valid::whole(family, ty)
}

/// A response of the operation's first outcome, with all that it can have.
#[must_use]
pub fn answer(family: &Family, file: &File, operation: &Operation) -> Option<Value> {
    outcomes::first(family, file, operation, &own_type(file, &operation.response))
}

/// A text of a scalar.
#[must_use]
pub fn text(scalar: &Scalar) -> String {
    scalar::text(scalar, Size::Usual, 1)
}

/// A text of a scalar that is as short as can be.
#[must_use]
pub fn shortest(scalar: &Scalar) -> String {
    scalar::text(scalar, Size::Least, 1)
}

/// The type of an object that a file defines.
#[must_use]
pub fn own_type(file: &File, name: &str) -> Type {
    let rust = file.object(name).map_or_else(String::new, |object| object.rust.clone());
    Type { file: file.index, name: name.to_owned(), rust, sort: Sort::Object }
}
