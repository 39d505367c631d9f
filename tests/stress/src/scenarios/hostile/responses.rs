//! The real client against a hostile server, which changes the genuine response of the real server.

mod fault;
mod forged;
mod framed;

pub(super) use fault::{Fault, read_question};

/// Returns all faults.
pub(crate) fn all() -> impl Iterator<Item = &'static Fault> {
    framed::FAULTS.iter().chain(forged::FAULTS)
}
