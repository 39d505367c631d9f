//! Valid messages, and the verdict of the model and the validator on what becomes of them.

use std::collections::BTreeSet;

use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_runtime::message::{self, DecodeError, DecodedMessage, Message};
use alipayplus_runtime::violation::ViolationKind;
use serde_json::{Map, Value};

use super::oracle::Oracle;
use crate::failure::Failure;
use crate::repository;

/// A valid message for each case of the document.
const BASES: &str = "tests/data/bases.json";
/// How the name of a member begins that no schema has.
pub(super) const UNKNOWN: &str = "unknown";

/// A valid message, and who judges what becomes of it.
pub(super) struct Base<'a> {
    pub(super) message: Value,
    pub(super) oracle: &'a Oracle,
    pub(super) read: Read,
}

/// Reads a message.
type Read = fn(&[u8]) -> Result<Kept, DecodeError>;

/// What the model has of a message that it read.
pub(super) struct Kept {
    pub(super) written: Vec<u8>,
    pub(super) present: Vec<&'static str>,
    pub(super) redundant: Vec<&'static str>,
}

/// What came of a message that is JSON.
pub(super) enum Verdict {
    Valid(Kept),
    /// At so many places, and the validator says the same.
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

/// What the model makes of a message in this text, which is JSON: the validator has to agree.
pub(super) fn judge(base: &Base<'_>, message: &Value, text: &[u8]) -> Result<Verdict, Failure> {
    let said = base.oracle.pointers(message)?;
    let (found, verdict) = match (base.read)(text) {
        Ok(kept) => (BTreeSet::new(), Verdict::Valid(kept)),
        Err(DecodeError::Invalid(violations)) => {
            // Comparisons between members are what JSON Schema can't say.
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
