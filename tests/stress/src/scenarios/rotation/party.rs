//! Both sides' keys by version. A few key pairs come round again and again, each time under a version of its own.

use alipayplus_client::TrustedKeys;
use alipayplus_server::{KeyRing, PrivateKey, PublicKey};
use alipayplus_signing::VersionedSigner;

use crate::failure::Failure;
use crate::scenarios::load::CLIENT_ID;

/// Enough for the old, the new and the next to be different.
const PAIRS: usize = 3;

struct Pairs(Vec<PrivateKey>);

impl Pairs {
    fn new() -> Result<Self, Failure> {
        let pairs: Result<Vec<_>, _> = (0..PAIRS).map(|_| PrivateKey::generate()).collect();
        Ok(Self(pairs?))
    }

    fn of(&self, version: u64) -> &PrivateKey {
        &self.0[usize::try_from(version).unwrap_or_default() % PAIRS]
    }
}

/// Those who ask: one Client-Id, several machines.
pub(super) struct Callers {
    pairs: Pairs,
    /// What the server knows of them.
    pub(super) ring: KeyRing,
    /// A handle for each machine.
    pub(super) signing_keys: Vec<VersionedSigner>,
}

impl Callers {
    pub(super) fn new(machines: usize) -> Result<Self, Failure> {
        let pairs = Pairs::new()?;
        let signing_keys = (0..machines).map(|_| VersionedSigner::new(1, pairs.of(1).clone())).collect();
        let callers = Self { pairs, ring: KeyRing::new(), signing_keys };
        callers.add(1);
        Ok(callers)
    }

    pub(super) fn add(&self, version: u64) {
        // The Client-Id is valid.
        let _ = self.ring.insert(CLIENT_ID, version, self.pairs.of(version).public_key());
    }

    pub(super) fn move_on(&self, key: &VersionedSigner, version: u64) {
        key.replace(version, self.pairs.of(version).clone());
    }

    pub(super) fn remove(&self, version: u64) {
        self.ring.remove(CLIENT_ID, version);
    }

    pub(super) fn key(&self, version: u64) -> VersionedSigner {
        VersionedSigner::new(version, self.pairs.of(version).clone())
    }
}

/// The one who answers.
pub(super) struct Mpp {
    pairs: Pairs,
    pub(super) signing_key: VersionedSigner,
    /// What the callers know of it.
    pub(super) trusted: TrustedKeys,
}

impl Mpp {
    pub(super) fn new() -> Result<Self, Failure> {
        let pairs = Pairs::new()?;
        let signing_key = VersionedSigner::new(1, pairs.of(1).clone());
        let mpp = Self { pairs, signing_key, trusted: TrustedKeys::new() };
        mpp.trust(1);
        Ok(mpp)
    }

    pub(super) fn trust(&self, version: u64) {
        self.trusted.insert(version, self.pairs.of(version).public_key());
    }

    pub(super) fn move_on(&self, version: u64) {
        self.signing_key.replace(version, self.pairs.of(version).clone());
    }

    pub(super) fn distrust(&self, version: u64) {
        self.trusted.remove(version);
    }

    pub(super) fn public_key(&self) -> PublicKey {
        self.pairs.of(self.signing_key.version()).public_key()
    }

    pub(super) fn key(&self, version: u64) -> VersionedSigner {
        VersionedSigner::new(version, self.pairs.of(version).clone())
    }
}
