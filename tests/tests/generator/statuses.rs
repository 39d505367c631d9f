//! Status words of one meaning: a condition on one of them says nothing about the other.

use alipayplus_codegen::ir::{Operation, Outcome, ServiceModel};
use alipayplus_codegen::lower;
use alipayplus_codegen::source::Source;
use alipayplus_tests::{errors, fixture, generate};
use serde_json::Value;

use crate::diagnostics::edited;

/// Edits after which `N` and `Q` are both failures, and `STOLEN` has the second of them.
const TWO_FAILURES: &[(&str, &str, &str)] = &[
    ("common.json", r#""enum": ["Y", "N", "P"]"#, r#""enum": ["Y", "N", "Q", "P"], "x-rust": { "Q": "Gone" }"#),
    ("common.json", r#""N": "failure""#, r#""N": "failure", "Q": "failure""#),
    ("find.json", r#"{ "code": "STOLEN", "status": "N""#, r#"{ "code": "STOLEN", "status": "Q""#),
    (
        "find.json",
        r#"["RETURNED", "DAMAGED", "STOLEN"] } },
            "required": ["code"]
          },
          "then": { "properties": { "status": { "const": "N" } } }
        },"#,
        r#"["RETURNED", "DAMAGED"] } },
            "required": ["code"]
          },
          "then": { "properties": { "status": { "const": "N" } } }
        },
        {
          "if": { "type": "object", "properties": { "code": { "enum": ["STOLEN"] } }, "required": ["code"] },
          "then": { "properties": { "status": { "const": "Q" } } }
        },"#,
    ),
];

