//! What a change of a schema means for whom. Verdicts on the wire are held against an independent validator.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod built;
mod cases;
mod command;
mod conditions;
mod files;
mod judge;
mod messages;
mod verdicts;
