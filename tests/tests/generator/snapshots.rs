//! Snapshots are for review: each is written by a test, none is like another, and all of them can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_tests::{generate_code, schemas, snapshots};

use crate::{diagnostics, fixtures};

/// The most lines of all snapshots together, but for those that grow with the schema.
const MAX_LINES: usize = 9_000;

/// The folders of snapshots that grow with each operation.
const GROWING: &[&str] = &["real", "public_api"];

/// Compares a text with its snapshot in a folder.
pub(crate) fn assert_text(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn every_snapshot_is_written_by_a_test() {
    let mut expected = BTreeSet::new();
    let mut add = |folder: &str, name: &str| expected.insert(Path::new(folder).join(format!("{name}.snap")));
    for path in generate_code(&schemas()).keys() {
        add("real", &fixtures::real(path));
    }
    for name in fixtures::NAMES {
        add("fixtures", name);
    }
    for name in ["differs.ask.response", "two_operations.openapi"] {
        add("documents", name);
    }
    for name in ["messages", "page"] {
        add("reference", name);
    }
    for name in ["model", "runtime", "signing", "server", "client"] {
        add("public_api", name);
    }
    for name in diagnostics::NAMES {
        add("diagnostics", name);
    }
    for name in ["conditions", "constructs", "exchange", "messages", "names", "tables", "words"] {
        add("schema_diff", name);
    }
    let found: BTreeSet<_> = all().into_keys().collect();
    let orphans: Vec<_> = found.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(orphans.is_empty() && missing.is_empty(), "orphaned: {orphans:#?}\nmissing: {missing:#?}");
}

#[test]
fn no_two_snapshots_are_equal() {
    let all = all();
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    for (path, text) in &all {
        if let Some(other) = first.insert(content(text), path) {
            panic!("{} and {} are equal", other.display(), path.display());
        }
    }
}

#[test]
fn all_snapshots_can_be_read() {
    let mut all = all();
    all.retain(|path, _| GROWING.iter().all(|folder| !path.starts_with(folder)));
    let lines: usize = all.values().map(|text| text.lines().count()).sum();
    assert!(lines <= MAX_LINES, "{lines} lines of snapshots: show what a test is about, and assert the rest");
}

/// Returns a snapshot without the header that two lines of dashes enclose.
fn content(snapshot: &str) -> &str {
    snapshot.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap().1
}

/// Returns the text of each file in the folder of the snapshots by its path in it.
fn all() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    collect(&snapshots(), &mut found);
    found.into_iter().map(|(path, text)| (path.strip_prefix(snapshots()).unwrap().to_owned(), text)).collect()
}

fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            collect(&entry.path(), found);
        } else {
            found.insert(entry.path(), fs::read_to_string(entry.path()).unwrap());
        }
    }
}
