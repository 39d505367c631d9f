//! Pieces of a schema file.

use serde_json::{Map, Value, json};

use alipayplus_codegen::SCHEMAS;
use alipayplus_codegen::source::Source;

/// The words of names.
pub(super) const WORDS: [&str; 41] = [
    "anchor", "basket", "candle", "desert", "engine", "feather", "garden", "hammer", "island", "jacket", "kettle",
    "lantern", "magnet", "needle", "orchard", "pebble", "quarry", "ribbon", "saddle", "timber", "umbrella", "valley",
    "willow", "yarrow", "zephyr", "almond", "bridge", "cotton", "dragon", "ember", "falcon", "glacier", "harbour",
    "ivory", "juniper", "kernel", "ladder", "meadow", "nutmeg", "oyster", "paddle",
];

/// Returns a file of a family.
pub(super) fn source(name: &str, root: &Value) -> Source {
    Source { path: format!("{SCHEMAS}/{name}.json"), text: format!("{root:#}\n") }
}

/// Returns a schema file with its head and definitions.
pub(super) fn head(name: &str, description: &str, definitions: &Map<String, Value>) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://alipayplus-sdk.example/bench/{name}.json"),
        "title": name,
        "description": description,
        "$defs": definitions,
    })
}

pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

pub(super) fn local_name(name: &str) -> String {
    format!("#/$defs/{name}")
}

pub(super) fn local(name: &str) -> Value {
    json!({ "$ref": local_name(name) })
}

/// An object under construction.
pub(super) struct Object {
    description: String,
    properties: Map<String, Value>,
    required: Vec<String>,
    conditions: Vec<Value>,
}

impl Object {
    pub(super) fn new(description: &str) -> Self {
        let (properties, required, conditions) = (Map::new(), Vec::new(), Vec::new());
        Self { description: description.to_owned(), properties, required, conditions }
    }

    pub(super) fn required(&mut self, name: &str, reference: &str, what: &str) {
        self.properties.insert(name.to_owned(), json!({ "description": what, "$ref": reference }));
        self.required.push(name.to_owned());
    }

    pub(super) fn optional(&mut self, name: &str, reference: &str, what: &str) {
        let member = json!({ "description": what, "anyOf": [{ "$ref": reference }, { "type": "null" }] });
        self.properties.insert(name.to_owned(), member);
    }

    /// A condition: when each of the paths leads to its word, the members are there.
    pub(super) fn when(&mut self, tests: &[(&[&str], &str)], members: &[&str]) {
        let premises: Map<_, _> = tests.iter().filter_map(|(path, word)| premise(path, word)).collect();
        let given: Map<_, _> =
            members.iter().map(|name| ((*name).to_owned(), json!({ "not": { "type": "null" } }))).collect();
        self.conditions.push(json!({
            "if": { "type": "object", "required": names(&premises), "properties": premises },
            "then": { "properties": given, "required": members },
        }));
    }
}

/// Returns the property that a test requires.
pub(super) fn premise(path: &[&str], word: &str) -> Option<(String, Value)> {
    let (first, rest) = path.split_first()?;
    let inner = match premise(rest, word) {
        None => json!({ "const": word }),
        Some((name, inner)) => json!({ "type": "object", "required": [name], "properties": { name: inner } }),
    };
    Some(((*first).to_owned(), inner))
}

/// Returns the names in the order of the object.
pub(super) fn names(object: &Map<String, Value>) -> Vec<&String> {
    object.keys().collect()
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        let mut value = json!({
            "description": object.description,
            "type": "object",
            "properties": object.properties,
            "required": object.required,
        });
        if !object.conditions.is_empty() {
            value["allOf"] = object.conditions.into();
        }
        value
    }
}
