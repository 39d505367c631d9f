// @generated from schema by `cargo xtask codegen`. Do not edit.

#![allow(clippy::wildcard_imports, reason = "what all modules use")]
#![allow(clippy::doc_markdown, reason = "descriptions are the schema's own")]
//! The modules made from the schema: one an operation, and one for what operations share.
pub mod common;
pub mod inquiry_payment;
pub use common::*;
