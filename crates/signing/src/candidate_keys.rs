//! The keys that may have made a signature, and the versions they are looked up by.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::error::{KeyRingError, VerifyError};
use crate::key::PublicKey;
use crate::not_verified::NotVerified;
use crate::signing_input::SigningInput;

/// The keys of one party by version, never empty in a ring.
#[derive(Clone, Default)]
pub(crate) struct KeyVersions(pub(crate) BTreeMap<u64, PublicKey>);

impl KeyVersions {
    pub(crate) fn version_of(&self, key: &PublicKey) -> Option<u64> {
        self.0.iter().find(|(_, known)| *known == key).map(|(version, _)| *version)
    }

    pub(crate) fn get(&self, version: u64) -> Result<PublicKey, KeyRingError> {
        self.0.get(&version).cloned().ok_or(KeyRingError::UnknownVersion { version: Some(version) })
    }
}

/// The keys that may have made a signature: the one of the version that the message names or, if it names none, the
/// sender's newest keys, at most [`MAX`](Self::MAX) of them.
///
/// During a rotation both keys are in use, and a sender that never names a version keeps using the old key for a while,
/// so that the newest key is not always the right one. There is at least one key. Later changes of the ring do not
/// change it, and neither creating nor cloning it copies a key.
#[derive(Clone)]
pub struct CandidateKeys {
    versions: Arc<KeyVersions>,
    named: Option<u64>,
}

impl CandidateKeys {
    /// The largest number of keys that are tried, and so of RSA operations per message.
    pub const MAX: usize = 4;

    pub(crate) fn new(versions: Arc<KeyVersions>, named: Option<u64>) -> Result<Self, KeyRingError> {
        let is_known = match named {
            Some(version) => versions.0.contains_key(&version),
            None => !versions.0.is_empty(),
        };
        is_known.then_some(Self { versions, named }).ok_or(KeyRingError::UnknownVersion { version: named })
    }

    /// Returns the keys with their versions in the order in which they are tried: the highest version first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &PublicKey)> {
        let named = self.named.and_then(|version| self.versions.0.get_key_value(&version));
        let newest = self.named.is_none().then(|| self.versions.0.iter().rev().take(Self::MAX));
        named.into_iter().chain(newest.into_iter().flatten()).map(|(version, key)| (*version, key))
    }

    /// Verifies a signature over a message, and returns the version of the key that made it.
    ///
    /// # Errors
    /// Returns [`NotVerified`] if none of the keys made the signature. Its `error` is [`VerifyError::SignatureLength`] when
    /// the length of the signature fits none of the keys, otherwise [`VerifyError::Mismatch`].
    pub fn verify(&self, input: &SigningInput<'_>, signature: impl AsRef<[u8]>) -> Result<u64, NotVerified> {
        let digest = input.digest();
        let mut failure = None;
        for (version, key) in self.iter() {
            match key.verify(&digest, signature.as_ref()) {
                Ok(()) => return Ok(version),
                Err(VerifyError::Mismatch) => failure = Some(VerifyError::Mismatch),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let error = failure.unwrap_or(VerifyError::Mismatch);
        Err(NotVerified::new(error, input, digest, self.named.is_some(), self.iter()))
    }
}

/// Prints the versions.
impl fmt::Debug for CandidateKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CandidateKeys")?;
        f.debug_list().entries(self.iter().map(|(version, _)| version)).finish()
    }
}
