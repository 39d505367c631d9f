//! Files and definitions: what came, went, or is called otherwise, and what became of those that stayed.

use std::collections::BTreeMap;

use super::change::{Change, Place, source};
use super::direction::{Clashes, On};
use super::object::{message, sort};
use super::pairs::{Key, Pairs, definition, file_name, names};
use super::{list, object, operation, scalar};
use crate::ir::{Definition, File, Scalar, ScalarKind, ServiceModel};

/// Returns all files.
pub(super) fn files(pairs: &Pairs<'_>) -> Vec<Change> {
    let mut all = Vec::new();
    for file in &pairs.old.files {
        if !pairs.files.iter().any(|(old, _)| *old == file.index) {
            all.push(gone(file));
        }
    }
    for file in &pairs.new.files {
        match pairs.files.iter().find(|(_, new)| *new == file.index) {
            Some((old, _)) => all.extend(self::file(pairs, &pairs.old.files[*old], file)),
            None => all.push(added(file)),
        }
    }
    all
}

fn gone(file: &File) -> Change {
    if let Some(operation) = &file.operation {
        return operation::gone(file, operation);
    }
    let why = format!("the module `{}` and its types are gone, unless they are found elsewhere", file.module);
    Change::new(Place::old(file, &[]), format!("the file `{}` is gone", file_name(file)), vec![source(why)])
}

fn added(file: &File) -> Change {
    if let Some(operation) = &file.operation {
        return operation::added(file, operation);
    }
    let what = format!("the new file `{}`", file_name(file));
    Change::addition(Place::new(file, &[]), what, format!("a module more, `{}`", file.module))
}

/// Returns a file that both have.
fn file(pairs: &Pairs<'_>, old: &File, new: &File) -> Vec<Change> {
    let mut all = Vec::new();
    if old.module != new.module {
        let what = format!("the file `{}` is called `{}`", file_name(old), file_name(new));
        let why =
            format!("the module `{}` is called `{}`, and so are the methods of its operation", old.module, new.module);
        all.push(Change::new(Place::new(new, &[]), what, vec![source(why)]));
    }
    for (keyword, was, is) in [("title", &old.title, &new.title), ("description", &old.doc, &new.doc)] {
        if was != is {
            all.push(Change::text(Place::new(new, &[keyword]), format!("the {keyword} of the file is another")));
        }
    }
    if old.id != new.id {
        let why = "nothing is fetched by it; other validators register the file under it";
        all.push(Change::harmless(Place::new(new, &["$id"]), "the address of the file is another", why));
    }
    match (&old.operation, &new.operation) {
        (Some(was), Some(is)) => all.extend(operation::Both { pairs, files: (old, new), old: was, new: is }.changes()),
        (Some(was), None) => all.push(operation::gone(old, was)),
        (None, Some(is)) => {
            all.push(operation::added(new, is));
            let why = format!("its types are only in the module `{}`, and no longer beside it", new.module);
            all.push(Change::new(
                Place::new(new, &[]),
                "the file is no longer one that operations share",
                vec![source(why)],
            ));
        }
        (None, None) => {}
    }
    if old.service != new.service && new.service.is_some() {
        let why = "only the service itself looks at it; its members are compared like any others";
        let what = "another object answers what belongs to no operation";
        all.push(Change::harmless(Place::new(new, &["x-service"]), what, why));
    }
    all
}

/// Returns all definitions of files that both have.
pub(super) fn definitions(pairs: &Pairs<'_>) -> Vec<Change> {
    let mut all = Vec::new();
    let counterparts: BTreeMap<_, _> = pairs.same.iter().map(|(old, new)| (new, old)).collect();
    for (old, new) in pairs.both_files() {
        for name in names(old) {
            let key = Key::in_file(old, name);
            if !pairs.same.contains_key(&key) {
                all.extend(removed(pairs, old, &key));
            }
        }
        for name in names(new) {
            let key = Key::in_file(new, name);
            match counterparts.get(&key) {
                Some(old) => all.extend(both(pairs, old, &key)),
                None => all.extend(newly(pairs, new, &key)),
            }
        }
    }
    // Different definitions at one place of a message only matter on the wire. Of scalars, the
    // member says it.
    for ((old, new), on) in pairs.reach.iter().filter(|((old, new), _)| !pairs.is_same(old, new)) {
        let is_scalar = |it| matches!(it, Some(Definition::Scalar(_)));
        if !is_scalar(definition(pairs.old, old)) && !is_scalar(definition(pairs.new, new)) {
            all.extend(on_the_wire(compared(pairs, old, new, *on)));
        }
    }
    all
}

fn removed(pairs: &Pairs<'_>, file: &File, key: &Key) -> Option<Change> {
    let found = definition(pairs.old, key)?;
    let place = Place::old(file, &["$defs", &key.name]);
    let what = format!("the definition `{}` is gone", key.name);
    Some(match rust(file, found) {
        Some(rust) => Change::new(place, what, vec![source(format!("the type `{rust}` is gone"))]),
        None => Change::harmless(place, what, "no type of its own stood for it"),
    })
}

