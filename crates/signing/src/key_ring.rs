//! The public keys of many clients.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
#[cfg(feature = "watch")]
use std::sync::Weak;

use arc_swap::ArcSwap;

use crate::candidate_keys::{CandidateKeys, KeyVersions};
use crate::client_id::is_ambiguous_client_id;
use crate::error::KeyRingError;
use crate::key::PublicKey;

pub(crate) type Clients = HashMap<Arc<str>, Arc<KeyVersions>>;

/// The public keys of many clients, by Client-Id and key version.
///
/// Clones share the keys, which can be replaced while a server runs: pass one clone to it and keep another. Lookups
/// take no lock, copy no key and cost the same for one client as for many. A change copies the table of clients, so use
/// [`extend`](Self::extend) for many keys. During a rotation a client has several versions at once.
///
/// ```no_run
/// use alipayplus_signing::{KeyRing, PublicKey};
///
/// let client = "SANDBOX_5X00000000000000";
/// let callers = KeyRing::new();
/// callers.insert(client, 1, PublicKey::from_file("alipayplus.pub.pem")?)?;
///
/// // Later, in a rotation: both versions are accepted until the old one is
/// // removed.
/// callers.insert(client, 2, PublicKey::from_file("alipayplus.2.pub.pem")?)?;
/// callers.remove(client, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct KeyRing(Arc<ArcSwap<Clients>>);

impl KeyRing {
    /// Creates a ring without keys, which knows no client.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, or replaces the key of this client and version.
    ///
    /// # Errors
    /// Returns [`KeyRingError::AmbiguousClientId`] if a time could be read out of the Client-Id, see
    /// [`is_ambiguous_client_id`].
    pub fn insert(&self, client_id: impl Into<Arc<str>>, version: u64, key: PublicKey) -> Result<(), KeyRingError> {
        self.extend([(client_id, version, key)])
    }

    /// Adds many keys in one step: a reader sees all of them or none.
    ///
    /// # Errors
    /// Returns [`KeyRingError::AmbiguousClientId`] if a time could be read out of one of the Client-Ids. Then no key was
    /// added.
    pub fn extend<I, C>(&self, keys: I) -> Result<(), KeyRingError>
    where
        I: IntoIterator<Item = (C, u64, PublicKey)>,
        C: Into<Arc<str>>,
    {
        let keys = checked(keys)?;
        self.update(|clients| add(clients, &keys));
        Ok(())
    }

    /// Replaces all keys of all clients in one step: a reader sees either the old keys or the new ones.
    ///
    /// # Errors
    /// Returns [`KeyRingError::AmbiguousClientId`] if a time could be read out of one of the Client-Ids. Then no key was
    /// replaced.
    pub fn replace_all<I, C>(&self, keys: I) -> Result<(), KeyRingError>
    where
        I: IntoIterator<Item = (C, u64, PublicKey)>,
        C: Into<Arc<str>>,
    {
        let mut clients = Clients::new();
        add(&mut clients, &checked(keys)?);
        self.0.store(Arc::new(clients));
        Ok(())
    }

    /// Returns the Client-Ids in their order, each with the versions of its keys in theirs.
    #[must_use]
    pub fn clients(&self) -> Vec<(Arc<str>, Vec<u64>)> {
        let listed = |(client_id, versions): (&Arc<str>, &Arc<KeyVersions>)| {
            (Arc::clone(client_id), versions.0.keys().copied().collect())
        };
        let mut clients: Vec<_> = self.0.load().iter().map(listed).collect();
        clients.sort();
        clients
    }

