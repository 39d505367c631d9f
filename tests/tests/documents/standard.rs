//! Each document is valid by its standard, and self-contained.

use std::collections::BTreeSet;
use std::path::PathBuf;

use alipayplus_codegen::node::{self, Node};
use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, fixtures, generate, schemas};
use serde_json::{Value, json};

use crate::families::{self, self_contained};

/// The keywords of JSON Schema that contain schemas by name, one schema, or several.
const BY_NAME: &[&str] = &["properties", "dependentSchemas"];
const ONE: &[&str] = &["items", "if", "then", "not"];
const MANY: &[&str] = &["allOf", "anyOf", "oneOf"];
/// The keywords without schemas.
const PLAIN: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "type",
    "enum",
    "const",
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "required",
];

/// Visits each keyword of a schema and of the schemas in it.
fn keywords(schema: &Value, all: &mut BTreeSet<String>) {
    for (keyword, value) in schema.as_object().unwrap() {
        all.insert(keyword.clone());
        let inner: Vec<&Value> = match keyword.as_str() {
            name if BY_NAME.contains(&name) => value.as_object().unwrap().values().collect(),
            name if ONE.contains(&name) => vec![value],
            name if MANY.contains(&name) => value.as_array().unwrap().iter().collect(),
            _ => continue,
        };
        for schema in inner {
            keywords(schema, all);
        }
    }
}

#[test]
fn a_bundled_schema_has_no_reference_and_no_keyword_of_our_own() {
    for family in families::all() {
        for (name, bundle) in &family.bundles {
            let mut found = BTreeSet::new();
            keywords(bundle, &mut found);
            found.retain(|it| ![BY_NAME, ONE, MANY, PLAIN].concat().contains(&it.as_str()));
            assert_eq!(found, BTreeSet::new(), "{}, {name}", family.name);
            self_contained(bundle);
        }
    }
}

/// Returns the schemas of types: those that generators of code read, without what is only a condition.
fn types<'a>(schema: &'a Value, all: &mut Vec<&'a Value>) {
    all.push(schema);
    let inner = ["items"].iter().filter_map(|it| schema.get(it));
    let members = schema.get("properties").into_iter().flat_map(|it| it.as_object().unwrap().values());
    let choices = schema.get("anyOf").into_iter().flat_map(|it| it.as_array().unwrap());
    inner.chain(members).chain(choices).for_each(|schema| types(schema, all));
}

/// Generators of code make something else of an object with one of these: a choice, an object without members, or
/// nothing at all.
#[test]
fn no_condition_is_where_generators_of_code_look() {
    let mut conditional = BTreeSet::new();
    for family in families::all() {
        let components = family.openapi["components"]["schemas"].as_object().unwrap().values();
        let mut all = Vec::new();
        components.chain(family.bundles.values()).for_each(|schema| types(schema, &mut all));
        for object in all.into_iter().filter(|schema| schema.get("properties").is_some()) {
            for keyword in ["allOf", "anyOf", "oneOf", "if", "then", "else"] {
                assert!(object.get(keyword).is_none(), "{}: {keyword} in {object:#}", family.name);
            }
            conditional.extend(["dependentSchemas", "not"].into_iter().filter(|it| object.get(it).is_some()));
        }
    }
    assert_eq!(conditional.len(), 2, "both forms occur");
}

/// Asserts that each object within a schema's properties says its type.
fn assert_typed(schema: &Value, count: &mut usize) {
    for inner in schema.get("properties").into_iter().flat_map(|it| it.as_object().unwrap().values()) {
        if inner.get("properties").is_some() {
            assert!(inner.get("type").is_some(), "{schema:#}");
            *count += 1;
        }
        assert_typed(inner, count);
    }
}

/// Validators that are strict refuse `properties` and `required` where no type is said.
#[test]
fn what_a_condition_asks_of_an_inner_object_says_its_type() {
    let mut count = 0;
    for family in families::all() {
        for component in family.openapi["components"]["schemas"].as_object().unwrap().values() {
            let conditions =
                component.get("dependentSchemas").into_iter().flat_map(|it| it.as_object().unwrap().values());
            for condition in conditions {
                let all = condition
                    .get("allOf")
                    .map_or_else(|| vec![condition], |it| it.as_array().unwrap().iter().collect());
                all.iter().filter_map(|it| it.get("then")).for_each(|then| assert_typed(then, &mut count));
            }
        }
    }
    assert!(count > 0, "no fixture has one");
}

