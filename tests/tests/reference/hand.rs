//! A family of every construct, put together by hand: its intermediate form beside its schema.

use alipayplus_codegen::ir::{
    BuiltinType, Compare, Comparison, Condition, List, Member, Object, Obligation, Predicate, Presence, Rule, Scalar,
    ScalarKind, ServiceModel, Type, TypeKind, Word,
};
use alipayplus_codegen::source::Source;
use alipayplus_tests::fixture;
use serde_json::{Value, json};

use crate::samples::lowered;

/// The fixture that it starts from: one text in the request.
const BASE: &str = "bounded_text";

pub(crate) fn family() -> (ServiceModel, Vec<Source>) {
    let mut sources = fixture(BASE);
    let mut family = lowered(&sources);
    awkward(&mut family);
    let file = family.files.iter_mut().find(|file| file.operation.is_some()).unwrap();
    let here = file.index;
    file.scalars.extend(scalars());
    file.lists.extend(lists(here));
    file.objects.extend(objects(here));
    file.operation.as_mut().unwrap().idempotent_by = Some("name".into());
    let request = file.objects.iter_mut().find(|object| object.name == "AskRequest").unwrap();
    request.members.extend(members(here));
    request.rules = rules(here);
    let schema = sources.iter_mut().find(|source| source.name() == "ask.json").unwrap();
    schema.text = extended(&schema.text);
    (family, sources)
}

/// Texts that would break a table.
fn awkward(family: &mut ServiceModel) {
    let objects = family.files.iter_mut().flat_map(|file| &mut file.objects);
    let coded = objects.filter_map(|object| object.coded.as_mut());
    for row in coded.flat_map(|coded| &mut coded.rows) {
        row.message.push_str(" | `a|b` and `c\\|d`, |\n|");
    }
}

fn ty(here: usize, name: &str, kind: TypeKind) -> Type {
    Type { file: here, name: name.into(), rust: name.into(), kind }
}

fn member(wire: &str, ty: Type, required: bool) -> Member {
    let doc = format!("What {wire} says: | or `|`.");
    Member { wire: wire.into(), rust: wire.into(), doc, limits: None, required, default: None, ty }
}

fn scalars() -> Vec<Scalar> {
    let scalar = |name: &str, kind| Scalar {
        name: name.into(),
        rust: name.into(),
        doc: format!("A {name}."),
        kind,
        sensitive: false,
    };
    let word = |wire: &str| Word { rust: wire.into(), wire: wire.into(), meaning: None };
    let written =
        |rust, example| ScalarKind::Builtin(BuiltinType { rust, pattern: "", format: None, example, is_ordered: true });
    vec![
        scalar("Count", ScalarKind::Integer { min: 1, max: 10, pattern: "^([1-9]|10)$".into() }),
        scalar("Flag", ScalarKind::Boolean),
        scalar("Color", ScalarKind::Words(["red", "green", "blue"].map(word).into())),
        scalar("Tag", ScalarKind::Text { min: 3, max: 5, pairs: false }),
        scalar("Units", written("MinorUnits", "1000")),
        scalar("Unit", written("Currency", "EUR")),
        scalar("Moment", written("Datetime", "2026-01-31T12:00:00+08:00")),
    ]
}

fn lists(here: usize) -> Vec<List> {
    let list = |name: &str, item, min, max| List {
        name: name.into(),
        rust: name.into(),
        doc: format!("Some {name}."),
        item,
        min,
        max,
    };
    vec![
        list("Goods", ty(here, "Good", TypeKind::Object), 1, Some(3)),
        list("Tags", ty(here, "Tag", TypeKind::Scalar), 0, Some(2)),
        list("Shelves", ty(here, "Tags", TypeKind::List), 2, None),
    ]
}

