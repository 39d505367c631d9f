//! Which definition of NEW is which of OLD, and which messages both stand in.
//!
//! Messages know members, never definitions. So the two families are walked from their requests and responses down,
//! member by member; the values at one place of one message are a pair. By it a definition that only got another name,
//! or another file, is known again.

use std::collections::{BTreeMap, BTreeSet};

use super::direction::On;
use crate::ir::{Definition, File, Object, ServiceModel, Type};

/// A definition: the file's index in its family and the name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) file: usize,
    pub(super) name: String,
}

impl Key {
    pub(super) fn of(ty: &Type) -> Self {
        Self { file: ty.file, name: ty.name.clone() }
    }

    pub(super) fn in_file(file: &File, name: &str) -> Self {
        Self { file: file.index, name: name.to_owned() }
    }
}

/// The two families side by side.
pub(super) struct Pairs<'a> {
    pub(super) old: &'a ServiceModel,
    pub(super) new: &'a ServiceModel,
    /// Files that are the same one, by their indices.
    pub(super) files: Vec<(usize, usize)>,
    /// Definitions that are the same one, perhaps under another name.
    pub(super) same: BTreeMap<Key, Key>,
    /// The definitions at one place of a message, and which messages these are.
    pub(super) reach: BTreeMap<(Key, Key), On>,
}

impl<'a> Pairs<'a> {
    pub(super) fn of(old: &'a ServiceModel, new: &'a ServiceModel) -> Self {
        let mut pairs = Self { old, new, files: files(old, new), same: BTreeMap::new(), reach: BTreeMap::new() };
        for (old, new, on) in pairs.messages() {
            pairs.walk(&old, &new, on);
        }
        pairs.recognise();
        pairs
    }

    /// Returns the messages of both sides.
    fn messages(&self) -> Vec<(Key, Key, On)> {
        let mut all = Vec::new();
        for (a, b) in self.both_files() {
            if let (Some(one), Some(other)) = (&a.operation, &b.operation) {
                all.push((Key::in_file(a, &one.request), Key::in_file(b, &other.request), On::REQUEST));
                all.push((Key::in_file(a, &one.response), Key::in_file(b, &other.response), On::RESPONSE));
            }
        }
        if let (Some(one), Some(other)) = (service(self.old), service(self.new)) {
            all.push((one, other, On::RESPONSE));
        }
        all
    }

    /// Returns the places of two definitions in messages of one kind.
    pub(super) fn spots(&self, old: &Key, new: &Key, on: On) -> Vec<Spot> {
        let mut all = Vec::new();
        for (a, b, _) in self.messages().into_iter().filter(|(_, _, message)| on.covers(*message)) {
            let mut search = Search { pairs: self, wanted: (old, new), leads: BTreeMap::new(), found: Vec::new() };
            search.below(&a, &b, &mut Vec::new());
            all.extend(search.found.into_iter().map(|path| Spot { old: a.clone(), new: b.clone(), path }));
        }
        if all.len() > MOST_SPOTS {
            // Without what is around it, it is judged more strictly.
            all = vec![Spot { old: old.clone(), new: new.clone(), path: Vec::new() }];
        }
        all
    }

    /// Files that are the same one.
    pub(super) fn both_files(&self) -> impl Iterator<Item = (&'a File, &'a File)> {
        let (old, new) = (self.old, self.new);
        self.files.iter().map(move |(a, b)| (&old.files[*a], &new.files[*b]))
    }

    /// Returns whether two definitions are the same one.
    pub(super) fn is_same(&self, old: &Key, new: &Key) -> bool {
        self.same.get(old) == Some(new)
    }

    /// Returns the messages that both stand in at one place.
    pub(super) fn on(&self, old: &Key, new: &Key) -> On {
        self.reach.get(&(old.clone(), new.clone())).copied().unwrap_or_default()
    }

    fn walk(&mut self, old: &Key, new: &Key, on: On) {
        let reached = self.reach.entry((old.clone(), new.clone())).or_default();
        if reached.covers(on) {
            return;
        }
        *reached |= on;
        match (definition(self.old, old), definition(self.new, new)) {
            (Some(Definition::Object(old)), Some(Definition::Object(new))) => {
                for (old, new, _) in inner(old, new) {
                    self.walk(&old, &new, on);
                }
            }
            (Some(Definition::List(old)), Some(Definition::List(new))) => {
                self.walk(&Key::of(&old.item), &Key::of(&new.item), on);
            }
            _ => {}
        }
    }

    /// Definitions of one name in one file are the same. Of the others, two that stand at one place are, when each has
    /// no other counterpart.
    fn recognise(&mut self) {
        for (a, b) in self.both_files().collect::<Vec<_>>() {
            let there: BTreeSet<&str> = names(b).collect();
            for name in names(a).filter(|name| there.contains(name)) {
                self.same.insert(Key::in_file(a, name), Key::in_file(b, name));
            }
        }
        let mut taken: BTreeSet<Key> = self.same.values().cloned().collect();
        for (old, new) in self.reach.keys() {
            if !self.same.contains_key(old) && taken.insert(new.clone()) {
                self.same.insert(old.clone(), new.clone());
            }
        }
    }
}

