//! What a message breaks, by the intermediate form. It judges what the sampler made, so that no message is called
//! valid or broken by the one who made it alone.

use std::slice::from_ref;

use serde_json::Value;

use super::place::{Path, at, holds, is_given, join};
use super::{build, scalar};
use crate::ir::{Coded, Compares, Definition, Demand, Family, List, Object, Presence, Rule, Test, Type};
use crate::words;

/// A rule that a message breaks.
pub(super) struct Broken<'a> {
    /// Where.
    pub(super) at: Path,
    /// The object that the rule belongs to.
    pub(super) object: (Path, &'a Type),
    /// The rule.
    pub(super) breach: Breach<'a>,
}

/// The kinds of rules, each with what it asks for.
pub(super) enum Breach<'a> {
    /// A rule of the value alone, in words.
    Value(String),
    /// A condition on the presence of a member.
    Presence(&'a [Test], &'a Presence),
    /// A condition on the presence of any of several members.
    OneOf(&'a [Test], &'a Demand),
    /// A comparison.
    Compares(&'a Compares),
}

impl Breach<'_> {
    /// The rule in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Value(words) => words.clone(),
            Self::Presence(tests, presence) => words::presence(presence, tests),
            Self::OneOf(tests, demand) => words::condition(tests, demand),
            Self::Compares(compares) => words::comparison(compares),
        }
    }

    /// Whether a JSON Schema can say it.
    pub(super) fn is_in_schema(&self) -> bool {
        !matches!(self, Self::Compares(_))
    }
}

/// All that a message of a type breaks, in the order of the document.
pub(super) fn judge<'a>(family: &'a Family, ty: &'a Type, message: &Value) -> Vec<Broken<'a>> {
    let mut judge = Judge { family, found: Vec::new() };
    judge.value(message, &Place { around: None, name: Name::Message, ty });
    judge.found
}

/// Where the judge is: a way up to the message, of which a path is made when something is broken there.
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

    /// The object around a member or an element.
    fn object(&self) -> &Self {
        match (self.name, self.around) {
            (Name::Element(_), Some(list)) => list.object(),
            (Name::Member(_), Some(object)) => object,
            _ => self,
        }
    }
}

struct Judge<'a> {
    family: &'a Family,
    found: Vec<Broken<'a>>,
}

impl<'a> Judge<'a> {
    fn value(&mut self, value: &Value, place: &Place<'_, 'a>) {
        match self.family.definition(place.ty) {
            Some(Definition::Object(object)) if value.is_object() => self.object(object, value, place),
            Some(Definition::Object(_)) => self.own(place, "an object".into()),
            Some(Definition::List(list)) => self.list(list, value, place),
            Some(Definition::Scalar(scalar)) => match value.as_str() {
                None => self.own(place, "a text".into()),
                Some(text) if !scalar::takes(scalar, text) => self.own(place, words::form(scalar)),
                Some(_) => {}
            },
            None => {}
        }
    }

    fn list(&mut self, list: &'a List, value: &Value, place: &Place<'_, 'a>) {
        let Some(elements) = value.as_array() else { return self.own(place, "a list".into()) };
        if elements.len() < list.min || list.max.is_some_and(|max| elements.len() > max) {
            self.own(place, words::elements(list.min, list.max));
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
                Rule::Compares(compares) => self.compares(compares, value, place),
                // Broken, it says that the member says nothing: that is no fault.
                Rule::Differs(_) => {}
            }
        }
    }

    fn agrees(&mut self, coded: &'a Coded, value: &Value, place: &Place<'_, 'a>) {
        let (code, status) = (&coded.mould.code.0, &coded.mould.status.0);
        let row = coded.rows.iter().find(|row| value[code.as_str()] == row.wire.as_str());
        let Some(row) = row.filter(|_| value.get(status).is_some_and(|it| !it.is_null())) else { return };
        let expected = build::status_word(coded, row);
        if value[status.as_str()] != expected {
            let rule = format!("the code `{}` goes with `{expected}`", row.wire);
            self.add(place, from_ref(status), Breach::Value(rule));
        }
    }

    fn demand(&mut self, tests: &'a [Test], then: &'a Demand, value: &Value, place: &Place<'_, 'a>) {
        let given = |names: &[String]| names.iter().filter(|name| is_given(value, from_ref(*name))).count();
        match then {
            Demand::Members(members) => {
                for presence in members {
                    let around = at(value, &presence.path[..presence.path.len().saturating_sub(1)]);
                    let asked = around.is_some_and(Value::is_object);
                    if asked && is_given(value, &presence.path) != presence.given {
                        self.add(place, &presence.path, Breach::Presence(tests, presence));
                    }
                }
            }
            Demand::AtLeastOne(names) if given(names) > 0 => {}
            Demand::ExactlyOne(names) if given(names) == 1 => {}
            Demand::AtLeastOne(_) | Demand::ExactlyOne(_) => self.add(place, &[], Breach::OneOf(tests, then)),
        }
    }

    fn compares(&mut self, compares: &'a Compares, value: &Value, place: &Place<'_, 'a>) {
        let text = |path| at(value, path).and_then(Value::as_str);
        let both = text(&compares.left).zip(text(&compares.right));
        let scalar = self.family.definition(&compares.ty);
        let (Some((left, right)), Some(Definition::Scalar(scalar))) = (both, scalar) else { return };
        if !scalar::stands(compares.is, scalar::compare(scalar, left, right)) {
            self.add(place, &compares.left, Breach::Compares(compares));
        }
    }

    /// A rule that what stands at a place breaks by itself.
    fn own(&mut self, place: &Place<'_, 'a>, rule: String) {
        let object = place.object();
        let broken = Broken { at: place.path(), object: (object.path(), object.ty), breach: Breach::Value(rule) };
        self.found.push(broken);
    }

    /// A rule of an object that is broken at a place inside it.
    fn add(&mut self, object: &Place<'_, 'a>, inside: &[String], breach: Breach<'a>) {
        let place = object.path();
        self.found.push(Broken { at: join(&place, inside), object: (place, object.ty), breach });
    }
}