fn objects(here: usize) -> Vec<Object> {
    let object = |name: &str, members, rules| Object {
        file: 0,
        name: name.into(),
        rust: name.into(),
        doc: format!("A {name}."),
        members,
        rules,
        template: None,
        coded: None,
        money: None,
    };
    let sum = vec![
        member("unit", ty(here, "Unit", TypeKind::Builtin), true),
        member("units", ty(here, "Units", TypeKind::Builtin), true),
        member("note", ty(here, "Tag", TypeKind::Scalar), false),
    ];
    let good = vec![
        member("sku", ty(here, "Tag", TypeKind::Scalar), true),
        member("kind", ty(here, "Color", TypeKind::Scalar), false),
        member("serial", ty(here, "Tag", TypeKind::Scalar), false),
        member("price", ty(here, "Sum", TypeKind::Object), false),
    ];
    let serial = when(&[is(&["kind"], &["green", "blue"])], members_of(&[(&["serial"], true)]));
    vec![object("Sum", sum, Vec::new()), object("Good", good, vec![serial])]
}

fn members(here: usize) -> Vec<Member> {
    let scalar = |wire: &str, name: &str| member(wire, ty(here, name, TypeKind::Scalar), false);
    let written = |wire: &str, name: &str| member(wire, ty(here, name, TypeKind::Builtin), false);
    let list = |wire: &str, name: &str, required| member(wire, ty(here, name, TypeKind::List), required);
    let object = |wire: &str, name: &str| member(wire, ty(here, name, TypeKind::Object), false);
    vec![
        Member { default: Some("1".into()), ..scalar("count", "Count") },
        scalar("least", "Count"),
        scalar("hasTip", "Flag"),
        scalar("color", "Color"),
        scalar("byId", "Tag"),
        scalar("byMail", "Tag"),
        scalar("phone", "Tag"),
        scalar("fax", "Tag"),
        list("goods", "Goods", true),
        list("tags", "Tags", false),
        list("shelves", "Shelves", false),
        written("from", "Moment"),
        written("until", "Moment"),
        object("price", "Sum"),
        object("tip", "Sum"),
    ]
}

fn path(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.into()).collect()
}

fn is(names: &[&str], words: &[&str]) -> Condition {
    Condition { path: path(names), is: Predicate::OneOf(path(words)) }
}

fn test(names: &[&str], is: Predicate) -> Condition {
    Condition { path: path(names), is }
}

pub(crate) fn members_of(all: &[(&[&str], bool)]) -> Obligation {
    Obligation::Members(all.iter().map(|(names, given)| Presence { path: path(names), given: *given }).collect())
}

pub(crate) fn when(tests: &[Condition], then: Obligation) -> Rule {
    Rule::When { tests: tests.to_vec(), then }
}

fn rules(here: usize) -> Vec<Rule> {
    let compares =
        |left: &[&str], is, right: &[&str], ty| Rule::Compare(Compare { left: path(left), is, right: path(right), ty });
    vec![
        when(&[], Obligation::ExactlyOne(path(&["byId", "byMail"]))),
        when(&[is(&["color"], &["red", "green"])], Obligation::AtLeastOne(path(&["phone", "fax"]))),
        when(&[test(&["byMail"], Predicate::Present)], members_of(&[(&["fax"], false)])),
        when(&[is(&["hasTip"], &["true"])], members_of(&[(&["tip"], true), (&["price"], true)])),
        when(&[test(&["hasTip"], Predicate::Absent)], members_of(&[(&["tip"], false)])),
        when(
            &[is(&["price", "unit"], &["EUR"]), test(&["color"], Predicate::Present)],
            members_of(&[(&["price", "note"], true), (&["tip", "note"], false)]),
        ),
        when(&[is(&["color"], &["blue"])], members_of(&[(&["price", "note"], true)])),
        when(&[test(&["price", "note"], Predicate::Absent)], members_of(&[(&["least"], false)])),
        compares(&["from"], Comparison::Less, &["until"], ty(here, "Moment", TypeKind::Builtin)),
        compares(&["tip", "units"], Comparison::AtMost, &["price", "units"], ty(here, "Units", TypeKind::Builtin)),
        compares(&["tip", "unit"], Comparison::Equal, &["price", "unit"], ty(here, "Unit", TypeKind::Builtin)),
        compares(&["count"], Comparison::Different, &["least"], ty(here, "Count", TypeKind::Scalar)),
    ]
}

