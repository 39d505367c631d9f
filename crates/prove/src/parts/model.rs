//! Changed messages, judged by the model and by a JSON Schema validator that knows nothing of it.

mod change;
mod oracle;

use std::collections::BTreeSet;

use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_model::read::{self, Message, ReadError};
use alipayplus_model::violation::Broken;
use fastrand::Rng;
use serde_json::{Map, Value};

use crate::part::{Disproof, Part};
use crate::progress::grouped;
use crate::run::Run;
use change::KINDS;
use oracle::Oracle;

pub(crate) const PART: Part = Part {
    name: "model",
    about: "changed messages before the model and an independent validator of the schema, pointers included",
    prove,
};

/// A valid message for each case of the document.
const BASES: &str = include_str!("../../../../tests/data/bases.json");

/// A valid message, and who judges what becomes of it.
struct Base<'a> {
    message: Value,
    oracle: &'a Oracle,
    read: Read,
}

/// Reads a message and writes it again.
type Read = fn(&[u8]) -> Result<Vec<u8>, ReadError>;

#[derive(Debug, Default)]
struct Tally {
    valid: u64,
    refused: u64,
    pointers: usize,
    changes: [u64; KINDS.len()],
}

fn prove(run: &mut Run) -> Result<(), Disproof> {
    let request = Oracle::of("InquiryPaymentRequest")?;
    let response = Oracle::of("InquiryPaymentResponse")?;
    let bases = bases(&request, &response)?;
    let mut tally = Tally::default();
    run.cases("messages", run.either(1_000_000, 50_000), |_, rng| {
        try_one(&bases[rng.usize(..bases.len())], rng, &mut tally)
    })?;
    let Tally { valid, refused, pointers, changes } = &tally;
    run.found("messages judged, without a disagreement", grouped(valid + refused));
    run.found("valid, refused", format!("{}, {}", grouped(*valid), grouped(*refused)));
    run.found("violations, each at the validator's place", grouped(u64::try_from(*pointers)?));
    run.found(
        "kinds of changes, the rarest of them",
        format!("{}, {} times", KINDS.len(), grouped(changes.iter().min().copied().unwrap_or_default())),
    );
    let idle = KINDS.iter().zip(changes).find(|(_, times)| **times == 0);
    match idle {
        Some(((name, _), _)) if !run.is_one_case() => Err(format!("no message was changed by \"{name}\"").into()),
        _ => Ok(()),
    }
}

fn bases<'a>(request: &'a Oracle, response: &'a Oracle) -> Result<Vec<Base<'a>>, Disproof> {
    let all: Map<String, Value> = serde_json::from_str(BASES)?;
    let bases = all.into_values().filter_map(|mut base| {
        let message = base["message"].take();
        match base["of"].as_str() {
            Some("request") => Some(Base { message, oracle: request, read: read_and_write::<Request> }),
            Some("response") => Some(Base { message, oracle: response, read: read_and_write::<Response> }),
            _ => None,
        }
    });
    Ok(bases.collect())
}

fn read_and_write<T: Message>(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    read::message::<T>(bytes).map(|message| read::write(&message))
}

fn try_one(base: &Base<'_>, rng: &mut Rng, tally: &mut Tally) -> Result<(), Disproof> {
    let mut message = base.message.clone();
    for _ in 0..rng.usize(..4) {
        let kind = rng.usize(..KINDS.len());
        tally.changes[kind] += u64::from(change::apply(kind, &mut message, rng));
    }
    let (said, text) = (base.oracle.pointers(&message)?, change::shuffled(&message, rng));
    match (base.read)(text.as_bytes()) {
        Ok(written) => {
            tally.valid += 1;
            agree(&said, &BTreeSet::new(), &text)?;
            let mut kept = message;
            without_nothing(&mut kept);
            let written: Value = serde_json::from_slice(&written)?;
            if is_within(&written, &kept) { Ok(()) } else { Err(format!("written as {written}: {text}").into()) }
        }
        Err(ReadError::Invalid(violations)) => {
            tally.refused += 1;
            // Comparisons between members are what JSON Schema can't say.
            let found = violations.as_slice().iter().filter(|it| !matches!(it.broken, Broken::Compared { .. }));
            let found: BTreeSet<String> = found.map(|it| it.pointer.clone()).collect();
            tally.pointers += found.len();
            agree(&said, &found, &text)
        }
        // It is JSON, so it is never malformed.
        Err(error) => Err(format!("{error}: {text}").into()),
    }
}

fn agree(said: &BTreeSet<String>, found: &BTreeSet<String>, text: &str) -> Result<(), Disproof> {
    if said == found {
        return Ok(());
    }
    Err(format!("the model finds fault with {found:?}, the validator with {said:?}: {text}").into())
}

/// Takes out `null`, which means the same as no member.
fn without_nothing(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, value| !value.is_null());
        members.values_mut().for_each(without_nothing);
    }
}

/// Whether a written message is the one that was read: all that it has stands there, and all that it lacks is unknown
/// to the schema.
fn is_within(written: &Value, read: &Value) -> bool {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            let has = |name: &String| read.get(name).is_some_and(|value| is_within(&written[name], value));
            written.keys().all(has)
                && read.keys().all(|name| written.contains_key(name) || name.starts_with(change::UNKNOWN))
        }
        _ => written == read,
    }
}
