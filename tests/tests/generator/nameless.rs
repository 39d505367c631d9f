//! Hand-written code names no member, code, status, definition, outcome or operation of a schema: neither of the
//! project's own one nor of the tests' family of six.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_codegen::source::Source;
use alipayplus_tests::nonsense::{forms, names_of};
use alipayplus_tests::{fixture, root, schemas};

use crate::nonsense::Words;

/// The folders of hand-written code.
const FOLDERS: &[&str] = &[
    "crates/codegen/src",
    "xtask/src",
    "crates/client/src",
    "crates/runtime/src",
    "crates/server/src",
    "crates/signing/src",
];

/// Names of schemas that the code may contain, each with its other meaning there.
const OWN: &[(&str, &[&str])] = &[
    ("a word of a heading", &["Warnings"]),
    ("a word of Rust or its library", &["Pin", "SUCCESS", "false", "new", "pin", "store", "true", "type"]),
    ("what a status, an answer or an error means to the runtime", &["Failure", "Final", "Other", "Success", "Trouble"]),
    ("a type of the runtime", &["Failed", "NotFound", "Retry"]),
    ("a name that the generator adapts because it conflicts with one of the runtime", &["ResultObject", "type_"]),
    ("a type of the generator", &["Closed", "Page", "Verdict", "Warning"]),
    ("a keyword of the profile", &["currency", "failure", "result", "value"]),
    (
        "a word that any program has",
        &[
            "address",
            "amount",
            "begin",
            "code_type",
            "codes",
            "common",
            "count",
            "end",
            "env",
            "lines",
            "order",
            "reason",
            "summary",
            "text",
            "types",
            "unit",
            "url",
            "verdict",
            "warnings",
            "why",
            "word",
        ],
    ),
];

#[test]
fn the_project_s_own_operation() {
    assert_nameless(&schemas());
}

#[test]
fn a_family_of_six() {
    assert_nameless(&fixture("family"));
}

#[test]
fn every_exception_is_needed() {
    let (own_hits, family_hits) = (hits(&schemas()), hits(&fixture("family")));
    let idle: Vec<_> = own().filter(|word| !own_hits.contains_key(*word) && !family_hits.contains_key(*word)).collect();
    assert!(idle.is_empty(), "no source has {idle:?} any more: remove them from the list");
}

fn own() -> impl Iterator<Item = &'static str> {
    OWN.iter().flat_map(|(_, words)| words.iter().copied())
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
    let names: BTreeSet<String> = names.keys().flat_map(|(name, kind)| forms(name, *kind)).collect();
    assert!(names.len() > 50, "{names:?}");
    let mut files = Vec::new();
    for folder in FOLDERS {
        sources(&root().join(folder), &mut files);
    }
    let mut hits: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let mut words = Words::default();
        words.collect(fs::read_to_string(&file).unwrap().parse().unwrap());
        for word in words.identifiers.union(&words.strings).filter(|word| word.len() > 1 && names.contains(*word)) {
            hits.entry(word.clone()).or_default().push(file.clone());
        }
    }
    hits
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
