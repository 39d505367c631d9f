//! The keys and the limits of an examination.

use std::time::Duration;

use jiff::Timestamp;

use crate::key::PublicKey;

pub(super) const MAX_KEYS: usize = 16;

/// A key of the other side.
#[derive(Debug, Clone)]
pub(super) struct PeerKey {
    /// Not set if the key is for every Client-Id, as a server's is.
    pub(super) client_id: Option<String>,
    pub(super) version: u64,
    pub(super) key: PublicKey,
}

#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) peer: Vec<PeerKey>,
    pub(super) own: Vec<PublicKey>,
    pub(super) now: Option<Timestamp>,
    pub(super) window: Duration,
    pub(super) hash_limit: u64,
    pub(super) prefixes: Vec<String>,
}

/// A key that is tried, and whose it is.
#[derive(Clone, Copy)]
pub(super) enum Candidate<'a> {
    Peer(&'a PeerKey),
    Own(&'a PublicKey),
}

impl<'a> Candidate<'a> {
    pub(super) fn key(self) -> &'a PublicKey {
        match self {
            Self::Peer(peer) => &peer.key,
            Self::Own(key) => key,
        }
    }

    /// Returns the key in words.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Peer(PeerKey { client_id: Some(client_id), version, .. }) => {
                format!("version {version} of `{}`", client_id.escape_debug())
            }
            Self::Peer(PeerKey { version, .. }) => format!("version {version} of the other side"),
            Self::Own(_) => "your own key".to_owned(),
        }
    }
}

impl PeerKey {
    /// Returns whether it is a key of this Client-Id.
    pub(super) fn is_of(&self, client_id: &str) -> bool {
        self.client_id.as_deref().is_none_or(|of| of == client_id)
    }
}

impl Settings {
    /// Returns the keys in the order in which they are tried: those that ought to have signed come first.
    pub(super) fn candidates(&self, client_id: &str, version: Option<u64>, is_own: bool) -> Vec<Candidate<'_>> {
        let mut peer: Vec<&PeerKey> = self.peer.iter().collect();
        let rank =
            |key: &PeerKey| (!key.is_of(client_id), Some(key.version) != version, std::cmp::Reverse(key.version));
        peer.sort_by_key(|key| rank(key));
        let peer = peer.into_iter().map(Candidate::Peer);
        let own = self.own.iter().map(Candidate::Own);
        let all: Vec<_> = if is_own { own.chain(peer).collect() } else { peer.chain(own).collect() };
        // Own keys are few, and must not fall behind the bound.
        let mut kept = all;
        while kept.len() > MAX_KEYS {
            let last = kept.iter().rposition(|candidate| matches!(candidate, Candidate::Peer(_)));
            kept.remove(last.unwrap_or(MAX_KEYS));
        }
        kept
    }
}
