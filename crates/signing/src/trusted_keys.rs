//! The public keys of one party.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::candidate_keys::{CandidateKeys, KeyVersions};
use crate::error::KeyRingError;
use crate::key::PublicKey;

/// The public keys of one party by version: those of a server, with which a client verifies responses, or those of the
/// client itself, to verify stored requests. Clones share the keys, as with [`KeyRing`](crate::KeyRing).
///
/// ```no_run
/// use alipayplus_signing::{PublicKey, TrustedKeys};
///
/// let mpp = TrustedKeys::new();
/// mpp.insert(1, PublicKey::from_file("mpp.pub.pem")?);
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone, Default)]
pub struct TrustedKeys(Arc<ArcSwap<KeyVersions>>);

impl TrustedKeys {
    /// Creates a set without keys, which accepts no signature.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or replaces the key of this version.
    pub fn insert(&self, version: u64, key: PublicKey) {
        self.extend([(version, key)]);
    }

    /// Adds several keys in one step: a reader sees all of them or none.
    pub fn extend(&self, keys: impl IntoIterator<Item = (u64, PublicKey)>) {
        let keys: Vec<(u64, PublicKey)> = keys.into_iter().collect();
        self.update(|versions| versions.0.extend(keys.iter().cloned()));
    }

    /// Removes the key of a version.
    pub fn remove(&self, version: u64) {
        self.update(|versions| {
            versions.0.remove(&version);
        });
    }

    /// Returns whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.load().0.is_empty()
    }

    /// Returns the versions of the keys in their order.
    #[must_use]
    pub fn versions(&self) -> Vec<u64> {
        self.0.load().0.keys().copied().collect()
    }

    /// Returns the version of a key that is in the set.
    ///
    /// It finds one's own public key that was given as the server's, a mistake that otherwise shows with the first
    /// response.
    #[must_use]
    pub fn version_of(&self, key: &PublicKey) -> Option<u64> {
        self.0.load().version_of(key)
    }

    /// Returns the key of a version. To verify a message, use [`candidates`](Self::candidates), because the message may
    /// name no version.
    ///
    /// # Errors
    /// Returns [`KeyRingError::UnknownVersion`] if there is no key of this version.
    pub fn key(&self, version: u64) -> Result<PublicKey, KeyRingError> {
        self.0.load().get(version)
    }

    /// Returns the keys to verify a message with: the key of the version that its `Signature` header names, or the
    /// newest keys if it names none.
    ///
    /// # Errors
    /// Returns [`KeyRingError::UnknownVersion`] if there is no key of the named version, or no key at all.
    pub fn candidates(&self, version: Option<u64>) -> Result<CandidateKeys, KeyRingError> {
        CandidateKeys::new(self.0.load_full(), version)
    }

    /// Replaces the keys. `update` runs again when another thread was faster, so it must depend only on its argument.
    fn update(&self, update: impl Fn(&mut KeyVersions)) {
        self.0.rcu(|versions| {
            let mut versions = KeyVersions::clone(versions);
            update(&mut versions);
            versions
        });
    }
}

/// Prints the versions.
impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustedKeys")?;
        f.debug_set().entries(self.0.load().0.keys()).finish()
    }
}