/// The same in JSON Schema.
fn extended(text: &str) -> String {
    let mut schema: Value = serde_json::from_str(text).unwrap();
    let all = schema["$defs"].as_object_mut().unwrap();
    all.extend(definitions().as_object().unwrap().clone());
    let request = all.get_mut("AskRequest").unwrap();
    request["required"].as_array_mut().unwrap().push("goods".into());
    let properties = request["properties"].as_object_mut().unwrap();
    for member in members(0) {
        let reference = json!({ "$ref": format!("#/$defs/{}", member.ty.name) });
        let value = if member.required { reference } else { json!({ "anyOf": [reference, { "type": "null" }] }) };
        properties.insert(member.wire, value);
    }
    request["allOf"] = conditions();
    schema.to_string()
}

fn definitions() -> Value {
    let or_null = |name: &str| json!({ "anyOf": [{ "$ref": format!("#/$defs/{name}") }, { "type": "null" }] });
    let moment: Value = serde_json::from_str(&fixture("written_scalars")[0].text).unwrap();
    json!({
        "Count": { "type": "string", "pattern": "^([1-9]|10)$" },
        "Flag": { "type": "string", "enum": ["true", "false"] },
        "Color": { "type": "string", "enum": ["red", "green", "blue"] },
        "Tag": { "type": "string", "minLength": 3, "maxLength": 5 },
        "Units": { "type": "string", "pattern": "^(0|[1-9][0-9]{0,27})$" },
        "Unit": { "type": "string", "pattern": "^[A-Z]{3}$" },
        "Moment": moment["$defs"]["Moment"],
        "Goods": { "type": "array", "items": { "$ref": "#/$defs/Good" }, "minItems": 1, "maxItems": 3 },
        "Tags": { "type": "array", "items": { "$ref": "#/$defs/Tag" }, "maxItems": 2 },
        "Shelves": { "type": "array", "items": { "$ref": "#/$defs/Tags" }, "minItems": 2 },
        "Sum": {
            "type": "object",
            "properties": {
                "unit": { "$ref": "#/$defs/Unit" },
                "units": { "$ref": "#/$defs/Units" },
                "note": or_null("Tag"),
            },
            "required": ["unit", "units"],
        },
        "Good": {
            "type": "object",
            "properties": {
                "sku": { "$ref": "#/$defs/Tag" },
                "kind": or_null("Color"),
                "serial": or_null("Tag"),
                "price": or_null("Sum"),
            },
            "required": ["sku"],
            "allOf": [{
                "if": premise("kind", &json!({ "enum": ["green", "blue"] })),
                "then": given("serial"),
            }],
        },
    })
}

fn given(name: &str) -> Value {
    json!({ "properties": { name: { "not": { "type": "null" } } }, "required": [name] })
}

fn absent(name: &str) -> Value {
    json!({ "properties": { name: { "type": "null" } } })
}

fn premise(name: &str, test: &Value) -> Value {
    json!({ "type": "object", "properties": { name: test }, "required": [name] })
}

fn conditions() -> Value {
    let not_null = json!({ "not": { "type": "null" } });
    json!([
        { "oneOf": [given("byId"), given("byMail")] },
        {
            "if": premise("color", &json!({ "enum": ["red", "green"] })),
            "then": { "anyOf": [given("phone"), given("fax")] },
        },
        { "if": premise("byMail", &not_null), "then": absent("fax") },
        {
            "if": premise("hasTip", &json!({ "const": "true" })),
            "then": { "properties": { "tip": not_null, "price": not_null }, "required": ["tip", "price"] },
        },
        { "if": { "type": "object", "properties": { "hasTip": { "type": "null" } } }, "then": absent("tip") },
        {
            "if": {
                "type": "object",
                "properties": { "price": premise("unit", &json!({ "const": "EUR" })), "color": not_null },
                "required": ["price", "color"],
            },
            "then": { "properties": { "price": given("note"), "tip": absent("note") } },
        },
        {
            "if": premise("color", &json!({ "const": "blue" })),
            "then": { "properties": { "price": given("note") } },
        },
        {
            "if": {
                "type": "object",
                "properties": { "price": { "type": "object", "properties": { "note": { "type": "null" } } } },
                "required": ["price"],
            },
            "then": absent("least"),
        },
    ])
}
