//! Messages that break one rule each.

use serde_json::{Value, json};

use super::dedup::{Collected, Dedup};
use super::locations::{Location, locations};
use super::message::Invalid;
use super::place::{Path, join, locate, pointer, put, take};
use super::{build, conditions, scalar, validator};
use crate::ir::{Coded, Definition, Row, ServiceModel, Type, Word};

/// Returns one for each rule that a message can break, at each place.
pub(super) fn all(family: &ServiceModel, ty: &Type, valid: &Collected) -> Vec<Invalid> {
    let breaking = Breaking { family, ty };
    let (mut dedup, mut all) = (Dedup::default(), Vec::new());
    let mut add = |new: Option<Invalid>| {
        let Some(new) = new else { return };
        all.extend(dedup.admit(&new.name, &new.message).map(|(name, _)| Invalid { name, ..new }));
    };
    for location in locations(family, ty) {
        for change in changes(family, &location) {
            let there = valid.shortest().filter_map(|message| Some((message, locate(message, &location.path)?)));
            add(breaking.broken(there.take(TRIES), &change));
        }
        for broke in conditions::broken(family, ty, valid, &location) {
            add(breaking.judged(&broke.name, broke.message, &broke.at).map(|(it, _)| it));
        }
    }
    all
}

/// A change that breaks the rule of a place.
struct Change {
    /// What is wrong then.
    what: String,
    /// The new value; `None` if the member is removed.
    value: Option<Value>,
    /// From the place to what is wrong: the status of a result object.
    further: Path,
}

/// Returns each way in which the value at a place can be wrong by itself.
fn changes(family: &ServiceModel, location: &Location<'_>) -> Vec<Change> {
    let change = |(what, value): (String, Option<Value>)| Change { what, value, further: Path::new() };
    let mut all: Vec<(String, Option<Value>)> = Vec::new();
    let mut add = |what: &str, value: Value| all.push((what.to_owned(), Some(value)));
    match location.member {
        // An optional one may be `null`.
        Some(member) if !member.required => {}
        Some(_) | None if location.path.is_empty() => add("null", Value::Null),
        Some(_) => {
            add("null", Value::Null);
            all.insert(0, ("missing".into(), None));
        }
        None => add("null", Value::Null),
    }
    let mut disagreeing = Vec::new();
    match family.definition(location.ty) {
        Some(Definition::Scalar(scalar)) => {
            all.extend(scalar::wrong(scalar).into_iter().map(|(what, value)| (what, Some(value))));
        }
        Some(Definition::Object(object)) => {
            all.push(("a list".into(), Some(json!([]))));
            all.push(("a text".into(), Some(json!("text"))));
            disagreeing.extend(object.coded.iter().flat_map(disagreements));
        }
        Some(Definition::List(list)) => {
            all.push(("an object".into(), Some(json!({}))));
            let few = list.min.checked_sub(1).map(|count| ("too few", count));
            let many = list.max.filter(|max| *max < build::MOST_ELEMENTS).map(|max| ("too many", max + 1));
            for (what, count) in few.into_iter().chain(many) {
                all.extend(build::elements(family, list, count).map(|elements| (what.into(), Some(elements))));
            }
        }
        None => {}
    }
    all.into_iter().map(change).chain(disagreeing).collect()
}

/// Returns the first code of the table for each status, with each other one.
fn disagreements(coded: &Coded) -> Vec<Change> {
    let words = &coded.template.words;
    let firsts = words.iter().filter_map(|word| coded.rows.iter().find(|row| row.status == word.rust));
    let pairs = firsts.flat_map(|row| words.iter().filter(|word| word.rust != row.status).map(move |word| (row, word)));
    let change = |(row, word): (&Row, &Word)| Change {
        what: format!("`{}` beside `{}`", word.wire, row.wire),
        value: Some(build::ending(coded, &row.wire, &word.wire)),
        further: vec![coded.template.status.0.clone()],
    };
    pairs.map(change).collect()
}

/// How many messages are tried for one in which a change breaks nothing else.
const TRIES: usize = 32;

struct Breaking<'a> {
    family: &'a ServiceModel,
    ty: &'a Type,
}

impl Breaking<'_> {
    /// Returns the first of some messages with the change; one that breaks nothing else, if there is one.
    fn broken<'v>(&self, messages: impl Iterator<Item = (&'v Value, Path)>, change: &Change) -> Option<Invalid> {
        let mut fallback = None;
        for (message, place) in messages {
            let mut message = message.clone();
            match &change.value {
                Some(value) => put(&mut message, &place, value.clone()),
                None => take(&mut message, &place),
            };
            let at = join(&place, &change.further);
            let name = format!("{}: {}", if at.is_empty() { "the message".into() } else { pointer(&at) }, change.what);
            match self.judged(&name, message, &at) {
                Some((broken, true)) => return Some(broken),
                Some((broken, false)) => fallback = fallback.or(Some(broken)),
                None => {}
            }
        }
        fallback
    }

    /// Returns the message with the rule that it breaks at the place, and whether it breaks nothing else; `None` where
    /// it breaks none there.
    fn judged(&self, name: &str, message: Value, at: &Path) -> Option<(Invalid, bool)> {
        let all = validator::validate(self.family, self.ty, &message);
        let broken = all.iter().find(|broken| broken.at == *at)?;
        let (rule, in_schema) = (broken.kind.words(), broken.kind.is_in_schema());
        let is_only = all.len() == 1;
        Some((Invalid { name: name.to_owned(), message, rule, pointer: pointer(at), in_schema }, is_only))
    }
}
