//! The commands as processes, each asked as its users would.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; the exemption in clippy.toml does not cover helpers outside of test functions"
)]
#![cfg(unix)]

mod caller;
mod captures;
mod conformance;
mod doctor;
mod guide;
mod inquire;
mod keys;
#[allow(dead_code, reason = "shared with another test")]
#[path = "../../../../tests/tests/production/postgres.rs"]
mod postgres;
mod processes;
mod reconcile;
mod reconcile_postgres;
mod sandbox;
mod settings;
mod support;
mod wallet;
