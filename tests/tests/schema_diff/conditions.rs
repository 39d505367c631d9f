//! Whether a condition asks for more than others, over conditions of every form by chance: the comparison and the
//! validators say the same.

use std::collections::BTreeSet;

use alipayplus_codegen::diff::change::{Message, Verdict};
use alipayplus_codegen::diff::diff;
use alipayplus_codegen::diff::read::{Schemas, lowered};
use alipayplus_codegen::ir::{Condition, Obligation, Predicate, Presence, Rule};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::validator::seen;

/// A response with members that conditions can look at, some of them deeper.
const SCHEMA: &str = r##"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://alipayplus-sdk.example/fixtures/ask.json",
  "title": "ask",
  "description": "Asks.",
  "x-operation": {
    "name": "ask", "method": "POST", "path": "/ask", "client": "a caller", "server": "a service",
    "timeoutSeconds": 5, "idempotent": true,
    "request": { "$ref": "#/$defs/Question" },
    "response": { "$ref": "#/$defs/Reply" }
  },
  "$defs": {
    "Question": { "description": "It.", "type": "object", "properties": {} },
    "Reply": {
      "description": "It.",
      "type": "object",
      "properties": {
        "result": { "description": "It.", "$ref": "common.json#/$defs/Asked" },
        "kind": { "description": "It.", "anyOf": [{ "$ref": "#/$defs/Kind" }, { "type": "null" }] },
        "a": { "description": "It.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] },
        "b": { "description": "It.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] },
        "box": { "description": "It.", "anyOf": [{ "$ref": "#/$defs/Parcel" }, { "type": "null" }] }
      },
      "required": ["result"],
      "x-outcomes": [
        {
          "name": "Done", "description": "It.", "waiting": "final", "when": { "result": { "code": "DONE" } },
          "members": ["kind", "a", "b", "box"]
        }
      ]
    },
    "Parcel": {
      "description": "It.",
      "type": "object",
      "properties": {
        "sort": { "description": "It.", "$ref": "#/$defs/Kind" },
        "label": { "description": "It.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] }
      },
      "required": ["sort"]
    },
    "Name": { "description": "It.", "type": "string", "minLength": 1, "maxLength": 2 },
    "Kind": { "description": "It.", "type": "string", "enum": ["BIG", "SMALL"] }
  }
}"##;

/// A condition as the intermediate form has it.
type Case = (Vec<Condition>, Obligation);

fn path(dotted: &str) -> Vec<String> {
    dotted.split('.').map(str::to_owned).collect()
}

/// Some elements of a list, each at most once.
fn some<T: Copy>(rng: &mut Rng, of: &[T], count: std::ops::RangeInclusive<usize>) -> Vec<T> {
    let count = rng.usize(count);
    rng.choose_multiple(of.iter().copied(), count)
}

fn test(rng: &mut Rng, dotted: &str) -> Condition {
    let words: &[&str] = match dotted {
        "result.status" => &["Y", "N", "P"],
        "result.code" => &["DONE", "ILLEGAL", "NOWHERE", "ABSENT", "BROKEN"],
        "kind" | "box.sort" => &["BIG", "SMALL"],
        _ => &[],
    };
    let is = match rng.u8(..3) {
        0 if !dotted.starts_with("result") && dotted != "box.sort" => Predicate::Absent,
        _ if words.is_empty() => Predicate::Present,
        _ => Predicate::OneOf(some(rng, words, 1..=2).into_iter().map(str::to_owned).collect()),
    };
    Condition { path: path(dotted), is }
}

fn condition(rng: &mut Rng) -> Case {
    let tested = some(rng, &["result.status", "result.code", "kind", "a", "box", "box.sort", "box.label"], 0..=2);
    let deeper = tested.iter().any(|it| it.starts_with("box."));
    let tested = tested.into_iter().filter(|it| !deeper || *it != "box");
    let tests: Vec<Condition> = tested.map(|it| test(rng, it)).collect();
    let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let demand = match rng.u8(..4) {
        0 => Obligation::AtLeastOne(names(some(rng, &["kind", "a", "b", "box"], 2..=3))),
        1 => Obligation::ExactlyOne(names(some(rng, &["kind", "a", "b", "box"], 2..=3))),
        _ => {
            let given = rng.bool() || tests.is_empty();
            let paths = some(rng, &["kind", "a", "b", "box.label"], 1..=2);
            Obligation::Members(paths.into_iter().map(|it| Presence { path: path(it), given }).collect())
        }
    };
    (tests, demand)
}

/// A condition in JSON Schema.
fn in_json((tests, demand): &Case) -> Value {
    if tests.is_empty() {
        return consequence(demand);
    }
    json!({ "if": premise(&tests.iter().map(|it| (it.path.as_slice(), &it.is)).collect::<Vec<_>>()), "then": consequence(demand) })
}

fn premise(tests: &[(&[String], &Predicate)]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (path, is) in tests {
        let name = &path[0];
        if path.len() > 1 {
            let inner: Vec<_> =
                tests.iter().filter(|(path, _)| path[0] == *name).map(|(path, is)| (&path[1..], *is)).collect();
            properties.insert(name.clone(), premise(&inner));
            if !required.contains(name) {
                required.push(name.clone());
            }
            continue;
        }
        let value = match is {
            Predicate::OneOf(among) => json!({ "enum": among }),
            Predicate::Present => json!({ "not": { "type": "null" } }),
            Predicate::Absent => json!({ "type": "null" }),
        };
        properties.insert(name.clone(), value);
        required.extend((**is != Predicate::Absent).then(|| name.clone()));
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn consequence(demand: &Obligation) -> Value {
    let all_given =
        |names: &[String]| names.iter().map(|it| presence(std::slice::from_ref(it), true)).collect::<Vec<_>>();
    match demand {
        Obligation::Members(members) => {
            json!({ "allOf": members.iter().map(|it| presence(&it.path, it.given)).collect::<Vec<_>>() })
        }
        Obligation::AtLeastOne(names) => json!({ "anyOf": all_given(names) }),
        Obligation::ExactlyOne(names) => json!({ "oneOf": all_given(names) }),
    }
}

fn presence(path: &[String], given: bool) -> Value {
    let (name, rest) = path.split_first().unwrap();
    match (rest, given) {
        ([], true) => json!({ "properties": { name: { "not": { "type": "null" } } }, "required": [name] }),
        ([], false) => json!({ "properties": { name: { "type": "null" } } }),
        _ => json!({ "properties": { name: presence(rest, given) } }),
    }
}

/// The schema with some conditions of the response, in both forms.
fn with(conditions: &[Case]) -> Schemas {
    with_inner(conditions, &[], false)
}

/// The same with conditions of an object in the response, which may require one more member.
fn with_inner(conditions: &[Case], inner: &[Case], required: bool) -> Schemas {
    let mut sources = alipayplus_tests::fixture("result_only");
    sources.iter_mut().find(|source| source.name() == "ask.json").unwrap().text = SCHEMA.into();
    let mut schemas = lowered("it", sources).unwrap();
    let n = schemas.sources.iter().position(|source| source.name() == "ask.json").unwrap();
    let mut schema: Value = serde_json::from_str(&schemas.sources[n].text).unwrap();
    for (name, conditions) in [("Reply", conditions), ("Parcel", inner)] {
        if !conditions.is_empty() {
            schema["$defs"][name]["allOf"] = conditions.iter().map(in_json).collect();
        }
        let object = schemas.family.files[n].objects.iter_mut().find(|object| object.name == name).unwrap();
        let rule = |(tests, then): &Case| Rule::When { tests: tests.clone(), then: then.clone() };
        object.rules = conditions.iter().map(rule).collect();
        for member in object.members.iter_mut().filter(|member| required && member.wire == "label") {
            member.required = true;
            schema["$defs"][name]["properties"]["label"] = json!({ "$ref": "#/$defs/Name" });
            schema["$defs"][name]["required"] = json!(["sort", "label"]);
        }
    }
    schemas.sources[n].text = schema.to_string();
    schemas
}

fn claimed(old: &Schemas, new: &Schemas) -> BTreeSet<(Verdict, Message)> {
    let changes = diff(&old.family, &new.family);
    changes.iter().flat_map(|change| &change.effects).filter_map(|effect| Some((effect.verdict, effect.on?))).collect()
}

#[test]
fn nothing_is_asked_of_the_members_of_what_is_not_there() {
    let test = |dotted: &str, is| Condition { path: path(dotted), is };
    let presence = |dotted: &str, given| Obligation::Members(vec![Presence { path: path(dotted), given }]);
    let never = || (vec![], presence("box", false));
    let labelled = || (vec![], presence("box.label", true));
    let bare = || (vec![test("box.label", Predicate::Absent)], presence("a", true));
    for (old, new, expected) in [
        (vec![], vec![labelled()], true),
        // A sender that never sends a box never sends one without a label.
        (vec![never()], vec![never(), labelled()], false),
        (vec![], vec![bare()], true),
        (vec![never()], vec![never(), bare()], false),
        (vec![labelled()], vec![labelled(), bare()], false),
    ] {
        let (before, after) = (with(&old), with(&new));
        let expected: BTreeSet<_> = expected.then_some((Verdict::Server, Message::Response)).into_iter().collect();
        assert_eq!(claimed(&before, &after), expected, "{old:?} to {new:?}");
        assert_eq!(seen(&before, &after).broken, expected, "{old:?} to {new:?}");
    }
}

/// The conditions of the response and of an object in it, and whether that object requires one more member.
type Objects = (Vec<Case>, Vec<Case>, bool);

/// An object is judged with the conditions of the objects around it.
#[test]
fn an_inner_object_is_judged_with_the_conditions_around_it() {
    let test = |dotted: &str, is| Condition { path: path(dotted), is };
    let presence = |dotted: &str, given| Obligation::Members(vec![Presence { path: path(dotted), given }]);
    let big = |dotted: &str| test(dotted, Predicate::OneOf(vec!["BIG".into()]));
    let labelled = || (vec![], presence("box.label", true));
    let only_big = || (vec![test("box.sort", Predicate::OneOf(vec!["SMALL".into()]))], presence("a", false));
    let always_a = || (vec![], presence("a", true));
    let big_inside = || (vec![big("sort")], presence("label", true));
    let small_inside = || (vec![test("sort", Predicate::OneOf(vec!["SMALL".into()]))], presence("label", true));
    let cases: [(Objects, Objects, &[Verdict]); 8] = [
        ((vec![], vec![], false), (vec![], vec![], true), &[Verdict::Server]),
        // What the object around it requires, it may require itself, and the other way round.
        ((vec![labelled()], vec![], false), (vec![], vec![], true), &[]),
        ((vec![], vec![], true), (vec![labelled()], vec![], false), &[]),
        ((vec![labelled()], vec![], false), (vec![], vec![big_inside()], false), &[Verdict::Client]),
        ((vec![], vec![big_inside()], false), (vec![labelled()], vec![big_inside()], false), &[Verdict::Server]),
        // No box is small, by two conditions on its surroundings.
        (
            (vec![only_big(), always_a()], vec![], false),
            (vec![only_big(), always_a()], vec![small_inside()], false),
            &[],
        ),
        ((vec![only_big()], vec![], false), (vec![only_big()], vec![small_inside()], false), &[Verdict::Server]),
        ((vec![], vec![big_inside(), small_inside()], false), (vec![], vec![], true), &[]),
    ];
    for (old, new, expected) in cases {
        let (before, after) = (with_inner(&old.0, &old.1, old.2), with_inner(&new.0, &new.1, new.2));
        let expected: BTreeSet<_> = expected.iter().map(|verdict| (*verdict, Message::Response)).collect();
        assert_eq!(claimed(&before, &after), expected, "{old:?} to {new:?}");
        assert_eq!(seen(&before, &after).broken, expected, "{old:?} to {new:?}");
    }
}

/// The same by chance.
#[test]
fn who_breaks_by_inner_objects_is_who_sends_what_is_refused() {
    let mut broken = 0;
    let count = 40;
    for seed in 0..count {
        let mut rng = Rng::with_seed(1000 + seed);
        let mut side = |outer: &mut Vec<Case>| {
            outer.extend((0..rng.usize(..2)).map(|_| condition(&mut rng)));
            let inner = (0..rng.usize(..2)).map(|_| inner_condition(&mut rng)).collect::<Vec<_>>();
            with_inner(outer, &inner, rng.u8(..3) == 0)
        };
        let mut outer = Vec::new();
        let (before, after) = (side(&mut outer), side(&mut outer));
        let (claimed, seen) = (claimed(&before, &after), seen(&before, &after).broken);
        assert_eq!(claimed, seen, "seed {seed}: {:?}\n{:?}", before.sources[0].text, after.sources[0].text);
        broken += u64::from(!claimed.is_empty());
    }
    assert!((count / 4..count).contains(&broken), "{broken} of {count} changes break somebody");
}

fn inner_condition(rng: &mut Rng) -> Case {
    let sort = if rng.bool() { "BIG" } else { "SMALL" };
    let test = Condition { path: path("sort"), is: Predicate::OneOf(vec![sort.into()]) };
    (vec![test], Obligation::Members(vec![Presence { path: path("label"), given: rng.bool() }]))
}

#[test]
fn who_breaks_by_conditions_is_who_sends_what_is_refused() {
    let mut broken = 0;
    let count = 60;
    for seed in 0..count {
        let mut rng = Rng::with_seed(seed);
        let old: Vec<_> = (0..rng.usize(..3)).map(|_| condition(&mut rng)).collect();
        let mut new = old.clone();
        if rng.bool() && !new.is_empty() {
            new.remove(rng.usize(..new.len()));
        }
        new.extend((0..rng.usize(..2)).map(|_| condition(&mut rng)));
        let (before, after) = (with(&old), with(&new));
        let claimed = claimed(&before, &after);
        let seen = seen(&before, &after).broken;
        assert_eq!(claimed, seen, "seed {seed}: {old:#?}\n{new:#?}");
        broken += u64::from(!claimed.is_empty());
    }
    // Neither all nor none: conditions by chance are of both kinds.
    assert!((count / 4..count).contains(&broken), "{broken} of {count} changes break somebody");
}
