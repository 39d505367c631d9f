//! Messages that keep every rule.

use std::slice::from_ref;

use serde_json::{Value, json};

use super::dedup::{Collected, Named};
use super::locations::{Location, locations, room};
use super::options::{Extent, Fill, Options};
use super::place::{is_given, join, locate, pointer, put};
use super::solver::{Pins, solve};
use super::{build, conditions};
use crate::ir::{Condition, Definition, Predicate, ScalarKind, ServiceModel, Type};
use crate::limits::MAX_MESSAGE_BYTES;

/// Returns a message with all members that can stand beside each other, and one with as few as there can be.
pub(super) fn whole(family: &ServiceModel, ty: &Type) -> Option<Value> {
    solve(family, ty, build::value(family, ty, Options::WHOLE, 1), &Pins::new()).filter(fits)
}

/// Returns whether a message is no larger than one may be.
pub(super) fn fits(message: &Value) -> bool {
    build::length(message) <= MAX_MESSAGE_BYTES
}

/// Returns a message with all members, and those with as few as there can be and with each other member beside those.
pub(super) fn seeds(family: &ServiceModel, ty: &Type) -> Vec<Named> {
    let short = solve(family, ty, build::value(family, ty, Options::SHORT, 1), &Pins::new());
    let short = short.map(|message| ("required members only".to_owned(), message));
    let whole = whole(family, ty).map(|message| ("all members".to_owned(), message));
    whole.into_iter().chain(grown(family, ty, short)).collect()
}

/// Returns short messages, and some with each place that they lack.
pub(super) fn grown(family: &ServiceModel, ty: &Type, short: impl IntoIterator<Item = Named>) -> Vec<Named> {
    let locations = locations(family, ty);
    let mut grown = Collected::new(room(family, ty, &locations));
    grown.extend(short);
    for location in locations {
        let reached = reached(family, ty, &grown, &location);
        grown.extend(reached);
    }
    grown.into_named()
}

/// Returns the seeds, and beside them a message for each place, word, default and condition.
pub(super) fn all(family: &ServiceModel, ty: &Type, seeds: Vec<Named>) -> Collected {
    let locations = locations(family, ty);
    let mut valid = Collected::new(room(family, ty, &locations));
    valid.extend(seeds);
    for (name, extent) in [("as short as can be", Extent::Min), ("as long as can be", Extent::Max)] {
        let sized = sized(family, ty, &valid, extent);
        valid.extend(sized.map(|message| (name.to_owned(), message)));
    }
    let tolerated = tolerated(family, ty, &valid);
    valid.extend(tolerated);
    for location in &locations {
        // Each one adds to what the next ones can start from.
        let reached = reached(family, ty, &valid, location);
        valid.extend(reached);
        let said = words(family, ty, &valid, location);
        valid.extend(said);
    }
    for location in &locations {
        let kept = conditions::kept(family, ty, &valid, location);
        valid.extend(kept);
    }
    valid
}

/// Returns messages that a reader has to accept: `null` for an absent member, and unknown members.
fn tolerated(family: &ServiceModel, ty: &Type, valid: &Collected) -> Vec<Named> {
    let Some((object, short)) = family.object_of(ty).zip(valid.shortest().next().cloned()) else { return Vec::new() };
    let mut nulls = short.clone();
    for member in object.members.iter().filter(|member| short.get(&member.wire).is_none()) {
        put(&mut nulls, from_ref(&member.wire), Value::Null);
    }
    let mut more = short;
    let mut name = "unknownMember".to_owned();
    while object.member(&name).is_some() {
        name.push('_');
    }
    put(&mut more, &[name], json!({ "of": ["any", "kind", 1, true, null] }));
    vec![("`null` for each absent member".into(), nulls), ("an unknown member".into(), more)]
}

/// Returns the message with the most members, its texts, numbers and lists of another size.
fn sized(family: &ServiceModel, ty: &Type, valid: &Collected, extent: Extent) -> Option<Value> {
    let (_, whole) = valid.named.iter().max_by_key(|(_, message)| members(message))?;
    let mut message = whole.clone();
    let mut room = MAX_MESSAGE_BYTES.saturating_sub(build::length(&message));
    resize(family, ty, &mut message, extent, &mut room);
    solve(family, ty, message, &Pins::new())
}

fn members(message: &Value) -> usize {
    match message {
        Value::Object(members) => members.values().map(|value| 1 + self::members(value)).sum(),
        _ => 0,
    }
}

/// Changes the size of what a value holds, which may become so many bytes longer in all.
fn resize(family: &ServiceModel, ty: &Type, value: &mut Value, extent: Extent, room: &mut usize) {
    match (family.definition(ty), value) {
        (Some(Definition::Object(object)), Value::Object(members)) => {
            for member in &object.members {
                // Another code or status would be another message.
                let part = object.coded.as_ref().is_some_and(|coded| coded.template.message != member.rust);
                if let Some(value) = members.get_mut(&member.wire).filter(|value| !part && !value.is_null()) {
                    resize(family, &member.ty, value, extent, room);
                }
            }
        }
        (Some(Definition::Scalar(_) | Definition::List(_)), value) => {
            *room = (*room + build::length(value)).saturating_sub(family.sizes.get(ty).bytes);
            *value = build::within(family, ty, Options { fill: Fill::All, extent }, 1, room);
        }
        _ => {}
    }
}

/// Returns a message that has the place, if none has it yet.
fn reached(family: &ServiceModel, ty: &Type, valid: &Collected, location: &Location<'_>) -> Option<Named> {
    if valid.having(&location.path).next().is_some() {
        return None;
    }
    let (name, way) = location.path.split_last()?;
    valid.having(way).find_map(|message| {
        let around = locate(message, way)?;
        let mut message = message.clone();
        let there = join(&around, from_ref(name));
        put(&mut message, &there, build::value(family, location.ty, Options::SHORT, 1))?;
        let pins = vec![Condition { path: there.clone(), is: Predicate::Present }];
        let message = solve(family, ty, message, &pins)?;
        Some((format!("{} is there", pointer(&there)), message))
    })
}

/// Returns a message for each word that a member can be, and for its default.
fn words(family: &ServiceModel, ty: &Type, valid: &Collected, location: &Location<'_>) -> Vec<Named> {
    let default = location.member.and_then(|member| member.default.clone());
    let Some(Definition::Scalar(scalar)) = family.definition(location.ty) else { return Vec::new() };
    let words: Vec<String> = match &scalar.kind {
        // The words of a status come with their codes.
        ScalarKind::Words(words) if words.iter().all(|word| word.meaning.is_none()) => {
            words.iter().map(|word| word.wire.clone()).collect()
        }
        ScalarKind::Boolean => vec!["true".into(), "false".into()],
        _ => Vec::new(),
    };
    let said = |word: String| {
        valid.having(&location.path).find_map(|message| {
            let there = locate(message, &location.path)?;
            let mut message = message.clone();
            put(&mut message, &there, json!(word))?;
            let pins = vec![Condition { path: there.clone(), is: Predicate::OneOf(vec![word.clone()]) }];
            let message = solve(family, ty, message, &pins)?;
            is_given(&message, &there).then(|| (format!("{} is `{word}`", pointer(&there)), message))
        })
    };
    words.into_iter().chain(default).filter_map(said).collect()
}