/// A place of two definitions in a message of both sides.
pub(super) struct Spot {
    /// The message of OLD.
    pub(super) old: Key,
    /// The message of NEW.
    pub(super) new: Key,
    /// Wire names from the message down; an element of a list has the path of the list.
    pub(super) path: Vec<String>,
}

/// How many places of a definition are looked at.
const MOST_SPOTS: usize = 50;

/// Looks for two definitions in a message.
struct Search<'a> {
    pairs: &'a Pairs<'a>,
    wanted: (&'a Key, &'a Key),
    /// Whether the wanted ones are found below two definitions.
    leads: BTreeMap<(Key, Key), bool>,
    found: Vec<Vec<String>>,
}

impl Search<'_> {
    /// Returns whether the wanted ones are these or below them.
    fn below(&mut self, old: &Key, new: &Key, path: &mut Vec<String>) -> bool {
        let both = (old.clone(), new.clone());
        if self.found.len() > MOST_SPOTS || self.leads.get(&both) == Some(&false) {
            return false;
        }
        let mut leads = (old, new) == self.wanted;
        if leads {
            self.found.push(path.clone());
        }
        match (definition(self.pairs.old, old), definition(self.pairs.new, new)) {
            (Some(Definition::Object(old)), Some(Definition::Object(new))) => {
                for (old, new, name) in inner(old, new) {
                    path.extend(name.clone());
                    leads |= self.below(&old, &new, path);
                    path.truncate(path.len() - usize::from(name.is_some()));
                }
            }
            (Some(Definition::List(old)), Some(Definition::List(new))) => {
                leads |= self.below(&Key::of(&old.item), &Key::of(&new.item), path);
            }
            _ => {}
        }
        self.leads.insert(both, leads);
        leads
    }
}

/// Returns the definitions that are at one place of two objects, with the name of their member.
fn inner(old: &Object, new: &Object) -> Vec<(Key, Key, Option<String>)> {
    if let (Some(old), Some(new)) = (&old.coded, &new.coded) {
        return vec![(Key::of(&old.base), Key::of(&new.base), None)];
    }
    let both = old.members.iter().filter_map(|member| Some((member, new.member(&member.wire)?)));
    both.map(|(old, new)| (Key::of(&old.ty), Key::of(&new.ty), Some(new.wire.clone()))).collect()
}

/// Files by their names, then by their operations' names, first those that the same side answers, then by the paths of
/// these.
fn files(old: &ServiceModel, new: &ServiceModel) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    files_by(old, new, &mut pairs, |file| Some([file_name(file), ""]));
    files_by(old, new, &mut pairs, |file| file.operation.as_ref().map(|it| [&*it.name, &*it.server]));
    files_by(old, new, &mut pairs, |file| file.operation.as_ref().map(|it| [&*it.name, ""]));
    files_by(old, new, &mut pairs, |file| file.operation.as_ref().map(|it| [&*it.path, ""]));
    pairs.sort_by_key(|(_, new)| *new);
    pairs
}

fn files_by(
    old: &ServiceModel,
    new: &ServiceModel,
    pairs: &mut Vec<(usize, usize)>,
    mark: fn(&File) -> Option<[&str; 2]>,
) {
    for file in &new.files {
        let free = |other: &&File| !pairs.iter().any(|(a, b)| *a == other.index || *b == file.index);
        let found = old.files.iter().filter(free).find(|other| mark(other).is_some() && mark(other) == mark(file));
        pairs.extend(found.map(|other| (other.index, file.index)));
    }
}

/// Returns a schema file's name, whatever folder or revision it is read from.
pub(super) fn file_name(file: &File) -> &str {
    file.source.rsplit(['/', ':']).next().unwrap_or(&file.source)
}

fn service(family: &ServiceModel) -> Option<Key> {
    family.files.iter().find_map(|file| Some(Key::in_file(file, file.service.as_ref()?)))
}

/// Returns the names of a file's definitions.
pub(super) fn names(file: &File) -> impl Iterator<Item = &str> {
    let scalars = file.scalars.iter().map(|it| it.name.as_str());
    let lists = file.lists.iter().map(|it| it.name.as_str());
    scalars.chain(lists).chain(file.objects.iter().map(|it| it.name.as_str()))
}

/// Returns a definition by its key.
pub(super) fn definition<'a>(family: &'a ServiceModel, key: &Key) -> Option<Definition<'a>> {
    let file = family.files.get(key.file)?;
    let object = file.object(&key.name).map(Definition::Object);
    let list = || file.lists.iter().find(|it| it.name == key.name).map(Definition::List);
    let scalar = || file.scalars.iter().find(|it| it.name == key.name).map(Definition::Scalar);
    object.or_else(list).or_else(scalar)
}