/// To Python, `$` is before a line feed at the end as well.
#[test]
fn a_text_ends_where_its_pattern_ends() {
    let mut count = 0;
    for family in families::all() {
        let mut all = Vec::new();
        let components = family.openapi["components"]["schemas"].as_object().unwrap().values();
        components.chain(family.bundles.values()).for_each(|schema| types(schema, &mut all));
        for text in all.into_iter().filter(|schema| schema.get("pattern").is_some()) {
            assert_eq!(text["not"], json!({ "pattern": "\\n" }), "{}: {text:#}", family.name);
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn a_bundled_schema_says_what_it_is() {
    for family in families::all() {
        let mut ids = BTreeSet::new();
        for (name, bundle) in &family.bundles {
            assert_eq!(bundle["$schema"], "https://json-schema.org/draft/2020-12/schema");
            assert!(jsonschema::draft202012::meta::is_valid(bundle), "{}, {name}", family.name);
            let id = bundle["$id"].as_str().unwrap();
            let beside = |file: &Value| {
                file["$id"].as_str().unwrap().rsplit_once('/').unwrap().0 == id.rsplit_once('/').unwrap().0
            };
            assert!(family.files.values().any(beside) && ids.insert(id), "{id}");
            for keyword in ["title", "description", "$comment"] {
                assert!(bundle[keyword].as_str().is_some_and(|text| !text.is_empty()), "{name}: {keyword}");
            }
        }
        // No file of the family has one of these addresses.
        assert!(family.files.values().all(|file| !ids.contains(file["$id"].as_str().unwrap())));
    }
}

/// The response of an operation may be that of no operation too, whatever its name.
#[test]
fn two_messages_of_a_file_have_two_bundles() {
    let mut sources = alipayplus_tests::fixture("result_only");
    for source in &mut sources {
        source.text = source.text.replace("\"x-service\": { \"$ref\": \"#/$defs/Stray\" },", "");
        let service = "\"x-service\": { \"$ref\": \"#/$defs/response\" },\n  \"x-operation\": {";
        source.text = source.text.replace("AskResponse", "response").replace("\"x-operation\": {", service);
    }
    let generated = alipayplus_tests::generate(&sources);
    let bundles = generated.keys().filter_map(|path| path.strip_prefix("docs/schemas").ok()?.to_str());
    assert_eq!(bundles.collect::<Vec<_>>(), ["ask.request.json", "ask.response.json", "ask.service_response.json"]);
}

#[test]
fn the_openapi_document_refers_to_what_it_has() {
    for family in families::all() {
        let mut references = BTreeSet::new();
        collect(&family.openapi, &mut references);
        assert!(references.len() > 10, "{}", family.name);
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(family.openapi.pointer(pointer).is_some(), "{}: {reference}", family.name);
        }
    }
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").map(|it| it.as_str().unwrap().to_owned()));
            members.values().for_each(|value| collect(value, references));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, references)),
        _ => {}
    }
}

#[test]
fn components_are_schemas_of_the_standard_and_all_are_used() {
    for family in families::all() {
        let mut references = BTreeSet::new();
        collect(&family.openapi, &mut references);
        references.extend(family.messages().into_iter().map(|message| message.component));
        let schemes =
            family.openapi["security"].as_array().unwrap().iter().flat_map(|it| it.as_object().unwrap().keys());
        references.extend(schemes.map(|name| format!("#/components/securitySchemes/{name}")));
        for (sort, components) in family.openapi["components"].as_object().unwrap() {
            for (name, component) in components.as_object().unwrap() {
                assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "{name}");
                assert!(references.contains(&format!("#/components/{sort}/{name}")), "{}: {name}", family.name);
                if sort == "schemas" {
                    assert!(jsonschema::draft202012::meta::is_valid(component), "{}: {component:#}", family.name);
                }
            }
        }
    }
}

/// Most JSON parsers silently use the last of two members with one name.
#[test]
fn no_object_has_duplicate_members() {
    for sources in fixtures().iter().map(|name| fixture(name)).chain([schemas()]) {
        for (path, text) in generate(&sources) {
            if path.extension().is_some_and(|it| it == "json") {
                let faults = node::parse(&Source { path: path.display().to_string(), text: text.clone() }, 0).err();
                assert!(faults.is_none(), "{}: {faults:?}", path.display());
                assert!(text.ends_with("}\n") && text.starts_with("{\n  \""), "{}", path.display());
            }
        }
    }
}

/// Members are in the order of the specification, in the text too.
#[test]
fn members_keep_their_order() {
    let parsed = |text: &str| node::parse(&Source { path: String::new(), text: text.to_owned() }, 0).unwrap();
    let names = |object: &Node| {
        let members = object.get("properties").unwrap().members().iter();
        members.map(|(name, _)| name.text.clone()).collect::<Vec<_>>()
    };
    let (sources, files) = (schemas(), generate(&schemas()));
    let mut compared = 0;
    for (document, source) in sources.iter().map(|source| (parsed(&source.text), source)) {
        let Some(operation) = document.get("x-operation") else { continue };
        for role in ["request", "response"] {
            let definition = operation.get(role).unwrap().get("$ref").unwrap().text().unwrap();
            let definition = definition.strip_prefix("#/$defs/").unwrap();
            let written = &files[&PathBuf::from(format!("docs/schemas/{}.{role}.json", source.stem()))];
            let expected = names(document.get("$defs").unwrap().get(definition).unwrap());
            assert_eq!(names(&parsed(written)), expected, "{}: {role}", source.path);
            compared += 1;
        }
    }
    assert!(compared >= 2);
}
