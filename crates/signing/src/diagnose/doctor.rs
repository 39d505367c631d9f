//! Examines a message with the keys that one has.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::diagnosis::Diagnosis;
use super::examination::Examination;
use super::message::{Message, Sender};
use super::settings::{MAX_KEYS, PeerKey, Settings};
use crate::freshness::Freshness;
use crate::key::PublicKey;
use crate::key_ring::KeyRing;

/// Finds out why a signature does not verify.
///
/// It has the keys and the limits; [`diagnose`](Self::diagnose) examines a message. The bounds hold whatever the message
/// is: at most 16 keys are tried and 64 MiB hashed, so that it may run beside a server. It takes up to some hundred
/// milliseconds of a processor: keep it off the path of requests.
///
/// ```
/// # #[cfg(feature = "testing")]
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use alipayplus_signing::diagnose::{Cause, Doctor, Message};
/// use alipayplus_signing::{PrivateKey, SigningInput, VersionedSigner};
///
/// let key = PrivateKey::generate()?;
/// let doctor = Doctor::new().peer_key(Some("SANDBOX_5X00000000000000"), 1, key.public_key());
/// let signed = SigningInput {
///     method: "POST",
///     uri: "/v1/payments/inquiryPayment",
///     client_id: "SANDBOX_5X00000000000000",
///     time: "2025-02-20T08:51:49Z",
///     body: b"{}\n",
/// };
/// let header = VersionedSigner::new(1, key).sign(&signed).await?.to_string();
///
/// // The line feed at the end of the body was lost on the way.
/// let received = SigningInput { body: b"{}", ..signed };
/// let diagnosis = doctor.diagnose(&Message::request(received, [&header]), &[]);
/// assert!(diagnosis.has(Cause::BodyLineFeed));
/// # Ok(())
/// # }
/// # #[cfg(feature = "testing")]
/// # {
/// # use std::{pin::pin, task::{Context, Poll, Waker}};
/// # let mut run = pin!(example());
/// # let mut context = Context::from_waker(Waker::noop());
/// # assert!(matches!(run.as_mut().poll(&mut context), Poll::Ready(Ok(()))));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Doctor(Settings);

impl Doctor {
    /// The largest number of keys that are tried.
    pub const MAX_KEYS: usize = MAX_KEYS;
    /// The default bound of what is hashed for one message: 64 MiB.
    pub const DEFAULT_HASH_LIMIT: u64 = 64 * 1024 * 1024;

    /// Creates a doctor without keys.
    #[must_use]
    pub fn new() -> Self {
        Self(Settings {
            peer: Vec::new(),
            own: Vec::new(),
            now: None,
            window: Freshness::DEFAULT_WINDOW,
            hash_limit: Self::DEFAULT_HASH_LIMIT,
            prefixes: Vec::new(),
        })
    }

    /// Adds a key of the other side: of one Client-Id, or of a server, which has none.
    ///
    /// Keys of other Client-Ids and other environments are welcome: they are what tells a wrong key from changed bytes.
    #[must_use]
    pub fn peer_key(mut self, client_id: Option<&str>, version: u64, key: PublicKey) -> Self {
        self.0.peer.push(PeerKey { client_id: client_id.map(str::to_owned), version, key });
        self
    }

    /// Adds the keys of a ring for a message of this client: all of its own, and of others as many as are tried.
    #[must_use]
    pub fn key_ring(mut self, ring: &KeyRing, client_id: &str) -> Self {
        let keys = ring.keys_around(client_id, MAX_KEYS).into_iter();
        let key = |(client_id, version, key): (Arc<str>, u64, PublicKey)| {
            let client_id = Some(client_id.as_ref().to_owned());
            PeerKey { client_id, version, key }
        };
        self.0.peer.extend(keys.map(key));
        self
    }

    /// Adds one's own public key.
    #[must_use]
    pub fn own_key(mut self, key: PublicKey) -> Self {
        self.0.own.push(key);
        self
    }

    /// Sets the time now. A message that says when it was captured is compared with that time instead.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.0.now = Some(now);
        self
    }

    /// Sets the window of freshness: 300 s by default.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.0.window = window;
        self
    }

    /// Sets the bound of what is hashed for one message, in bytes.
    #[must_use]
    pub fn hash_limit(mut self, bytes: u64) -> Self {
        self.0.hash_limit = bytes;
        self
    }

    /// Adds a path that a proxy may remove in front of the one that is seen here, such as `/gateway`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.0.prefixes.push(prefix.into());
        self
    }

    /// Examines a message. `others` are further messages, of the same exchange or of others, whose bodies, paths and
    /// times may have been mixed up with the message's.
    #[must_use]
    pub fn diagnose(&self, message: &Message<'_>, others: &[Message<'_>]) -> Diagnosis {
        Examination::new(&self.0, message, others).run()
    }

    /// Returns who made the signature of a message, by the keys; `None` if none of them did.
    #[must_use]
    pub fn sender_of(&self, message: &Message<'_>) -> Option<Sender> {
        Examination::new(&self.0, message, &[]).sender()
    }
}

impl Default for Doctor {
    fn default() -> Self {
        Self::new()
    }
}
