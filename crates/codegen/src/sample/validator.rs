//! The rules that a message breaks, by the intermediate form.
//!
//! It checks every generated message, so that none is called valid or invalid only because its maker says so.

use std::slice::from_ref;

use serde_json::Value;

use super::place::{Path, at, holds, is_given, join};
use super::{build, scalar};
use crate::ir::{Coded, Compare, Condition, Definition, List, Object, Obligation, Presence, Rule, ServiceModel, Type};
use crate::prose;

/// A rule that a message breaks.
pub(super) struct Violation<'a> {
    /// The place.
    pub(super) at: Path,
    /// The object that the rule belongs to.
    pub(super) object: (Path, &'a Type),
    /// The rule.
    pub(super) kind: ViolationKind<'a>,
}

/// The kinds of rules.
pub(super) enum ViolationKind<'a> {
    /// A rule of the value by itself, in words.
    Value(String),
    /// A condition on the presence of a member.
    Presence(&'a [Condition], &'a Presence),
    /// A condition on the presence of any of several members.
    OneOf(&'a [Condition], &'a Obligation),
    /// A comparison.
    Compare(&'a Compare),
}

impl ViolationKind<'_> {
    /// Returns the rule in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Value(words) => words.clone(),
            Self::Presence(tests, presence) => prose::presence(presence, tests),
            Self::OneOf(tests, demand) => prose::condition(tests, demand),
            Self::Compare(compares) => prose::comparison(compares),
        }
    }

    /// Returns whether a JSON Schema can say it.
    pub(super) fn is_in_schema(&self) -> bool {
        !matches!(self, Self::Compare(_))
    }
}

/// Returns all that a message of a type breaks, in the order of the document.
pub(super) fn validate<'a>(family: &'a ServiceModel, ty: &'a Type, message: &Value) -> Vec<Violation<'a>> {
    let mut validate = Validator { family, found: Vec::new() };
    validate.value(message, &Place { around: None, name: Name::Message, ty });
    validate.found
}

/// The current place: links up to the message, from which a path is made when a rule is broken there.
#[derive(Clone, Copy)]
struct Place<'p, 'a> {
    around: Option<&'p Place<'p, 'a>>,
    name: Name<'a>,
    ty: &'a Type,
}

#[derive(Clone, Copy)]
enum Name<'a> {
    Message,
    Member(&'a str),
    Element(usize),
}

impl Place<'_, '_> {
    fn path(&self) -> Path {
        let mut path = self.around.map_or_else(Path::new, Place::path);
        match self.name {
            Name::Message => {}
            Name::Member(name) => path.push(name.to_owned()),
            Name::Element(n) => path.push(n.to_string()),
        }
        path
    }

    /// Returns the object around a member or an element.
    fn object(&self) -> &Self {
        match (self.name, self.around) {
            (Name::Element(_), Some(list)) => list.object(),
            (Name::Member(_), Some(object)) => object,
            _ => self,
        }
    }
}

struct Validator<'a> {
    family: &'a ServiceModel,
    found: Vec<Violation<'a>>,
}

impl<'a> Validator<'a> {
    fn value(&mut self, value: &Value, place: &Place<'_, 'a>) {
        match self.family.definition(place.ty) {
            Some(Definition::Object(object)) if value.is_object() => self.object(object, value, place),
            Some(Definition::Object(_)) => self.own(place, "an object".into()),
            Some(Definition::List(list)) => self.list(list, value, place),
            Some(Definition::Scalar(scalar)) => match value.as_str() {
                None => self.own(place, "a text".into()),
                Some(text) if !scalar::takes(scalar, text) => self.own(place, prose::form(scalar)),
                Some(_) => {}
            },
            None => {}
        }
    }

    fn list(&mut self, list: &'a List, value: &Value, place: &Place<'_, 'a>) {
        let Some(elements) = value.as_array() else { return self.own(place, "a list".into()) };
        if elements.len() < list.min || list.max.is_some_and(|max| elements.len() > max) {
            self.own(place, prose::elements(list.min, list.max));
        }
        for (n, element) in elements.iter().enumerate() {
            self.value(element, &Place { around: Some(place), name: Name::Element(n), ty: &list.item });
        }
    }

