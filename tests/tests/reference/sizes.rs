//! How much the sampler makes of schemas whose values multiply.

use alipayplus_codegen::emit;
use alipayplus_codegen::limits::{MAX_MESSAGE_BYTES, MAX_PLACES};
use alipayplus_codegen::sample::{self, Samples};
use alipayplus_codegen::source::Source;
use alipayplus_server::{Builder, Server};
use alipayplus_tests::fixture;
use serde_json::{Value, json};

use crate::oracle::Oracle;
use crate::samples::{assert_verdicts, lowered};

#[test]
fn a_message_is_no_larger_than_a_server_takes() {
    assert_eq!(MAX_MESSAGE_BYTES, Builder::<Server>::BODY_LIMIT);
}

fn optional(name: &str) -> Value {
    json!({ "description": "What may be there.", "anyOf": [{ "$ref": format!("#/$defs/{name}") }, { "type": "null" }] })
}

fn text(min: usize, max: usize) -> Value {
    json!({ "description": "A text.", "type": "string", "minLength": min, "maxLength": max })
}

fn list(item: &str, min: usize) -> Value {
    json!({ "description": "A list.", "type": "array", "items": { "$ref": format!("#/$defs/{item}") }, "minItems": min })
}

/// The fixture of lists, with definitions beside its own, and optional members of these in its request.
fn with(definitions: &[(&str, Value)], members: &[(&str, &str)]) -> Vec<Source> {
    let mut sources = fixture("lists");
    let source = sources.iter_mut().find(|it| it.name() == "ask.json").unwrap();
    let mut root: Value = serde_json::from_str(&source.text).unwrap();
    let all = &mut root["$defs"];
    for (name, definition) in definitions {
        all[*name] = definition.clone();
    }
    for (name, definition) in members {
        all["AskRequest"]["properties"][*name] = optional(definition);
    }
    source.text = root.to_string();
    sources
}

/// The messages of the request, none of which is too large, nor all of them.
#[track_caller]
fn bounded(sources: &[Source]) -> Samples {
    let family = lowered(sources);
    let (file, operation) = family.operations().next().unwrap();
    let samples = sample::request(&family, file, operation);
    let valid = samples.valid.iter().map(|it| &it.message);
    for messages in [valid.collect::<Vec<_>>(), samples.invalid.iter().map(|it| &it.message).collect()] {
        let lengths: Vec<usize> = messages.iter().map(|it| it.to_string().len()).collect();
        assert!(lengths.iter().all(|it| *it <= MAX_MESSAGE_BYTES), "{lengths:?}");
        assert!(lengths.iter().sum::<usize>() <= 16 * MAX_MESSAGE_BYTES, "{lengths:?}");
    }
    assert_verdicts(&Oracle::of(sources), file, &operation.request, &samples);
    let example = sample::example(&family, &sample::own_type(file, &operation.request));
    assert!(example.is_some_and(|it| it.to_string().len() <= MAX_MESSAGE_BYTES));
    assert!(!emit::messages::file(&family, file, operation).is_empty());
    samples
}

#[test]
fn lists_that_fit_one_by_one_are_not_all_in_one_message() {
    let names: Vec<String> = (0..6).map(|n| format!("wide{n}")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), "Wide")).collect();
    let samples = bounded(&with(&[("Wide", list("Name", 20_000))], &members));
    for name in &names {
        assert!(samples.valid.iter().any(|it| it.message.get(name).is_some()), "no message has {name}");
    }
}

#[test]
fn long_lists_of_long_lists_end_where_a_message_does() {
    let row = json!({
        "description": "A row.",
        "type": "object",
        "properties": { "cells": { "description": "Its cells.", "$ref": "#/$defs/Cells" } },
        "required": ["cells"],
    });
    let mut grid = list("Row", 2);
    grid["maxItems"] = 1000.into();
    bounded(&with(&[("Cells", list("Name", 100)), ("Row", row), ("Grid", grid)], &[("grid", "Grid")]));
}

