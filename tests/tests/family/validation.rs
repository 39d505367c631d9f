//! Every message of the family, valid ones and thousands of nearly valid ones: the model and a stock validator agree on
//! which are valid and on the place of every violation, and so do the model and a second oracle for comparisons.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use alipayplus_runtime::message::{self, DecodeError};
use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::comparisons::Comparisons;
use crate::family::model::get_payment_code::GetPaymentCode;
use crate::family::model::inquiry_statement::InquiryStatement;
use crate::family::model::notify_payment::NotifyPayment;
use crate::family::model::pay::Pay;
use crate::family::model::ping::Ping;
use crate::family::model::refund::Refund;
use crate::faults::{Fault, faults};
use crate::files::{json_file, schema_files};
use crate::oracle::{Oracle, violations};
use crate::places::places;
use crate::variations::Variations;

/// The number of distinct messages of a definition.
const MESSAGES: usize = 4000;

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
    serde_json::from_value(json_file(concat!(env!("CARGO_MANIFEST_DIR"), "/data/family.json"))).unwrap()
}

/// A decoded message: its encoding, and its outcome if it is a response that has one.
type Read = (Vec<u8>, Option<&'static str>);

fn request<O: Operation>(text: &[u8]) -> Result<Read, DecodeError> {
    message::from_slice::<O::Request>(text).map(|message| (message::to_vec(&message), None))
}

fn response<O: Operation>(text: &[u8]) -> Result<Read, DecodeError> {
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
fn check(definition: &str, read: fn(&[u8]) -> Result<Read, DecodeError>) {
    let (oracle, comparisons) = (Oracle::of(definition), Comparisons::new());
    let oracles = Oracles { definition: definition.to_owned(), read, oracle, comparisons };
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
    while tally.seen.len() < MESSAGES {
        oracles.check("by chance", &variations.next(), &mut tally);
    }
    let Tally { seen, refused, compared } = tally;
    println!("{definition}: {} checked, {refused} refused, {compared} comparisons broken", seen.len());
    // Both valid and invalid messages occur.
    assert!(refused > MESSAGES / 20 && refused < MESSAGES * 9 / 10);
    let own = definition_of(definition);
    let mut all = places.iter().map(|place| &place.keywords).chain([&own]);
    assert_eq!(all.any(|keywords| keywords.contains_key("x-compares")), compared > 20);
}

fn definition_of(definition: &str) -> Map<String, Value> {
    let (file, pointer) = definition.split_once('#').unwrap();
    schema_files()[file].pointer(pointer).unwrap().as_object().unwrap().clone()
}

#[test]
fn of_pay() {
    check("pay.json#/$defs/PayRequest", request::<Pay>);
}

#[test]
fn of_the_answer_to_pay() {
    check("pay.json#/$defs/PayResponse", response::<Pay>);
}

#[test]
fn of_refund() {
    check("refund.json#/$defs/RefundRequest", request::<Refund>);
}

#[test]
fn of_the_answer_to_refund() {
    check("refund.json#/$defs/RefundResponse", response::<Refund>);
}

#[test]
fn of_notify_payment() {
    check("notifyPayment.json#/$defs/NotifyPaymentRequest", request::<NotifyPayment>);
}

#[test]
fn of_the_answer_to_notify_payment() {
    check("notifyPayment.json#/$defs/NotifyPaymentResponse", response::<NotifyPayment>);
}

#[test]
fn of_get_payment_code() {
    check("getPaymentCode.json#/$defs/GetPaymentCodeRequest", request::<GetPaymentCode>);
}

#[test]
fn of_the_answer_to_get_payment_code() {
    check("getPaymentCode.json#/$defs/GetPaymentCodeResponse", response::<GetPaymentCode>);
}

#[test]
fn of_ping() {
    check("ping.json#/$defs/PingRequest", request::<Ping>);
}

#[test]
fn of_the_answer_to_ping() {
    check("ping.json#/$defs/PingResponse", response::<Ping>);
}

#[test]
fn of_inquiry_statement() {
    check("inquiryStatement.json#/$defs/InquiryStatementRequest", request::<InquiryStatement>);
}

#[test]
fn of_the_answer_to_inquiry_statement() {
    check("inquiryStatement.json#/$defs/InquiryStatementResponse", response::<InquiryStatement>);
}

/// Each outcome of each operation has a message above.
#[test]
fn of_every_outcome() {
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
