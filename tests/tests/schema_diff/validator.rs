//! Which messages of one side the other side refuses, by a validator that is independent of the comparison.
//!
//! A sender built on a schema sends nothing else than it: no member that its objects lack, no code that its tables
//! lack. A reader takes both. So each side has two validators: the schema as it is for those who read, and a closed
//! one for those who send.

use std::collections::BTreeSet;

use alipayplus_codegen::diff::change::{Message, Verdict};
use alipayplus_codegen::diff::read::Schemas;
use alipayplus_codegen::ir::{File, Operation, Predicate, Rule, ServiceModel};
use alipayplus_codegen::source::Source;
use fastrand::Rng;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use crate::messages::{Sampler, mutate};

/// How many messages each side makes of each kind; as many are changed at one place.
const COUNT: usize = 1200;

/// The observations.
pub(crate) struct Seen {
    /// The broken sides with the messages.
    pub(crate) broken: BTreeSet<(Verdict, Message)>,
    /// The least number of valid messages of any side and kind.
    pub(crate) valid: usize,
}

/// Exchanges messages between the two sides. Both have the same operations, perhaps with other names.
pub(crate) fn seen(old: &Schemas, new: &Schemas) -> Seen {
    let mut seen = Seen { broken: BTreeSet::new(), valid: usize::MAX };
    for ((old_file, was), (new_file, is)) in old.family.operations().zip(new.family.operations()) {
        for message in [Message::Request, Message::Response] {
            let sides =
                [Side::new(old, old_file, definition(was, message)), Side::new(new, new_file, definition(is, message))];
            compare(&sides, message, &mut seen);
        }
    }
    seen
}

fn definition(operation: &Operation, message: Message) -> &str {
    if message == Message::Request { &operation.request } else { &operation.response }
}

fn compare([old, new]: &[Side<'_>; 2], message: Message, seen: &mut Seen) {
    let (breaks_old_sender, breaks_old_reader) = match message {
        Message::Request => (Verdict::Client, Verdict::Server),
        Message::Response => (Verdict::Server, Verdict::Client),
    };
    let texts = texts([old, new]);
    let mut valid = [0, 0];
    for sampled in [old, new] {
        let mut sampler = Sampler { family: sampled.family, texts: &texts, rng: Rng::with_seed(7) };
        for _ in 0..COUNT {
            let mut one = sampler.object(sampled.file.object(sampled.definition).unwrap());
            for _ in 0..2 {
                let sent = [old.sends.is_valid(&one), new.sends.is_valid(&one)];
                if sent[0] && !new.reads.is_valid(&one) {
                    seen.broken.insert((breaks_old_sender, message));
                }
                if sent[1] && !old.reads.is_valid(&one) {
                    seen.broken.insert((breaks_old_reader, message));
                }
                valid = [valid[0] + usize::from(sent[0]), valid[1] + usize::from(sent[1])];
                mutate(&mut one, &texts, &mut sampler.rng);
            }
        }
    }
    seen.valid = seen.valid.min(valid[0]).min(valid[1]);
}

/// Returns the words and names of both sides.
fn texts(sides: [&Side<'_>; 2]) -> Vec<String> {
    let mut all = BTreeSet::new();
    for object in sides.iter().flat_map(|side| &side.family.files).flat_map(|file| &file.objects) {
        all.extend(object.members.iter().map(|member| member.wire.clone()));
        let tests = object.rules.iter().flat_map(|rule| match rule {
            Rule::When { tests, .. } => tests.as_slice(),
            Rule::OmittedIfEqual(_) | Rule::Compare(_) => &[],
        });
        for test in tests {
            if let Predicate::OneOf(among) = &test.is {
                all.extend(among.iter().cloned());
            }
        }
        if let Some(coded) = &object.coded {
            all.extend(coded.rows.iter().map(|row| row.wire.clone()));
            all.extend(coded.template.words.iter().map(|word| word.wire.clone()));
        }
    }
    all.into_iter().collect()
}

struct Side<'a> {
    family: &'a ServiceModel,
    file: &'a File,
    definition: &'a str,
    reads: Validator,
    sends: Validator,
}

impl<'a> Side<'a> {
    fn new(schemas: &'a Schemas, file: &'a File, definition: &'a str) -> Self {
        let open: Vec<Value> = schemas.sources.iter().map(parsed).collect();
        let closed = open.iter().zip(&schemas.family.files).map(|(schema, file)| close(schema, file));
        let closed: Vec<Value> = closed.collect();
        let name = schemas.sources[file.index].name();
        let schema = json!({ "$ref": format!("{ADDRESS}{name}#/$defs/{definition}") });
        let (reads, sends) = (validator(&open, &schema), validator(&closed, &schema));
        Self { family: &schemas.family, file, definition, reads, sends }
    }
}

/// The address of all files: fixtures share a file in another folder.
const ADDRESS: &str = "https://schemas.example/";

fn parsed(source: &Source) -> Value {
    let mut schema: Value = serde_json::from_str(&source.text).unwrap();
    schema["$id"] = format!("{ADDRESS}{}", source.name()).into();
    schema
}

/// Returns the schema of a sender, without unknown members and codes.
fn close(schema: &Value, file: &File) -> Value {
    let mut schema = schema.clone();
    for (name, definition) in schema["$defs"].as_object_mut().unwrap() {
        if definition["type"] == "object" {
            definition["additionalProperties"] = false.into();
        }
        if let Some(coded) = file.object(name).and_then(|object| object.coded.as_ref()) {
            let codes: Vec<_> = coded.rows.iter().map(|row| &row.wire).collect();
            definition["properties"] = json!({ &coded.template.code.0: { "enum": codes } });
        }
    }
    schema
}

fn validator(schemas: &[Value], schema: &Value) -> Validator {
    let mut registry = Registry::new();
    for schema in schemas {
        registry = registry.add(schema["$id"].as_str().unwrap(), schema).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    options.with_registry(&registry).offline().build(schema).unwrap()
}
