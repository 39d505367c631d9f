//! The settings of a builder, and its errors.

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::testing::verifications;
use alipayplus_client::signing::{Digest, SignFuture, VerifyError, VersionedSigner};
use alipayplus_client::{
    BuildError, Builder, Client, ErrorReason, NotSentError, PrivateKey, PublicKey, SignatureError, Signer, TrustedKeys,
    UnverifiedError,
};

use crate::mock_server::{MockResponse, MockServer, paid, request, test_keys};

fn builder(url: &str) -> Builder<Client> {
    let keys = test_keys();
    let signed = Client::builder(url).client_id("X").sign_with(1, keys.client);
    signed.trusted_key(1, keys.server.public_key())
}

#[test]
fn a_client_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sendable<T: Send>(_: &T) {}
    let client = builder("https://mpp.example").build().unwrap();
    shared(&client);
    let request = request();
    sendable(&client.inquiry_payment(&request));
    sendable(&client.inquiry_payment(&request).into_future());
}

#[test]
fn missing_settings_are_named() {
    let keys = test_keys();
    let key = || keys.client.clone();
    let url = "https://mpp.example";
    let error = Client::builder(url).build().unwrap_err();
    assert!(matches!(error, BuildError::NoClientId), "{error:?}");
    let error = Client::builder(url).client_id("X").build().unwrap_err();
    assert!(matches!(error, BuildError::NoSigner), "{error:?}");
    let error = Client::builder(url).client_id("X").sign_with(1, key()).build().unwrap_err();
    assert!(matches!(error, BuildError::NoTrustedKey), "{error:?}");
    let signed = Client::builder(url).client_id("X").sign_with(1, key());
    let error = signed.trusted_keys(TrustedKeys::new()).build().unwrap_err();
    assert!(matches!(error, BuildError::NoTrustedKey), "{error:?}");
}

#[test]
fn limits_of_zero_are_named() {
    let client = || builder("https://mpp.example");
    let zero = std::time::Duration::ZERO;
    for (builder, name) in [
        (client().attempt_timeout(zero), "attempt_timeout"),
        (client().deadline(zero), "deadline"),
        (client().body_limit(0), "body_limit"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, BuildError::Zero { setting } if setting == name), "{error:?}");
    }
}

