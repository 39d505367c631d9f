//! Valid messages, and the verdicts of the model and the validator on changed ones.

use std::collections::BTreeSet;

use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_runtime::message::{self, DecodeError, DecodedMessage, Message};
use alipayplus_runtime::violation::ViolationKind;
use serde_json::{Map, Value};

use super::oracle::Oracle;
use crate::failure::Failure;
use crate::repository;

/// A valid message for each case of the specification.
const BASES: &str = "tests/data/bases.json";
/// The prefix of members that no schema has.
pub(super) const UNKNOWN: &str = "unknown";

/// A valid message, and the oracle for changed ones.
pub(super) struct Base<'a> {
    pub(super) message: Value,
    pub(super) oracle: &'a Oracle,
    pub(super) read: Read,
}

/// Reads a message.
type Read = fn(&[u8]) -> Result<Kept, DecodeError>;

/// The model's view of a decoded message.
pub(super) struct Kept {
    pub(super) written: Vec<u8>,
    pub(super) present: Vec<&'static str>,
    pub(super) redundant: Vec<&'static str>,
}

/// The verdict on a message that is JSON.
pub(super) enum Verdict {
    Valid(Kept),
    /// Invalid in this many places, as the validator says too.
    Refused(usize),
}

pub(super) fn bases<'a>(request: &'a Oracle, response: &'a Oracle) -> Result<Vec<Base<'a>>, Failure> {
    let all: Map<String, Value> = serde_json::from_str(&repository::text(BASES)?)?;
    let bases = all.into_values().filter_map(|mut base| {
        let message = base["message"].take();
        match base["of"].as_str() {
            Some("request") => Some(Base { message, oracle: request, read: kept::<Request> }),
            Some("response") => Some(Base { message, oracle: response, read: kept::<Response> }),
            _ => None,
        }
    });
    Ok(bases.collect())
}

fn kept<T: Message>(bytes: &[u8]) -> Result<Kept, DecodeError> {
    let DecodedMessage { message, present, redundant, .. } = message::decode::<T>(bytes)?;
    Ok(Kept { written: message::to_vec(&message), present, redundant })
}

/// Returns the model's verdict on a JSON text; the validator must agree.
pub(super) fn judge(base: &Base<'_>, message: &Value, text: &[u8]) -> Result<Verdict, Failure> {
    let said = base.oracle.pointers(message)?;
    let (found, verdict) = match (base.read)(text) {
        Ok(kept) => (BTreeSet::new(), Verdict::Valid(kept)),
        Err(DecodeError::Invalid(violations)) => {
            // JSON Schema cannot compare members.
            let found = violations.as_slice().iter().filter(|it| !matches!(it.kind, ViolationKind::Compared { .. }));
            let found: BTreeSet<String> = found.map(|it| it.pointer.clone()).collect();
            let count = found.len();
            (found, Verdict::Refused(count))
        }
        Err(error) => return Err(format!("{error}, though it is JSON: {message}").into()),
    };
    if said == found {
        return Ok(verdict);
    }
    Err(format!("the model finds fault with {found:?}, the validator with {said:?}: {message}").into())
}
