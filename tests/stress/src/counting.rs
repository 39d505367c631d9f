//! Signers that are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alipayplus_signing::{Digest, PrivateKey, SignFuture, Signer};

/// Counts signatures. Clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signatures(Arc<AtomicU64>);

impl Signatures {
    pub(crate) fn made(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Returns a signer whose signatures are counted.
    pub(crate) fn of(&self, key: PrivateKey) -> impl Signer + use<> {
        Counting { key, made: self.clone() }
    }
}

#[derive(Debug)]
struct Counting {
    key: PrivateKey,
    made: Signatures,
}

impl Signer for Counting {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.made.0.fetch_add(1, Ordering::SeqCst);
        self.key.sign(digest)
    }
}