    fn object(&mut self, object: &'a Object, value: &Value, place: &Place<'_, 'a>) {
        for member in &object.members {
            let there = Place { around: Some(place), name: Name::Member(&member.wire), ty: &member.ty };
            match value.get(&member.wire) {
                None | Some(Value::Null) if !member.required => {}
                None | Some(Value::Null) => self.own(&there, "required".into()),
                Some(value) => self.value(value, &there),
            }
        }
        if let Some(coded) = &object.coded {
            self.agrees(coded, value, place);
        }
        for rule in &object.rules {
            match rule {
                Rule::When { tests, then } => {
                    if tests.iter().all(|test| holds(value, &test.path, &test.is)) {
                        self.demand(tests, then, value, place);
                    }
                }
                Rule::Compare(compares) => self.compares(compares, value, place),
                // Broken, it says that the member says nothing: that is no fault.
                Rule::OmittedIfEqual(_) => {}
            }
        }
    }

    fn agrees(&mut self, coded: &'a Coded, value: &Value, place: &Place<'_, 'a>) {
        let (code, status) = (&coded.template.code.0, &coded.template.status.0);
        if coded.excluded.iter().any(|word| value[status.as_str()] == word.as_str()) {
            let words: Vec<&str> = coded.template.words.iter().map(|word| word.wire.as_str()).collect();
            self.add(place, from_ref(status), ViolationKind::Value(prose::among(&words, "or")));
        }
        let row = coded.rows.iter().find(|row| value[code.as_str()] == row.wire.as_str());
        let Some(row) = row.filter(|_| value.get(status).is_some_and(|it| !it.is_null())) else { return };
        let expected = build::status_word(coded, row);
        if value[status.as_str()] != expected {
            let rule = format!("the code `{}` goes with `{expected}`", row.wire);
            self.add(place, from_ref(status), ViolationKind::Value(rule));
        }
    }

    fn demand(&mut self, tests: &'a [Condition], then: &'a Obligation, value: &Value, place: &Place<'_, 'a>) {
        let given = |names: &[String]| names.iter().filter(|name| is_given(value, from_ref(*name))).count();
        match then {
            Obligation::Members(members) => {
                for presence in members {
                    let around = at(value, &presence.path[..presence.path.len().saturating_sub(1)]);
                    let asked = around.is_some_and(Value::is_object);
                    if asked && is_given(value, &presence.path) != presence.given {
                        self.add(place, &presence.path, ViolationKind::Presence(tests, presence));
                    }
                }
            }
            Obligation::AtLeastOne(names) if given(names) > 0 => {}
            Obligation::ExactlyOne(names) if given(names) == 1 => {}
            Obligation::AtLeastOne(_) | Obligation::ExactlyOne(_) => {
                self.add(place, &[], ViolationKind::OneOf(tests, then));
            }
        }
    }

    fn compares(&mut self, compares: &'a Compare, value: &Value, place: &Place<'_, 'a>) {
        let text = |path| at(value, path).and_then(Value::as_str);
        let both = text(&compares.left).zip(text(&compares.right));
        let scalar = self.family.definition(&compares.ty);
        let (Some((left, right)), Some(Definition::Scalar(scalar))) = (both, scalar) else { return };
        if !scalar::holds_between(compares.is, scalar::compare(scalar, left, right)) {
            self.add(place, &compares.left, ViolationKind::Compare(compares));
        }
    }

    /// Adds a rule that the value at a place breaks by itself.
    fn own(&mut self, place: &Place<'_, 'a>, rule: String) {
        let object = place.object();
        let broken =
            Violation { at: place.path(), object: (object.path(), object.ty), kind: ViolationKind::Value(rule) };
        self.found.push(broken);
    }

    /// A rule of an object that is broken at a place inside it.
    fn add(&mut self, object: &Place<'_, 'a>, inside: &[String], kind: ViolationKind<'a>) {
        let place = object.path();
        self.found.push(Violation { at: join(&place, inside), object: (place, object.ty), kind });
    }
}
