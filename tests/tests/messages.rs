//! The generated messages against their schema: an independent validator judges the same texts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

#[path = "messages/answers.rs"]
mod answers;
#[path = "messages/collection.rs"]
mod collection;
#[path = "messages/deep.rs"]
mod deep;
#[path = "messages/faults.rs"]
mod faults;
#[path = "messages/files.rs"]
mod files;
#[path = "messages/kinds.rs"]
mod kinds;
#[path = "messages/malformed.rs"]
mod malformed;
#[path = "messages/names.rs"]
mod names;
#[path = "messages/oracle.rs"]
mod oracle;
#[path = "messages/outcomes.rs"]
mod outcomes;
#[path = "messages/pairs.rs"]
mod pairs;
#[path = "messages/places.rs"]
mod places;
#[path = "messages/secrecy.rs"]
mod secrecy;

/// The folder of the schema files.
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
