//! Shared by the workspace's tests: where schemas and fixtures lie, and how the generator is called.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails where a file is missing; clippy.toml covers only the test functions"
)]

/// The generated crates of the fixtures, so that rustdoc checks what it would say of them. Their examples name the
/// published crates, so they are not doc tests here.
#[cfg(all(doc, not(doctest)))]
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/fixtures.rs"));
}
pub mod grown;
pub mod nonsense;
mod project;
pub mod synthetic;

pub use project::{OPERATION, fixture, fixtures, one_operation, root, schemas};

/// The README's examples, which the doc tests compile and, where possible, run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The examples of the guide, as those of the README.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/mpp.md")]
#[doc = include_str!("../../docs/guide/acquirer.md")]
#[doc = include_str!("../../docs/guide/running.md")]
#[doc = include_str!("../../docs/guide/operation.md")]
pub struct Guide;

use std::path::{Path, PathBuf};

use alipayplus_codegen::Failure;
use alipayplus_codegen::output::Files;
use alipayplus_codegen::source::Source;

/// Returns the folder of the snapshots.
#[must_use]
pub fn snapshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// Generates all files from schemas without an error.
#[must_use]
pub fn generate(sources: &[Source]) -> Files {
    alipayplus_codegen::generate(sources, false).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Generates the crates from schemas, without the documents.
#[must_use]
pub fn generate_code(sources: &[Source]) -> Files {
    let mut files = generate(sources);
    files.retain(|path, _| path.starts_with("crates"));
    files
}

/// Returns the rendered diagnostics of schemas with errors.
#[must_use]
pub fn errors(sources: &[Source]) -> String {
    match alipayplus_codegen::generate(sources, false) {
        Err(Failure::Schema(text)) => text,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the schemas have no error"),
    }
}
