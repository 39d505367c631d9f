//! A lying client before the real server, over TCP. It has a genuine question of the real client.

mod fault;
mod forged;
mod framed;
mod late;

pub(super) use fault::{Fault, LONG, PAYMENT, Reaction, SHORT, Victim};

/// Kinds that no time-out has to end.
pub(crate) fn prompt() -> impl Iterator<Item = &'static Fault> {
    framed::FAULTS.iter().chain(forged::FAULTS)
}

/// Kinds that a time-out has to end.
pub(crate) fn late() -> impl Iterator<Item = &'static Fault> {
    late::FAULTS.iter()
}
