//! Hand-written code names no member, code, status, definition, outcome or operation of a schema: neither of the
//! project's own ones nor of the tests' family of six.
//!
//! A name of a single word, such as `version` or `Paid`, is also a word of programs, so only compound names are searched
//! for. That the generator depends on no name at all is shown by the module `nonsense`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_codegen::source::Source;
use alipayplus_tests::nonsense::{forms, names_of};
use alipayplus_tests::{fixture, root, schemas};

use crate::nonsense::{Words, is_compound};

/// The folders of hand-written code.
const FOLDERS: &[&str] =
    &["crates/codegen/src", "xtask/src", "crates/client/src", "crates/runtime/src", "crates/server/src"];

/// The crate that can't know a message, since it depends on no crate that has any: its words are those of the protocol,
/// such as `keyVersion`, and documents have members of these names.
const PROTOCOL: &str = "crates/signing/src";

/// Names of schemas that the code may contain, each with its other meaning there.
const OWN: &[(&str, &str)] = &[
    ("NotFound", "a kind of an I/O error"),
    ("ResultObject", "a name that the generator adapts because it conflicts with one of the runtime"),
    ("code_type", "a function of the generator"),
];

#[test]
fn the_project_s_own_operations() {
    assert_nameless(&schemas());
}

#[test]
fn a_family_of_six() {
    assert_nameless(&fixture("family"));
}

#[test]
fn four_more_operations() {
    assert_nameless(&fixture("family_more"));
}

#[test]
fn every_exception_is_needed() {
    let (own_hits, family_hits) = (hits(&schemas()), hits(&fixture("family")));
    let idle: Vec<_> = own().filter(|word| !own_hits.contains_key(*word) && !family_hits.contains_key(*word)).collect();
    assert!(idle.is_empty(), "no source has {idle:?} any more: remove them from the list");
}

/// Documents have members whose names any program may have.
#[test]
fn ordinary_words_and_those_of_the_protocol_are_no_hits() {
    let before = hits(&schemas());
    for name in ["version", "value", "keyVersion"] {
        let mut sources = schemas();
        for source in &mut sources {
            source.text = source.text.replace("\"paymentId\"", &format!("\"{name}\""));
        }
        assert!(names_of(&sources).keys().any(|(old, _)| old == name));
        assert_eq!(hits(&sources), before, "{name}");
    }
}

fn own() -> impl Iterator<Item = &'static str> {
    OWN.iter().map(|(word, _)| *word)
}

#[track_caller]
fn assert_nameless(schemas: &[Source]) {
    let mut hits = hits(schemas);
    hits.retain(|word, _| !own().any(|own| own == word));
    assert!(hits.is_empty(), "names of the schemas: {hits:#?}");
}

/// Returns the schemas' names that are identifiers or words of string literals, with the files that contain them.
fn hits(schemas: &[Source]) -> BTreeMap<String, Vec<PathBuf>> {
    let names = names_of(schemas);
    let names = names.keys().flat_map(|(name, kind)| forms(name, *kind)).filter(|form| is_compound(form));
    let protocol: BTreeSet<String> = words(PROTOCOL).into_values().flatten().collect();
    let names: BTreeSet<String> = names.filter(|form| !protocol.contains(form)).collect();
    assert!(names.len() > 50, "{names:?}");
    let mut hits: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (file, words) in FOLDERS.iter().flat_map(|folder| words(folder)) {
        for word in words.into_iter().filter(|word| names.contains(word)) {
            hits.entry(word).or_default().push(file.clone());
        }
    }
    hits
}

/// Returns the identifiers and the words of string literals of each file of a folder.
pub(crate) fn words(folder: &str) -> BTreeMap<PathBuf, BTreeSet<String>> {
    let mut files = Vec::new();
    sources(&root().join(folder), &mut files);
    let words = |file: &PathBuf| {
        let mut words = Words::default();
        words.collect(fs::read_to_string(file).unwrap().parse().unwrap());
        words.identifiers.into_iter().chain(words.strings).collect()
    };
    files.into_iter().map(|file| (file.clone(), words(&file))).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("generated") {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}
