//! The file that the operations of a family share.

use serde_json::{Map, Value, json};

use super::schema::{Object, WORDS, capital, head, local_name, source};
use alipayplus_codegen::lower::written;
use alipayplus_codegen::source::Source;

/// The words of the shared sets.
pub(super) const WAYS: [&str; 3] = ["BY_LAND", "BY_WATER", "BY_AIR"];

/// How many shared identifiers an operation uses.
const IDS_USED: usize = 4;
/// How many there are at most.
const IDS: usize = 8;
/// How many shared sets of words there are at most: an operation uses one.
const SETS: usize = 2;

/// The word of the k-th shared identifier that the n-th operation uses.
fn id_word(n: usize, k: usize) -> &'static str {
    WORDS[(n * IDS_USED + k) % IDS]
}

/// The member that holds it.
pub(super) fn id_member(n: usize, k: usize) -> String {
    format!("{}Id", id_word(n, k))
}

/// A reference to it.
pub(super) fn id(n: usize, k: usize) -> String {
    format!("shared.json#/$defs/{}Id", capital(id_word(n, k)))
}

/// The member that holds the shared set of words of the n-th operation.
pub(super) fn way(n: usize) -> String {
    format!("{}Way", WORDS[n % SETS])
}

/// The shared file, with as many identifiers and sets as so many operations use.
pub(super) fn file(operations: usize) -> Source {
    let mut all: Map<String, Value> = [ending(), service(), sum()].into_iter().collect();
    all.extend(result_parts());
    all.extend(written_scalars());
    for word in WORDS.iter().take(IDS.min(operations * IDS_USED)) {
        let what = format!("The {word} of a party, by the shared register.");
        let id = json!({ "description": what, "type": "string", "minLength": 1, "maxLength": 64 });
        all.insert(format!("{}Id", capital(word)), id);
    }
    for word in WORDS.iter().take(SETS.min(operations)) {
        all.insert(format!("{}Way", capital(word)), words("A way that orders come.", &WAYS));
    }
    all.insert("ServiceEnding".into(), service_table());
    let mut root = head("shared", "What the operations share: the result object, money, time, parties.", &all);
    root["x-service"] = json!({ "$ref": local_name("ServiceAnswer") });
    source("shared", &root)
}

/// What result objects are made from.
fn ending() -> (String, Value) {
    let mut object = Object::new("How something ended: the state decides, the code says which ending it was.");
    object.required("state", &local_name("EndingState"), "The kind of ending.");
    object.required("word", &local_name("EndingWord"), "Which ending it was.");
    object.optional("text", &local_name("EndingText"), "The ending in words, for people.");
    ("Ending".into(), object.into())
}

fn result_parts() -> [(String, Value); 3] {
    let text = |what: &str, max: usize, scalar: &str| json!({ "description": what, "type": "string", "minLength": 1, "maxLength": max, "x-scalar": scalar });
    let mut state = words("The kind of ending.", &["S", "F", "U"]);
    state["x-status"] = json!({ "S": "success", "F": "failure", "U": "unknown" });
    [
        ("EndingState".into(), state),
        ("EndingWord".into(), text("The word of a code table, or one that no table has yet.", 64, "code")),
        ("EndingText".into(), text("An ending in words.", 256, "message")),
    ]
}

/// The answer to what belongs to no operation.
fn service() -> (String, Value) {
    let mut object = Object::new("The answer to a question that belongs to no operation.");
    object.required("result", &local_name("ServiceEnding"), "Why there is no other answer.");
    ("ServiceAnswer".into(), object.into())
}

fn service_table() -> Value {
    let rows = json!([{ "code": "NOWHERE", "status": "F", "message": "There is no such path.", "cause": "path" }]);
    coded(&local_name("Ending"), "The ending of a question that belongs to no operation.", &rows)
}

fn sum() -> (String, Value) {
    let mut object = Object::new("A sum of money: a whole number of the currency's smallest unit.");
    object.required("currency", &local_name("SumCurrency"), "The currency, by its ISO 4217 code.");
    object.required("units", &local_name("SumUnits"), "How many of its smallest unit.");
    ("Sum".into(), object.into())
}

/// The definitions of hand-written types.
fn written_scalars() -> impl Iterator<Item = (String, Value)> {
    let all = [("SumCurrency", "currency"), ("SumUnits", "minorUnits"), ("Moment", "datetime")];
    all.into_iter().filter_map(|(name, scalar)| {
        let form = written(scalar)?;
        let what = "A text with a form of its own.";
        let mut value = json!({ "description": what, "type": "string", "x-scalar": scalar, "pattern": form.pattern });
        if let Some(format) = form.format {
            value["format"] = format.into();
        }
        Some((name.to_owned(), value))
    })
}

/// A closed set of words.
pub(super) fn words(what: &str, all: &[&str]) -> Value {
    json!({ "description": what, "type": "string", "enum": all })
}

/// A result object with its code table, and what the table says to validators.
pub(super) fn coded(ending: &str, what: &str, rows: &Value) -> Value {
    let of = |state: &str| -> Vec<&Value> {
        let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
        rows.iter().filter(|row| row["status"] == state).map(|row| &row["code"]).collect()
    };
    let agreement = |state: &&str| {
        let codes = of(state);
        (!codes.is_empty()).then(|| {
            json!({
                "if": { "type": "object", "properties": { "word": { "enum": codes } }, "required": ["word"] },
                "then": { "properties": { "state": { "const": state } } },
            })
        })
    };
    let all: Vec<_> = ["S", "F", "U"].iter().filter_map(agreement).collect();
    json!({ "description": what, "$ref": ending, "x-codes": rows, "allOf": all })
}
