//! Where schemas and fixtures lie. The build script uses this file too.

use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_codegen::source::{self, Source};

/// Returns the workspace's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn fixtures_folder() -> PathBuf {
    root().join("tests/fixtures")
}

/// Reads the project's own schemas.
#[must_use]
pub fn schemas() -> Vec<Source> {
    source::read_folder(&root().join(alipayplus_codegen::SCHEMAS), alipayplus_codegen::SCHEMAS).unwrap()
}

/// The operation whose names the tests contain. The project may have others beside it.
pub const OPERATION: &str = "inquiryPayment";

/// Reads the schemas that the project would have if [`OPERATION`] were its only operation: its file, and those that
/// have no operation.
#[must_use]
pub fn one_operation() -> Vec<Source> {
    let mut sources = schemas();
    sources.retain(|source| source.stem() == OPERATION || !source.text.contains("\"x-operation\""));
    sources
}

/// Returns the names of the fixtures, sorted.
#[must_use]
pub fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(fixtures_folder()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Reads the schemas of a fixture, with the file shared by all fixtures unless the fixture has its own.
#[must_use]
pub fn fixture(name: &str) -> Vec<Source> {
    let mut sources =
        source::read_folder(&fixtures_folder().join(name).join("schema"), alipayplus_codegen::SCHEMAS).unwrap();
    if sources.iter().all(|source| source.name() != "common.json") {
        let text = fs::read_to_string(fixtures_folder().join("common.json")).unwrap();
        sources.push(Source { path: "schema/common.json".into(), text });
        sources.sort_by(|a, b| a.path.cmp(&b.path));
    }
    sources
}