fn newly(pairs: &Pairs<'_>, file: &File, key: &Key) -> Option<Change> {
    let found = definition(pairs.new, key)?;
    let place = Place::new(file, &["$defs", &key.name]);
    let what = format!("the new definition `{}`", key.name);
    Some(match rust(file, found) {
        Some(rust) => Change::addition(place, what, format!("a type more, `{rust}`")),
        None => Change::harmless(place, what, "it has no type of its own"),
    })
}

/// Returns a definition that both have.
fn both(pairs: &Pairs<'_>, old: &Key, new: &Key) -> Vec<Change> {
    let mut all: Vec<_> = renamed(pairs, old, new).into_iter().collect();
    all.extend(compared(pairs, old, new, pairs.on(old, new)));
    all
}

fn renamed(pairs: &Pairs<'_>, old: &Key, new: &Key) -> Option<Change> {
    let (from, to) = (pairs.old.files.get(old.file)?, pairs.new.files.get(new.file)?);
    let (was, is) = (rust(from, definition(pairs.old, old)?), rust(to, definition(pairs.new, new)?));
    let moved = !pairs.files.contains(&(old.file, new.file));
    // A definition that becomes another kind of thing says so elsewhere.
    if !moved && old.name == new.name && (was == is || was.is_none() || is.is_none()) {
        return None;
    }
    let place = Place::new(to, &["$defs", &new.name]);
    let name =
        |file: &File, name: &str| if moved { format!("`{name}` of {}", file_name(file)) } else { format!("`{name}`") };
    let what = format!("the definition {} is {}", name(from, &old.name), name(to, &new.name));
    let path = |file: &File, rust: &str| if moved { format!("`{}::{rust}`", file.module) } else { format!("`{rust}`") };
    Some(match (was, is) {
        (Some(was), Some(is)) if moved || was != is => {
            let why = format!("the type {} is called {}", path(from, &was), path(to, &is));
            Change::new(place, what, vec![source(why)])
        }
        (Some(was), None) => Change::new(place, what, vec![source(format!("the type `{was}` is gone"))]),
        _ => Change::harmless(place, what, "no type is called after it"),
    })
}

/// Returns the Rust type that is made from a definition, if one is.
fn rust(file: &File, definition: Definition<'_>) -> Option<String> {
    match definition {
        Definition::Object(object) => Some(match message(file, object) {
            Some("a request") => "Request".to_owned(),
            Some(_) => "Response".to_owned(),
            None => object.rust.clone(),
        }),
        Definition::List(list) => Some(list.rust.clone()),
        Definition::Scalar(Scalar { kind: ScalarKind::Builtin(_) | ScalarKind::Code { .. }, .. }) => None,
        Definition::Scalar(scalar) => Some(scalar.rust.clone()),
    }
}

/// Returns what two definitions say.
fn compared(pairs: &Pairs<'_>, old: &Key, new: &Key, on: On) -> Vec<Change> {
    let files = |family: &ServiceModel, key: &Key| family.files.get(key.file).map(|file| file.index);
    let (Some(from), Some(to)) = (files(pairs.old, old), files(pairs.new, new)) else { return Vec::new() };
    let files = (&pairs.old.files[from], &pairs.new.files[to]);
    match (definition(pairs.old, old), definition(pairs.new, new)) {
        (Some(Definition::Scalar(old)), Some(Definition::Scalar(new))) => {
            scalar::Both { files, old, new, on }.changes()
        }
        (Some(Definition::Object(old)), Some(Definition::Object(new))) => {
            object::Both { pairs, files, old, new, on }.changes()
        }
        (Some(Definition::List(old)), Some(Definition::List(new))) => {
            list::Both { pairs, files, old, new, on }.changes()
        }
        (Some(was), Some(is)) => vec![another_sort(files.1, new, (was, is), on)],
        _ => Vec::new(),
    }
}

fn another_sort(file: &File, key: &Key, (was, is): (Definition<'_>, Definition<'_>), on: On) -> Change {
    let name = &key.name;
    let sent = |it| Some(format!("`{name}` as {}", sort(it)));
    let mut effects = Clashes::refused(sent(was), sent(is)).effects(on);
    effects.push(source(format!("`{name}` is another type")));
    Change::new(Place::new(file, &["$defs", name]), format!("`{name}` is {}, was {}", sort(is), sort(was)), effects)
}

/// Returns the same changes without what is not on the wire.
fn on_the_wire(changes: Vec<Change>) -> impl Iterator<Item = Change> {
    changes.into_iter().filter_map(|mut change| {
        change.effects.retain(|effect| effect.verdict.is_wire());
        (!change.effects.is_empty()).then_some(change)
    })
}
