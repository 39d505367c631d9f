//! What the bytes of a verified response mean to its caller.
//!
//! The response's own result decides first. With a status that means "unknown" the caller asks again, whatever else the
//! response holds or lacks. With one that means "failure" the code decides, and the other members decide nothing, but
//! for one that contradicts an outcome by a success. With a success every member counts, and only what decides nothing
//! may break the schema: an empty optional text, a result's message that is too long.

use crate::code::{CodedResult as _, Status, StatusWord as _};
use crate::json_value::JsonValue;
use crate::message::{self, DecodeError};
use crate::operation::{FromResult as _, Operation, OutcomeError};
use crate::rule::ObjectSchema;
use crate::violation::Violation;

/// What a response says, and what is wrong with it all the same.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conclusion<O: Operation> {
    /// What is known about what was asked.
    pub outcome: O::Outcome,
    /// The message. Members that break the schema are left out.
    pub response: O::Response,
    /// Members that were not due with this outcome, as JSON Pointers.
    pub ignored_members: Vec<String>,
    /// Where the response breaks the schema without a bearing on the outcome.
    pub violations: Vec<Violation>,
}

/// Why a response leads to no outcome, and what else is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unconcluded<O: Operation> {
    /// Why there is no outcome.
    pub reason: OutcomeError<O::Code>,
    /// Where the response breaks the schema beside that.
    pub violations: Vec<Violation>,
}

/// Reads a response as a caller may rely on it.
///
/// # Errors
/// [`Unconcluded`] when nothing is known of what was asked about.
pub fn conclude<O: Operation>(bytes: &[u8]) -> Result<Conclusion<O>, Unconcluded<O>> {
    let shape = message::shape_of::<O::Response>();
    let root = message::json(bytes).map_err(Unconcluded::invalid)?;
    let seen = Seen::new::<O>(&shape, &root);
    match message::typed(&shape, root) {
        Some(message) => seen.conclude(message),
        None => salvage(bytes, &shape, seen),
    }
}

/// Reads a response that breaks the schema: as far as its own result makes that good.
fn salvage<O: Operation>(bytes: &[u8], shape: &ObjectSchema, seen: Seen) -> Result<Conclusion<O>, Unconcluded<O>> {
    let mut root = message::json(bytes).map_err(Unconcluded::invalid)?;
    let invalid = message::invalid(shape, &root);
    shape.remove_idle(&mut root);
    let result = O::Response::RESULT;
    let status = shape.status_of(&root, result).filter(|status| *status != Status::Success);
    if status.is_some() {
        shape.remove_invalid(&mut root, result);
    }
    let seen = seen.without_those_missing(shape, &root, invalid.violations());
    let message = match status {
        Some(_) => serde::Deserialize::deserialize(root).ok(),
        None => message::typed(shape, root),
    };
    match message {
        Some(message) => seen.conclude(message),
        None if status == Some(Status::Unknown) => {
            Err(Unconcluded { reason: OutcomeError::Trouble(None), violations: seen.violations })
        }
        None => Err(Unconcluded::invalid(invalid)),
    }
}

impl<O: Operation> Unconcluded<O> {
    fn invalid(error: DecodeError) -> Self {
        Self { reason: OutcomeError::Invalid(error), violations: Vec::new() }
    }
}

/// What was seen of a response before it became a message.
struct Seen {
    /// The members that were there.
    present: Vec<&'static str>,
    /// Of these, the ones that were not due.
    redundant: Vec<&'static str>,
    /// Of these, the ones that were removed.
    removed: Vec<&'static str>,
    /// The member beside the result that says that something went well.
    success: Option<&'static str>,
    violations: Vec<Violation>,
}

impl Seen {
    fn new<O: Operation>(shape: &ObjectSchema, root: &JsonValue<'_>) -> Self {
        Self {
            present: shape.present(root),
            redundant: shape.redundant(root),
            removed: Vec::new(),
            success: shape.success_beside(root, O::Response::RESULT),
            violations: Vec::new(),
        }
    }

    /// The same with what was removed since.
    fn without_those_missing(self, shape: &ObjectSchema, root: &JsonValue<'_>, violations: &[Violation]) -> Self {
        let left = shape.present(root);
        let removed = self.present.iter().copied().filter(|name| !left.contains(name)).collect();
        Self { removed, violations: violations.to_vec(), ..self }
    }

    fn conclude<O: Operation>(self, response: O::Response) -> Result<Conclusion<O>, Unconcluded<O>> {
        let (status, code) = (response.result().status().meaning(), response.result().code());
        let mut rest = response.clone();
        let outcome = O::into_outcome(&mut rest);
        let left = message::optional_members(&rest);
        let is_idle = |name: &&str| left.contains(name) || self.removed.contains(name);
        let contradicting = self.success.filter(|name| status == Status::Failure && is_idle(name));
        let reason = match (outcome, contradicting) {
            (Ok(outcome), None) => {
                let ignored_members = self.present.iter().filter(|name| is_idle(name) || self.redundant.contains(name));
                let ignored_members = ignored_members.map(|name| format!("/{name}")).collect();
                return Ok(Conclusion { outcome, response, ignored_members, violations: self.violations });
            }
            (Ok(_), Some(name)) => OutcomeError::Contradiction { code: code.clone(), pointer: format!("/{name}") },
            (Err(_), _) if status == Status::Unknown => OutcomeError::Trouble(Some(code.clone())),
            (Err(reason), _) => reason,
        };
        Err(Unconcluded { reason, violations: self.violations })
    }
}
