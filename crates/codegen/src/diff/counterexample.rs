//! A message that a sender may send and that breaks a condition of the reader, if there is one.
//!
//! Whether a condition requires more than another can't be decided from the two: a word may be gone, a code may go
//! with one status only, another condition may ask for the same. So the members that conditions look at are tried in
//! all combinations that the sender's own schema allows, as far as needed.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::{Key, definition};
use super::requirement::{Requirement, dotted};
use super::texts::allows;
use crate::ir::{
    Coded, Condition, Definition, Member, Object, Obligation, Predicate, ScalarKind, ServiceModel, TypeKind,
};

/// How many combinations are tried. What takes more is taken for possible.
const LIMIT: usize = 100_000;

/// Who sends an object.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) family: &'a ServiceModel,
    pub(super) object: &'a Object,
}

/// What a member is in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Absent,
    Text(String),
    /// An object, a list, or a text that no condition looks for.
    Other,
}

type Path = Vec<String>;

/// Finds what the sender may send and the condition refuses, in words.
pub(super) fn counterexample(sender: Sender<'_>, refuses: &Requirement) -> Option<String> {
    let own: Vec<Requirement> = Requirement::all(sender.object).into_iter().map(|(_, atom)| atom).collect();
    let mut search = Search::new(sender, refuses, &own);
    search.from(0).then(|| search.words())
}

struct Search<'a> {
    sender: Sender<'a>,
    refuses: &'a Requirement,
    own: &'a [Requirement],
    paths: Vec<Path>,
    message: BTreeMap<Path, Value>,
    tried: usize,
}

impl<'a> Search<'a> {
    fn new(sender: Sender<'a>, refuses: &'a Requirement, own: &'a [Requirement]) -> Self {
        let mut paths: Vec<Path> = Vec::new();
        // What the condition looks at comes first, and an object before its members.
        for path in [refuses].into_iter().chain(own).flat_map(Requirement::paths) {
            for length in 1..=path.len() {
                if !paths.iter().any(|known| known[..] == path[..length]) {
                    paths.push(path[..length].to_vec());
                }
            }
        }
        Self { sender, refuses, own, paths, message: BTreeMap::new(), tried: 0 }
    }

    /// Returns whether the paths from the n-th on can be filled in.
    fn from(&mut self, n: usize) -> bool {
        let Some(path) = self.paths.get(n).cloned() else { return true };
        for value in self.values(&path) {
            self.tried += 1;
            self.message.insert(path.clone(), value);
            if self.tried > LIMIT || self.is_counterexample() && self.from(n + 1) {
                return true;
            }
        }
        self.message.remove(&path);
        false
    }

    /// Returns whether nothing that is known so far keeps the message from being the one that is looked for.
    fn is_counterexample(&self) -> bool {
        let known = |atom: &&Requirement| atom.paths().iter().all(|path| self.message.contains_key(path));
        let refused = !known(&self.refuses) || !self.keeps(self.refuses);
        refused && self.own.iter().filter(known).all(|atom| self.keeps(atom)) && self.agrees()
    }

    /// Returns what a member can be, as the sender knows it.
    fn values(&self, path: &[String]) -> Vec<Value> {
        let (Some((owner, member)), true) = (self.member(path), self.is_given(around(path))) else {
            return vec![Value::Absent];
        };
        let mut values = self.given(path, owner, member);
        if !member.required {
            values.push(Value::Absent);
        }
        values
    }

    /// Returns the values of a member that is there: words that conditions look for, and one for all others.
    fn given(&self, path: &[String], owner: &Object, member: &Member) -> Vec<Value> {
        let text = |text: &str| Value::Text(text.to_owned());
        if let Some(coded) = &owner.coded {
            let rows = coded.rows.iter();
            if member.ty.kind == TypeKind::Codes {
                return rows.map(|row| text(&row.wire)).collect();
            }
            if member.wire == coded.template.status.0 {
                let words: BTreeSet<&str> = rows.filter_map(|row| status(coded, &row.wire)).collect();
                return words.into_iter().map(text).collect();
            }
        }
        let Some(Definition::Scalar(scalar)) = definition(self.sender.family, &Key::of(&member.ty)) else {
            return vec![Value::Other];
        };
        let sought = self.sought(path);
        let found = sought.iter().filter(|word| allows(&scalar.kind, word)).map(|word| text(word));
        let others = match &scalar.kind {
            ScalarKind::Words(words) => words.iter().any(|word| !sought.contains(word.wire.as_str())),
            ScalarKind::Boolean => !sought.contains("true") || !sought.contains("false"),
            ScalarKind::Integer { min, max, .. } => {
                let all = usize::try_from(max - min).unwrap_or(usize::MAX).saturating_add(1);
                sought.iter().filter(|word| allows(&scalar.kind, word)).count() < all
            }
            _ => true,
        };
        found.chain(others.then_some(Value::Other)).collect()
    }

