//! Keys that are replaced while a client or a server uses them.

use std::sync::Arc;
use std::task::{Context, Waker};

use alipayplus_signing::testing::verifications;
use alipayplus_signing::{
    Digest, KeyRing, KeyRingError, PrivateKey, PublicKey, SignError, SignFuture, Signer, SigningInput, TrustedKeys,
    VerifyError, VersionedSigner,
};

use crate::support::{CLIENT_ID, INPUT, now, openssl_text, private_key, public_key};

/// Returns the versions that are tried for a message that names none.
fn candidates(ring: &KeyRing) -> Vec<u64> {
    ring.candidates(CLIENT_ID, None).unwrap().iter().map(|(version, _)| version).collect()
}

#[test]
fn ring_accepts_both_versions_during_a_rotation() {
    let ring = KeyRing::new();
    let server = ring.clone();
    assert_eq!(server.key(CLIENT_ID, 1), Err(KeyRingError::UnknownClient));
    assert!(!server.is_known(CLIENT_ID));

    ring.insert(CLIENT_ID, 1, public_key("k1")).unwrap();
    assert!(server.is_known(CLIENT_ID));
    assert_eq!(server.key(CLIENT_ID, 1), Ok(public_key("k1")));
    assert_eq!(server.key(CLIENT_ID, 2), Err(KeyRingError::UnknownVersion { version: Some(2) }));
    assert_eq!(candidates(&server), [1]);

    ring.insert(CLIENT_ID, 2, public_key("k2")).unwrap();
    assert_eq!(server.key(CLIENT_ID, 1), Ok(public_key("k1")));
    assert_eq!(server.key(CLIENT_ID, 2), Ok(public_key("k2")));
    assert_eq!(candidates(&server), [2, 1]);

    ring.remove(CLIENT_ID, 1);
    assert_eq!(server.key(CLIENT_ID, 1), Err(KeyRingError::UnknownVersion { version: Some(1) }));
    assert!(server.is_known(CLIENT_ID));
    ring.remove(CLIENT_ID, 2);
    assert_eq!(server.candidates(CLIENT_ID, None).unwrap_err(), KeyRingError::UnknownClient);
    assert!(!server.is_known(CLIENT_ID));
}

#[test]
fn newest_version_is_the_highest_number() {
    let ring = KeyRing::new();
    let (k1, k2) = (public_key("k1"), public_key("k2"));
    ring.extend([(CLIENT_ID, 10, k2.clone()), (CLIENT_ID, 9, k1.clone()), (CLIENT_ID, 0, k1.clone())]).unwrap();
    assert_eq!(candidates(&ring), [10, 9, 0]);
    assert_eq!(ring.key(CLIENT_ID, 0), Ok(k1.clone()));
    // The same version again replaces the key.
    ring.insert(CLIENT_ID, 10, k1.clone()).unwrap();
    assert_eq!(ring.key(CLIENT_ID, 10), Ok(k1));
}

#[test]
fn clients_are_kept_apart() {
    let ring = KeyRing::new();
    ring.extend([("a".to_owned(), 1, public_key("k1")), ("b".to_owned(), 1, public_key("k2"))]).unwrap();
    assert_eq!(ring.key("a", 1), Ok(public_key("k1")));
    assert_eq!(ring.key("b", 1), Ok(public_key("k2")));
    for other in ["A", "a ", "", "ab"] {
        assert_eq!(ring.key(other, 1), Err(KeyRingError::UnknownClient), "{other:?}");
    }
    ring.remove("c", 1);
    ring.remove("a", 7);
    ring.remove_client("b");
    assert!(ring.is_known("a"));
    assert!(!ring.is_known("b"));
}

/// A signature over such an id is also valid for a message of the client whose id precedes the time.
#[test]
fn a_client_id_that_holds_a_time_is_refused() {
    let ring = KeyRing::new();
    for client_id in
        ["a.2025-02-20T08:51:49Z", "a.2025-02-20T08:51:49Z.{}", "a.2025-02-20T08:51:49.09Z.{}", "a.1740041509000"]
    {
        let refused = Err(KeyRingError::AmbiguousClientId { client_id: client_id.into() });
        assert_eq!(ring.insert(client_id, 1, public_key("k1")), refused);
        // `extend` adds all keys or none.
        let keys = ["b", client_id, "c"].map(|id| (id, 1, public_key("k1")));
        assert_eq!(ring.extend(keys), refused);
        assert!(!ring.is_known("b") && !ring.is_known(client_id) && !ring.is_known("c"));
    }
    ring.insert("example.wallet", 1, public_key("k1")).unwrap();
    assert!(ring.is_known("example.wallet"));
}