#[test]
fn long_texts_end_where_a_message_does() {
    let names: Vec<String> = (0..6).map(|n| format!("text{n}")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), "Long")).collect();
    let samples = bounded(&with(&[("Long", text(110_000, 120_000))], &members));
    assert!(!samples.valid.is_empty());
}

#[test]
fn objects_that_hold_the_next_one_twice() {
    const LEVELS: usize = 6;
    let names: Vec<String> = (0..=LEVELS).map(|n| format!("Level{n}")).collect();
    let mut definitions: Vec<(&str, Value)> = names
        .windows(2)
        .map(|pair| {
            let properties = json!({ "left": optional(&pair[1]), "right": optional(&pair[1]) });
            (pair[0].as_str(), json!({ "description": "A level.", "type": "object", "properties": properties }))
        })
        .collect();
    definitions.push((&names[LEVELS], text(2000, 4000)));
    let sources = with(&definitions, &[("tree", "Level0")]);
    let family = lowered(&sources);
    let (file, _) = family.operations().next().unwrap();
    let places = family.sizes.get(&sample::own_type(file, "Level0")).places;
    assert_eq!(places, 2 * (1 << LEVELS) - 1);
    assert!(places < MAX_PLACES);
    bounded(&sources);
}

/// The bytes of the test data of the fixture with so many members more in its request, required or not.
fn bytes_of(count: usize, is_required: bool) -> usize {
    let mut sources = fixture("lists");
    let source = sources.iter_mut().find(|it| it.name() == "ask.json").unwrap();
    let mut root: Value = serde_json::from_str(&source.text).unwrap();
    root["$defs"]["Short"] = text(1, 64);
    let request = &mut root["$defs"]["AskRequest"];
    for n in 0..count {
        let name = format!("member{n:03}");
        request["properties"][&name] = if is_required {
            json!({ "description": "What is there.", "$ref": "#/$defs/Short" })
        } else {
            optional("Short")
        };
        if is_required {
            request["required"].as_array_mut().unwrap().push(name.into());
        }
    }
    source.text = root.to_string();
    let family = lowered(&sources);
    let (file, operation) = family.operations().next().unwrap();
    emit::messages::file(&family, file, operation).len()
}

#[test]
fn test_data_grows_no_faster_than_the_schema() {
    for is_required in [false, true] {
        let [none, few, many] = [0, 50, 300].map(|count| bytes_of(count, is_required));
        let (few, many) = ((few - none) / 50, (many - none) / 300);
        assert!(many <= few, "{many} bytes for each of 300 members, {few} for each of 50");
    }
}

#[test]
fn a_large_type_has_messages_too() {
    let mut sources = with(&[("Long", text(200_000, 200_100))], &[]);
    let source = sources.iter_mut().find(|it| it.name() == "ask.json").unwrap();
    let mut root: Value = serde_json::from_str(&source.text).unwrap();
    let request = &mut root["$defs"]["AskRequest"];
    request["properties"]["long"] = json!({ "description": "A text.", "$ref": "#/$defs/Long" });
    request["required"].as_array_mut().unwrap().push("long".into());
    source.text = root.to_string();
    let samples = bounded(&sources);
    assert!(samples.valid.len() > 2 && samples.invalid.len() > 2);
}

/// Each further level holds the next one twice: the schema grows by one object.
#[test]
fn test_data_does_not_double_with_each_level() {
    let bytes = |levels: usize| {
        let names: Vec<String> = (0..=levels).map(|n| format!("Level{n}")).collect();
        let level = |next: &String| {
            let properties = json!({ "left": optional(next), "right": optional(next) });
            json!({ "description": "A level.", "type": "object", "properties": properties })
        };
        let mut definitions: Vec<(&str, Value)> =
            names.windows(2).map(|pair| (pair[0].as_str(), level(&pair[1]))).collect();
        definitions.push((&names[levels], text(1, 64)));
        let family = lowered(&with(&definitions, &[("tree", "Level0")]));
        let (file, operation) = family.operations().next().unwrap();
        sample::request(&family, file, operation).invalid.len()
    };
    let [six, eight, ten] = [6, 8, 10].map(bytes);
    assert!(ten - eight <= eight - six, "{six}, {eight}, {ten}");
}
