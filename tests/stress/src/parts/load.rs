//! What the parts under load share: a server to ask, signed questions, those who ask, and what is measured.

mod ask;
mod client;
mod memory;
mod offer;
mod peer;
mod stage;
mod times;

pub(crate) use ask::{Asked, Told};
pub(crate) use client::{client, inquire};
pub(crate) use memory::{Watch, mib, resident};
pub(crate) use offer::{Offer, Tally, a_second, capacity};
pub(crate) use peer::{Peer, read};
pub(crate) use stage::{CLIENT_ID, Keys, Stage, VERSION, Wallet, no_task_left, paid};
pub(crate) use times::Times;

use crate::part::Disproof;

/// An error unless it holds.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Disproof> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