#[test]
fn a_key_in_use_outlives_its_removal() {
    let ring = KeyRing::new();
    ring.insert(CLIENT_ID, 1, public_key("k1")).unwrap();
    let (key, keys) = (ring.key(CLIENT_ID, 1).unwrap(), ring.candidates(CLIENT_ID, None).unwrap());
    ring.remove_client(CLIENT_ID);
    let header = now(VersionedSigner::new(1, private_key("k1")).sign(&INPUT)).unwrap();
    assert_eq!(key.verify(&INPUT.digest(), &header), Ok(()));
    assert_eq!(keys.verify(&INPUT, &header), Ok(1));
}

/// Verifies a signature of `k1`, and returns the result with the number of RSA operations.
fn found(ring: &KeyRing, named: Option<u64>) -> (Result<u64, VerifyError>, u64) {
    let header = now(VersionedSigner::new(1, private_key("k1")).sign(&INPUT)).unwrap();
    let before = verifications();
    let found = ring.candidates(CLIENT_ID, named).unwrap().verify(&INPUT, &header).map_err(|error| error.error);
    (found, verifications() - before)
}

/// A client that never names a version may sign with the old key when a newer one is already known.
#[test]
fn without_a_version_the_newest_four_keys_are_tried() {
    let ring = KeyRing::new();
    ring.insert(CLIENT_ID, 1, public_key("k1")).unwrap();
    assert_eq!(found(&ring, None), (Ok(1), 1));
    for newer in [2, 3, 4] {
        ring.insert(CLIENT_ID, newer, public_key("k2")).unwrap();
        assert_eq!(found(&ring, None), (Ok(1), newer));
        assert_eq!(found(&ring, Some(1)), (Ok(1), 1));
        assert_eq!(found(&ring, Some(newer)), (Err(VerifyError::Mismatch), 1));
    }
    // The number of keys is bounded, and with it the cost.
    ring.insert(CLIENT_ID, 5, public_key("k2")).unwrap();
    assert_eq!(found(&ring, None), (Err(VerifyError::Mismatch), 4));
    assert_eq!(candidates(&ring), [5, 4, 3, 2]);
    assert_eq!(found(&ring, Some(1)), (Ok(1), 1));
}

#[test]
fn a_length_that_fits_no_key_is_not_a_mismatch() {
    let ring = KeyRing::new();
    let longer = PrivateKey::from_text(&openssl_text("genrsa 3072", "")).unwrap().public_key();
    ring.extend([(CLIENT_ID, 1, public_key("k1")), (CLIENT_ID, 2, longer)]).unwrap();
    let verify = |signature: &[u8]| {
        let verified = ring.candidates(CLIENT_ID, None).unwrap().verify(&INPUT, signature);
        verified.map_err(|error| error.error)
    };
    assert_eq!(verify(&[1; 256]), Err(VerifyError::Mismatch));
    assert!(matches!(verify(&[1; 255]), Err(VerifyError::SignatureLength { found: 255, .. })));
}

#[test]
fn changes_from_several_threads_are_all_kept() {
    let ring = KeyRing::new();
    let key = public_key("k1");
    // A large ring takes longer to change, so that the threads interfere with each other.
    ring.extend((0..2000).map(|number| (format!("other-{number}"), 1, key.clone()))).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (ring, key) = (ring.clone(), key.clone());
            scope.spawn(move || {
                for version in 0..50 {
                    ring.insert(format!("client-{thread}"), version, key.clone()).unwrap();
                    ring.insert("shared", thread * 50 + version, key.clone()).unwrap();
                }
            });
        }
    });
    for number in 0..200 {
        assert!(ring.key("shared", number).is_ok(), "{number}");
        assert!(ring.key(&format!("client-{}", number / 50), number % 50).is_ok(), "{number}");
    }
}

#[test]
fn trusted_keys_rotate_like_a_ring() {
    let keys = TrustedKeys::new();
    let client = keys.clone();
    assert!(client.is_empty());
    assert_eq!(client.candidates(None).unwrap_err(), KeyRingError::UnknownVersion { version: None });
    keys.insert(1, public_key("k1"));
    keys.extend([(2, public_key("k2"))]);
    assert_eq!(client.key(1), Ok(public_key("k1")));
    assert_eq!(format!("{:?}", client.candidates(None).unwrap()), "CandidateKeys[2, 1]");
    assert_eq!(format!("{:?}", client.candidates(Some(1)).unwrap()), "CandidateKeys[1]");
    let unknown = client.candidates(Some(7)).unwrap_err();
    assert_eq!(unknown, KeyRingError::UnknownVersion { version: Some(7) });
    assert_eq!(unknown.to_string(), "there is no key of version 7");
    assert_eq!(format!("{client:?}"), "TrustedKeys{1, 2}");
    keys.remove(1);
    assert_eq!(client.key(1), Err(KeyRingError::UnknownVersion { version: Some(1) }));
    assert!(!client.is_empty());
}

