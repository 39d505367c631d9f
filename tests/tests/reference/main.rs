//! What is generated for people and for tests in any language: messages as test data, and the pages of the reference.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod hand;
mod model;
mod oracle;
mod page;
mod pages;
mod samples;
mod sizes;
