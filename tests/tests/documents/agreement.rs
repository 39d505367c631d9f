//! Generated documents agree with the schema files about every message.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::families::{self, Family, Message};
use crate::random::Maker;

/// Validates messages by source, bundle and component; returns the number of valid ones.
fn count_valid(family: &Family, message: &Message, all: &[Value]) -> usize {
    let source = family.by_source(message);
    let made = [("bundle", family.by_bundle(message)), ("component", family.by_component(message))];
    let mut valid = 0;
    for value in all {
        let expected = source.is_valid(value);
        for (what, validator) in &made {
            assert_eq!(
                validator.is_valid(value),
                expected,
                "{}, {}: {what} (left) and schema (right) on\n{value:#}",
                family.name,
                message.definition
            );
        }
        valid += usize::from(expected);
    }
    valid
}

/// Returns random messages, and the given ones with random changes.
fn messages(family: &Family, message: &Message, bases: &[Value], count: u64) -> Vec<Value> {
    let mut all = bases.to_vec();
    for seed in 0..count {
        let mut maker = Maker::new(&family.files, seed);
        let base = maker.rng.choice(bases).filter(|_| seed % 2 == 0).cloned();
        let mut value = base.unwrap_or_else(|| maker.message(&message.definition));
        for _ in 0..maker.rng.usize(..3) {
            maker.mutate(&mut value);
        }
        all.push(value);
    }
    all
}

#[test]
fn on_random_messages_of_every_fixture() {
    // A family has a document for each of its sides.
    let (mut bundles, mut described) = (BTreeSet::new(), BTreeSet::new());
    for family in families::all() {
        let messages_of = family.messages();
        // A document has an operation at least, and what answers none.
        assert!(messages_of.len() >= 3, "{}", family.name);
        bundles.extend(family.bundles.keys().map(|bundle| (family.name.clone(), bundle.clone())));
        described.extend(messages_of.iter().map(|message| (family.name.clone(), message.bundle.clone())));
        for message in messages_of {
            let all = messages(family, &message, &family.samples(&message), 300);
            let valid = count_valid(family, &message, &all);
            // Some are valid and some are not.
            assert!((8..all.len() - 4).contains(&valid), "{}, {}: {valid}", family.name, message.definition);
        }
    }
    assert_eq!(described, bundles);
}

#[test]
fn on_the_messages_of_the_real_schema() {
    let family = Family::of("real", &alipayplus_tests::one_operation());
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/data/bases.json")).unwrap();
    let bases: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    for message in family.messages() {
        let of = match message.bundle.as_str() {
            "inquiryPayment.request.json" => "request",
            "inquiryPayment.response.json" => "response",
            _ => "service",
        };
        let bases: Vec<_> =
            bases.values().filter(|base| base["of"] == json!(of)).map(|base| base["message"].clone()).collect();
        assert_eq!(count_valid(&family, &message, &bases), bases.len(), "each base is valid");
        let all = messages(&family, &message, &bases, 4000);
        let valid = count_valid(&family, &message, &all);
        assert!((400..3600).contains(&valid), "{}: {valid}", message.definition);
    }
}
