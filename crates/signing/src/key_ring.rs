//! Whose signatures are accepted.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::{Digest, KeyRingError, PublicKey, VerifyError, is_ambiguous_client_id};

/// The keys of one party by version, never empty in a ring.
#[derive(Clone, Default)]
struct Versions(BTreeMap<u64, PublicKey>);

impl Versions {
    fn get(&self, version: u64) -> Result<PublicKey, KeyRingError> {
        self.0.get(&version).cloned().ok_or(KeyRingError::UnknownVersion)
    }
}

/// The keys that may have made a signature: the one of the version that the message names; if it names none, those of
/// its sender, newest first, at most [`MAX`](Self::MAX).
///
/// During a rotation both keys are in use. A sender that never names a version goes on with the old one for a while, so
/// that the newest key is not always the right one. There is at least one key, and a change of the ring does not change
/// them. Neither getting nor cloning them copies a key.
#[derive(Clone)]
pub struct CandidateKeys {
    versions: Arc<Versions>,
    named: Option<u64>,
}

impl CandidateKeys {
    /// The largest number of keys that are tried, and so of RSA operations per message.
    pub const MAX: usize = 4;

    fn new(versions: Arc<Versions>, named: Option<u64>) -> Result<Self, KeyRingError> {
        let is_there = match named {
            Some(version) => versions.0.contains_key(&version),
            None => !versions.0.is_empty(),
        };
        is_there.then_some(Self { versions, named }).ok_or(KeyRingError::UnknownVersion)
    }

    /// Returns the keys with their versions, in the order in which they are tried. The newest is the one of the highest
    /// version.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &PublicKey)> {
        let named = self.named.and_then(|version| self.versions.0.get_key_value(&version));
        let newest = self.named.is_none().then(|| self.versions.0.iter().rev().take(Self::MAX));
        named.into_iter().chain(newest.into_iter().flatten()).map(|(version, key)| (*version, key))
    }

    /// Verifies a signature over a digest, and returns the version of the key that made it.
    ///
    /// # Errors
    /// If none of the keys made it: [`VerifyError::SignatureLength`] when it has the length of none of them, otherwise
    /// [`VerifyError::Mismatch`].
    pub fn verify(&self, digest: &Digest, signature: impl AsRef<[u8]>) -> Result<u64, VerifyError> {
        let mut failure = None;
        for (version, key) in self.iter() {
            match key.verify(digest, signature.as_ref()) {
                Ok(()) => return Ok(version),
                Err(VerifyError::Mismatch) => failure = Some(VerifyError::Mismatch),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        Err(failure.unwrap_or(VerifyError::Mismatch))
    }
}

/// Prints the versions.
impl fmt::Debug for CandidateKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CandidateKeys")?;
        f.debug_list().entries(self.iter().map(|(version, _)| version)).finish()
    }
}

type Clients = HashMap<Arc<str>, Arc<Versions>>;

/// The public keys of many clients, by Client-Id and key version.
///
/// Clones share the keys, which can be replaced while a server runs: give it one clone and keep another. Reading takes
/// no lock, copies no key and costs the same for one client as for many; changing copies the table of clients, so use
/// [`extend`](Self::extend) for many keys. During a rotation a client has several versions at once.
///
/// ```no_run
/// use alipayplus_signing::{KeyRing, PublicKey};
///
/// let callers = KeyRing::new();
/// callers.insert("SANDBOX_5X00000000000000", 1, PublicKey::from_file("alipayplus.pub.pem")?)?;
///
/// // Later, in a rotation: both versions are accepted until the old one is removed.
/// callers.insert("SANDBOX_5X00000000000000", 2, PublicKey::from_file("alipayplus.2.pub.pem")?)?;
/// callers.remove("SANDBOX_5X00000000000000", 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct KeyRing(Arc<ArcSwap<Clients>>);

impl KeyRing {
    /// A ring without keys: it knows nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or replaces the one of this client and version.
    ///
    /// # Errors
    /// [`KeyRingError::AmbiguousClientId`] if the Client-Id can't be told apart from a time behind it in what is
    /// signed.
    pub fn insert(&self, client_id: impl Into<Arc<str>>, version: u64, key: PublicKey) -> Result<(), KeyRingError> {
        self.extend([(client_id, version, key)])
    }