#[test]
fn replaced_signing_key_is_used_by_every_clone() {
    let operator = VersionedSigner::new(1, private_key("k1"));
    let server = operator.clone();
    let header = now(server.sign(&INPUT)).unwrap();
    assert_eq!(header.key_version(), Some(1));
    assert_eq!(public_key("k1").verify(&INPUT.digest(), &header), Ok(()));

    operator.replace(2, private_key("k2"));
    assert_eq!(server.version(), 2);
    let header = now(server.sign(&INPUT)).unwrap();
    assert_eq!(header.key_version(), Some(2));
    assert_eq!(public_key("k2").verify(&INPUT.digest(), &header), Ok(()));
}

/// A signer that replaces the key of its own `VersionedSigner` while it signs.
struct Replacing {
    key: PrivateKey,
    target: std::sync::OnceLock<VersionedSigner>,
}

impl Signer for Replacing {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        Box::pin(async move {
            self.target.get().unwrap().replace(2, private_key("k2"));
            self.key.sign(digest).await
        })
    }
}

#[test]
fn version_and_signature_come_from_the_same_key() {
    let signer = Arc::new(Replacing { key: private_key("k1"), target: std::sync::OnceLock::new() });
    let signing_key = VersionedSigner::new(1, Arc::clone(&signer));
    assert!(signer.target.set(signing_key.clone()).is_ok());

    let header = now(signing_key.sign(&INPUT)).unwrap();
    assert_eq!(signing_key.version(), 2, "it was replaced meanwhile");
    assert_eq!(header.key_version(), Some(1));
    assert_eq!(public_key("k1").verify(&INPUT.digest(), &header), Ok(()));
}

/// A signer that returns what an external service may return.
struct External(fn() -> Result<Vec<u8>, SignError>);

impl Signer for External {
    fn sign<'a>(&'a self, _digest: &'a Digest) -> SignFuture<'a> {
        Box::pin(async { (self.0)() })
    }
}

#[test]
fn signers_outside_of_the_process_are_supported() {
    let shared: Arc<dyn Signer> = Arc::new(private_key("k1"));
    let header = now(VersionedSigner::new(1, shared).sign(&INPUT)).unwrap();
    assert_eq!(public_key("k1").verify(&INPUT.digest(), &header), Ok(()));

    let failing = VersionedSigner::new(1, External(|| Err(SignError::external("the KMS is unavailable"))));
    let error = now(failing.sign(&INPUT)).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the KMS is unavailable");

    for (signer, found) in
        [(External(|| Ok(vec![])), 0), (External(|| Ok(vec![1; 255])), 255), (External(|| Ok(vec![1; 1025])), 1025)]
    {
        let error = now(VersionedSigner::new(1, signer).sign(&INPUT)).unwrap_err();
        assert!(matches!(error, SignError::SignatureLength { found: n } if n == found), "{error}");
    }
}

#[test]
fn the_owner_of_a_key_is_found() {
    let (ring, trusted) = (KeyRing::new(), TrustedKeys::new());
    ring.insert(CLIENT_ID, 7, public_key("k1")).unwrap();
    trusted.insert(3, public_key("k1"));
    assert_eq!(ring.client_of(&public_key("k1")), Some((CLIENT_ID.into(), 7)));
    assert_eq!(trusted.version_of(&public_key("k1")), Some(3));
    assert_eq!(trusted.versions(), [3]);
    assert_eq!((ring.client_of(&public_key("k2")), trusted.version_of(&public_key("k2"))), (None, None));
}

