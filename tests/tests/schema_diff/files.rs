//! Whole files: operations that are added, removed, or in a file with another name.

use std::collections::BTreeSet;

use alipayplus_codegen::diff::read::lowered;
use alipayplus_codegen::diff::report::Report;
use alipayplus_codegen::source::Source;
use alipayplus_tests::fixture;

use crate::verdicts::tokens;

const FILE: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://alipayplus-sdk.example/fixtures/more.json",
  "title": "more",
  "description": "More of what operations share.",
  "$defs": { "Spare": { "description": "Not used yet.", "type": "string", "minLength": 1, "maxLength": 9 } }
}"#;

/// Returns the verdicts and the report of a comparison.
fn verdicts(old: Vec<Source>, new: Vec<Source>) -> (BTreeSet<String>, String) {
    let (old, new) = (lowered("old", old).unwrap(), lowered("new", new).unwrap());
    let report = Report::of(&old, &new, [0, 1, 0]);
    (tokens(report.changes()), report.text())
}

fn assert_both(edit: impl Fn(&mut Vec<Source>), there: &str, back: &str, expected: &[&str]) {
    let (old, mut new) = (fixture("two_operations"), fixture("two_operations"));
    edit(&mut new);
    new.sort_by(|a, b| a.path.cmp(&b.path));
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let (found, text) = verdicts(old.clone(), new.clone());
    assert_eq!(found, words(there), "{text}");
    for part in expected {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (found, text) = verdicts(new, old);
    assert_eq!(found, words(back), "{text}");
}

fn file<'a>(sources: &'a mut [Source], name: &str) -> &'a mut Source {
    sources.iter_mut().find(|source| source.name() == name).unwrap()
}

#[test]
fn an_operation_is_removed_and_added() {
    let gone = |sources: &mut Vec<Source>| sources.retain(|source| source.name() != "second.json");
    let removed = "old/second.json:6:3: the operation `second` is gone";
    let text = "a client built on OLD asks at `/second`; a server on NEW knows no such path";
    assert_both(gone, "client source", "minor", &[&removed.replace("old/", "schema/"), text]);
}

#[test]
fn an_operation_is_recognized_in_a_file_with_another_name() {
    let move_to = |source: &mut Source| {
        source.path = "schema/another.json".into();
        source.text = source.text.replace("/second.json\"", "/another.json\"");
    };
    let called = |sources: &mut Vec<Source>| move_to(file(sources, "second.json"));
    assert_both(
        called,
        "source patch",
        "source patch",
        &["schema/another.json:1:1: the file `second.json` is called `another.json`"],
    );

    // Even by its path only.
    let called = |sources: &mut Vec<Source>| {
        let source = file(sources, "second.json");
        move_to(source);
        source.text = source.text.replace(r#""name": "second""#, r#""name": "another""#);
    };
    assert_both(
        called,
        "source patch",
        "source patch",
        &["the operation `second` is called `another`", "the module `second`"],
    );
}

#[test]
fn a_shared_file_is_added_and_removed() {
    let added = |sources: &mut Vec<Source>| sources.push(Source { path: "schema/more.json".into(), text: FILE.into() });
    assert_both(added, "minor", "source", &["the new file `more.json`"]);
}

#[test]
fn a_file_gets_an_operation() {
    let lost = |sources: &mut Vec<Source>| {
        let text = &mut file(sources, "second.json").text;
        let (head, rest) = text.split_once("\"x-operation\": {").unwrap();
        let (_, tail) = rest.split_once("\n  },").unwrap();
        *text = format!("{head}{tail}").replace(
            r#",
      "x-outcomes": [{ "name": "Done", "description": "It is done.", "waiting": "final", "when": { "result": { "code": "DONE" } }, "members": [] }]"#,
            "",
        );
    };
    let expected = ["the operation `second` is gone", "the type `Request` is called `SecondRequest`"];
    assert_both(lost, "client source", "source minor", &expected);
}

#[test]
fn another_object_answers_what_belongs_to_no_operation() {
    let other = |sources: &mut Vec<Source>| {
        let text = &mut file(sources, "common.json").text;
        *text = text.replace("#/$defs/Stray", "#/$defs/Lost").replace(r#""Stray": {"#, r#""Lost": {"#);
    };
    assert_both(other, "source patch", "source patch", &["another object answers what belongs to no operation"]);
}
