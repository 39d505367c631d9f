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
pub(crate) use stage::{CLIENT_ID, Keys, Signatures, Stage, VERSION, Wallet, no_task_left, paid};
pub(crate) use times::Times;

use crate::part::Disproof;

/// The runtime of those who ask: a thread of its own, as the server has one.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// An error unless it holds.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Disproof> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
