// @generated from schema by `cargo xtask codegen`. Do not edit.

#![allow(clippy::wildcard_imports, reason = "the imports of every module")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "required members are moved into their object"
)]
#![allow(clippy::doc_markdown, reason = "descriptions come from the schema")]
#![allow(
    clippy::large_enum_variant,
    clippy::too_many_lines,
    reason = "sizes come from the schema"
)]
//! The generated modules: one per operation, and one for shared objects.

pub mod common;
pub mod inquiry_payment;

pub use common::*;
