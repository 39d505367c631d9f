//! Tests a client against a mock server, whose responses each test scripts. The mock server signs with
//! `alipayplus-signing` directly.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic; the exemption in clippy.toml does not cover helpers outside of test functions"
)]

mod batch;
mod building;
mod canary;
mod connections;
mod evidence;
mod many;
mod mock_server;
mod outcomes;
mod panics;
mod precedence;
mod refusals;
mod tcp;
mod timing;
mod unknown_key;
