//! The real client before a lying server. It has the real server's genuine answer, and makes of it what it wants.

mod fault;
mod forged;
mod framed;

pub(super) use fault::{Fault, plain, read_question};

/// All kinds.
pub(crate) fn all() -> impl Iterator<Item = &'static Fault> {
    framed::FAULTS.iter().chain(forged::FAULTS)
}
