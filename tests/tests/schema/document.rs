//! The specification's tables, as data in `data/document.json`, against schema and types: no member is missing, and
//! none is added.

use std::collections::BTreeMap;

use alipayplus_model::inquiry_payment::{InquiryPayment, InquiryResultCode, PaymentResultCode, Request, Response};
use alipayplus_runtime::code::Code;
use alipayplus_runtime::operation::Operation;
use alipayplus_runtime::rule::{Member, Object, Predicate, Rule, SchemaType};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::files::{json_file, schema_files};
use crate::places::{Place, places};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    request: Vec<Row>,
    response: Vec<Row>,
    result_codes: Vec<[String; 3]>,
    payment_result_codes: Vec<[String; 3]>,
}

/// A parameter.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(rename = "type")]
    kind: Type,
    max_length: Option<u64>,
    returned: Returned,
    /// The status that has to be `S`.
    when: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
enum Type {
    String,
    Result,
    Amount,
    Datetime,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Returned {
    Always,
    When,
    Differs,
    Sometimes,
}

fn document() -> Document {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/document.json");
    let document: Document = serde_json::from_value(json_file(path)).unwrap();
    assert_eq!((document.request.len(), document.response.len()), (3, 9));
    assert_eq!((document.result_codes.len(), document.payment_result_codes.len()), (13, 22));
    document
}

/// A definition's own members, in the order of the schema.
fn top(definition: &str) -> Vec<Place> {
    let mut all = places(definition);
    all.retain(|place| place.pointer.matches('/').count() == 1);
    all
}

const REQUEST: &str = "inquiryPayment.json#/$defs/InquiryPaymentRequest";
const RESPONSE: &str = "inquiryPayment.json#/$defs/InquiryPaymentResponse";

#[test]
fn the_schema_has_the_members_of_the_document() {
    let document = document();
    for (rows, definition) in [(&document.request, REQUEST), (&document.response, RESPONSE)] {
        let members = top(definition);
        let names: Vec<_> = members.iter().map(|place| place.pointer.trim_start_matches('/')).collect();
        assert_eq!(names, rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>());
        for (row, place) in rows.iter().zip(&members) {
            let keyword = |name: &str| place.keywords.get(name);
            assert_eq!(keyword("maxLength").and_then(Value::as_u64), row.max_length, "{row:?}");
            // An empty text is nowhere allowed.
            assert_eq!(keyword("minLength").and_then(Value::as_u64), row.max_length.map(|_| 1), "{row:?}");
            assert_eq!(place.is_object(), matches!(row.kind, Type::Result | Type::Amount), "{row:?}");
            assert_eq!(keyword("x-codes").is_some(), row.kind == Type::Result, "{row:?}");
            assert_eq!(keyword("format").is_some(), row.kind == Type::Datetime, "{row:?}");
            let inner = keyword("properties").and_then(Value::as_object);
            assert_eq!(inner.is_some_and(|all| all.contains_key("currency")), row.kind == Type::Amount, "{row:?}");
        }
    }
}

#[test]
fn the_schema_asks_for_the_members_when_the_document_does() {
    let document = document();
    let file = &schema_files()["inquiryPayment.json"];
    for (rows, name) in [(&document.request, "InquiryPaymentRequest"), (&document.response, "InquiryPaymentResponse")] {
        let schema = &file["$defs"][name];
        assert_eq!(schema["required"], json!(named(rows, |row| row.returned == Returned::Always)), "{name}");
    }
    let schema = &file["$defs"]["InquiryPaymentResponse"];
    let conditions = schema["allOf"].as_array().unwrap();
    let stated: BTreeMap<String, &Value> =
        conditions.iter().map(|it| (premise(&it["if"]), &it["then"]["required"])).collect();
    let asked = conditional(&document.response);
    assert_eq!(stated.keys().collect::<Vec<_>>(), asked.keys().collect::<Vec<_>>());
    for (when, members) in asked {
        assert_eq!(stated[&when], &json!(members), "{when}");
    }
    assert_eq!(schema["x-differs"][0]["member"], named(&document.response, |row| row.returned == Returned::Differs)[0]);
}

fn named(rows: &[Row], which: impl Fn(&Row) -> bool) -> Vec<String> {
    rows.iter().filter(|row| which(row)).map(|row| row.name.clone()).collect()
}

/// The members that the document asks for, by the pointer to the status that has to be `S`.
fn conditional(rows: &[Row]) -> BTreeMap<String, Vec<String>> {
    let when = |row: &Row| row.when.clone().filter(|_| row.returned == Returned::When);
    let all = rows.iter().filter_map(when).map(|pointer| {
        let members = named(rows, |row| when(row).as_ref() == Some(&pointer));
        (pointer, members)
    });
    all.collect()
}

/// The pointer to what an `if` wants to be `S`.
fn premise(schema: &Value) -> String {
    let Some(members) = schema["properties"].as_object() else {
        assert_eq!(schema, &json!({ "const": "S" }));
        return String::new();
    };
    let (name, inner) = members.iter().next().unwrap();
    assert_eq!((members.len(), &schema["required"][0]), (1, &Value::from(name.as_str())));
    format!("/{name}{}", premise(inner))
}

#[test]
fn the_types_have_the_members_of_the_document() {
    /// Texts at both sides of a member's limits.
    fn texts(row: &Row) -> ([String; 2], [String; 2]) {
        if let Some(max) = row.max_length {
            let max = usize::try_from(max).unwrap();
            return (["x".into(), "界".repeat(max)], [String::new(), "x".repeat(max + 1)]);
        }
        assert_eq!(row.kind, Type::Datetime, "{row:?}");
        let time = "2026-03-14T09:26:53+09:00";
        ([time.into(), "2026-03-14T00:26:53.5Z".into()], [String::new(), time.replace('T', " ")])
    }

    fn assert_members(rows: &[Row], members: &[Member]) {
        let names: Vec<_> = members.iter().map(|member| member.name).collect();
        assert_eq!(names, rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>());
        for (row, member) in rows.iter().zip(members) {
            assert_eq!(member.required, row.returned == Returned::Always, "{row:?}");
            match member.kind {
                SchemaType::Object(shape) => {
                    let inner: Vec<_> = shape.members.iter().map(|inner| (inner.name, inner.required)).collect();
                    match row.kind {
                        Type::Amount => assert_eq!(inner, [("currency", true), ("value", true)]),
                        Type::Result => {
                            assert_eq!(inner, [("resultStatus", true), ("resultCode", true), ("resultMessage", false)]);
                        }
                        _ => panic!("{row:?} is no object"),
                    }
                }
                SchemaType::Text(check) => {
                    let (good, bad) = texts(row);
                    assert!(good.iter().all(|text| check(text).is_ok()), "{row:?}");
                    assert!(bad.iter().all(|text| check(text).is_err()), "{row:?}");
                }
                SchemaType::List(_) => panic!("{row:?} is no list"),
            }
        }
    }
    let document = document();
    assert_members(&document.request, Request::MEMBERS);
    assert_members(&document.response, Response::MEMBERS);
}

#[test]
fn the_types_ask_for_the_members_when_the_document_does() {
    let document = document();
    let mut stated = BTreeMap::new();
    let mut differing = Vec::new();
    for rule in Response::RULES {
        match rule {
            Rule::Required { when, members } => {
                let [test] = when else { panic!("{when:?}") };
                assert!(matches!(test.is, Predicate::OneOf(["S"])), "{test:?}");
                let members = members.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
                assert_eq!(stated.insert(test.pointer.to_owned(), members), None, "{}", test.pointer);
            }
            Rule::OmittedIfEqual { member, from, part } => {
                assert_eq!((*from, *part), ("paymentAmount", "currency"));
                differing.push((*member).to_owned());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(stated, conditional(&document.response));
    assert_eq!(differing, named(&document.response, |row| row.returned == Returned::Differs));
    assert!(Request::RULES.is_empty());
}

#[test]
fn the_code_tables_are_those_of_the_document() {
    fn assert_table<C: Code>(rows: &[[String; 3]], member: &str, definition: &str) {
        let place = places(RESPONSE).into_iter().find(|place| place.pointer == format!("{member}/resultCode")).unwrap();
        assert_eq!(
            place.table,
            rows.iter().map(|[code, status, _]| (code.clone(), status.clone())).collect::<Vec<_>>()
        );
        let schema = &schema_files()["inquiryPayment.json"]["$defs"][definition];
        let in_schema: Vec<_> = schema["x-codes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| ["code", "status", "message"].map(|name| it[name].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(in_schema, rows, "{definition}");
        assert_eq!(C::ALL.len(), rows.len(), "{definition}");
        for (known, [code, status, message]) in C::ALL.iter().zip(rows) {
            assert_eq!((known.wire(), known.message()), (Some(code.as_str()), Some(message.as_str())));
            assert_eq!(known.status().map(alipayplus_runtime::code::StatusWord::as_str), Some(status.as_str()));
            // By the text and back.
            let read = C::parse(code).unwrap();
            assert_eq!((&read, read.unlisted()), (known, None));
            assert_eq!(read.to_string(), *code);
        }
        let other = C::parse("A_CODE_OF_NO_TABLE").unwrap();
        assert_eq!((other.wire(), other.status(), other.message()), (None, None, None));
        assert_eq!(other.to_string(), "A_CODE_OF_NO_TABLE");
    }
    let document = document();
    assert_table::<InquiryResultCode>(&document.result_codes, "/result", "InquiryResult");
    assert_table::<PaymentResultCode>(&document.payment_result_codes, "/paymentResult", "PaymentResult");
}

#[test]
fn the_operation_is_that_of_the_schema() {
    let operation = &schema_files()["inquiryPayment.json"]["x-operation"];
    assert_eq!(operation["name"], InquiryPayment::NAME);
    assert_eq!(operation["method"], InquiryPayment::METHOD);
    assert_eq!(operation["path"], InquiryPayment::PATH);
    assert_eq!(operation["timeoutSeconds"], InquiryPayment::TIMEOUT.as_secs());
    assert_eq!(operation["idempotent"], InquiryPayment::IDEMPOTENT);
}
