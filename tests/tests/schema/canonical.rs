//! The canonical form of a schema: references resolved, annotations left out, everything else in one order.

use std::collections::BTreeMap;

use alipayplus_runtime::schemars::Schema;
use serde_json::{Map, Value, json};

use crate::files::schema_files;

/// Returns whether a keyword says nothing about messages.
fn is_annotation(keyword: &str) -> bool {
    matches!(keyword, "title" | "description" | "$id" | "$schema" | "$defs" | "default") || keyword.starts_with("x-")
}

/// Returns a schema without references and annotations, in canonical order.
fn canonical(files: &BTreeMap<String, Value>, file: &str, schema: &Value) -> Value {
    let Value::Object(keywords) = schema else { return schema.clone() };
    let mut all = Map::new();
    if let Some(reference) = keywords.get("$ref") {
        let (to, pointer) = reference.as_str().unwrap().split_once('#').unwrap();
        let to = if to.is_empty() { file } else { to };
        let Value::Object(target) = canonical(files, to, files[to].pointer(pointer).unwrap()) else {
            panic!("{reference}")
        };
        all = target;
    }
    for (keyword, value) in keywords {
        let inner = |value: &Value| canonical(files, file, value);
        let value = match keyword.as_str() {
            "$ref" => continue,
            annotation if is_annotation(annotation) => continue,
            // An empty requirement.
            "minItems" if value == 0 => continue,
            "properties" if value == &json!({}) => continue,
            "required" if value == &json!([]) => continue,
            // Members by their names.
            "properties" => value.as_object().unwrap().iter().map(|(name, it)| (name.clone(), inner(it))).collect(),
            "allOf" => in_order(value.as_array().unwrap().iter().flat_map(|it| split(&inner(it))).collect()),
            "anyOf" | "oneOf" => in_order(value.as_array().unwrap().iter().map(inner).collect()),
            "required" | "enum" => in_order(value.as_array().unwrap().clone()),
            "if" | "then" | "not" | "items" => inner(value),
            "type" | "const" | "pattern" | "format" | "minLength" | "maxLength" | "minItems" | "maxItems" => {
                value.clone()
            }
            other => panic!("how does {other} compare?"),
        };
        // One word is a list of one.
        let (keyword, value) =
            if keyword == "const" { ("enum".to_owned(), json!([value])) } else { (keyword.clone(), value) };
        let twice = all.insert(keyword.clone(), value);
        assert_eq!(twice, None, "{keyword} is both beside a reference and behind it");
    }
    all.into()
}

/// Splits a condition that requires several members into one per member.
fn split(condition: &Value) -> Vec<Value> {
    let (Some(premise), Some(then)) = (condition.get("if"), condition.get("then")) else {
        return vec![condition.clone()];
    };
    demands(then).into_iter().map(|then| json!({ "if": premise, "then": then })).collect()
}

fn demands(then: &Value) -> Vec<Value> {
    let Some(properties) = then["properties"].as_object() else { return vec![then.clone()] };
    let is_required = |name: &String| then["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
    let mut all = Vec::new();
    for (name, value) in properties {
        let inner = if value.get("properties").is_some() { demands(value) } else { vec![value.clone()] };
        for value in inner {
            let mut demand = json!({ "properties": { name: value } });
            if is_required(name) {
                demand["required"] = json!([name]);
            }
            all.push(demand);
        }
    }
    all
}

fn in_order(mut list: Vec<Value>) -> Value {
    list.sort_by_key(Value::to_string);
    list.into()
}

/// Compares a schema derived from the types with a definition, such as `common.json#/$defs/Amount`.
#[track_caller]
pub(crate) fn assert_same(definition: &str, made: &Schema) {
    let (file, pointer) = definition.split_once('#').unwrap();
    let source = canonical(&schema_files(), file, &json!({ "$ref": format!("#{pointer}") }));
    let only = BTreeMap::from([(String::new(), made.as_value().clone())]);
    let made = canonical(&only, "", made.as_value());
    assert!(made == source, "made from the types:\n{made:#}\nin the file:\n{source:#}");
}
