//! `SECURITY.md` names the tests for each threat: they must exist.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

use std::path::Path;

/// Returns each `file`: `function` in a row's last cell, with the crate's name before the file.
fn named(cell: &str) -> Vec<(String, String, String)> {
    let places = cell.split(';').filter_map(|place| place.trim().split_once(": "));
    let mut all = Vec::new();
    for (file, functions) in places {
        let (package, file) = file.split_once(' ').unwrap_or_else(|| panic!("no crate in {cell}"));
        for function in functions.split(", ") {
            all.push((package.to_owned(), file.replace('`', ""), function.replace('`', "")));
        }
    }
    all
}

#[test]
fn each_named_test_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains(": `"));
    let all: Vec<_> = rows.flat_map(|row| named(row.trim_end_matches('|').rsplit('|').next().unwrap())).collect();
    assert!(all.len() > 20, "{} tests are named", all.len());
    for (package, file, function) in all {
        let path = root.join("crates").join(package).join("tests/suite").join(file).with_extension("rs");
        let code = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(code.contains(&format!("fn {function}(")), "no `{function}` in {}", path.display());
    }
}
