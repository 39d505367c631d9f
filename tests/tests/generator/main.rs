//! The generator: what it makes of each construct, how it keeps files up to date, and what it says of broken schemas.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod clone;
mod diagnostics;
mod excerpt;
mod fixtures;
mod mutations;
mod nameless;
mod nonsense;
mod reserved;
mod snapshots;
mod texts;
mod up_to_date;