#[test]
fn a_mismatch_names_what_the_two_sides_have_to_compare() {
    let header = now(VersionedSigner::new(1, private_key("k1")).sign(&INPUT)).unwrap();
    let ring = KeyRing::new();
    ring.insert(CLIENT_ID, 7, public_key("k2")).unwrap();
    let changed = SigningInput { uri: "/a\u{1b}b?token=secret", ..INPUT };
    let error = ring.candidates(CLIENT_ID, Some(7)).unwrap().verify(&changed, &header).unwrap_err();
    let key = &public_key("k2").fingerprint()[..16];
    let expected = format!(
        "the signature does not match the key and the content (verified over POST /a\\u{{1b}}b; a body of 43 bytes; \
         content with SHA-256 {}; key 7 with fingerprint {key}…)",
        changed.digest()
    );
    assert_eq!(error.to_string(), expected);

    ring.insert(CLIENT_ID, 8, public_key("k2")).unwrap();
    let changed = SigningInput { uri: &format!("/{}", "x".repeat(64)), ..INPUT };
    let error = ring.candidates(CLIENT_ID, None).unwrap().verify(&changed, &header).unwrap_err();
    let text = error.to_string();
    let keys = format!("; no keyVersion, tried key 8 with fingerprint {key}…, key 7 with fingerprint {key}…)");
    assert!(text.ends_with(&keys) && text.contains("xx…; a body"), "{text}");
}

/// A service that signs with one key, and a configuration that names another public key.
struct Kms {
    signs: PrivateKey,
    configured: Option<&'static str>,
}

impl Signer for Kms {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.signs.sign(digest)
    }

    fn public_key(&self) -> Option<PublicKey> {
        self.configured.map(public_key)
    }
}

#[test]
fn signatures_of_a_foreign_signer_are_verified_with_its_public_key() {
    let kms = |configured| Kms { signs: private_key("k1"), configured };
    let verified = |signer: VersionedSigner| {
        let before = verifications();
        let signed = now(signer.sign(&INPUT));
        (signed, verifications() - before)
    };
    // Within `Arc<dyn Signer>`, too.
    let shared: Arc<dyn Signer> = Arc::new(kms(Some("k1")));
    for signer in [VersionedSigner::new(1, kms(Some("k1"))), VersionedSigner::new(1, shared)] {
        assert_eq!(signer.public_key(), Some(public_key("k1")));
        now(signer.check()).unwrap();
        assert!(matches!(verified(signer), (Ok(_), 1)));
    }

    let wrong = VersionedSigner::new(1, kms(Some("k2")));
    let expected = public_key("k2").fingerprint();
    for error in [now(wrong.check()).unwrap_err(), now(wrong.sign(&INPUT)).unwrap_err()] {
        assert!(matches!(&error, SignError::WrongKey { fingerprint } if *fingerprint == expected), "{error}");
    }
    // Later, too.
    let signer = VersionedSigner::new(1, private_key("k1"));
    signer.replace(2, kms(Some("k2")));
    assert!(matches!(now(signer.check()), Err(SignError::WrongKey { .. })));

    // Without a public key, and for a key in memory, nothing is verified.
    assert!(matches!(verified(VersionedSigner::new(1, kms(None))), (Ok(_), 0)));
    for signer in [VersionedSigner::new(1, private_key("k1")), VersionedSigner::new(1, Arc::new(private_key("k1")))] {
        assert_eq!(signer.public_key(), Some(public_key("k1")));
        assert!(matches!(verified(signer), (Ok(_), 0)));
    }
}

/// A signer that panics when it is called, polled or dropped.
enum Panics {
    Called,
    Polled,
    Dropped,
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("the lock is poisoned");
    }
}

impl Signer for Panics {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        match self {
            Self::Called => panic!("the vault's text"),
            Self::Polled => Box::pin(async { panic!("the vault's text") }),
            Self::Dropped => Box::pin(async {
                let _guard = PanicsOnDrop;
                std::future::pending().await
            }),
        }
    }
}

#[test]
fn a_panic_of_a_signer_is_an_error() {
    for panics in [Panics::Called, Panics::Polled] {
        let error = now(VersionedSigner::new(1, panics).sign(&INPUT)).unwrap_err();
        assert!(matches!(error, SignError::Panicked), "{error}");
        assert_eq!(error.to_string(), "the signer panicked");
    }
    // Dropped while it waits.
    let signer = VersionedSigner::new(1, Panics::Dropped);
    let mut signing = Box::pin(signer.sign(&INPUT));
    let mut context = Context::from_waker(Waker::noop());
    assert!(signing.as_mut().poll(&mut context).is_pending());
    drop(signing);
}

#[test]
fn types_and_futures_cross_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send>(_: &T) {}

    shared::<(KeyRing, TrustedKeys, VersionedSigner, PrivateKey)>();
    shared::<(alipayplus_signing::Freshness, SignError, alipayplus_signing::KeyError)>();
    let signing_key = VersionedSigner::new(1, private_key("k1"));
    sent(&signing_key.sign(&INPUT));
}
