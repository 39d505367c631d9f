//! The conclusion that a client may draw from the bytes of a verified response.
//!
//! The response's own result decides first:
//!
//! - With a status that means "unknown", the client asks again, whatever other members are present or missing.
//! - With a status that means "failure", the code decides. Other members have no effect, except for a success that
//!   contradicts an outcome.
//! - With a status that means "success", every member counts. A member that selects outcomes and belongs to none of them
//!   is not ignored. Only members without a bearing on the outcome may break the
//!   schema: an optional text that is empty, and the message of a result that is too long.

use crate::code::CodedResult as _;
use crate::json_value::JsonValue;
use crate::message::{self, DecodeError};
use crate::operation::{FromResult as _, Operation, OutcomeError};
use crate::rule::ObjectSchema;
use crate::status::{Status, StatusWord as _};
use crate::violation::Violation;

/// The outcome of a response, and the violations that have no effect on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conclusion<O: Operation> {
    /// The outcome.
    pub outcome: O::Outcome,
    /// The message, without the members that break the schema.
    pub response: O::Response,
    /// The members that do not belong to this outcome, as JSON Pointers.
    pub ignored_members: Vec<String>,
    /// The violations that have no effect on the outcome.
    pub violations: Vec<Violation>,
}

/// The reason why a response has no outcome, and its other violations.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unconcluded<O: Operation> {
    /// The reason why there is no outcome.
    pub reason: OutcomeError<O::Code>,
    /// The violations besides that reason.
    pub violations: Vec<Violation>,
}

/// Decodes a response and returns its outcome.
///
/// # Errors
/// Returns [`Unconcluded`] if the response has no outcome: it is malformed or invalid, it refuses the request, it reports
/// a temporary problem, it contradicts itself, or a code or a member in it is not known.
pub fn conclude<O: Operation>(bytes: &[u8]) -> Result<Conclusion<O>, Unconcluded<O>> {
    let schema = message::object_schema::<O::Response>();
    let root = message::json(bytes).map_err(Unconcluded::invalid)?;
    let inspection = Inspection::new::<O>(&schema, &root);
    match message::typed(&schema, root) {
        Some(message) => inspection.conclude(message),
        None => conclude_invalid(bytes, &schema, inspection),
    }
}

/// Concludes from a response that breaks the schema, as far as its own result permits.
fn conclude_invalid<O: Operation>(
    bytes: &[u8],
    schema: &ObjectSchema,
    inspection: Inspection,
) -> Result<Conclusion<O>, Unconcluded<O>> {
    let mut root = message::json(bytes).map_err(Unconcluded::invalid)?;
    let invalid = message::invalid(schema, &root);
    schema.remove_negligible(&mut root);
    let result = O::Response::RESULT;
    let status = schema.status_of(&root, result).filter(|status| *status != Status::Success);
    if status.is_some() {
        schema.remove_invalid(&mut root, result);
    }
    let inspection = inspection.after_removal(schema, &root, invalid.violations());
    let message = match status {
        Some(_) => serde::Deserialize::deserialize(root).ok(),
        None => message::typed(schema, root),
    };
    match message {
        Some(message) => inspection.conclude(message),
        None if status == Some(Status::Unknown) => {
            Err(Unconcluded { reason: OutcomeError::Trouble(None), violations: inspection.violations })
        }
        None => Err(Unconcluded::invalid(invalid)),
    }
}

impl<O: Operation> Unconcluded<O> {
    fn invalid(error: DecodeError) -> Self {
        Self { reason: OutcomeError::Invalid(error), violations: Vec::new() }
    }
}

/// The facts about a response that its typed message does not hold.
struct Inspection {
    /// The members that are present.
    present: Vec<&'static str>,
    /// Of these, the ones that should have been omitted.
    redundant: Vec<&'static str>,
    /// Of these, the ones that were removed.
    removed: Vec<&'static str>,
    /// The member other than the response's own result whose status is a success.
    success: Option<&'static str>,
    violations: Vec<Violation>,
}

impl Inspection {
    fn new<O: Operation>(schema: &ObjectSchema, root: &JsonValue<'_>) -> Self {
        Self {
            present: schema.present(root),
            redundant: schema.redundant(root),
            removed: Vec::new(),
            success: schema.other_success(root, O::Response::RESULT),
            violations: Vec::new(),
        }
    }

    /// Records the violations and the members that were removed because of them.
    fn after_removal(self, schema: &ObjectSchema, root: &JsonValue<'_>, violations: &[Violation]) -> Self {
        let left = schema.present(root);
        let removed = self.present.iter().copied().filter(|name| !left.contains(name)).collect();
        Self { removed, violations: violations.to_vec(), ..self }
    }

    fn conclude<O: Operation>(self, response: O::Response) -> Result<Conclusion<O>, Unconcluded<O>> {
        let (status, code) = (response.result().status().meaning(), response.result().code());
        let reason = match O::into_outcome(response.clone()) {
            Ok((outcome, rest)) => {
                let left = message::optional_members(&rest);
                let is_unused = |name: &&str| left.contains(name) || self.removed.contains(name);
                let contradicting = self.success.filter(|name| status == Status::Failure && is_unused(name));
                let mut selecting = O::SELECTING.iter().filter(|_| status == Status::Success);
                if let Some(name) = contradicting {
                    OutcomeError::Contradiction { code: code.clone(), pointer: format!("/{name}") }
                } else if let Some(pointer) = selecting.find(|pointer| is_unused(&pointer.trim_start_matches('/'))) {
                    OutcomeError::UnrecognizedMember(pointer)
                } else {
                    let is_ignored = |name: &&&str| is_unused(name) || self.redundant.contains(name);
                    let ignored = self.present.iter().filter(is_ignored).map(|name| format!("/{name}"));
                    let ignored_members = ignored.collect();
                    return Ok(Conclusion { outcome, response, ignored_members, violations: self.violations });
                }
            }
            Err(_) if status == Status::Unknown => OutcomeError::Trouble(Some(code.clone())),
            Err(reason) => reason,
        };
        Err(Unconcluded { reason, violations: self.violations })
    }
}
