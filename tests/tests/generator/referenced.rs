//! A snapshot that nothing writes any more is found: nobody would read it, and the build would compile it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_tests::{fixture, fixtures, generate_code, has_own_common, nonsense, schemas, snapshot_name, snapshots};

use crate::diagnostics;
use crate::fixtures::SHARED;

#[test]
fn every_snapshot_is_referenced() {
    let mut expected = BTreeSet::new();
    let mut add = |folder: &str, path: &Path| {
        expected.insert(PathBuf::from(folder).join(format!("{}.snap", snapshot_name(path))));
    };
    for path in generate_code(&schemas()).keys() {
        add("real", path);
    }
    for path in generate_code(&nonsense::schemas()).keys() {
        add("fixtures/nonsense", path);
    }
    for name in fixtures() {
        for path in generate_code(&fixture(&name)).keys() {
            let shared = path == Path::new(SHARED) && !has_own_common(&name);
            add(&if shared { "fixtures/shared".into() } else { format!("fixtures/{name}") }, path);
        }
    }
    expected.insert("fixtures/nonsense/exchange.snap".into());
    expected.insert("documents/differs.ask.response.snap".into());
    expected.insert("documents/two_operations.openapi.snap".into());
    expected.extend(["messages", "page"].map(|name| Path::new("reference").join(format!("{name}.snap"))));
    expected.extend(
        ["model", "runtime", "signing", "server", "client"].map(|name| format!("public_api/{name}.snap").into()),
    );
    expected.extend(diagnostics::names().map(|name| Path::new("diagnostics").join(format!("{name}.snap"))));

    let mut found = BTreeSet::new();
    collect(&snapshots(), Path::new(""), &mut found);
    // Those of `tests/schema_diff`, which looks after them.
    found.retain(|path| !path.starts_with("schema_diff"));
    let orphans: Vec<_> = found.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(orphans.is_empty() && missing.is_empty(), "orphaned: {orphans:#?}\nmissing: {missing:#?}");
}

fn collect(folder: &Path, shown: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let shown = shown.join(entry.file_name());
        if entry.path().is_dir() {
            collect(&entry.path(), &shown, found);
        } else {
            found.insert(shown);
        }
    }
}
