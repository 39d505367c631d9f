//! Random messages, made from the schema files: most members are valid, some are not.

use std::collections::BTreeMap;

use alipayplus_codegen::form::Form;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Texts that are valid in some place, or nearly.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "EUR",
    "eur",
    "EURO",
    "0",
    "1",
    "01",
    "10",
    "11",
    "-1",
    "true",
    "false",
    "True",
    "2026-01-31T12:00:00+08:00",
    "2019-11-27T12:01:01.123456789Z",
    "2021-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2019-11-27t12:01:01z",
    "1234567890123456789012345678",
    "12345678901234567890123456789",
];

/// Makes messages.
pub(crate) struct Maker<'a> {
    files: &'a BTreeMap<String, Value>,
    texts: Vec<String>,
    pub(crate) rng: Rng,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(files: &'a BTreeMap<String, Value>, seed: u64) -> Self {
        let mut texts: Vec<String> = TEXTS.iter().map(|&text| text.to_owned()).collect();
        for file in files.values() {
            words_of(file, &mut texts);
        }
        Self { files, texts, rng: Rng::with_seed(seed) }
    }

    /// A message of a definition.
    pub(crate) fn message(&mut self, definition: &str) -> Value {
        self.definition("", definition)
    }

    fn definition(&mut self, file: &str, reference: &str) -> Value {
        let (to, pointer) = reference.split_once('#').unwrap();
        let to = if to.is_empty() { file } else { to };
        let files = self.files;
        let schema = files[to].pointer(pointer).unwrap_or_else(|| panic!("{reference}"));
        let Some(base) = schema.get("$ref") else { return self.value(to, schema) };
        // A result object: usually an unchanged row of its table.
        let mut object = self.definition(to, base.as_str().unwrap());
        let row = self.rng.choice(schema["x-codes"].as_array().unwrap()).unwrap();
        if let (Some(members), true) = (object.as_object_mut(), self.rng.u8(..5) > 0) {
            let shape = self.base(to, base.as_str().unwrap());
            for (name, keyword) in [(shape.0, "code"), (shape.1, "status")] {
                members.insert(name, row[keyword].clone());
            }
        }
        object
    }

    /// The members that hold code and status.
    fn base(&self, file: &str, reference: &str) -> (String, String) {
        let (to, pointer) = reference.split_once('#').unwrap();
        let file = &self.files[if to.is_empty() { file } else { to }];
        let members = file.pointer(pointer).unwrap()["properties"].as_object().unwrap();
        let is = |test: &dyn Fn(&Value) -> bool| {
            let holds = |member: &Value| {
                let reference = member["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
                reference.is_some_and(|it| test(file.pointer(it).unwrap()))
            };
            members.iter().find(|(_, member)| holds(member)).unwrap().0.clone()
        };
        (is(&|it| it["x-scalar"] == "code"), is(&|it| it.get("x-status").is_some()))
    }

    fn value(&mut self, file: &str, schema: &Value) -> Value {
        if self.rng.u8(..60) == 0 {
            return self.strange();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.definition(file, reference);
        }
        if let Some(branches) = schema["anyOf"].as_array().filter(|_| schema.get("type").is_none()) {
            return if self.rng.u8(..20) == 0 { Value::Null } else { self.value(file, &branches[0]) };
        }
        match schema["type"].as_str().unwrap() {
            "object" => self.object(file, schema),
            "array" => {
                let bound = |keyword, other| schema[keyword].as_u64().unwrap_or(other);
                let (min, max) = (bound("minItems", 0), bound("maxItems", 4));
                let (below, above) = (u64::from(self.rng.u8(..9) == 0), u64::from(self.rng.u8(..9) == 0));
                let count = self.rng.u64(min.saturating_sub(below)..=max + above);
                (0..count).map(|_| self.value(file, &schema["items"])).collect()
            }
            _ => self.text(schema).into(),
        }
    }

    fn object(&mut self, file: &str, schema: &Value) -> Value {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut members = Map::new();
        for (name, member) in schema["properties"].as_object().unwrap() {
            let there = if required.contains(&json!(name)) { self.rng.u8(..40) > 0 } else { self.rng.u8(..10) > 1 };
            if there {
                members.insert(name.clone(), self.value(file, member));
            }
        }
        if self.rng.u8(..10) == 0 {
            members.insert("of no schema".into(), self.strange());
        }
        members.into()
    }

    fn text(&mut self, schema: &Value) -> String {
        let number = |keyword| schema[keyword].as_u64().and_then(|it| usize::try_from(it).ok());
        if let Some(words) = schema["enum"].as_array() {
            return self.rng.choice(words).unwrap().as_str().unwrap().to_owned();
        }
        if let (Some(pattern), 1..) = (schema["pattern"].as_str(), self.rng.u8(..8))
            && let (Some(min), Some(max)) = (number("minLength"), number("maxLength"))
        {
            let form = Form::parse(pattern).unwrap();
            return form.text(*self.rng.choice(&form.lengths(min..=max)).unwrap(), self.rng.usize(..99)).unwrap();
        }
        if let Some(max) = number("maxLength") {
            let min = number("minLength").unwrap();
            let length = match self.rng.u8(..40) {
                0 => min - 1,
                1 => max + 1,
                2 => max,
                3..8 => min,
                _ => self.rng.usize(min..=max.min(min + 9)),
            };
            return "界".repeat(length);
        }
        let right = match schema["x-scalar"].as_str() {
            Some("currency") => "EUR",
            Some("minorUnits") => "1250",
            Some("decimal") => "6.93",
            Some("datetime") => "2026-01-31T12:00:00+08:00",
            Some("integer") => return self.rng.u64(1..=10).to_string(),
            _ => "true",
        };
        if self.rng.u8(..10) == 0 { self.rng.choice(&self.texts).unwrap().clone() } else { right.to_owned() }
    }

    /// Returns a value that is valid in few places.
    pub(crate) fn strange(&mut self) -> Value {
        match self.rng.u8(..8) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(10),
            3 => json!([]),
            4 => json!({}),
            5 => json!(["S"]),
            _ => self.rng.choice(&self.texts).unwrap().clone().into(),
        }
    }

    /// Changes a random place of a message.
    pub(crate) fn mutate(&mut self, message: &mut Value) {
        let children = match &*message {
            Value::Object(members) => members.len(),
            Value::Array(elements) => elements.len(),
            _ => 0,
        };
        if children == 0 || self.rng.u8(..20) == 0 {
            *message = self.strange();
            return;
        }
        let n = self.rng.usize(..children);
        if let (Value::Object(members), 0) = (&mut *message, self.rng.u8(..4)) {
            let name = members.keys().nth(n).unwrap().clone();
            members.remove(&name);
            return;
        }
        match message {
            Value::Object(members) => self.mutate(members.values_mut().nth(n).unwrap()),
            Value::Array(elements) => self.mutate(&mut elements[n]),
            _ => {}
        }
    }
}

/// Collects every word that a schema lists.
fn words_of(schema: &Value, all: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("const" | "code", Value::String(word)) => all.push(word.clone()),
                    ("enum", Value::Array(words)) => {
                        all.extend(words.iter().map(|word| word.as_str().unwrap().to_owned()));
                    }
                    _ => words_of(value, all),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| words_of(element, all)),
        _ => {}
    }
}
