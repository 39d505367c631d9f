//! The schema against the standard and the specification, and the generated types against the schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

#[path = "schema/canonical.rs"]
mod canonical;
#[path = "schema/document.rs"]
mod document;
#[path = "../../crates/model/tests/suite/files.rs"]
mod files;
#[path = "../../crates/model/tests/suite/names.rs"]
mod names;
#[path = "../../crates/model/tests/suite/places.rs"]
mod places;
#[path = "schema/standard.rs"]
mod standard;
#[path = "schema/types.rs"]
mod types;

/// The folder of the schema files.
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