    /// Removes one version of a client's key. A client whose last key is removed is no longer known.
    pub fn remove(&self, client_id: &str, version: u64) {
        self.update(|clients| {
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
        self.update(|clients| {
            clients.remove(client_id);
        });
    }

    /// Returns whether there is a key for this Client-Id, compared byte for byte.
    #[must_use]
    pub fn is_known(&self, client_id: &str) -> bool {
        self.0.load().contains_key(client_id)
    }

    /// Returns a client that has this key, and the key's version.
    ///
    /// It finds one's own public key that was given as a client's, a mistake that otherwise shows with the client's first
    /// request.
    #[must_use]
    pub fn client_of(&self, key: &PublicKey) -> Option<(Arc<str>, u64)> {
        let clients = self.0.load();
        let version = |versions: &KeyVersions| versions.version_of(key);
        clients.iter().find_map(|(client_id, versions)| Some((Arc::clone(client_id), version(versions)?)))
    }

    /// Returns the key of a client and version. To verify a message, use [`candidates`](Self::candidates), because the
    /// message may name no version.
    ///
    /// # Errors
    /// Returns [`KeyRingError::UnknownClient`] if the client has no key, and [`KeyRingError::UnknownVersion`] if it has
    /// none of this version. The protocol has a result code for each.
    pub fn key(&self, client_id: &str, version: u64) -> Result<PublicKey, KeyRingError> {
        let clients = self.0.load();
        clients.get(client_id).ok_or(KeyRingError::UnknownClient)?.get(version)
    }

    /// Returns the keys to verify a message with: the key of the version that its `Signature` header names, or the
    /// client's newest keys if it names none.
    ///
    /// # Errors
    /// Returns an error in the same cases as [`key`](Self::key).
    pub fn candidates(&self, client_id: &str, version: Option<u64>) -> Result<CandidateKeys, KeyRingError> {
        let clients = self.0.load();
        let versions = clients.get(client_id).ok_or(KeyRingError::UnknownClient)?;
        CandidateKeys::new(Arc::clone(versions), version)
    }

    /// Returns at most so many keys: those of this client first, the newest first, and then those of others.
    #[cfg(feature = "diagnose")]
    pub(crate) fn keys_around(&self, client_id: &str, max: usize) -> Vec<(Arc<str>, u64, PublicKey)> {
        let clients = self.0.load();
        let others = clients.iter().filter(|(other, _)| ***other != *client_id);
        let keys = clients.get_key_value(client_id).into_iter().chain(others).flat_map(|(client_id, versions)| {
            versions.0.iter().rev().map(|(version, key)| (Arc::clone(client_id), *version, key.clone()))
        });
        keys.take(max).collect()
    }

    #[cfg(feature = "watch")]
    pub(crate) fn downgrade(&self) -> Weak<ArcSwap<Clients>> {
        Arc::downgrade(&self.0)
    }

    #[cfg(feature = "watch")]
    pub(crate) fn upgrade(ring: &Weak<ArcSwap<Clients>>) -> Option<Self> {
        ring.upgrade().map(Self)
    }

    /// Replaces the table. `update` runs again when another thread was faster, so it must depend only on its argument.
    fn update(&self, update: impl Fn(&mut Clients)) {
        self.0.rcu(|clients| {
            let mut clients = Clients::clone(clients);
            update(&mut clients);
            clients
        });
    }
}

fn checked<I, C>(keys: I) -> Result<Vec<(Arc<str>, u64, PublicKey)>, KeyRingError>
where
    I: IntoIterator<Item = (C, u64, PublicKey)>,
    C: Into<Arc<str>>,
{
    let check = |(client_id, version, key): (C, u64, PublicKey)| {
        let client_id = client_id.into();
        let is_ambiguous = is_ambiguous_client_id(&client_id);
        if is_ambiguous { Err(KeyRingError::AmbiguousClientId { client_id }) } else { Ok((client_id, version, key)) }
    };
    keys.into_iter().map(check).collect()
}

fn add(clients: &mut Clients, keys: &[(Arc<str>, u64, PublicKey)]) {
    for (client_id, version, key) in keys {
        let versions = clients.entry(Arc::clone(client_id)).or_default();
        Arc::make_mut(versions).0.insert(*version, key.clone());
    }
}

/// Prints the number of clients.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} clients)", self.0.load().len())
    }
}
