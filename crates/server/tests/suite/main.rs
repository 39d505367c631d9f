//! Sends raw requests to a server, in process and over TCP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic; clippy.toml covers only the test functions"
)]

mod canary;
mod diagnose;
mod early;
mod handler;
mod kit;
mod limits;
mod media;
mod mount;
mod order;
mod proxies;
mod serve;
mod settings;
mod shutdown;
mod signing;
mod telemetry;
mod tls;
