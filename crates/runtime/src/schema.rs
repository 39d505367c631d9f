//! JSON Schema made back from the types: what the `schemars` feature's implementations call.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use crate::rule::{Condition, HasSchema, Predicate, Rule, SchemaType};

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

/// The schema of a list.
#[must_use]
pub fn list(item: &Schema, min: usize, max: Option<usize>) -> Schema {
    let mut schema = json_schema!({ "type": "array", "items": item, "minItems": min });
    if let Some(max) = max {
        schema.insert("maxItems".into(), max.into());
    }
    schema
}

/// The schema of a message with every condition: what a derived schema says of the members, and the rules as
/// `if`/`then`. Objects inside keep their own conditions.
pub fn conditions<T: HasSchema + JsonSchema>(schema: &mut Schema) {
    let SchemaType::Object(shape) = T::SCHEMA else { return };
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
        Rule::Required { when, members } => vec![when_then(when, demand(members, true))],
        Rule::Forbidden { when, members } => vec![when_then(when, demand(members, false))],
        Rule::Choice { when, members, several } => {
            let each: Vec<_> = members.iter().map(|name| demand(&[name], true)).collect();
            vec![when_then(when, json!({ if several { "anyOf" } else { "oneOf" }: each }))]
        }
        Rule::StatusMatchesCode { code, status, row, .. } => {
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
        // JSON Schema can't compare two members.
        Rule::OmittedIfEqual { .. } | Rule::Compare { .. } => Vec::new(),
    }
}

/// A demand under its premise; alone when it always holds.
fn when_then(when: &[Condition], then: Json) -> Json {
    let path = |test: &Condition| test.pointer.trim_start_matches('/').split('/').collect();
    let tests: Vec<(Vec<&str>, Predicate)> = when.iter().map(|test| (path(test), test.is)).collect();
    if tests.is_empty() { then } else { json!({ "if": premise(&tests), "then": then }) }
}

/// `{type, properties, required}` down the paths to what is tested.
fn premise(tests: &[(Vec<&str>, Predicate)]) -> Json {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (path, is) in tests {
        let (name, inner) = (path[0], path.len() > 1);
        if properties.contains_key(name) {
            continue;
        }
        let under: Vec<_> =
            tests.iter().filter(|(it, _)| it[0] == name).map(|(it, is)| (it[1..].to_vec(), *is)).collect();
        let value = match is {
            _ if inner => premise(&under),
            Predicate::OneOf([word]) => json!({ "const": word }),
            Predicate::OneOf(words) => json!({ "enum": words }),
            Predicate::Present => json!({ "not": { "type": "null" } }),
            Predicate::Absent => json!({ "type": "null" }),
        };
        properties.insert(name.into(), value);
        if inner || !matches!(is, Predicate::Absent) {
            required.push(name);
        }
    }
    let mut premise = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        premise["required"] = required.into();
    }
    premise
}

/// Members at their paths that are there and not `null`, or are not there.
fn demand(paths: &[&str], given: bool) -> Json {
    let value = if given { json!({ "not": { "type": "null" } }) } else { json!({ "type": "null" }) };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for path in paths {
        match path.split_once('/') {
            None => {
                properties.insert((*path).into(), value.clone());
                required.extend(given.then_some(*path));
            }
            Some((name, _)) if !properties.contains_key(name) => {
                let inner =
                    |path: &&str| path.split_once('/').filter(|(it, _)| *it == name).map(|(_, rest)| rest.len());
                let under: Vec<&str> =
                    paths.iter().filter_map(|path| Some(&path[path.len() - inner(path)?..])).collect();
                properties.insert(name.into(), demand(&under, given));
            }
            Some(_) => {}
        }
    }
    let mut demand = json!({ "properties": properties });
    if !required.is_empty() {
        demand["required"] = required.into();
    }
    demand
}
