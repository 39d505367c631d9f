//! An oracle for `x-compares` that is independent of the model: JSON Schema cannot compare members.

use std::collections::{BTreeMap, BTreeSet};

use alipayplus_runtime::violation::{Violation, ViolationKind};
use jsonschema::Validator;
use serde_json::Value;

use crate::files::schema_files;

pub(crate) struct Comparisons {
    files: BTreeMap<String, Value>,
    /// Of every scalar definition, by file and name.
    scalars: BTreeMap<(String, String), Validator>,
}

/// A definition: its file and its name.
type Key = (String, String);

impl Comparisons {
    pub(crate) fn new() -> Self {
        let files = schema_files();
        let mut scalars = BTreeMap::new();
        for (file, schema) in &files {
            for (name, definition) in schema["$defs"].as_object().unwrap() {
                if definition["type"] == "string" {
                    let options = jsonschema::draft202012::options().should_validate_formats(true).offline();
                    scalars.insert((file.clone(), name.clone()), options.build(definition).unwrap());
                }
            }
        }
        Self { files, scalars }
    }

    /// Compares the broken comparisons that the model found with those of this oracle; returns their number.
    #[track_caller]
    pub(crate) fn agrees(&self, definition: &str, message: &Value, found: &[Violation]) -> usize {
        let compared = found.iter().filter_map(|it| match &it.kind {
            ViolationKind::Compared { with, .. } => Some((it.pointer.clone(), with.clone())),
            _ => None,
        });
        let by_model: BTreeSet<(String, String)> = compared.collect();
        let mut broken = BTreeSet::new();
        self.object(&key("", definition), message, "", &mut broken);
        assert_eq!(by_model, broken, "model (left) and comparisons (right) on {message}");
        broken.len()
    }

    /// Collects every broken comparison in the value of a definition.
    fn object(&self, at: &Key, value: &Value, place: &str, broken: &mut BTreeSet<(String, String)>) {
        let schema = self.schema(at);
        if let (Some(item), Some(elements)) = (schema.get("items"), value.as_array()) {
            let item = target(at, item);
            for (n, element) in elements.iter().enumerate() {
                self.object(&item, element, &format!("{place}/{n}"), broken);
            }
        }
        let (Some(properties), true) = (schema["properties"].as_object(), value.is_object()) else { return };
        for (name, property) in properties {
            self.object(&target(at, property), &value[name], &format!("{place}/{name}"), broken);
        }
        for comparison in schema["x-compares"].as_array().into_iter().flatten() {
            let side = |name: &str| comparison[name].as_str().unwrap();
            let (left, right) = (side("left"), side("right"));
            if !self.keeps(at, value, left, side("is"), right) {
                broken.insert((format!("{place}{left}"), format!("{place}{right}")));
            }
        }
    }

    /// Returns whether a comparison holds; it does if a member is missing or has another type.
    fn keeps(&self, at: &Key, object: &Value, left: &str, is: &str, right: &str) -> bool {
        let scalar = self.at(at, left);
        assert_eq!(scalar, self.at(at, right), "two values of one type");
        let valid = |pointer| object.pointer(pointer).filter(|it| self.scalars[&scalar].is_valid(it));
        let (Some(Value::String(left)), Some(Value::String(right))) = (valid(left), valid(right)) else { return true };
        match self.schema(&scalar)["x-scalar"].as_str() {
            Some("datetime") => {
                holds(is, &left.parse::<jiff::Timestamp>().unwrap(), &right.parse::<jiff::Timestamp>().unwrap())
            }
            Some("integer" | "minorUnits") => {
                holds(is, &left.parse::<u128>().unwrap(), &right.parse::<u128>().unwrap())
            }
            _ => holds(is, left, right),
        }
    }

    /// Returns the definition of the member at a pointer.
    fn at(&self, object: &Key, pointer: &str) -> Key {
        pointer.split('/').skip(1).fold(object.clone(), |at, name| target(&at, &self.schema(&at)["properties"][name]))
    }

    fn schema(&self, (file, name): &Key) -> &Value {
        &self.files[file]["$defs"][name]
    }
}

/// Returns the definition that a member or an element refers to.
fn target((file, _): &Key, schema: &Value) -> Key {
    let reference = schema.get("$ref").unwrap_or_else(|| &schema["anyOf"][0]["$ref"]);
    key(file, reference.as_str().unwrap())
}

fn key(file: &str, reference: &str) -> Key {
    let (to, name) = reference.split_once("#/$defs/").unwrap();
    (if to.is_empty() { file } else { to }.to_owned(), name.to_owned())
}

fn holds<T: PartialOrd>(is: &str, left: &T, right: &T) -> bool {
    match is {
        "equal" => left == right,
        "different" => left != right,
        "less" => left < right,
        "atMost" => left <= right,
        other => panic!("what is {other}?"),
    }
}
