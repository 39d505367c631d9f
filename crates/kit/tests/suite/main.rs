//! The kit against MPPs that have one fault each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod general;
mod matrix;
mod page;
mod preflight;
mod reports;
mod setup;
