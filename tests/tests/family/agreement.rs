//! The model and a stock validator agree on messages: on which are valid and on the place of every violation, and so do
//! the model and a second oracle for comparisons.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use alipayplus_runtime::message::{self, DecodeError};
use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::comparisons::Comparisons;
use crate::faults::{Fault, faults};
use crate::files::{json_file, schema_files};
use crate::oracle::{Oracle, violations};
use crate::places::places;
use crate::variations::Variations;

/// The number of distinct messages of a definition, unless the variable says another.
const MESSAGES: usize = 4000;
const VARIABLE: &str = "FAMILY_MESSAGES";

fn wanted() -> usize {
    std::env::var(VARIABLE).map_or(MESSAGES, |number| number.parse().unwrap())
}

/// A valid message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    /// The name of its definition.
    of: String,
    message: Value,
    /// The outcome of a response; `None` if it is inconclusive.
    outcome: Option<String>,
}

fn bases() -> BTreeMap<String, Base> {
    serde_json::from_value(json_file(crate::DATA)).unwrap()
}

/// A decoded message: its encoding, and its outcome if it is a response that has one.
pub(crate) type Read = (Vec<u8>, Option<&'static str>);

pub(crate) fn request<O: Operation>(text: &[u8]) -> Result<Read, DecodeError> {
    message::from_slice::<O::Request>(text).map(|message| (message::to_vec(&message), None))
}

pub(crate) fn response<O: Operation>(text: &[u8]) -> Result<Read, DecodeError> {
    let message: O::Response = message::from_slice(text)?;
    let written = message::to_vec(&message);
    Ok((written, O::into_outcome(message).ok().map(|(outcome, _)| outcome.meta().name)))
}

/// The oracles of one definition.
struct Oracles {
    definition: String,
    read: fn(&[u8]) -> Result<Read, DecodeError>,
    oracle: Oracle,
    comparisons: Comparisons,
}

/// The numbers of distinct messages, of refused ones, and of broken comparisons.
#[derive(Default)]
struct Tally {
    seen: HashSet<String>,
    refused: usize,
    compared: usize,
}

impl Oracles {
    fn check(&self, what: &str, message: &Value, tally: &mut Tally) -> Option<Read> {
        let text = message.to_string();
        let read = (self.read)(text.as_bytes());
        let found = violations(read.as_ref().err());
        if tally.seen.insert(text) {
            self.oracle.agrees(message, found, || format!("{} {what}", self.definition));
            tally.refused += usize::from(read.is_err());
            tally.compared += self.comparisons.agrees(&self.definition, message, found);
        }
        let read = read.ok()?;
        // Encoding is stable.
        assert_eq!((self.read)(&read.0).unwrap(), read, "{message}");
        Some(read)
    }
}

#[track_caller]
#[allow(clippy::print_stdout, reason = "the counts are for people who ask for them with --nocapture")]
pub(crate) fn check(definition: &str, read: fn(&[u8]) -> Result<Read, DecodeError>) {
    let (oracle, comparisons) = (Oracle::of(definition), Comparisons::new());
    let oracles = Oracles { definition: definition.to_owned(), read, oracle, comparisons };
    let wanted = wanted();
    let (mut tally, mut messages, mut single) = (Tally::default(), Vec::new(), Vec::<Fault>::new());
    let (places, (_, name)) = (places(definition), definition.rsplit_once('/').unwrap());
    for (base, Base { message, outcome, .. }) in bases().into_iter().filter(|(_, base)| base.of == name) {
        let (written, concluded) =
            oracles.check(&base, &message, &mut tally).unwrap_or_else(|| panic!("{base} is not valid"));
        assert_eq!(serde_json::from_slice::<Value>(&written).unwrap(), message, "{base}");
        assert_eq!(concluded, outcome.as_deref(), "{base}");
        for fault in faults(&places, &message) {
            let mut wrong = message.clone();
            if fault.apply(&mut wrong) {
                oracles.check(fault.what, &wrong, &mut tally);
                single.push(fault);
            }
        }
        messages.push(message);
    }
    let mut variations = Variations::new(20_260_314, &messages, &single, &places);
    while tally.seen.len() < wanted {
        oracles.check("by chance", &variations.next(), &mut tally);
    }
    let Tally { seen, refused, compared } = tally;
    println!("{definition}: {} checked, {refused} refused, {compared} comparisons broken", seen.len());
    // Both valid and invalid messages occur.
    assert!(refused > wanted / 20 && refused < wanted * 19 / 20);
    let own = definition_of(definition);
    let mut all = places.iter().map(|place| &place.keywords).chain([&own]);
    assert_eq!(all.any(|keywords| keywords.contains_key("x-compares")), compared > 20);
}

fn definition_of(definition: &str) -> Map<String, Value> {
    let (file, pointer) = definition.split_once('#').unwrap();
    schema_files()[file].pointer(pointer).unwrap().as_object().unwrap().clone()
}

/// Asserts that each outcome of each operation has a message.
pub(crate) fn check_outcomes() {
    let bases = bases();
    let named = |of: &str| -> BTreeSet<&str> {
        bases.values().filter(|base| base.of == of).filter_map(|base| base.outcome.as_deref()).collect()
    };
    for schema in schema_files().values() {
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            let Some(outcomes) = definition["x-outcomes"].as_array() else { continue };
            let outcomes = outcomes.iter().filter(|outcome| outcome["waiting"] != "retry");
            assert_eq!(named(name), outcomes.map(|outcome| outcome["name"].as_str().unwrap()).collect(), "{name}");
        }
    }
}
