//! From a message of the right members to one whose conditions hold: one member more, one less, another word.

use std::collections::HashSet;
use std::slice::from_ref;

use serde_json::Value;

use super::place::{at, at_mut, holds, is_given, join, put, take};
use super::validator::{Violation, ViolationKind, validate};
use super::{build, scalar};
use crate::ir::{
    Compare, Condition, Definition, Obligation, Predicate, Presence, Rule, ScalarKind, ServiceModel, Type,
};
use crate::limits::MAX_MESSAGE_BYTES;

/// What has to stay as it is while a message is changed: tests of the message.
pub(super) type Pins = Vec<Condition>;

/// How many messages are looked at before a wish is given up.
const PATIENCE: usize = 400;

/// How many bytes these have in all: each change of a large message is another large one.
const MOST_SEEN: usize = 16 * MAX_MESSAGE_BYTES;

/// Returns the nearest message to this one that breaks no rule and keeps the pins; `None` where there seems to be none.
pub(super) fn solve(family: &ServiceModel, ty: &Type, message: Value, pins: &Pins) -> Option<Value> {
    let mut search = Search { family, ty, pins, dedup: HashSet::new(), bytes: 0 };
    search.from(differing(family, ty, message))
}

struct Search<'a> {
    family: &'a ServiceModel,
    ty: &'a Type,
    pins: &'a Pins,
    /// What was looked at: two conditions may pull in two directions.
    dedup: HashSet<String>,
    /// The bytes of these.
    bytes: usize,
}

impl Search<'_> {
    fn from(&mut self, message: Value) -> Option<Value> {
        if !self.pins.iter().all(|pin| holds(&message, &pin.path, &pin.is)) {
            return None;
        }
        let broken = validate(self.family, self.ty, &message);
        let Some(first) = broken.first() else { return Some(message) };
        let text = message.to_string();
        self.bytes += text.len();
        if self.dedup.len() == PATIENCE || self.bytes > MOST_SEEN || !self.dedup.insert(text) {
            return None;
        }
        remedies(self.family, first, &message).into_iter().find_map(|remedy| self.from(remedy))
    }
}

/// Returns messages in which a broken rule holds or asks for nothing, the one that keeps the most first.
fn remedies(family: &ServiceModel, broken: &Violation<'_>, message: &Value) -> Vec<Value> {
    let (place, ty) = &broken.object;
    let object = at(message, place);
    let mut remedies = Remedies { family, ty, place, message, all: Vec::new() };
    match (&broken.kind, object) {
        (ViolationKind::Presence(tests, presence), Some(_)) => {
            remedies.presence(presence);
            remedies.no_premise(tests);
        }
        (ViolationKind::OneOf(tests, demand), Some(object)) => {
            remedies.one_of(demand, object);
            remedies.no_premise(tests);
        }
        (ViolationKind::Compare(compares), Some(_)) => remedies.compares(compares),
        _ => {}
    }
    remedies.all
}

struct Remedies<'a> {
    family: &'a ServiceModel,
    ty: &'a Type,
    place: &'a [String],
    message: &'a Value,
    all: Vec<Value>,
}

