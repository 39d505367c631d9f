//! Every form of a condition, with valid and invalid messages.

use alipayplus_codegen::ir::{Condition, Obligation, Predicate, Presence, Rule, ServiceModel, TypeKind};
use serde_json::{Value, json};

use crate::constructs::{assert_verdicts, family, member, object, text, ty};

fn path(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(str::to_owned).collect()
}

fn test(pointer: &str, is: Predicate) -> Condition {
    Condition { path: path(pointer), is }
}

fn among(pointer: &str, words: &[&str]) -> Condition {
    test(pointer, Predicate::OneOf(words.iter().map(|&it| it.to_owned()).collect()))
}

fn given(pointer: &str) -> Presence {
    Presence { path: path(pointer), given: true }
}

fn absent(pointer: &str) -> Presence {
    Presence { path: path(pointer), given: false }
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|&it| it.to_owned()).collect()
}

/// `A` has the optional texts `a`, `b` and `c`, and an optional `o` of the same texts and another `o` of them.
fn of_one_rule(tests: Vec<Condition>, then: Obligation) -> ServiceModel {
    let members = || ["a", "b", "c"].map(|name| member(name, false, ty("T", TypeKind::Scalar)));
    let with = |inner: &str| members().into_iter().chain([member("o", false, ty(inner, TypeKind::Object))]).collect();
    let rule = Rule::When { tests, then };
    let objects =
        vec![object("A", with("B"), vec![rule]), object("B", with("C"), vec![]), object("C", members().into(), vec![])];
    family(vec![text("T")], vec![], objects)
}

#[track_caller]
fn assert_ruled(tests: Vec<Condition>, then: Obligation, valid: &[Value], invalid: &[Value]) {
    assert_verdicts(&of_one_rule(tests, then), valid, invalid);
}

#[test]
fn a_word_asks_for_a_member() {
    assert_ruled(
        vec![among("/a", &["x"])],
        Obligation::Members(vec![given("/b")]),
        &[json!({}), json!({ "a": null }), json!({ "a": "y" }), json!({ "a": "x", "b": "1" })],
        &[json!({ "a": "x" }), json!({ "a": "x", "b": null }), json!({ "a": "x", "b": "" })],
    );
}

#[test]
fn one_of_several_words_asks_for_several_members() {
    assert_ruled(
        vec![among("/a", &["x", "y"])],
        Obligation::Members(vec![given("/b"), given("/c")]),
        &[json!({ "a": "z" }), json!({ "a": "y", "b": "1", "c": "2" })],
        &[json!({ "a": "x", "b": "1" }), json!({ "a": "y", "c": "1" }), json!({ "a": "y", "b": "1", "c": null })],
    );
}

#[test]
fn a_given_member_asks_for_another() {
    assert_ruled(
        vec![test("/a", Predicate::Present)],
        Obligation::Members(vec![given("/b")]),
        &[json!({}), json!({ "a": null }), json!({ "a": "x", "b": "1" }), json!({ "b": "1" })],
        &[json!({ "a": "x" }), json!({ "a": "y", "b": null })],
    );
}

#[test]
fn an_absent_member_asks_for_another() {
    assert_ruled(
        vec![test("/a", Predicate::Absent)],
        Obligation::Members(vec![given("/b")]),
        &[json!({ "a": "x" }), json!({ "b": "1" }), json!({ "a": null, "b": "1" })],
        &[json!({}), json!({ "a": null }), json!({ "a": null, "b": null }), json!({ "c": "1" })],
    );
}

#[test]
fn a_given_member_asks_for_the_absence_of_another() {
    assert_ruled(
        vec![test("/a", Predicate::Present)],
        Obligation::Members(vec![absent("/b"), given("/c")]),
        &[json!({ "b": "1" }), json!({ "a": "x", "c": "1" }), json!({ "a": "x", "b": null, "c": "1" })],
        &[json!({ "a": "x", "b": "1", "c": "1" }), json!({ "a": "x" })],
    );
}

#[test]
fn tests_on_several_members_all_have_to_hold() {
    assert_ruled(
        vec![
            among("/a", &["x"]),
            test("/b", Predicate::Present),
            test("/o/a", Predicate::Absent),
            among("/o/o/b", &["y"]),
        ],
        Obligation::Members(vec![given("/c")]),
        &[
            json!({ "a": "x", "b": "1" }),
            json!({ "a": "x", "b": "1", "o": {} }),
            json!({ "a": "x", "o": { "o": { "b": "y" } } }),
            json!({ "b": "1", "o": { "o": { "b": "y" } } }),
            json!({ "a": "x", "b": "1", "o": { "a": "1", "o": { "b": "y" } } }),
            json!({ "a": "x", "b": "1", "o": { "o": { "b": "z" } } }),
            json!({ "a": "x", "b": "1", "c": "1", "o": { "o": { "b": "y" } } }),
        ],
        &[
            json!({ "a": "x", "b": "1", "o": { "o": { "b": "y" } } }),
            json!({ "a": "x", "b": "1", "o": { "a": null, "o": { "b": "y" } } }),
        ],
    );
}

