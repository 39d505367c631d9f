//! What the workspace's tests share: where schemas and fixtures lie, and how the generator is called.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test ends where a file is missing; clippy.toml reaches only the test functions"
)]

/// The generated crates of the fixtures, so that rustdoc checks what it would say of them. Their examples name the
/// published crates, so they are not doc tests here.
#[cfg(all(doc, not(doctest)))]
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
}
pub mod nonsense;

/// The README's examples, which the doc tests compile and, where they can, run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The examples of the MPP's guide, as those of the README.
#[cfg(doctest)]
#[doc = include_str!("../../docs/mpp.md")]
pub struct MppGuide;

/// The examples of the acquirer's guide, as those of the README.
#[cfg(doctest)]
#[doc = include_str!("../../docs/acquirer.md")]
pub struct AcquirerGuide;

use std::fs;
use std::path::{Path, PathBuf};

use alipayplus_codegen::Failure;
use alipayplus_codegen::output::Files;
use alipayplus_codegen::source::{self, Source};

/// The workspace's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where the snapshots lie.
#[must_use]
pub fn snapshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// The project's own schemas.
#[must_use]
pub fn schemas() -> Vec<Source> {
    source::read_folder(&root().join(alipayplus_codegen::SCHEMAS), alipayplus_codegen::SCHEMAS).unwrap()
}

/// The names of the fixtures, sorted.
#[must_use]
pub fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether a fixture has a file of its own for what the others share.
#[must_use]
pub fn has_own_common(name: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).join("schema/common.json").exists()
}

/// The schemas of a fixture, with the file that all of them share unless the fixture has one of its own.
#[must_use]
pub fn fixture(name: &str) -> Vec<Source> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut sources = source::read_folder(&fixtures.join(name).join("schema"), alipayplus_codegen::SCHEMAS).unwrap();
    if !has_own_common(name) {
        let text = fs::read_to_string(fixtures.join("common.json")).unwrap();
        sources.push(Source { path: "schema/common.json".into(), text });
        sources.sort_by(|a, b| a.path.cmp(&b.path));
    }
    sources
}

/// What the schemas generate.
#[must_use]
pub fn generate(sources: &[Source]) -> Files {
    alipayplus_codegen::generate(sources, false).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The crates that the schemas generate, without what is generated for readers.
#[must_use]
pub fn generate_code(sources: &[Source]) -> Files {
    let mut files = generate(sources);
    files.retain(|path, _| path.starts_with("crates"));
    files
}

/// What is wrong with the schemas, as people read it.
#[must_use]
pub fn faults(sources: &[Source]) -> String {
    match alipayplus_codegen::generate(sources, false) {
        Err(Failure::Schema(text)) => text,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("nothing is wrong"),
    }
}

/// The name of a generated file's snapshot: `crates/model/src/generated/common.rs` is `model.common`.
#[must_use]
pub fn snapshot_name(path: &Path) -> String {
    let module = path.file_stem().unwrap().to_string_lossy();
    let of = path.components().nth(1).unwrap().as_os_str().to_string_lossy();
    format!("{of}.{module}")
}
