//! Messages that keep every rule.

use std::slice::from_ref;

use serde_json::{Value, json};

use super::place::{is_given, join, locate, pointer, put};
use super::seen::Seen;
use super::settle::{Pins, settle};
use super::spots::{Spot, spots};
use super::{Fill, Size, Wish, build, conditions};
use crate::ir::{Definition, Family, ScalarKind, Test, Tested, Type};
use crate::size::MOST_BYTES;

/// A message with what is special about it.
pub(super) type Named = (String, Value);

/// A message with all members that can stand beside each other, and one with as few as there can be.
pub(super) fn whole(family: &Family, ty: &Type) -> Option<Value> {
    settle(family, ty, build::value(family, ty, Wish::WHOLE, 1), &Pins::new()).filter(fits)
}

/// Whether a message is no larger than one may be.
pub(super) fn fits(message: &Value) -> bool {
    build::length(message) <= MOST_BYTES
}

/// Messages with all members, with as few as there can be, and with each other member beside those.
pub(super) fn seeds(family: &Family, ty: &Type) -> Vec<Named> {
    let short = settle(family, ty, build::value(family, ty, Wish::SHORT, 1), &Pins::new());
    let mut grown = Collected::default();
    grown.extend(short.map(|message| ("required members alone".to_owned(), message)));
    for spot in spots(family, ty) {
        let reached = reached(family, ty, &grown, &spot);
        grown.extend(reached);
    }
    let whole = whole(family, ty).map(|message| ("all members".to_owned(), message));
    whole.into_iter().chain(grown.named).collect()
}

/// Valid messages, each once.
#[derive(Default)]
pub(super) struct Collected {
    seen: Seen,
    named: Vec<Named>,
    /// Length and index of each.
    lengths: Vec<(usize, usize)>,
}

impl Collected {
    /// Adds those that are not there yet.
    fn extend(&mut self, new: impl IntoIterator<Item = Named>) {
        for (name, message) in new {
            if let Some((name, length)) = self.seen.admit(&name, &message) {
                self.lengths.push((length, self.named.len()));
                self.lengths.sort_unstable();
                self.named.push((name, message));
            }
        }
    }

    /// The messages, the shortest first.
    pub(super) fn shortest(&self) -> impl Iterator<Item = &Value> {
        self.lengths.iter().map(|(_, index)| &self.named[*index].1)
    }

    /// The messages with their names, in the order in which they came.
    pub(super) fn into_named(self) -> Vec<Named> {
        self.named
    }
}

/// The seeds, and beside them a message for each place, word, default and condition.
pub(super) fn all(family: &Family, ty: &Type, seeds: Vec<Named>) -> Collected {
    let mut valid = Collected::default();
    valid.extend(seeds);
    for (name, size) in [("as short as can be", Size::Least), ("as long as can be", Size::Most)] {
        let sized = sized(family, ty, &valid, size);
        valid.extend(sized.map(|message| (name.to_owned(), message)));
    }
    let tolerated = tolerated(family, ty, &valid);
    valid.extend(tolerated);
    let spots = spots(family, ty);
    for spot in &spots {
        // Each one adds to what the next ones can start from.
        let reached = reached(family, ty, &valid, spot);
        valid.extend(reached);
        let said = words(family, ty, &valid, spot);
        valid.extend(said);
    }
    for spot in &spots {
        let kept = conditions::kept(family, ty, &valid, spot);
        valid.extend(kept);
    }
    valid
}

/// What a reader has to take: `null` for a member that is not there, and members that nobody knows.
fn tolerated(family: &Family, ty: &Type, valid: &Collected) -> Vec<Named> {
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
    vec![("`null` for each member that is not there".into(), nulls), ("a member that nobody knows".into(), more)]
}

/// The message with the most members, its texts, numbers and lists of another size.
fn sized(family: &Family, ty: &Type, valid: &Collected, size: Size) -> Option<Value> {
    let (_, whole) = valid.named.iter().max_by_key(|(_, message)| members(message))?;
    let mut message = whole.clone();
    let mut room = MOST_BYTES.saturating_sub(build::length(&message));
    resize(family, ty, &mut message, size, &mut room);
    settle(family, ty, message, &Pins::new())
}

fn members(message: &Value) -> usize {
    match message {
        Value::Object(members) => members.values().map(|value| 1 + self::members(value)).sum(),
        _ => 0,
    }
}

/// Changes the size of what a value holds, which may become so many bytes longer in all.
fn resize(family: &Family, ty: &Type, value: &mut Value, size: Size, room: &mut usize) {
    match (family.definition(ty), value) {
        (Some(Definition::Object(object)), Value::Object(members)) => {
            for member in &object.members {
                // Another code or status would be another message.
                let part = object.coded.as_ref().is_some_and(|coded| coded.mould.message != member.rust);
                if let Some(value) = members.get_mut(&member.wire).filter(|value| !part && !value.is_null()) {
                    resize(family, &member.ty, value, size, room);
                }
            }
        }
        (Some(Definition::Scalar(_) | Definition::List(_)), value) => {
            *room = (*room + build::length(value)).saturating_sub(family.sizes.get(ty).bytes);
            *value = build::within(family, ty, Wish { fill: Fill::All, size }, 1, room);
        }
        _ => {}
    }
}

/// A message that has the place, if none has it yet.
fn reached(family: &Family, ty: &Type, valid: &Collected, spot: &Spot<'_>) -> Option<Named> {
    if valid.shortest().any(|message| locate(message, &spot.path).is_some()) {
        return None;
    }
    let (name, way) = spot.path.split_last()?;
    valid.shortest().find_map(|message| {
        let around = locate(message, way)?;
        let mut message = message.clone();
        let there = join(&around, from_ref(name));
        put(&mut message, &there, build::value(family, spot.ty, Wish::SHORT, 1))?;
        let pins = vec![Test { path: there.clone(), is: Tested::Given }];
        let message = settle(family, ty, message, &pins)?;
        Some((format!("{} is there", pointer(&there)), message))
    })
}

/// A message for each word that a member can be, and for its default.
fn words(family: &Family, ty: &Type, valid: &Collected, spot: &Spot<'_>) -> Vec<Named> {
    let default = spot.member.and_then(|member| member.default.clone());
    let Some(Definition::Scalar(scalar)) = family.definition(spot.ty) else { return Vec::new() };
    let words: Vec<String> = match &scalar.kind {
        // The words of a status come with their codes.
        ScalarKind::Words(words) if words.iter().all(|word| word.meaning.is_none()) => {
            words.iter().map(|word| word.wire.clone()).collect()
        }
        ScalarKind::Boolean => vec!["true".into(), "false".into()],
        _ => Vec::new(),
    };
    let said = |word: String| {
        valid.shortest().find_map(|message| {
            let there = locate(message, &spot.path)?;
            let mut message = message.clone();
            put(&mut message, &there, json!(word))?;
            let pins = vec![Test { path: there.clone(), is: Tested::Among(vec![word.clone()]) }];
            let message = settle(family, ty, message, &pins)?;
            is_given(&message, &there).then(|| (format!("{} is `{word}`", pointer(&there)), message))
        })
    };
    words.into_iter().chain(default).filter_map(said).collect()
}