    /// Adds many keys in one step: a reader sees all of them or none.
    ///
    /// # Errors
    /// [`KeyRingError::AmbiguousClientId`] as for [`insert`](Self::insert). Then no key was added.
    pub fn extend<I, C>(&self, keys: I) -> Result<(), KeyRingError>
    where
        I: IntoIterator<Item = (C, u64, PublicKey)>,
        C: Into<Arc<str>>,
    {
        let keys: Vec<(Arc<str>, u64, PublicKey)> =
            keys.into_iter().map(|(client_id, version, key)| (client_id.into(), version, key)).collect();
        if let Some((client_id, ..)) = keys.iter().find(|(client_id, ..)| is_ambiguous_client_id(client_id)) {
            return Err(KeyRingError::AmbiguousClientId { client_id: Arc::clone(client_id) });
        }
        self.change(|clients| {
            for (client_id, version, key) in &keys {
                let versions = clients.entry(Arc::clone(client_id)).or_default();
                Arc::make_mut(versions).0.insert(*version, key.clone());
            }
        });
        Ok(())
    }

    /// Removes one version of a client's key. A client whose last key is removed is no longer known.
    pub fn remove(&self, client_id: &str, version: u64) {
        self.change(|clients| {
            let Some(versions) = clients.get_mut(client_id) else {
                return;
            };
            let versions = Arc::make_mut(versions);
            versions.0.remove(&version);
            if versions.0.is_empty() {
                clients.remove(client_id);
            }
        });
    }

    /// Removes a client with all its keys.
    pub fn remove_client(&self, client_id: &str) {
        self.change(|clients| {
            clients.remove(client_id);
        });
    }

    /// Whether there is a key for this Client-Id. It must be equal byte for byte.
    #[must_use]
    pub fn is_known(&self, client_id: &str) -> bool {
        self.0.load().contains_key(client_id)
    }

    /// Returns the key of a client and version. To verify a message, take [`candidates`](Self::candidates): it may name
    /// no version.
    ///
    /// # Errors
    /// [`KeyRingError::UnknownClient`] or [`KeyRingError::UnknownVersion`], which the protocol answers differently.
    pub fn key(&self, client_id: &str, version: u64) -> Result<PublicKey, KeyRingError> {
        let clients = self.0.load();
        clients.get(client_id).ok_or(KeyRingError::UnknownClient)?.get(version)
    }

    /// Returns the keys to verify a message with: the one of the version that its `Signature` header names, or the
    /// newest of the client if it names none.
    ///
    /// # Errors
    /// As for [`key`](Self::key).
    pub fn candidates(&self, client_id: &str, version: Option<u64>) -> Result<CandidateKeys, KeyRingError> {
        let clients = self.0.load();
        let versions = clients.get(client_id).ok_or(KeyRingError::UnknownClient)?;
        CandidateKeys::new(Arc::clone(versions), version)
    }

    /// `change` may run again when another thread was faster, so it must depend on its argument alone.
    fn change(&self, change: impl Fn(&mut Clients)) {
        self.0.rcu(|clients| {
            let mut clients = Clients::clone(clients);
            change(&mut clients);
            clients
        });
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} clients)", self.0.load().len())
    }
}

/// The public keys of one peer by version: what the asking side trusts. Clones share them, as with [`KeyRing`].
///
/// ```no_run
/// use alipayplus_signing::{TrustedKeys, PublicKey};
///
/// let mpp = TrustedKeys::new();
/// mpp.insert(1, PublicKey::from_file("mpp.pub.pem")?);
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone, Default)]
pub struct TrustedKeys(Arc<ArcSwap<Versions>>);

impl TrustedKeys {
    /// No keys: nothing is trusted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or replaces the one of this version.
    pub fn insert(&self, version: u64, key: PublicKey) {
        self.extend([(version, key)]);
    }

    /// Adds several keys in one step: a reader sees all of them or none.
    pub fn extend(&self, keys: impl IntoIterator<Item = (u64, PublicKey)>) {
        let keys: Vec<(u64, PublicKey)> = keys.into_iter().collect();
        self.change(|versions| versions.0.extend(keys.iter().cloned()));
    }

    /// Removes a version.
    pub fn remove(&self, version: u64) {
        self.change(|versions| {
            versions.0.remove(&version);
        });
    }

    /// Whether there is no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.load().0.is_empty()
    }

    /// Returns the key of a version. To verify a message, take [`candidates`](Self::candidates): it may name no
    /// version.
    ///
    /// # Errors
    /// [`KeyRingError::UnknownVersion`].
    pub fn key(&self, version: u64) -> Result<PublicKey, KeyRingError> {
        self.0.load().get(version)
    }

    /// Returns the keys to verify a message with: the one of the version that its `Signature` header names, or the
    /// newest if it names none.
    ///
    /// # Errors
    /// [`KeyRingError::UnknownVersion`].
    pub fn candidates(&self, version: Option<u64>) -> Result<CandidateKeys, KeyRingError> {
        CandidateKeys::new(self.0.load_full(), version)
    }

    fn change(&self, change: impl Fn(&mut Versions)) {
        self.0.rcu(|versions| {
            let mut versions = Versions::clone(versions);
            change(&mut versions);
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
