//! Messages that break one rule each.

use serde_json::{Value, json};

use super::dedup::{Collected, Dedup, Names};
use super::locations::{Location, locations, room};
use super::message::Invalid;
use super::place::{Path, join, locate, pointer, put, take};
use super::{build, conditions, scalar, validator};
use crate::ir::{Coded, Definition, Row, ServiceModel, Type, Word};

/// Returns one for each rule that a message can break, at each place. Where there is no room for all, each place comes
/// first with one.
pub(super) fn all(family: &ServiceModel, ty: &Type, valid: &Collected) -> Vec<Invalid> {
    let breaking = Breaking { family, ty };
    let locations = locations(family, ty);
    let changes: Vec<Vec<Change>> = locations.iter().map(|location| changes(family, location)).collect();
    let mut made = Made { dedup: Dedup::new(room(family, ty, &locations)), all: Vec::new() };
    for is_first in [true, false] {
        for (n, (location, changes)) in locations.iter().zip(&changes).enumerate() {
            let there: Vec<_> = valid.having(&location.path).take(TRIES).collect();
            let least = valid.least(&location.path);
            for (m, change) in changes.iter().enumerate().filter(|(m, _)| (*m == 0) == is_first) {
                if !made.dedup.is_full(least / 2) {
                    made.add((n, m), breaking.broken(&there, location, change));
                }
            }
            if is_first {
                for broke in conditions::broken(family, ty, valid, location) {
                    let judged = breaking.judged(&broke.name, broke.message, &broke.at);
                    made.add((n, usize::MAX), judged.map(|(it, _)| it));
                }
            }
        }
    }
    made.in_order()
}

/// What was made, each with the place and the change that it is of.
struct Made {
    dedup: Dedup,
    all: Vec<((usize, usize), Invalid)>,
}

impl Made {
    fn add(&mut self, of: (usize, usize), new: Option<Invalid>) {
        let new = new.filter(|new| self.dedup.admit(&new.message).is_some());
        self.all.extend(new.map(|new| (of, new)));
    }

    fn in_order(mut self) -> Vec<Invalid> {
        let mut names = Names::default();
        self.all.sort_by_key(|(of, _)| *of);
        self.all.into_iter().map(|(_, it)| Invalid { name: names.add(&it.name), ..it }).collect()
    }
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

/// Returns the first code of the table for each status, with each other one; and each status that no code has.
fn disagreements(coded: &Coded) -> Vec<Change> {
    let words = &coded.template.words;
    let firsts = words.iter().filter_map(|word| coded.rows.iter().find(|row| row.status == word.rust));
    let pairs = firsts.flat_map(|row| words.iter().filter(|word| word.rust != row.status).map(move |word| (row, word)));
    let change = |(row, word): (&Row, &Word)| Change {
        what: format!("`{}` beside `{}`", word.wire, row.wire),
        value: Some(build::ending(coded, &row.wire, &word.wire)),
        further: vec![coded.template.status.0.clone()],
    };
    let code = build::unlisted(coded);
    let excluded = coded.excluded.iter().map(|word| Change {
        what: format!("`{word}`, a status of other tables"),
        value: Some(build::ending(coded, &code, word)),
        further: vec![coded.template.status.0.clone()],
    });
    pairs.map(change).chain(excluded).collect()
}

/// How many messages are tried for one in which a change breaks nothing else.
const TRIES: usize = 32;

struct Breaking<'a> {
    family: &'a ServiceModel,
    ty: &'a Type,
}

impl Breaking<'_> {
    /// Returns the first of some messages with the change; one that breaks nothing else, if there is one.
    fn broken(&self, messages: &[&Value], location: &Location<'_>, change: &Change) -> Option<Invalid> {
        let mut fallback = None;
        for message in messages {
            let place = locate(message, &location.path)?;
            let mut message = (*message).clone();
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
