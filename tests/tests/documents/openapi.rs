//! Operations in the `OpenAPI` document, and errors.

use std::collections::BTreeMap;

use alipayplus_codegen::emit::openapi::documents;
use alipayplus_codegen::ir::{Operation, ServiceModel};
use alipayplus_codegen::lower::lower;
use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, one_operation, schemas};
use serde_json::{Value, json};

use crate::families::{self, Family as Made};

const PATHS: [&str; 2] = ["/first", "/second"];

/// Two operations, lowered.
fn two() -> ServiceModel {
    lower(&fixture("two_operations")).unwrap()
}

fn operation<'a>(family: &'a mut ServiceModel, name: &str) -> &'a mut Operation {
    family.files.iter_mut().find_map(|file| file.operation.as_mut().filter(|it| it.name == name)).unwrap()
}

fn made(family: &ServiceModel) -> Value {
    let mut documents = made_by_side(family);
    assert_eq!(documents.len(), 1);
    documents.remove("openapi.json").unwrap()
}

/// Returns the documents by their files' names.
fn made_by_side(family: &ServiceModel) -> BTreeMap<String, Value> {
    let documents = documents(family, "1.2.3").unwrap();
    documents.into_iter().map(|(name, text)| (name, serde_json::from_str(&text).unwrap())).collect()
}

