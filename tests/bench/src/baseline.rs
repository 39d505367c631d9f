//! The baseline: what a program without the crates does by hand.

pub(crate) mod message;
pub(crate) mod server;