/// Returns the schemas in which notes are required if a part of the journey's result is one of some words.
fn with(part: &str, words: &str) -> Vec<Source> {
    let is_under = |word: &str| {
        format!(
            r#""journey": {{ "type": "object", "properties": {{ "{part}": {{ "enum": {word} }} }}, "required": ["{part}"] }}"#
        )
    };
    let condition = format!(
        r#""allOf": [
        {{
          "if": {{ "type": "object", "properties": {{ {} }}, "required": ["journey"] }},
          "then": {{ "properties": {{ "notes": {{ "not": {{ "type": "null" }} }} }}, "required": ["notes"] }}
        }},
        {{
          "if": {{
            "type": "object",
            "properties": {{
              "ending""#,
        is_under(words)
    );
    let before = r#""allOf": [
        {
          "if": {
            "type": "object",
            "properties": {
              "ending""#;
    let returned = ("find.json", r#""members": ["size"]"#, r#""members": ["size", "notes"]"#);
    edited(&[TWO_FAILURES, &[returned, ("find.json", before, &condition)]].concat())
}

fn operation<'a>(family: &'a ServiceModel, outcome: &str) -> (&'a Operation, &'a Outcome) {
    let mut all = family.operations().map(|(_, operation)| operation);
    let operation = all.find(|operation| operation.name == "findParcel").unwrap();
    (operation, operation.outcomes.iter().find(|it| it.name == outcome).unwrap())
}

/// Returns whether notes are required where the parcel is lost, and whether answers are checked.
fn lost(sources: &[Source]) -> (bool, bool) {
    let family = lower::lower(sources).unwrap();
    let (operation, lost) = operation(&family, "Lost");
    (lost.members.iter().find(|it| it.wire == "notes").unwrap().required, operation.checked)
}

#[test]
fn a_condition_on_one_word_leaves_the_other_of_its_meaning() {
    assert_eq!(lost(&with("status", r#"["N", "Q"]"#)), (true, false));
    assert_eq!(lost(&with("status", r#"["N"]"#)), (false, true));
    assert_eq!(lost(&with("status", r#"["Q"]"#)), (false, true));
}

#[test]
fn a_condition_on_a_code_leaves_the_other_codes_of_a_status() {
    assert_eq!(lost(&with("code", r#"["STOLEN"]"#)), (false, true));
    // No code of the table is left, but a newer server may have another one.
    assert_eq!(lost(&with("code", r#"["DAMAGED", "STOLEN"]"#)), (false, true));
    // A code that another outcome takes says nothing here.
    assert_eq!(lost(&with("code", r#"["RETURNED"]"#)), (false, false));
}

/// An outcome that can't have the member can't have the word either.
#[test]
fn what_a_condition_may_require_is_listed() {
    let mut sources = with("status", r#"["Q"]"#);
    for source in &mut sources {
        source.text = source.text.replace(r#""members": ["notes"]"#, r#""members": []"#);
    }
    let text = errors(&sources);
    assert!(text.contains("E0811") && text.contains("a condition requires `notes` here"), "{text}");
}

/// The messages of the documents have both words, one with the member and one without it.
#[test]
fn messages_have_both_words() {
    let files = generate(&with("status", r#"["Q"]"#));
    let (_, text) = files.iter().find(|(path, _)| path.ends_with("docs/messages/find.json")).unwrap();
    let messages: Value = serde_json::from_str(text).unwrap();
    let mut found = Vec::new();
    statuses(&messages, &mut found);
    assert!(found.contains(&("N".into(), false)) && found.contains(&("Q".into(), true)), "{found:?}");
}

/// Collects the journey's status of each message, with whether it has notes.
fn statuses(value: &Value, found: &mut Vec<(String, bool)>) {
    if let Some(status) = value.get("journey").and_then(|it| it.get("status")?.as_str()) {
        found.push((status.to_owned(), value.get("notes").is_some()));
    }
    match value {
        Value::Object(members) => members.values().for_each(|it| statuses(it, found)),
        Value::Array(elements) => elements.iter().for_each(|it| statuses(it, found)),
        _ => {}
    }
}

/// Returns the schemas of the fixture in which a table has fewer statuses, with an edit.
fn fewer(from: &str, to: &str) -> Vec<Source> {
    let mut sources = fixture("fewer_statuses");
    let ask = sources.iter_mut().find(|source| source.name() == "ask.json").unwrap();
    assert!(ask.text.contains(from), "{from}");
    ask.text = ask.text.replacen(from, to, 1);
    sources
}

/// What looks for a status that a table excludes is as wrong as what looks for a word of no type.
#[test]
fn nothing_looks_for_an_excluded_status() {
    let selector = errors(&fewer(r#""state": { "status": "N" }"#, r#""state": { "status": "P" }"#));
    assert!(selector.contains("E0809") && selector.contains("one of: Y, N"), "{selector}");
    let condition = r#""required": ["name"],
      "allOf": [
        {
          "if": {
            "type": "object",
            "properties": {
              "ended": { "type": "object", "properties": { "status": { "enum": ["N", "P"] } }, "required": ["status"] }
            },
            "required": ["ended"]
          },
          "then": { "properties": { "note": { "not": { "type": "null" } } }, "required": ["note"] }
        }
      ]"#;
    let mut sources = fewer(r#""required": ["name"]"#, condition);
    let note =
        r##""note": { "description": "Why.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] }, "ended""##;
    for source in &mut sources {
        source.text = source.text.replacen(r#""ended""#, note, 1);
    }
    let text = errors(&sources);
    assert!(text.contains("E0503") && text.contains("excludes the status `P`"), "{text}");
}

#[test]
fn the_entry_of_the_statuses_is_written_in_one_way() {
    let entry = r#"{ "properties": { "status": { "enum": ["Y", "N"] } } },"#;
    let printed = r#"{"properties":{"status":{"enum":["Y","N"]}}},"#;
    for other in [
        r#"{ "properties": { "status": { "enum": ["N", "Y"] } } },"#,
        r#"{ "properties": { "status": { "enum": ["Y", "N"] } }, "required": ["status"] },"#,
    ] {
        let text = errors(&fewer(entry, other));
        assert!(text.contains("E0609") && text.contains(printed), "{text}");
    }
    // All statuses are no fewer.
    let text = errors(&fewer(r#"["Y", "N"]"#, r#"["Y", "N", "P"]"#));
    assert!(text.contains("E0609"), "{text}");
    let text = errors(&fewer(r#"["Y", "N"]"#, r#"["Y", "No"]"#));
    assert!(text.contains("E0606"), "{text}");
}
