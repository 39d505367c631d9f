//! What a builder takes, and what it does not.

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::signing::testing::verifications;
use alipayplus_client::signing::{VerifyError, VersionedSigner};
use alipayplus_client::{BuildError, Builder, Client, Error, SignatureError, TrustedKeys};

use crate::peer::{Answer, Peer, paid, parties, request};

fn builder(url: &str) -> Builder<Client> {
    let parties = parties();
    let signed = Client::builder(url).client_id("X").sign_with(1, parties.client);
    signed.trusted_key(1, parties.server.public_key())
}

#[test]
fn a_client_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let client = builder("https://mpp.example").build().unwrap();
    shared(&client);
    let request = request();
    sent(&client.inquiry_payment(&request));
    sent(&client.inquiry_payment(&request).into_future());
}

#[test]
fn what_is_missing_is_named() {
    let parties = parties();
    let key = || parties.client.clone();
    let url = "https://mpp.example";
    let error = Client::builder(url).build().unwrap_err();
    assert!(matches!(error, BuildError::NoClientId), "{error:?}");
    let error = Client::builder(url).client_id("X").build().unwrap_err();
    assert!(matches!(error, BuildError::NoSigner), "{error:?}");
    let error = Client::builder(url).client_id("X").sign_with(1, key()).build().unwrap_err();
    assert!(matches!(error, BuildError::NoTrustedKey), "{error:?}");
    let error = builder(url).trusted_keys(TrustedKeys::new()).build().unwrap_err();
    assert!(matches!(error, BuildError::NoTrustedKey), "{error:?}");
}

#[test]
fn a_limit_of_nothing_is_named() {
    let client = || builder("https://mpp.example");
    let nothing = std::time::Duration::ZERO;
    for (builder, name) in [
        (client().attempt_timeout(nothing), "attempt_timeout"),
        (client().deadline(nothing), "deadline"),
        (client().body_limit(0), "body_limit"),
    ] {
        let error = builder.build().unwrap_err();
        assert!(matches!(error, BuildError::Zero { setting } if setting == name), "{error:?}");
    }
}

#[test]
fn what_is_unusable_is_named() {
    for id in ["", "a b", "ä", "a\r\nSignature: x", "a\t"] {
        let error = builder("https://mpp.example").client_id(id).build().unwrap_err();
        assert!(matches!(error, BuildError::ClientId), "{error:?}");
    }
    for url in ["mpp.example", "https://me:secret@mpp.example", "https://mpp.example?x"] {
        let error = builder(url).build().unwrap_err();
        assert!(matches!(error, BuildError::Url { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    for path in ["", "v1", "/a/../b", "/a?b"] {
        let error = builder("https://mpp.example").path::<InquiryPayment>(path).build().unwrap_err();
        assert!(matches!(error, BuildError::Path { operation: "inquiryPayment", .. }), "{error:?}");
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
fn plain_http_is_for_loopback_alone() {
    for url in ["http://mpp.example", "http://10.0.0.1:8080", "http://localhost.example"] {
        let error = builder(url).build().unwrap_err();
        assert!(matches!(error, BuildError::PlainHttp), "{url}: {error:?}");
        builder(url).danger_allow_plain_http().build().unwrap();
    }
    for url in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "https://mpp.example"] {
        builder(url).build().unwrap();
    }
}

#[tokio::test]
async fn a_tracer_id_that_is_no_header() {
    let peer = Peer::new([Answer::of(paid())]);
    let client = peer.client();
    for id in ["", "a b", "a\r\nb"] {
        let error = client.inquiry_payment(&request()).tracer_id(id).await.unwrap_err();
        assert!(matches!(error, Error::Config(BuildError::TracerId)), "{error:?}");
    }
    assert_eq!(peer.asked().len(), 0);
}

#[tokio::test]
async fn keys_are_replaced_while_the_client_runs() {
    let parties = parties();
    let peer = Peer::new([Answer::of(paid()).version(2).signed_by(parties.client.clone())]);
    let (own, trusted) = (VersionedSigner::new(1, parties.client.clone()), TrustedKeys::new());
    trusted.insert(1, parties.server.public_key());
    let builder = peer.builder().signing_key(own.clone()).trusted_keys(trusted.clone());
    let client = builder.build().unwrap();
    client.inquiry_payment(&request()).await.unwrap_err();

    trusted.insert(2, parties.client.public_key());
    own.replace(7, parties.server.clone());
    client.inquiry_payment(&request()).await.unwrap();
    let signature = peer.asked()[1].request.headers()["signature"].clone();
    assert!(signature.to_str().unwrap().starts_with("algorithm=RSA256, keyVersion=7, "));
}

/// A service that never names a version goes on with its old key when a newer one is trusted already.
#[tokio::test]
async fn without_a_version_the_newest_four_trusted_keys_are_tried() {
    let parties = parties();
    let peer = Peer::new([Answer::of(paid()).without_version()]);
    let trusted = TrustedKeys::new();
    trusted.insert(1, parties.server.public_key());
    let client = peer.builder().trusted_keys(trusted.clone()).build().unwrap();
    for newer in 2..=4 {
        trusted.insert(newer, parties.client.public_key());
        let before = verifications();
        client.inquiry_payment(&request()).await.unwrap();
        assert_eq!(verifications() - before, newer);
    }
    trusted.insert(5, parties.client.public_key());
    let before = verifications();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Signature(SignatureError::Verify(VerifyError::Mismatch))), "{error:?}");
    assert_eq!(verifications() - before, 4);
}
