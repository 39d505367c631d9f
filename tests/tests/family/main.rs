//! The generated crates of `fixtures/family`, six operations unlike the project's own one and each other: messages
//! against their schema, types against the schema, and exchanges.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

include!(concat!(env!("OUT_DIR"), "/family.rs"));

mod agreement;
#[path = "../schema/canonical.rs"]
#[cfg(feature = "schemars")]
mod canonical;
mod comparisons;
mod exchange;
#[path = "../../../crates/model/tests/suite/faults.rs"]
mod faults;
#[path = "../../../crates/model/tests/suite/files.rs"]
mod files;
#[path = "../../../crates/model/tests/suite/names.rs"]
mod names;
#[path = "../../../crates/model/tests/suite/oracle.rs"]
mod oracle;
#[path = "../../../crates/model/tests/suite/places.rs"]
mod places;
#[cfg(feature = "schemars")]
mod types;
mod validation;
mod variations;

/// The folder of the schema files.
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/family/schema");
/// The valid messages.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/family.json");
