//! Makes messages from the intermediate form: valid ones for every outcome, code and condition, and invalid ones for
//! every rule, each with the rule in words and its place. They are test data for readers in any language.
//!
//! build → solve → validate: a message is built, changed until its conditions hold, and validated. For an invalid
//! message, a rule is then broken, and the message is validated again.

mod build;
mod conditions;
mod dedup;
mod invalid;
mod locations;
mod message;
mod options;
mod outcomes;
mod place;
mod scalar;
mod solver;
mod valid;
mod validator;

use serde_json::Value;

use super::ir::{File, Operation, Outcome, Row, Scalar, ServiceModel, Type, TypeKind};
use dedup::Named;
pub use message::{Ending, Invalid, Samples, Valid};
use options::Extent;

/// Returns the messages of an operation's request.
#[must_use]
pub fn request(family: &ServiceModel, file: &File, operation: &Operation) -> Samples {
    let ty = own_type(file, &operation.request);
    let valid = valid::all(family, &ty, valid::seeds(family, &ty));
    let invalid = invalid::all(family, &ty, &valid);
    let valid = valid.into_named().into_iter().map(|(name, message)| Valid { name, message, ending: None });
    Samples { valid: valid.collect(), invalid }
}

/// Returns the messages of an operation's response.
#[must_use]
pub fn response(family: &ServiceModel, file: &File, operation: &Operation) -> Samples {
    let ty = own_type(file, &operation.response);
    let valid = valid::all(family, &ty, outcomes::seeds(family, file, operation, &ty));
    let invalid = invalid::all(family, &ty, &valid);
    let ended = |(name, message): Named| {
        let ending = outcomes::ending(family, &ty, operation, &message);
        Valid { name, message, ending }
    };
    Samples { valid: valid.into_named().into_iter().map(ended).collect(), invalid }
}

/// Returns a valid value of a type, with all members that can stand beside each other.
#[must_use]
pub fn example(family: &ServiceModel, ty: &Type) -> Option<Value> {
    valid::whole(family, ty)
}

/// Returns a response of an outcome, with all that it can have.
#[must_use]
pub fn outcome(family: &ServiceModel, file: &File, operation: &Operation, outcome: &Outcome) -> Option<Value> {
    outcomes::whole(family, file, operation, &own_type(file, &operation.response), outcome)
}

/// Returns a refusal, with the row of its code.
#[must_use]
pub fn refusal<'a>(family: &'a ServiceModel, file: &File, operation: &Operation) -> Option<(&'a Row, Value)> {
    outcomes::refusal(family, file, operation, &own_type(file, &operation.response))
}

/// Returns a text of a scalar.
#[must_use]
pub fn text(scalar: &Scalar) -> String {
    scalar::text(scalar, Extent::Typical, 1)
}

/// Returns a text of a scalar that is as short as can be.
#[must_use]
pub fn shortest(scalar: &Scalar) -> String {
    scalar::text(scalar, Extent::Min, 1)
}

/// Returns the type of an object that a file defines.
#[must_use]
pub fn own_type(file: &File, name: &str) -> Type {
    let rust = file.object(name).map_or_else(String::new, |object| object.rust.clone());
    Type { file: file.index, name: name.to_owned(), rust, kind: TypeKind::Object }
}
