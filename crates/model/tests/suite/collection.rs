//! The messages of `data/messages.json` and the published samples, each with what is right about it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::faults::put;
use crate::files::json_file;
use crate::kinds::{DATA, Kind, Oracles, bases, judge};
use crate::names::Names;
use crate::places::places;

/// A message, whole or as a base with changes, and what is wrong with it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    base: Option<String>,
    of: Option<Kind>,
    #[serde(default)]
    message: Value,
    /// Values by their pointers.
    #[serde(default)]
    with: BTreeMap<String, Value>,
    /// Texts that are long by repetition, by their pointers.
    #[serde(default)]
    repeat: BTreeMap<String, (String, usize)>,
    /// Members that are taken out, by their pointers.
    #[serde(default)]
    without: Vec<String>,
    valid: bool,
    pointers: BTreeSet<String>,
}

impl Case {
    fn made(&self) -> (Kind, Value) {
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

fn samples() -> Vec<(Kind, Value)> {
    let kind = |name: &str| if name.starts_with("request") { Kind::Request } else { Kind::Response };
    let all = std::fs::read_dir(format!("{DATA}/samples")).unwrap().map(|entry| entry.unwrap());
    all.map(|entry| (kind(entry.file_name().to_str().unwrap()), json_file(entry.path()))).collect()
}

#[test]
fn each_is_judged_as_it_says() {
    let oracles = Oracles::new();
    let cases = cases();
    for case in &cases {
        let (kind, message) = case.made();
        let wrong = judge(oracles.of(kind), kind, &message, || case.name.clone());
        assert_eq!(wrong, case.pointers, "{}", case.name);
        assert_eq!(wrong.is_empty(), case.valid, "{}", case.name);
    }
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "each name stands for one message");
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
fn each_valid_message_is_written_back_as_it_was() {
    let valid = cases().into_iter().filter(|case| case.valid).map(|case| case.made());
    let mut times = 0;
    for (kind, message) in valid.chain(samples()) {
        let order: Vec<String> = places(kind.definition()).into_iter().map(|place| place.pointer).collect();
        let written = kind.read(message.to_string().as_bytes()).unwrap();
        let mut kept = message.clone();
        keep(&mut kept, "", &order);
        let back: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(back, kept, "{message}");

        let names = Names::of(&written);
        let known: Vec<&String> = order.iter().filter(|name| names.0.contains(name)).collect();
        assert_eq!(names.0.iter().collect::<Vec<_>>(), known, "the order of the schema");

        times += usize::from(message.get("paymentTime").is_some_and(Value::is_string));
        assert_eq!(back.get("paymentTime"), message.get("paymentTime").filter(|time| !time.is_null()));
        // What was written once is written the same again.
        assert_eq!(kind.read(&written).unwrap(), written);
    }
    assert!(times > 10, "{times} messages with a time");
}

/// Takes out what a message loses on its way through the model: unknown members, and `null`, which means the same as
/// no member.
fn keep(value: &mut Value, place: &str, known: &[String]) {
    let Value::Object(members) = value else { return };
    members.retain(|name, value| !value.is_null() && known.contains(&format!("{place}/{name}")));
    for (name, value) in members {
        keep(value, &format!("{place}/{name}"), known);
    }
}
