//! A client against a peer that a test scripts answer by answer. The peer signs with the primitives of the signing
//! crate alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may; clippy.toml's exemption does not reach helpers outside of test functions"
)]

mod building;
mod canary;
mod meaning;
mod outcomes;
mod peer;
mod refusals;
mod tcp;
mod timing;