#[test]
fn invalid_settings_are_named() {
    for id in ["", "a b", "ä", "a\r\nSignature: x", "a\t"] {
        let error = builder("https://mpp.example").client_id(id).build().unwrap_err();
        assert!(matches!(error, BuildError::ClientId), "{error:?}");
    }
    for url in [
        "mpp.example",
        "https://me:secret@mpp.example",
        "https://mpp.example?x",
        "https://mpp.example:99999",
        "http://[::zz]",
        "https://:443",
    ] {
        let error = builder(url).build().unwrap_err();
        assert!(matches!(error, BuildError::Url { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    for path in ["", "v1", "/a/../b", "/a?b"] {
        let error = builder("https://mpp.example").path::<InquiryPayment>(path).build().unwrap_err();
        assert!(matches!(error, BuildError::Path { operation: "inquiryPayment", .. }), "{error:?}");
        let error = builder("https://mpp.example").signed_path::<InquiryPayment>(path).build().unwrap_err();
        assert!(matches!(error, BuildError::Path { operation: "inquiryPayment", .. }), "{error:?}");
    }
    for prefix in ["/", "/a/", "v1", "/a/../b", "/a?b"] {
        let error = builder("https://mpp.example").signed_prefix(prefix).build().unwrap_err();
        assert!(matches!(error, BuildError::SignedPrefix { .. }), "{error:?}");
    }
}

#[test]
fn a_client_id_that_holds_a_time_is_refused() {
    for id in ["X.2025-02-20T08:51:49Z", "X.2025-02-20T08:51:49.09Z.{}", "X.1740041509000"] {
        let error = builder("https://mpp.example").client_id(id).build().unwrap_err();
        assert!(matches!(error, BuildError::AmbiguousClientId), "{error:?}");
    }
    builder("https://mpp.example").client_id("example.wallet").build().unwrap();
}

#[test]
fn plain_http_is_only_for_loopback() {
    for url in ["http://mpp.example", "http://10.0.0.1:8080", "http://localhost.example"] {
        let error = builder(url).build().unwrap_err();
        assert!(matches!(error, BuildError::PlainHttp), "{url}: {error:?}");
        builder(url).danger_allow_plain_http().build().unwrap();
    }
    for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"] {
        builder(url).build().unwrap();
    }
}

/// Keys of one client must not be written into those that it shares with others.
#[test]
fn own_and_shared_trusted_keys_exclude_each_other_in_any_order() {
    let url = "https://mpp.example";
    let (own, shared) = (test_keys().client.public_key(), TrustedKeys::new());
    shared.insert(1, test_keys().server.public_key());
    let signed = || Client::builder(url).client_id("X").sign_with(1, test_keys().client);
    for builder in [
        signed().trusted_key(2, own.clone()).trusted_keys(shared.clone()),
        signed().trusted_keys(shared.clone()).trusted_key(2, own.clone()),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, BuildError::TrustedKeysTwice), "{error:?}");
    }
    assert!(shared.key(2).is_err(), "a key was written into the shared ones");
}

#[tokio::test]
async fn an_invalid_tracer_id_is_refused() {
    let server = MockServer::new([MockResponse::new(paid())]);
    let client = server.client();
    for id in ["", "a b", "a\r\nb"] {
        let error = client.inquiry_payment(&request()).tracer_id(id).await.unwrap_err();
        assert!(
            matches!(error.reason(), ErrorReason::NotSent(NotSentError::Config(BuildError::TracerId))),
            "{error:?}"
        );
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn keys_are_replaced_while_the_client_runs() {
    let keys = test_keys();
    let server = MockServer::new([MockResponse::new(paid()).version(2).signed_by(keys.client.clone())]);
    let (own, trusted) = (VersionedSigner::new(1, keys.client.clone()), TrustedKeys::new());
    trusted.insert(1, keys.server.public_key());
    let builder = server.builder().signing_key(own.clone()).trusted_keys(trusted.clone());
    let client = builder.build().unwrap();
    client.inquiry_payment(&request()).await.unwrap_err();

    trusted.insert(2, keys.client.public_key());
    own.replace(7, keys.server.clone());
    client.inquiry_payment(&request()).await.unwrap();
    let signature = server.requests()[1].request.headers()["signature"].clone();
    assert!(signature.to_str().unwrap().starts_with("algorithm=RSA256, keyVersion=7, "));
}

/// A signer of a KMS that signs with another key than the program was configured for, or that panics.
enum Kms {
    WrongKey(PrivateKey, PublicKey),
    Panicking,
}

impl Signer for Kms {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        match self {
            Self::WrongKey(key, _) => key.sign(digest),
            Self::Panicking => panic!("the vault's text"),
        }
    }

    fn public_key(&self) -> Option<PublicKey> {
        if let Self::WrongKey(_, key) = self { Some(key.clone()) } else { None }
    }
}

#[test]
fn our_own_public_key_as_the_servers_is_noticed() {
    let keys = test_keys();
    let error = builder("https://mpp.example").trusted_key(4, keys.client.public_key()).build().unwrap_err();
    assert!(matches!(error, BuildError::OwnKey { version: 4 }), "{error:?}");
}

#[tokio::test]
async fn nothing_is_sent_if_the_signer_has_another_key_or_panics() {
    let keys = test_keys();
    let server = MockServer::new([MockResponse::new(paid())]);
    // Neither of the two keys that the client trusts or signs with.
    let other = PrivateKey::generate().unwrap().public_key();
    for (signer, cause) in [
        (Kms::WrongKey(keys.client.clone(), other), "the signer's signature does not verify"),
        (Kms::Panicking, "the signer panicked"),
    ] {
        let client = server.builder().sign_with(1, signer).build().unwrap();
        let error = client.inquiry_payment(&request()).await.unwrap_err();
        let ErrorReason::NotSent(NotSentError::Sign(source)) = error.reason() else { panic!("{error:?}") };
        assert!(source.to_string().starts_with(cause), "{source}");
        assert!(!error.is_retryable());
    }
    assert_eq!(server.requests().len(), 0);
}

/// A server that never names a version may sign with its old key when a newer one is already trusted.
#[tokio::test]
async fn without_a_version_the_newest_four_trusted_keys_are_tried() {
    let keys = test_keys();
    let server = MockServer::new([MockResponse::new(paid()).without_version()]);
    let trusted = TrustedKeys::new();
    trusted.insert(1, keys.server.public_key());
    let client = server.builder().trusted_keys(trusted.clone()).build().unwrap();
    for newer in 2..=4 {
        trusted.insert(newer, keys.client.public_key());
        let before = verifications();
        client.inquiry_payment(&request()).await.unwrap();
        assert_eq!(verifications() - before, newer);
    }
    trusted.insert(5, keys.client.public_key());
    let before = verifications();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Signature(SignatureError::Verify(e))) if e.error == VerifyError::Mismatch),
        "{error:?}"
    );
    assert_eq!(verifications() - before, 4);
}
