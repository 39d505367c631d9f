//! Loads the keys that the command line names.

use std::path::Path;

use alipayplus_signing::diagnose::{Cause, Doctor};
use alipayplus_signing::{KeyError, KeyErrorKind, PrivateKey, PublicKey};

use super::failure::Failure;

/// The keys of an examination.
pub(crate) struct Keys {
    peer: Vec<PeerKey>,
    pub(crate) own: Option<PublicKey>,
}

struct PeerKey {
    client_id: Option<String>,
    version: Option<u64>,
    key: PublicKey,
}

/// What the files hold.
pub(crate) enum Loaded {
    Keys(Keys),
    /// A file is there and holds no public key, which is a cause in itself.
    NoKey {
        cause: Cause,
        message: String,
    },
}

impl Keys {
    /// Adds the keys to a doctor. A key without a version has the one that the message names.
    pub(crate) fn add_to(&self, doctor: Doctor, named: Option<u64>) -> Doctor {
        let doctor = self.peer.iter().fold(doctor, |doctor, PeerKey { client_id, version, key }| {
            doctor.peer_key(client_id.as_deref(), version.or(named).unwrap_or(1), key.clone())
        });
        self.own.iter().fold(doctor, |doctor, key| doctor.own_key(key.clone()))
    }

    /// Returns the fingerprints of the other side's keys with their versions.
    pub(crate) fn peer_fingerprints(&self) -> Vec<String> {
        let shown = |key: &PeerKey| match key.version {
            Some(version) => format!("version {version}: {}", key.key.fingerprint()),
            None => key.key.fingerprint(),
        };
        self.peer.iter().map(shown).collect()
    }
}

/// Loads the keys.
pub(crate) fn load(peer: &[String], own: Option<&Path>) -> Result<Loaded, Failure> {
    if peer.is_empty() && own.is_none() {
        return Err(Failure::Usage("a key is needed: --peer-key, --own-key or both".to_owned()));
    }
    let own = own.map(own_key).transpose().map_err(|error| Failure::Unreadable(shown(&error)))?;
    let mut keys = Keys { peer: Vec::new(), own };
    for text in peer {
        let (client_id, version, path) = named(text);
        match PublicKey::from_file(path) {
            Ok(key) => keys.peer.push(PeerKey { client_id, version, key }),
            Err(error) => match Cause::of_key_error(&error) {
                Some(cause) => return Ok(Loaded::NoKey { cause, message: shown(&error) }),
                None => return Err(Failure::Unreadable(shown(&error))),
            },
        }
    }
    Ok(Loaded::Keys(keys))
}

/// Splits `CLIENT-ID/VERSION=FILE`, `VERSION=FILE` and `FILE`.
fn named(text: &str) -> (Option<String>, Option<u64>, &str) {
    let Some((name, path)) = text.split_once('=') else { return (None, None, text) };
    let (client_id, version) = match name.rsplit_once('/') {
        Some((client_id, version)) => (Some(client_id.to_owned()), version),
        None => (None, name),
    };
    match version.parse() {
        Ok(version) => (client_id, Some(version), path),
        // A path may have a `=` of its own.
        Err(_) => (None, None, text),
    }
}

fn own_key(path: &Path) -> Result<PublicKey, KeyError> {
    PublicKey::from_file(path).or_else(|error| match error.problem() {
        Some(KeyErrorKind::PrivateKey) => PrivateKey::from_file(path).map(|key| key.public_key()),
        _ => Err(error),
    })
}

/// Returns the text of an error with its source. It holds no part of a key.
fn shown(error: &KeyError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
