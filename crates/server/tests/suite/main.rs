//! A server in process and over TCP, asked with raw requests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod canary;
mod handler;
mod kit;
mod limits;
mod media;
mod mount;
mod order;
mod serve;
mod settings;
mod signing;
mod telemetry;
