//! A hostile client against the real server, over TCP. It has a genuine request of the real client.

mod fault;
mod forged;
mod framed;
mod late;

pub(super) use fault::{Fault, LONG, PAYMENT, Reaction, SHORT, Victim};

/// Returns the faults that end without a timeout.
pub(crate) fn prompt() -> impl Iterator<Item = &'static Fault> {
    framed::FAULTS.iter().chain(forged::FAULTS)
}

/// Returns the faults that a timeout must end.
pub(crate) fn late() -> impl Iterator<Item = &'static Fault> {
    late::FAULTS.iter()
}
