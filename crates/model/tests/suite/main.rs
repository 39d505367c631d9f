//! Tests of the generated messages; an independent JSON Schema validator checks the same texts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod answers;
mod collection;
mod conclusion;
mod deep;
mod faults;
mod files;
mod kinds;
mod malformed;
mod money;
mod names;
mod oracle;
mod outcomes;
mod pairs;
mod places;
mod secrecy;

/// The folder of the schema files.
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema");