#[test]
fn an_absence_deeper_down_needs_the_object_around_it() {
    assert_ruled(
        vec![test("/o/a", Predicate::Absent)],
        Obligation::Members(vec![given("/b")]),
        &[json!({}), json!({ "o": null }), json!({ "o": { "a": "x" } }), json!({ "o": {}, "b": "1" })],
        &[json!({ "o": {} }), json!({ "o": { "a": null } })],
    );
}

#[test]
fn two_tests_on_one_member_both_have_to_hold() {
    assert_ruled(
        vec![test("/o", Predicate::Present), among("/o/a", &["x", "y"]), among("/o/a", &["y", "z"])],
        Obligation::Members(vec![given("/b")]),
        &[
            json!({}),
            json!({ "o": {} }),
            json!({ "o": { "a": "x" } }),
            json!({ "o": { "a": "z" } }),
            json!({ "o": { "a": "y" }, "b": "1" }),
        ],
        &[json!({ "o": { "a": "y" } })],
    );
}

#[test]
fn a_demand_deeper_down_asks_nothing_where_the_object_is_not() {
    assert_ruled(
        vec![test("/a", Predicate::Present)],
        Obligation::Members(vec![given("/o/b"), absent("/o/o/c"), given("/o/o/a")]),
        &[
            json!({ "o": {} }),
            json!({ "a": "x" }),
            json!({ "a": "x", "o": null }),
            json!({ "a": "x", "o": { "b": "1" } }),
            json!({ "a": "x", "o": { "b": "1", "o": { "a": "1", "c": null } } }),
        ],
        &[
            json!({ "a": "x", "o": {} }),
            json!({ "a": "x", "o": { "b": null } }),
            json!({ "a": "x", "o": { "b": "1", "o": {} } }),
            json!({ "a": "x", "o": { "b": "1", "o": { "a": "1", "c": "1" } } }),
        ],
    );
}

#[test]
fn an_object_is_asked_for_itself_and_for_what_it_has() {
    assert_ruled(
        vec![among("/a", &["x"])],
        Obligation::Members(vec![given("/o"), given("/o/b")]),
        &[json!({}), json!({ "a": "x", "o": { "b": "1" } })],
        &[json!({ "a": "x" }), json!({ "a": "x", "o": null }), json!({ "a": "x", "o": {} })],
    );
}

#[test]
fn at_least_one_of_two() {
    assert_ruled(
        vec![],
        Obligation::AtLeastOne(names(&["a", "b"])),
        &[json!({ "a": "x" }), json!({ "b": "x", "a": null }), json!({ "a": "x", "b": "x" })],
        &[json!({}), json!({ "c": "x" }), json!({ "a": null, "b": null })],
    );
}

#[test]
fn exactly_one_of_three() {
    assert_ruled(
        vec![],
        Obligation::ExactlyOne(names(&["a", "b", "c"])),
        &[json!({ "a": "x" }), json!({ "b": "x", "a": null }), json!({ "c": "x" })],
        &[json!({}), json!({ "a": null }), json!({ "a": "x", "c": "x" }), json!({ "a": "x", "b": "x", "c": "x" })],
    );
}

#[test]
fn one_of_two_on_a_condition() {
    assert_ruled(
        vec![test("/c", Predicate::Absent)],
        Obligation::ExactlyOne(names(&["a", "b"])),
        &[json!({ "c": "x" }), json!({ "c": "x", "a": "x", "b": "x" }), json!({ "a": "x" })],
        &[json!({}), json!({ "a": "x", "b": "x", "c": null })],
    );
    assert_ruled(
        vec![among("/c", &["x"])],
        Obligation::AtLeastOne(names(&["a", "b"])),
        &[json!({ "c": "y" }), json!({ "c": "x", "a": "x", "b": "x" })],
        &[json!({ "c": "x" })],
    );
}

#[test]
fn an_absence_that_always_holds() {
    assert_ruled(
        vec![],
        Obligation::Members(vec![absent("/a")]),
        &[json!({}), json!({ "a": null }), json!({ "b": "x" })],
        &[json!({ "a": "x" })],
    );
}

/// A condition of an object holds wherever the object is.
#[test]
fn a_condition_of_an_object_inside() {
    let rule = Rule::When { tests: vec![test("/a", Predicate::Present)], then: Obligation::Members(vec![given("/b")]) };
    let texts = ["a", "b"].map(|name| member(name, false, ty("T", TypeKind::Scalar)));
    let inner = object("B", texts.into(), vec![rule]);
    let outer = object("A", vec![member("o", false, ty("B", TypeKind::Object))], vec![]);
    assert_verdicts(
        &family(vec![text("T")], vec![], vec![outer, inner]),
        &[json!({}), json!({ "o": {} }), json!({ "o": { "a": "x", "b": "x" } })],
        &[json!({ "o": { "a": "x" } })],
    );
}
