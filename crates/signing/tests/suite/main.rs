//! Tests of the public interface: against vectors, against the `openssl` command, and by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly, in its helpers too"
)]

mod freshness;
mod header;
mod key_forms;
mod key_sources;
mod openssl;
mod rotation;
mod secrecy;
mod support;
mod vectors;