    /// Returns the words that a condition looks for at a path.
    fn sought(&self, path: &[String]) -> BTreeSet<&'a str> {
        let tests = [self.refuses].into_iter().chain(self.own).flat_map(|atom| &atom.tests);
        let among = tests.filter(|test| test.path == path).filter_map(|test| match &test.is {
            Predicate::OneOf(among) => Some(among),
            Predicate::Present | Predicate::Absent => None,
        });
        among.flatten().map(String::as_str).collect()
    }

    /// Returns the member at a path, with the object that it is one of.
    fn member(&self, path: &[String]) -> Option<(&'a Object, &'a Member)> {
        let (last, way) = path.split_last()?;
        let owner = way.iter().try_fold(self.sender.object, |object, name| {
            match definition(self.sender.family, &Key::of(&object.member(name)?.ty))? {
                Definition::Object(inner) => Some(inner),
                Definition::Scalar(_) | Definition::List(_) => None,
            }
        })?;
        Some((owner, owner.member(last)?))
    }

    fn is_given(&self, path: &[String]) -> bool {
        path.is_empty() || self.message.get(path).is_some_and(|value| *value != Value::Absent)
    }

    /// Returns a code goes with the status of its row.
    fn agrees(&self) -> bool {
        self.message.iter().all(|(path, value)| {
            let (Value::Text(code), Some((owner, member))) = (value, self.member(path)) else { return true };
            let Some(coded) = owner.coded.as_ref().filter(|_| member.ty.kind == TypeKind::Codes) else { return true };
            let mut beside = path.clone();
            beside.pop();
            beside.push(coded.template.status.0.clone());
            match self.message.get(&beside) {
                Some(Value::Text(word)) => status(coded, code) == Some(word),
                _ => true,
            }
        })
    }

    /// Returns whether the message keeps a condition.
    fn keeps(&self, atom: &Requirement) -> bool {
        if !atom.tests.iter().all(|test| self.holds(test)) {
            return true;
        }
        let count = |names: &[String]| names.iter().filter(|name| self.is_given(&[(*name).clone()])).count();
        match &atom.demand {
            Obligation::Members(members) => members.iter().all(|it| {
                // Where the object around it is not there, nothing is asked of it.
                !self.is_given(around(&it.path)) || self.is_given(&it.path) == it.given
            }),
            Obligation::AtLeastOne(names) => count(names) > 0,
            Obligation::ExactlyOne(names) => count(names) == 1,
        }
    }

    fn holds(&self, test: &Condition) -> bool {
        self.is_given(around(&test.path))
            && match (&test.is, self.message.get(&test.path)) {
                (Predicate::OneOf(among), Some(Value::Text(word))) => among.contains(word),
                (Predicate::OneOf(_), _) => false,
                (Predicate::Present, _) => self.is_given(&test.path),
                (Predicate::Absent, _) => !self.is_given(&test.path),
            }
    }

    /// Returns the message as far as the condition looks at it.
    fn words(&self) -> String {
        let mut seen = BTreeSet::new();
        let paths = self.refuses.paths().into_iter().filter(|path| seen.insert(path.clone()));
        let words = paths.map(|path| match self.message.get(&path) {
            Some(Value::Text(text)) => format!("with `{text}` in {}", dotted(&path)),
            Some(Value::Other) => format!("with {}", dotted(&path)),
            Some(Value::Absent) | None => format!("without {}", dotted(&path)),
        });
        words.collect::<Vec<_>>().join(" and ")
    }
}

/// Returns the path of the object around a member.
fn around(path: &[String]) -> &[String] {
    path.split_last().map_or(&[], |(_, rest)| rest)
}

/// Returns the status word of a code.
fn status<'a>(coded: &'a Coded, code: &str) -> Option<&'a str> {
    let row = coded.rows.iter().find(|row| row.wire == code)?;
    coded.template.words.iter().find(|word| word.rust == row.status).map(|word| word.wire.as_str())
}
