//! An MPP in this process: raw requests to it, a handler and a signer that do as they are told, and its log.

mod act;
mod ask;
mod log;
mod vault;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alipayplus_signing::{Digest, PrivateKey, SignFuture, Signer};

use crate::part::Disproof;

pub(crate) use act::{Act, Actor, panic_quietly};
pub(crate) use ask::{Ask, PATH, Sign, Told};
pub(crate) use log::Log;
pub(crate) use vault::{Signing, Vault};

/// Signs, and counts.
#[derive(Clone, Debug)]
pub(crate) struct Counting {
    key: PrivateKey,
    count: Arc<AtomicU64>,
}

impl Counting {
    pub(crate) fn new(key: PrivateKey) -> Self {
        Self { key, count: Arc::default() }
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

impl Signer for Counting {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.key.sign(digest)
    }
}

/// One thread, whose clock stands and jumps to the next thing that is waited for.
pub(crate) fn paused() -> Result<tokio::runtime::Runtime, Disproof> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?)
}
