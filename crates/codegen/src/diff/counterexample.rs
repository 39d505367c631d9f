//! A message that a sender may send and that breaks a condition of the reader, if there is one.
//!
//! Whether a condition requires more than another can't be decided from the two: a word may be gone, a code may go
//! with one status only, another condition may ask for the same. So the members that conditions look at are tried in
//! all combinations that the sender's own schema allows, as far as needed: a condition of an object together with those
//! of the objects around it, from the message down.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::{Key, definition};
use super::requirement::{Requirement, dotted};
use super::texts::allows;
use crate::ir::{
    Coded, Condition, Definition, Member, Object, Obligation, Predicate, ScalarKind, ServiceModel, Type, TypeKind,
};

/// How many combinations are tried. What takes more is taken for possible.
const LIMIT: usize = 100_000;

/// Who sends a message.
#[derive(Clone, Copy)]
pub(super) struct Sender<'a> {
    pub(super) family: &'a ServiceModel,
    pub(super) message: &'a Object,
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

/// A condition of the object at a path, whose own paths begin there.
#[derive(Clone, Copy)]
struct Placed<'a> {
    at: &'a [String],
    atom: &'a Requirement,
}

impl Placed<'_> {
    fn below(&self, path: &[String]) -> Path {
        [self.at, path].concat()
    }

    /// Returns the paths that it looks at, from the message down.
    fn paths(&self) -> impl Iterator<Item = Path> {
        self.atom.paths().into_iter().map(|path| self.below(&path))
    }
}

/// Finds what the sender may send and the condition of the object at a path refuses, in words.
pub(super) fn counterexample(sender: Sender<'_>, at: &[String], refuses: &Requirement) -> Option<String> {
    let refuses = Placed { at, atom: refuses };
    let all = conditions(sender, sender.message, &[], &mut vec![at.to_vec()]);
    let all: Vec<_> = all.iter().map(|(at, atom)| Placed { at, atom }).collect();
    let own = connected(refuses, all);
    let mut search = Search::new(sender, refuses, &own);
    search.from(0).then(|| search.words())
}

/// Returns the conditions of an object and of those in it that a path leads through.
fn conditions(sender: Sender<'_>, object: &Object, at: &[String], paths: &mut Vec<Path>) -> Vec<(Path, Requirement)> {
    let own = Requirement::all(object).into_iter().map(|(_, atom)| atom);
    let mut all: Vec<_> = own.map(|atom| (at.to_vec(), atom)).collect();
    paths.extend(all.iter().flat_map(|(_, atom)| Placed { at, atom }.paths().collect::<Vec<_>>()));
    for member in &object.members {
        let at: Path = at.iter().chain([&member.wire]).cloned().collect();
        let is_on_a_path = paths.iter().any(|path| path.starts_with(&at));
        if let Some(inner) = object_at(sender.family, &member.ty).filter(|_| is_on_a_path) {
            all.extend(conditions(sender, inner, &at, paths));
        }
    }
    all
}

/// Returns the conditions that say something of what a condition looks at, by way of others or not.
fn connected<'a>(refuses: Placed<'a>, mut all: Vec<Placed<'a>>) -> Vec<Placed<'a>> {
    // The first name of a path is enough: a member and what is in it belong together.
    let roots = |placed: &Placed<'_>| placed.paths().filter_map(|path| path.first().cloned()).collect::<BTreeSet<_>>();
    let (mut known, mut own) = (roots(&refuses), Vec::new());
    loop {
        let (near, far): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| !roots(it).is_disjoint(&known));
        if near.is_empty() {
            return own;
        }
        known.extend(near.iter().flat_map(roots));
        own.extend(near);
        all = far;
    }
}

/// Returns the object of a member, or of the elements of a list.
fn object_at<'a>(family: &'a ServiceModel, ty: &Type) -> Option<&'a Object> {
    match definition(family, &Key::of(ty))? {
        Definition::Object(inner) => Some(inner),
        Definition::List(list) => object_at(family, &list.item),
        Definition::Scalar(_) => None,
    }
}

struct Search<'a> {
    sender: Sender<'a>,
    refuses: Placed<'a>,
    own: &'a [Placed<'a>],
    paths: Vec<Path>,
    message: BTreeMap<Path, Value>,
    tried: usize,
}

impl<'a> Search<'a> {
    fn new(sender: Sender<'a>, refuses: Placed<'a>, own: &'a [Placed<'a>]) -> Self {
        let mut paths: Vec<Path> = Vec::new();
        // What the condition looks at comes first, and an object before its members.
        for path in [&refuses].into_iter().chain(own).flat_map(Placed::paths) {
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
        let known = |it: &&Placed<'_>| it.paths().all(|path| self.message.contains_key(&path));
        let refused = !known(&&self.refuses) || !self.keeps(&self.refuses);
        refused && self.own.iter().filter(known).all(|it| self.keeps(it)) && self.agrees()
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
        let all = [&self.refuses].into_iter().chain(self.own);
        let tests = all.flat_map(|it| it.atom.tests.iter().filter(|test| it.below(&test.path) == path));
        let among = tests.filter_map(|test| match &test.is {
            Predicate::OneOf(among) => Some(among),
            Predicate::Present | Predicate::Absent => None,
        });
        among.flatten().map(String::as_str).collect()
    }

    /// Returns the member at a path, with the object that it is one of.
    fn member(&self, path: &[String]) -> Option<(&'a Object, &'a Member)> {
        let (last, way) = path.split_last()?;
        let inner = |object: &'a Object, name: &String| object_at(self.sender.family, &object.member(name)?.ty);
        let owner = way.iter().try_fold(self.sender.message, inner)?;
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
    fn keeps(&self, placed: &Placed<'_>) -> bool {
        let is_given = |path: &[String]| self.is_given(&placed.below(path));
        // Where the object is not there, nothing is asked of it.
        if !is_given(&[]) || !placed.atom.tests.iter().all(|test| self.holds(placed, test)) {
            return true;
        }
        let count = |names: &[String]| names.iter().filter(|name| is_given(&[(*name).clone()])).count();
        match &placed.atom.demand {
            Obligation::Members(members) => {
                members.iter().all(|it| !is_given(around(&it.path)) || is_given(&it.path) == it.given)
            }
            Obligation::AtLeastOne(names) => count(names) > 0,
            Obligation::ExactlyOne(names) => count(names) == 1,
        }
    }

    fn holds(&self, placed: &Placed<'_>, test: &Condition) -> bool {
        let path = placed.below(&test.path);
        self.is_given(around(&path))
            && match (&test.is, self.message.get(&path)) {
                (Predicate::OneOf(among), Some(Value::Text(word))) => among.contains(word),
                (Predicate::OneOf(_), _) => false,
                (Predicate::Present, _) => self.is_given(&path),
                (Predicate::Absent, _) => !self.is_given(&path),
            }
    }

    /// Returns the message as far as the condition looks at it.
    fn words(&self) -> String {
        let mut seen = BTreeSet::new();
        let paths = self.refuses.atom.paths().into_iter().filter(|path| seen.insert(path.clone()));
        let words = paths.map(|path| match self.message.get(&self.refuses.below(&path)) {
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
