//! Messages around the conditions of an object: those that keep each one, and those that break it.

use std::cmp::Ordering;
use std::slice::from_ref;

use serde_json::Value;

use super::dedup::{Collected, Named};
use super::locations::Location;
use super::options::Options;
use super::place::{Path, at, at_mut, holds, join, locate, pointer, put, take};
use super::solver::{Pins, solve};
use super::validator::validate;
use super::{build, scalar};
use crate::ir::{
    Compare, Condition, Definition, Object, Obligation, OmittedIfEqual, Predicate, Presence, Rule, ServiceModel, Type,
};
use crate::prose;

/// A message that breaks a condition.
pub(super) struct Broke {
    pub(super) name: String,
    pub(super) message: Value,
    pub(super) at: Path,
}

/// Returns messages that keep each condition of the object at a place, made from valid ones.
pub(super) fn kept(family: &ServiceModel, ty: &Type, valid: &Collected, location: &Location<'_>) -> Vec<Named> {
    let Some(object) = family.object_of(location.ty) else { return Vec::new() };
    let trials = Trials { family, ty, valid, location };
    let mut all = Vec::new();
    for rule in &object.rules {
        match rule {
            Rule::When { tests, then } => {
                for tests in premises(tests) {
                    for state in states(then, &tests) {
                        all.extend(trials.made(&state.pins).map(|(_, message)| (trials.named(&state.name), message)));
                    }
                }
            }
            Rule::Compare(compares) => {
                let kept = trials.compared(compares, true).filter(|it| trials.is_valid(&it.message));
                all.extend(kept.map(|it| (it.name, it.message)));
            }
            Rule::OmittedIfEqual(differs) => all.extend(trials.redundant(differs)),
        }
    }
    all
}

/// Returns messages that break each condition of the object at a place, made from valid ones.
pub(super) fn broken(family: &ServiceModel, ty: &Type, valid: &Collected, location: &Location<'_>) -> Vec<Broke> {
    let Some(object) = family.object_of(location.ty) else { return Vec::new() };
    let trials = Trials { family, ty, valid, location };
    let mut all = Vec::new();
    for rule in &object.rules {
        match rule {
            Rule::When { tests, then } => {
                for tests in premises(tests) {
                    all.extend(trials.broken(object, then, &tests));
                }
            }
            Rule::Compare(compares) => all.extend(trials.compared(compares, false)),
            Rule::OmittedIfEqual(_) => {}
        }
    }
    all
}

/// Returns the tests with one word each, so that every word is in one of them.
fn premises(tests: &[Condition]) -> Vec<Vec<Condition>> {
    let word = |test: &Condition, n: usize| match &test.is {
        Predicate::OneOf(words) => {
            Condition { path: test.path.clone(), is: Predicate::OneOf(words.get(n).cloned().into_iter().collect()) }
        }
        _ => test.clone(),
    };
    let first: Vec<Condition> = tests.iter().map(|test| word(test, 0)).collect();
    let mut all = vec![first.clone()];
    for (n, test) in tests.iter().enumerate() {
        let Predicate::OneOf(words) = &test.is else { continue };
        for other in 1..words.len() {
            let mut tests = first.clone();
            tests[n] = word(test, other);
            all.push(tests);
        }
    }
    all
}

/// A way in which an object keeps a condition.
struct State {
    name: String,
    pins: Pins,
}

/// Returns the ways in which both the premise and the obligation hold.
fn states(then: &Obligation, tests: &[Condition]) -> Vec<State> {
    let state = |name: String, more: Pins| State {
        name: format!("{name}{}", prose::premise(tests)),
        pins: tests.iter().cloned().chain(more).collect(),
    };
    match then {
        Obligation::Members(members) => members.iter().map(|it| state(presence_words(it), presence_pins(it))).collect(),
        Obligation::AtLeastOne(names) | Obligation::ExactlyOne(names) => {
            let only = |name: &String| {
                let is = |other: &String| if other == name { Predicate::Present } else { Predicate::Absent };
                names.iter().map(|other| Condition { path: vec![other.clone()], is: is(other) }).collect()
            };
            let of = prose::among(names, "and");
            names.iter().map(|name| state(format!("only `{name}` of {of}"), only(name))).collect()
        }
    }
}

