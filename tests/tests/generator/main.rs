//! The generator: its output for each construct, the freshness of files on disk, and its diagnostics.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

mod clone;
mod compile;
mod compiles;
mod diagnostics;
mod excerpt;
mod fixtures;
mod forms;
mod limits;
mod mistakes;
mod mutations;
mod nameless;
mod nonsense;
mod reserved;
mod snapshots;
mod statuses;
mod texts;
mod up_to_date;
