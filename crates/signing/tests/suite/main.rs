//! Tests of the public API: with vectors, against the `openssl` command, and with hand-written cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic, and so may its helpers")]

mod diagnose;
mod diagnose_bounds;
mod freshness;
mod key_forms;
mod key_sources;
mod openssl;
mod rotation;
mod secrecy;
mod signature_header;
mod support;
mod vectors;
#[cfg(feature = "watch")]
mod watch;