fn presence_words(presence: &Presence) -> String {
    let is = if presence.given { "is" } else { "is not" };
    format!("{} {is} there", prose::path(&presence.path))
}

/// Returns a member further down is asked for only where the object around it is there.
fn presence_pins(presence: &Presence) -> Pins {
    let around = presence.path.split_last().map(|(_, way)| way.to_vec()).filter(|way| !way.is_empty());
    let is = if presence.given { Predicate::Present } else { Predicate::Absent };
    let around = around.map(|path| Condition { path, is: Predicate::Present });
    around.into_iter().chain([Condition { path: presence.path.clone(), is }]).collect()
}

struct Trials<'a> {
    family: &'a ServiceModel,
    /// Of the message.
    ty: &'a Type,
    valid: &'a Collected,
    /// Of the object.
    location: &'a Location<'a>,
}

impl Trials<'_> {
    /// Returns a valid message whose object passes the tests, and where that is: the first one, or one that is made from
    /// another.
    fn made(&self, tests: &Pins) -> Option<(Path, Value)> {
        self.candidates(tests).next()
    }

    /// Returns all of these.
    fn candidates<'t>(&'t self, tests: &'t Pins) -> impl Iterator<Item = (Path, Value)> + 't {
        let passes = |object: &Value| tests.iter().all(|test| holds(object, &test.path, &test.is));
        let there = || self.valid.having(&self.location.path);
        let found = there().filter_map(move |message| {
            let place = locate(message, &self.location.path)?;
            at(message, &place).filter(|object| passes(object))?;
            Some((place, message.clone()))
        });
        found.chain(there().filter_map(|message| self.forced(message, tests)))
    }

    fn is_valid(&self, message: &Value) -> bool {
        validate(self.family, self.ty, message).is_empty()
    }

    fn forced(&self, message: &Value, tests: &Pins) -> Option<(Path, Value)> {
        let place = locate(message, &self.location.path)?;
        let mut message = message.clone();
        let object = at_mut(&mut message, &place)?;
        for test in tests {
            match &test.is {
                Predicate::OneOf(words) => {
                    build::set(self.family, self.location.ty, object, &test.path, words.first()?)?;
                }
                Predicate::Present => build::insert(self.family, self.location.ty, object, &test.path)?,
                Predicate::Absent => drop(take(object, &test.path)),
            }
        }
        let pins = tests.iter().map(|test| Condition { path: join(&place, &test.path), is: test.is.clone() }).collect();
        Some((place, solve(self.family, self.ty, message, &pins)?))
    }

    /// Returns a name, with the place of the object behind it where it is not the message.
    fn named(&self, name: &str) -> String {
        if self.location.path.is_empty() {
            name.to_owned()
        } else {
            format!("{name}, in {}", pointer(&self.location.path))
        }
    }

    /// Returns the messages that break an obligation while the tests hold.
    fn broken(&self, object: &Object, then: &Obligation, tests: &[Condition]) -> Vec<Broke> {
        match then {
            Obligation::Members(members) => members.iter().flat_map(|it| self.presence_broken(it, tests)).collect(),
            Obligation::AtLeastOne(names) => self.none_of(names, tests).into_iter().collect(),
            Obligation::ExactlyOne(names) => {
                self.none_of(names, tests).into_iter().chain(self.two_of(object, names, tests)).collect()
            }
        }
    }

    fn presence_broken(&self, presence: &Presence, tests: &[Condition]) -> Vec<Broke> {
        let pins: Pins = tests.iter().cloned().chain(presence_pins(presence)).collect();
        let Some((place, message)) = self.made(&pins) else { return Vec::new() };
        let at = join(&place, &presence.path);
        let why = despite(tests);
        let broke = |what: &str, change: &dyn Fn(&mut Value) -> Option<()>| {
            let mut message = message.clone();
            change(&mut message)?;
            Some(Broke { name: format!("{}: {what}{why}", pointer(&at)), message, at: at.clone() })
        };
        let all = if presence.given {
            vec![
                broke("missing", &|message| take(message, &at)),
                broke("null", &|message| put(message, &at, Value::Null)),
            ]
        } else {
            vec![broke("there", &|message| {
                let object = at_mut(message, &place)?;
                build::insert(self.family, self.location.ty, object, &presence.path)
            })]
        };
        all.into_iter().flatten().collect()
    }

    fn none_of(&self, names: &[String], tests: &[Condition]) -> Option<Broke> {
        let tests = tests.to_vec();
        let without = |(place, mut message): (Path, Value)| {
            for name in names {
                take(&mut message, &join(&place, from_ref(name)));
            }
            // A missing member may break another condition too. Then another message breaks only this one.
            (validate(self.family, self.ty, &message).len() == 1).then_some((place, message))
        };
        let (place, message) = self.candidates(&tests).find_map(without)?;
        let name = format!("{}: none of {}{}", shown(&place), prose::among(names, "and"), despite(&tests));
        Some(Broke { name, message, at: place })
    }

    fn two_of(&self, object: &Object, names: &[String], tests: &[Condition]) -> Vec<Broke> {
        let Some((place, message)) = self.made(&tests.to_vec()) else { return Vec::new() };
        // Each with the next one; of three or fewer, these are all pairs.
        let pairs = names.iter().zip(names.iter().cycle().skip(1)).map(|(one, other)| [one, other]);
        let pairs = pairs.take(if names.len() == 2 { 1 } else { names.len() });
        let both = |pair: [&String; 2]| {
            let mut message = message.clone();
            for name in names {
                let there = join(&place, from_ref(name));
                take(&mut message, &there);
                if pair.contains(&name) {
                    let ty = &object.member(name)?.ty;
                    put(&mut message, &there, build::value(self.family, ty, Options::SHORT, 1))?;
                }
            }
            let name = format!("{}: both {}{}", shown(&place), prose::among(&pair, "and"), despite(tests));
            Some(Broke { name, message, at: place.clone() })
        };
        pairs.filter_map(both).collect()
    }

    /// Returns a member that says nothing, since it does not differ: a reader takes it.
    fn redundant(&self, differs: &OmittedIfEqual) -> Option<Named> {
        let given = |name: &String| Condition { path: vec![name.clone()], is: Predicate::Present };
        let (place, mut message) = self.made(&vec![given(&differs.member), given(&differs.from)])?;
        let from = at(&message, &join(&place, from_ref(&differs.from)))?.clone();
        put(&mut message, &join(&place, from_ref(&differs.member)), from)?;
        let OmittedIfEqual { member, from, part, .. } = differs;
        self.is_valid(&message).then_some(())?;
        Some((self.named(&format!("`{member}` is there, though its `{part}` is that of `{from}`")), message))
    }

    /// Returns messages with each way in which two scalars can stand that keeps, or breaks, their comparison.
    fn compared(&self, compares: &Compare, keeps: bool) -> impl Iterator<Item = Broke> {
        let both =
            [&compares.left, &compares.right].map(|path| Condition { path: path.clone(), is: Predicate::Present });
        let made = self.made(&both.to_vec());
        let scalar = self.family.definition(&compares.ty);
        let texts = match scalar {
            Some(Definition::Scalar(scalar)) => scalar::ascending(scalar),
            _ => Vec::new(),
        };
        let broke = move |left: usize, right: usize, how: &str| {
            let (place, mut message) = made.clone()?;
            let at = join(&place, &compares.left);
            put(&mut message, &at, texts.get(left)?.as_str().into())?;
            put(&mut message, &join(&place, &compares.right), texts.get(right)?.as_str().into())?;
            let name = format!("{}: {how} `{}`", pointer(&at), compares.right.join("."));
            Some(Broke { name, message, at })
        };
        let ways = [
            (0, 0, "equal to", Ordering::Equal),
            (0, 1, "less than", Ordering::Less),
            (1, 0, "greater than", Ordering::Greater),
        ];
        let is = compares.is;
        let ways = ways.into_iter().filter(move |way| scalar::holds_between(is, way.3) == keeps);
        ways.filter_map(move |(left, right, how, _)| broke(left, right, how))
    }
}

/// Returns the tests behind what is wrong although they hold.
fn despite(tests: &[Condition]) -> String {
    if tests.is_empty() { String::new() } else { format!(", though {}", prose::tests(tests)) }
}

/// Returns a pointer, the message's own as `/`.
fn shown(place: &[String]) -> String {
    if place.is_empty() { "the message".into() } else { pointer(place) }
}