impl Remedies<'_> {
    /// Returns the message with its object changed.
    fn with(&mut self, change: impl FnOnce(&ServiceModel, &Type, &mut Value) -> Option<()>) {
        let mut message = self.message.clone();
        let object = at_mut(&mut message, self.place);
        if object.and_then(|object| change(self.family, self.ty, object)).is_some() {
            self.all.push(message);
        }
    }

    fn presence(&mut self, presence: &Presence) {
        if presence.given {
            self.with(|family, ty, object| build::insert(family, ty, object, &presence.path));
        } else {
            self.with(|_, _, object| take(object, &presence.path));
        }
    }

    fn one_of(&mut self, demand: &Obligation, object: &Value) {
        let (Obligation::AtLeastOne(names) | Obligation::ExactlyOne(names)) = demand else { return };
        let mut there = names.iter().filter(|name| is_given(object, from_ref(*name))).peekable();
        if there.peek().is_none() {
            for name in names {
                self.with(|family, ty, object| build::insert(family, ty, object, from_ref(name)));
            }
        }
        for kept in there {
            self.with(|_, _, object| {
                names.iter().filter(|name| *name != kept).for_each(|name| _ = take(object, from_ref(name)));
                Some(())
            });
        }
    }

    /// Makes one of the tests fail.
    fn no_premise(&mut self, tests: &[Condition]) {
        for test in tests {
            match &test.is {
                Predicate::Present => self.with(|_, _, object| take(object, &test.path)),
                Predicate::Absent => self.with(|family, ty, object| build::insert(family, ty, object, &test.path)),
                Predicate::OneOf(words) => {
                    for word in other_words(self.family, self.ty, &test.path, words) {
                        self.with(|family, ty, object| build::set(family, ty, object, &test.path, &word));
                    }
                    self.with(|_, _, object| take(object, &test.path));
                }
            }
        }
    }

    fn compares(&mut self, compares: &Compare) {
        let Some(Definition::Scalar(scalar)) = self.family.definition(&compares.ty) else { return };
        let texts = scalar::ascending(scalar);
        let text = |path: &[String]| at(self.message, &join(self.place, path)).and_then(Value::as_str);
        let now = [&compares.left, &compares.right].map(|path| text(path).unwrap_or_default());
        let pairs = texts.iter().flat_map(|left| texts.iter().map(move |right| [left.as_str(), right.as_str()]));
        let kept =
            pairs.filter(|[left, right]| scalar::holds_between(compares.is, scalar::compare(scalar, left, right)));
        // One that changes a single member comes first.
        let mut kept: Vec<[&str; 2]> = kept.collect();
        kept.sort_by_key(|[left, right]| usize::from(*left != now[0]) + usize::from(*right != now[1]));
        for [left, right] in kept {
            self.with(|_, _, object| {
                put(object, &compares.left, left.into())?;
                put(object, &compares.right, right.into())
            });
        }
    }
}

/// Returns the words that a member can be beside some.
fn other_words(family: &ServiceModel, ty: &Type, path: &[String], words: &[String]) -> Vec<String> {
    let Some((name, way)) = path.split_last() else { return Vec::new() };
    let inner = way.iter().try_fold(ty, |ty, name| Some(&family.object_of(ty)?.member(name)?.ty));
    let Some(object) = inner.and_then(|ty| family.object_of(ty)) else { return Vec::new() };
    let table = object.coded.as_ref().filter(|coded| coded.template.code.0 == *name);
    let all: Vec<String> = match (table, object.member(name).and_then(|member| family.definition(&member.ty))) {
        (Some(table), _) => table.rows.iter().map(|row| row.wire.clone()).collect(),
        (None, Some(Definition::Scalar(scalar))) => match &scalar.kind {
            ScalarKind::Words(words) => words.iter().map(|word| word.wire.clone()).collect(),
            _ => scalar::ascending(scalar),
        },
        _ => Vec::new(),
    };
    let excluded = object.coded.as_ref().map_or(&[][..], |coded| &coded.excluded);
    all.into_iter().filter(|word| !words.contains(word) && !excluded.contains(word)).collect()
}

/// Gives members that say something only where a part of them differs another part than their counterpart's.
fn differing(family: &ServiceModel, ty: &Type, mut message: Value) -> Value {
    let Some(object) = family.object_of(ty) else { return message };
    for rule in &object.rules {
        let Rule::OmittedIfEqual(differs) = rule else { continue };
        let part = |name: &String| vec![name.clone(), differs.part.clone()];
        let text = |name| at(&message, &part(name)).and_then(Value::as_str).map(str::to_owned);
        let (Some(own), Some(other)) = (text(&differs.member), text(&differs.from)) else { continue };
        let inner =
            object.member(&differs.member).and_then(|member| family.object_of(&member.ty)?.member(&differs.part));
        let Some(Definition::Scalar(scalar)) = inner.and_then(|member| family.definition(&member.ty)) else { continue };
        if let (true, Some(new)) = (own == other, scalar::ascending(scalar).into_iter().find(|text| *text != other)) {
            put(&mut message, &part(&differs.member), new.into());
        }
    }
    for member in &object.members {
        let there = join(&[], from_ref(&member.wire));
        if let Some(inner) = message.get(&member.wire).filter(|inner| inner.is_object()) {
            let inner = differing(family, &member.ty, inner.clone());
            put(&mut message, &there, inner);
        }
    }
    message
}