/// `+` is a word of its own, since a name with it is another one.
#[test]
fn each_side_has_a_document_with_what_it_answers() {
    let documents = made_by_side(&lower(&fixture("two_sides")).unwrap());
    assert_eq!(documents.keys().collect::<Vec<_>>(), ["openapi-a-hub-plus.json", "openapi-a-service.json"]);
    for (document, member) in documents.values().zip(["shelf", "place"]) {
        let operation = &document["paths"]["/look"]["post"];
        assert_eq!(operation["operationId"], "look");
        let request = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
        let request = document.pointer(&request[1..]).unwrap();
        assert_eq!(request["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), [member]);
    }
}

#[test]
fn two_operations_have_two_paths() {
    let document = made(&two());
    let names = PATHS.map(|path| document["paths"][path]["post"]["operationId"].clone());
    assert_eq!(names, ["first", "second"]);
    assert_eq!(document["info"]["version"], "1.2.3");
}

#[test]
fn two_methods_share_a_path() {
    let mut family = two();
    operation(&mut family, "second").path = PATHS[0].into();
    operation(&mut family, "second").method = "PUT".into();
    let document = made(&family);
    assert_eq!(document["paths"].as_object().unwrap().len(), 1);
    let item = &document["paths"][PATHS[0]];
    assert_eq!((&item["post"]["operationId"], &item["put"]["operationId"]), (&json!("first"), &json!("second")));
}

#[test]
fn one_method_and_path_of_two_operations_is_an_error() {
    let mut family = two();
    operation(&mut family, "second").path = PATHS[0].into();
    let error = documents(&family, "1.2.3").unwrap_err();
    assert_eq!(error, "`second` is not the only operation of POST /first");
}

#[test]
fn equal_names_in_two_files_are_distinguished() {
    let document = made(&two());
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("first_Name") && schemas.contains_key("second_Name") && !schemas.contains_key("Name"));
    assert_eq!(schemas["FirstRequest"]["properties"]["name"]["$ref"], "#/components/schemas/first_Name");
    assert_eq!(schemas["SecondRequest"]["properties"]["name"]["$ref"], "#/components/schemas/second_Name");
    // What both share is there once, by its own name.
    let shared = schemas["FirstResponse"]["properties"]["result"]["$ref"].as_str().unwrap();
    assert_eq!(shared.rsplit('/').next(), Some("Asked"));
    assert_eq!(schemas["SecondResponse"]["properties"]["result"]["$ref"], shared);
}

/// Returns a copy of an operation's file, with all of its definitions. Its text is changed, since order counts in it.
fn copy(source: &Source, name: &str) -> Source {
    let schema: Value = serde_json::from_str(&source.text).unwrap();
    let file = format!("{name}.json");
    let of = |keyword: &str| format!("\"{keyword}\": {}", schema["x-operation"][keyword]);
    let text = source.text.replacen(source.name(), &file, 1);
    let text = text.replacen(&of("name"), &format!("\"name\": \"{name}\""), 1);
    let text = text.replacen(&of("path"), &format!("\"path\": \"/{name}\""), 1);
    Source { path: source.path.replace(source.name(), &file), text }
}

/// Whatever another file defines, and whether it comes first or last.
#[test]
fn another_file_never_renames_a_component() {
    for sources in [schemas(), fixture("family"), fixture("two_operations")] {
        let before = made_by_side(&lower(&sources).unwrap());
        let mut more = sources.clone();
        for source in sources.iter().filter(|source| source.text.contains("\"x-operation\"")) {
            more.extend(["aFirst", "zLast"].map(|prefix| {
                let stem = source.name().strip_suffix(".json").unwrap();
                copy(source, &format!("{prefix}{stem}"))
            }));
        }
        more.sort_by(|a, b| a.path.cmp(&b.path));
        let after = made_by_side(&lower(&more).unwrap());
        for (side, before) in before {
            let (before, after) = (&before["components"]["schemas"], &after[&side]["components"]["schemas"]);
            for (name, component) in before.as_object().unwrap() {
                assert_eq!(&after[name], component, "{name}");
            }
            assert!(after.as_object().unwrap().len() > before.as_object().unwrap().len() + 3);
        }
    }
}

#[test]
fn a_component_never_takes_the_name_of_another() {
    let mut family = two();
    // The profile lets no name have such characters.
    let file = family.files.iter_mut().find(|file| file.module == "first").unwrap();
    let mut extra = file.scalars[0].clone();
    file.scalars[0].name = "Na!me".into();
    extra.name = "Na?me".into();
    file.scalars.push(extra);
    let mut again = file.objects[0].members[0].clone();
    file.objects[0].members[0].ty.name = "Na!me".into();
    again.wire = "again".into();
    again.ty.name = "Na?me".into();
    file.objects[0].members.push(again);
    let error = documents(&family, "1.2.3").unwrap_err();
    assert_eq!(error, "two components would have the name first_Na_me");
}

#[test]
fn a_shared_definition_that_is_called_like_a_message_is_another_component() {
    let mut family = two();
    let rename = |name: &mut String| {
        if name == "EndingText" {
            *name = "FirstRequest".into();
        }
    };
    for file in &mut family.files {
        file.scalars.iter_mut().for_each(|scalar| rename(&mut scalar.name));
        let members = file.objects.iter_mut().flat_map(|object| &mut object.members);
        members.for_each(|member| rename(&mut member.ty.name));
    }
    let schemas = &made(&family)["components"]["schemas"];
    assert_eq!(
        (&schemas["FirstRequest"]["type"], &schemas["common_FirstRequest"]["type"]),
        (&json!("object"), &json!("string"))
    );
}

#[test]
fn client_server_and_retries_are_described() {
    let mut family = two();
    let said = |family: &ServiceModel| made(family)["paths"]["/first"]["post"]["description"].to_string();
    let parties = "A caller asks, a service answers. The client waits 5 s for the response.";
    assert!(said(&family).contains(&format!("{parties} A request may be sent again.")), "{}", said(&family));
    operation(&mut family, "first").idempotent = false;
    assert!(said(&family).contains("A request is not sent again."), "{}", said(&family));
    operation(&mut family, "first").idempotent_by = Some("name".into());
    assert!(said(&family).contains("A request may be sent again: all with the same `name` are one."));
    let facts = &made(&family)["paths"]["/first"]["post"]["x-operation"];
    assert_eq!(
        facts,
        &json!({ "client": "a caller", "server": "a service", "timeoutSeconds": 5, "idempotent": false, "idempotentBy": "name" })
    );
}

#[test]
fn the_title_names_all_parties() {
    let mut family = two();
    assert_eq!(made(&family)["info"]["title"], "Operations between a caller and a service");
    operation(&mut family, "second").client = "another".into();
    assert_eq!(made(&family)["info"]["title"], "Operations between a caller, a service and another");
}

/// Code tables and outcomes are those of the schema files.
#[test]
fn tables_and_outcomes_are_there_for_programs_and_for_people() {
    let family = Made::of("real", &one_operation());
    let schema = &family.files["inquiryPayment.json"];
    let components = &family.openapi["components"]["schemas"];
    for name in ["InquiryResult", "PaymentResult"] {
        let table = &schema["$defs"][name]["x-codes"];
        let component = &components[format!("inquiryPayment_{name}")];
        assert_eq!(&component["x-codes"], table);
        let said = component["description"].as_str().unwrap();
        for row in table.as_array().unwrap() {
            let text = |keyword: &str| row[keyword].as_str().unwrap();
            let line = format!("| `{}` | `{}` | {} |", text("code"), text("status"), text("message"));
            assert!(said.contains(&line), "{line} is not in {said}");
        }
    }
    let operation = &family.openapi["paths"]["/aps/api/v1/payments/inquiryPayment"]["post"];
    let expected = schema["$defs"]["InquiryPaymentResponse"]["x-outcomes"].as_array().unwrap();
    let found = operation["x-outcomes"].as_array().unwrap();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        for keyword in ["name", "description", "waiting", "when"] {
            assert_eq!(found[keyword], expected[keyword]);
        }
        let members: Value = found["members"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
        assert_eq!(members, expected["members"]);
        let line = format!("| {} | ", expected["name"].as_str().unwrap());
        assert!(operation["description"].as_str().unwrap().contains(&line), "{line}");
    }
    assert_eq!(found[0]["members"][0], json!({ "name": "paymentId", "required": true }));
    assert_eq!(found[0]["members"][2], json!({ "name": "payToAmount", "required": false }));
}

/// Whole messages, and what each means, are those of the test data.
#[test]
fn each_operation_has_an_example_of_its_request_and_of_each_outcome() {
    for family in families::all() {
        for message in family.messages() {
            let samples = family.data(&message);
            let Some(content) = family.content(&message) else { continue };
            let validator = family.by_component(&message);
            let outcomes = content["examples"].as_object();
            let all =
                content.get("example").into_iter().chain(outcomes.into_iter().flatten().map(|(_, it)| &it["value"]));
            assert!(all.clone().count() > 0, "{}: {}", family.name, message.definition);
            for example in all {
                assert!(validator.is_valid(example), "{}: {example:#}", family.name);
            }
            for (name, example) in outcomes.into_iter().flatten() {
                let sample = samples.iter().find(|sample| sample["message"] == example["value"]).unwrap();
                let meant = sample.get("outcome").map_or_else(|| json!("refused"), Value::clone);
                assert!(meant == *name && (name != "refused" || sample.get("refused").is_some()), "{name}: {sample:#}");
                assert!(example["summary"].as_str().is_some_and(|it| !it.is_empty()), "{name}");
            }
        }
    }
    let family = Made::of("real", &one_operation());
    let operation = &family.openapi["paths"]["/aps/api/v1/payments/inquiryPayment"]["post"];
    let examples = operation["responses"]["200"]["content"]["application/json"]["examples"].as_object().unwrap();
    for outcome in operation["x-outcomes"].as_array().unwrap() {
        assert!(examples.contains_key(outcome["name"].as_str().unwrap()), "{outcome}");
    }
    assert!(examples.contains_key("refused"));
}

#[test]
fn servers_security_and_tags_are_said() {
    let family = two();
    let document = made(&family);
    assert_eq!(document["security"], json!([{ "Signature": [] }]));
    let scheme = &document["components"]["securitySchemes"]["Signature"];
    assert_eq!([&scheme["type"], &scheme["in"], &scheme["name"]], ["apiKey", "header", "Signature"]);
    assert_eq!(document["servers"][0]["url"], "https://{host}");
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert_eq!(tags, ["a service"]);
    assert_eq!(document["paths"]["/first"]["post"]["tags"], json!(tags));
}
