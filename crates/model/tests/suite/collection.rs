//! The messages of `data/messages.json` and the published samples, each with its expected violations.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::faults::put;
use crate::files::json_file;
use crate::kinds::{DATA, Kind, Oracles, bases, judge};
use crate::names::Names;
use crate::places::places;

/// A message, complete or as a base with changes, and its violations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    base: Option<String>,
    of: Option<Kind>,
    #[serde(default)]
    message: Value,
    /// Values, by JSON Pointer.
    #[serde(default)]
    with: BTreeMap<String, Value>,
    /// Long texts as repetitions, by JSON Pointer.
    #[serde(default)]
    repeat: BTreeMap<String, (String, usize)>,
    /// JSON Pointers of removed members.
    #[serde(default)]
    without: Vec<String>,
    valid: bool,
    pointers: BTreeSet<String>,
}

impl Case {
    fn build(&self) -> (Kind, Value) {
        let (kind, mut message) = match &self.base {
            None => (self.of.unwrap(), self.message.clone()),
            Some(base) => {
                let base = bases().remove(base).unwrap();
                (base.of, base.message)
            }
        };
        let repeated = self.repeat.iter().map(|(at, (text, times))| (at, Some(text.repeat(*times).into())));
        let changes = self.with.iter().map(|(at, value)| (at, Some(value.clone())));
        for (at, value) in changes.chain(repeated).chain(self.without.iter().map(|at| (at, None))) {
            assert!(put(&mut message, at, value), "{}: no object for {at}", self.name);
        }
        (kind, message)
    }
}

fn cases() -> Vec<Case> {
    serde_json::from_value(json_file(format!("{DATA}/messages.json"))).unwrap()
}

/// Returns the valid responses of the collection and of the samples.
pub(crate) fn valid_responses() -> impl Iterator<Item = Value> {
    let valid = cases().into_iter().filter(|case| case.valid).map(|case| case.build());
    valid.chain(samples()).filter(|(kind, _)| matches!(kind, Kind::Response)).map(|(_, message)| message)
}

fn samples() -> Vec<(Kind, Value)> {
    let kind = |name: &str| if name.starts_with("request") { Kind::Request } else { Kind::Response };
    let all = std::fs::read_dir(format!("{DATA}/samples")).unwrap().map(|entry| entry.unwrap());
    all.map(|entry| (kind(entry.file_name().to_str().unwrap()), json_file(entry.path()))).collect()
}

#[test]
fn each_message_has_the_expected_violations() {
    let oracles = Oracles::new();
    let cases = cases();
    for case in &cases {
        let (kind, message) = case.build();
        let violations = judge(oracles.of(kind), kind, &message, || case.name.clone());
        assert_eq!(violations, case.pointers, "{}", case.name);
        assert_eq!(violations.is_empty(), case.valid, "{}", case.name);
    }
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "names are unique");
}

#[test]
fn the_published_samples_are_valid() {
    let oracles = Oracles::new();
    let samples = samples();
    assert_eq!(samples.len(), 3);
    for (kind, message) in samples {
        assert!(judge(oracles.of(kind), kind, &message, || "sample".into()).is_empty());
    }
}

#[test]
fn valid_messages_round_trip() {
    let valid = cases().into_iter().filter(|case| case.valid).map(|case| case.build());
    let mut times = 0;
    for (kind, message) in valid.chain(samples()) {
        let order: Vec<String> = places(kind.definition()).into_iter().map(|place| place.pointer).collect();
        let encoded = kind.read(message.to_string().as_bytes()).unwrap();
        let mut expected = message.clone();
        remove_unknown(&mut expected, "", &order);
        let decoded: Value = serde_json::from_slice(&encoded).unwrap();
        assert_eq!(decoded, expected, "{message}");

        let names = Names::of(&encoded);
        let known: Vec<&String> = order.iter().filter(|name| names.0.contains(name)).collect();
        assert_eq!(names.0.iter().collect::<Vec<_>>(), known, "the order of the schema");

        times += usize::from(message.get("paymentTime").is_some_and(Value::is_string));
        assert_eq!(decoded.get("paymentTime"), message.get("paymentTime").filter(|time| !time.is_null()));
        // Encoding is idempotent.
        assert_eq!(kind.read(&encoded).unwrap(), encoded);
    }
    assert!(times > 10, "{times} messages with a time");
}

/// Removes the members that the model does not keep: unknown ones, and `null`, which means the same as a missing member.
fn remove_unknown(value: &mut Value, place: &str, known: &[String]) {
    let Value::Object(members) = value else { return };
    members.retain(|name, value| !value.is_null() && known.contains(&format!("{place}/{name}")));
    for (name, value) in members {
        remove_unknown(value, &format!("{place}/{name}"), known);
    }
}
