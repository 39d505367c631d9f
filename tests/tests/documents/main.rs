//! What is generated for other languages: bundled JSON Schemas and the `OpenAPI` document.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod agreement;
mod conditions;
mod constructs;
mod families;
mod headers;
mod openapi;
mod random;
mod snapshots;
mod standard;
