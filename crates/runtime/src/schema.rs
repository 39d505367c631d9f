//! JSON Schema of the types, for the implementations of `schemars::JsonSchema`.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use crate::rule::{Condition, HasSchema, Predicate, Rule, SchemaType};

/// Returns the schema of a bounded text.
#[must_use]
pub fn text(min: usize, max: usize) -> Schema {
    json_schema!({ "type": "string", "minLength": min, "maxLength": max })
}

/// Returns the schema of a bounded text of a form.
#[must_use]
pub fn formed(min: usize, max: usize, pattern: &str) -> Schema {
    json_schema!({ "type": "string", "minLength": min, "maxLength": max, "pattern": pattern })
}

/// Returns the schema of a closed set of words.
#[must_use]
pub fn words(words: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": words })
}

/// Returns the schema of a text with a pattern.
#[must_use]
pub fn pattern(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern })
}

/// Returns the schema of a date and time.
#[must_use]
pub fn datetime(pattern: &str) -> Schema {
    json_schema!({ "type": "string", "format": "date-time", "pattern": pattern })
}

/// Returns the schema of a list.
#[must_use]
pub fn list(item: &Schema, min: usize, max: Option<usize>) -> Schema {
    let mut schema = json_schema!({ "type": "array", "items": item, "minItems": min });
    if let Some(max) = max {
        schema.insert("maxItems".into(), max.into());
    }
    schema
}

/// Adds the rules of an object to its derived schema as `if`/`then`. Nested objects have their own.
pub fn conditions<T: HasSchema + JsonSchema>(schema: &mut Schema) {
    let SchemaType::Object(object) = T::SCHEMA else { return };
    let all: Vec<Json> = object.rules.iter().flat_map(rule_schemas).collect();
    if !all.is_empty() {
        schema.insert("allOf".into(), all.into());
    }
}

/// Returns the complete schema of a message, with definitions under `$defs`.
#[must_use]
pub fn of<T: JsonSchema>() -> Schema {
    SchemaGenerator::default().into_root_schema_for::<T>()
}

fn rule_schemas(rule: &Rule) -> Vec<Json> {
    match *rule {
        Rule::Required { when, members } => vec![when_then(when, presence(members, true))],
        Rule::Forbidden { when, members } => vec![when_then(when, presence(members, false))],
        Rule::Choice { when, members, several } => {
            let each: Vec<_> = members.iter().map(|name| presence(&[name], true)).collect();
            vec![when_then(when, json!({ if several { "anyOf" } else { "oneOf" }: each }))]
        }
        Rule::StatusMatchesCode { code, status, statuses, row, .. } => {
            let fewer = statuses.map(|words| json!({ "properties": { status: { "enum": words } } }));
            let rows: Vec<_> = (0..).map_while(row).collect();
            let mut words: Vec<&str> = Vec::new();
            for (_, word) in &rows {
                if !words.contains(word) {
                    words.push(word);
                }
            }
            let codes_of = |word: &&str| {
                let codes: Vec<_> = rows.iter().filter(|(_, status)| status == word).map(|(code, _)| code).collect();
                json!({
                    "if": { "type": "object", "properties": { code: { "enum": codes } }, "required": [code] },
                    "then": { "properties": { status: { "const": word } } },
                })
            };
            fewer.into_iter().chain(words.iter().map(codes_of)).collect()
        }
        // JSON Schema can't compare two members.
        Rule::OmittedIfEqual { .. } | Rule::Compare { .. } => Vec::new(),
    }
}

/// Returns `if`/`then`, or `then` itself without conditions.
fn when_then(when: &[Condition], then: Json) -> Json {
    let path = |condition: &Condition| condition.pointer.trim_start_matches('/').split('/').collect();
    let conditions: Vec<(Vec<&str>, Predicate)> =
        when.iter().map(|condition| (path(condition), condition.is)).collect();
    if conditions.is_empty() { then } else { json!({ "if": premise(&conditions), "then": then }) }
}

/// Returns `{type, properties, required}` along the paths of the conditions.
fn premise(conditions: &[(Vec<&str>, Predicate)]) -> Json {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (path, is) in conditions {
        let (name, inner) = (path[0], path.len() > 1);
        if properties.contains_key(name) {
            continue;
        }
        let same_name = conditions.iter().filter(|(path, _)| path[0] == name);
        let nested: Vec<_> = same_name.map(|(path, is)| (path[1..].to_vec(), *is)).collect();
        let value = match is {
            _ if inner => premise(&nested),
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

/// Requires that the members at the paths are present and not `null`, or that they are absent.
fn presence(paths: &[&str], present: bool) -> Json {
    let value = if present { json!({ "not": { "type": "null" } }) } else { json!({ "type": "null" }) };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for path in paths {
        match path.split_once('/') {
            None => {
                properties.insert((*path).into(), value.clone());
                required.extend(present.then_some(*path));
            }
            Some((name, _)) if !properties.contains_key(name) => {
                let split = paths.iter().filter_map(|path| path.split_once('/'));
                let nested: Vec<&str> = split.filter(|(first, _)| *first == name).map(|(_, rest)| rest).collect();
                properties.insert(name.into(), presence(&nested, present));
            }
            Some(_) => {}
        }
    }
    let mut schema = json!({ "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}
