//! JSON Schema made back from the types: what the `schemars` feature's implementations call.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use crate::leaf::Value;
use crate::rule::{Kind, Rule, Test};

/// The schema of a bounded text.
#[must_use]
pub fn text(min: usize, max: usize) -> Schema {
    json_schema!({ "type": "string", "minLength": min, "maxLength": max })
}

/// The schema of a closed set of words.
#[must_use]
pub fn words(words: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": words })
}

/// The schema of a text with a pattern.
#[must_use]
pub fn pattern(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern })
}

/// The schema of a date-time.
#[must_use]
pub fn datetime(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "format": "date-time", "pattern": pattern })
}

/// The schema of a message with every condition: what a derived schema says of the members, and the rules as
/// `if`/`then`. Objects inside keep their own conditions.
pub fn conditions<T: Value + JsonSchema>(schema: &mut Schema) {
    let Kind::Object(shape) = T::KIND else { return };
    let all: Vec<Json> = shape.rules.iter().flat_map(condition).collect();
    if !all.is_empty() {
        schema.insert("allOf".into(), all.into());
    }
}

/// The whole schema of a message, its definitions under `$defs`.
#[must_use]
pub fn of<T: JsonSchema>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

fn condition(rule: &Rule) -> Vec<Json> {
    match *rule {
        Rule::Required { when, members } => {
            let given: Map<_, _> =
                members.iter().map(|name| ((*name).into(), json!({ "not": { "type": "null" } }))).collect();
            let condition = merge(when.iter().map(premise));
            vec![json!({ "if": condition, "then": { "properties": given, "required": members } })]
        }
        Rule::Agrees { code, status, row } => {
            let rows: Vec<_> = (0..).map_while(row).collect();
            let mut words: Vec<&str> = Vec::new();
            for (_, word) in &rows {
                if !words.contains(word) {
                    words.push(word);
                }
            }
            let one = |word: &&str| {
                let codes: Vec<_> = rows.iter().filter(|(_, status)| status == word).map(|(code, _)| code).collect();
                json!({
                    "if": { "type": "object", "properties": { code: { "enum": codes } }, "required": [code] },
                    "then": { "properties": { status: { "const": word } } },
                })
            };
            words.iter().map(one).collect()
        }
        Rule::Differs { .. } => Vec::new(),
    }
}

/// `{type, properties, required}` down the path to the words.
fn premise(test: &Test) -> Json {
    let leaf = match test.among {
        [word] => json!({ "const": word }),
        words => json!({ "enum": words }),
    };
    let object = |inner, name: &str| json!({ "type": "object", "properties": { name: inner }, "required": [name] });
    test.path().rev().fold(leaf, object)
}

/// Several premises as one.
fn merge(premises: impl Iterator<Item = Json>) -> Json {
    let mut all: Vec<Json> = premises.collect();
    if all.len() == 1 { all.remove(0) } else { json!({ "allOf": all }) }
}
