//! Comparisons of schemas. Verdicts on messages are checked with an independent validator.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod built;
mod cases;
mod command;
mod conditions;
mod files;
mod messages;
mod validator;
mod verdicts;
