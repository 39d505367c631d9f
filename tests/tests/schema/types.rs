//! The schema made back from the types is the schema that they were made from: the same keywords at the same places,
//! conditions included. References are resolved and annotations left out on both sides.

use std::collections::BTreeMap;

use alipayplus_model::ServiceResponse;
use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_model::schemars::Schema;
use serde_json::{Map, Value, json};

use crate::files::schema_files;

/// Keywords that say something to people or to the generator, and nothing of a message.
fn is_annotation(keyword: &str) -> bool {
    matches!(keyword, "title" | "description" | "$id" | "$schema" | "$defs") || keyword.starts_with("x-")
}

/// A schema without references and annotations, in an order of its own.
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
            // Members by their names.
            "properties" => value.as_object().unwrap().iter().map(|(name, it)| (name.clone(), inner(it))).collect(),
            "allOf" | "anyOf" => in_order(value.as_array().unwrap().iter().map(inner).collect()),
            "required" | "enum" => in_order(value.as_array().unwrap().clone()),
            "if" | "then" | "not" => inner(value),
            "type" | "const" | "pattern" | "format" | "minLength" | "maxLength" => value.clone(),
            other => panic!("how does {other} compare?"),
        };
        let twice = all.insert(keyword.clone(), value);
        assert_eq!(twice, None, "{keyword} stands beside a reference and behind it");
    }
    all.into()
}

fn in_order(mut list: Vec<Value>) -> Value {
    list.sort_by_key(Value::to_string);
    list.into()
}

#[track_caller]
fn assert_same(definition: &str, made: &Schema) {
    let (file, pointer) = definition.split_once('#').unwrap();
    let source = canonical(&schema_files(), file, &json!({ "$ref": format!("#{pointer}") }));
    let alone = BTreeMap::from([(String::new(), made.as_value().clone())]);
    let made = canonical(&alone, "", made.as_value());
    assert!(made == source, "made from the types:\n{made:#}\nin the file:\n{source:#}");
}

#[test]
fn of_the_request() {
    assert_same("inquiryPayment.json#/$defs/InquiryPaymentRequest", &alipayplus_model::schema::of::<Request>());
}

#[test]
fn of_the_response() {
    assert_same("inquiryPayment.json#/$defs/InquiryPaymentResponse", &alipayplus_model::schema::of::<Response>());
}

#[test]
fn of_the_service() {
    assert_same("common.json#/$defs/ServiceResponse", &alipayplus_model::schema::of::<ServiceResponse>());
}

#[test]
fn it_is_a_schema_of_the_standard_and_says_what_members_mean() {
    let made = alipayplus_model::schema::of::<Response>();
    assert!(jsonschema::draft202012::meta::is_valid(made.as_value()), "{made:?}");
    let described = made.as_value()["properties"]["paymentId"]["description"].as_str().unwrap_or_default();
    assert!(described.contains("the MPP's own ID"), "{described}");
}
