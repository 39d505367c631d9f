//! Evidence is stored as text, read back, and verified again.

use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::transport::bytes::Bytes;
use alipayplus_client::transport::http::{HeaderName, HeaderValue, Request, Response};
use alipayplus_client::{
    Clock, Evidence, EvidenceError, Freshness, ParseEvidenceError, SignatureError, TrustedKeys, UnverifiedError,
};
use fastrand::Rng;

use crate::mock_server::{MockResponse, MockServer, paid};

/// The public keys of both parties, by one version each.
struct Keys {
    client: TrustedKeys,
    server: TrustedKeys,
}

async fn kept() -> (Evidence, Keys) {
    let server = MockServer::new([MockResponse::new(paid())]);
    let evidence = server.inquire().await.unwrap().evidence().clone();
    let keys = Keys { client: TrustedKeys::new(), server: TrustedKeys::new() };
    keys.client.insert(1, server.keys.client.public_key());
    keys.server.insert(1, server.keys.server.public_key());
    (evidence, keys)
}

fn years_later() -> Freshness {
    Freshness::default().with_clock(Clock::from_fn(|| "2099-01-01T00:00:00Z".parse().unwrap()))
}

fn verify(evidence: &Evidence, keys: &Keys) -> Result<(), EvidenceError> {
    evidence.verify(&keys.client, &keys.server, &years_later()).map(|_| ())
}

#[tokio::test]
async fn it_is_verified_years_later_from_its_text() {
    let (evidence, keys) = kept().await;
    let stored = evidence.to_text();
    assert!(stored.contains(&format!("{} bytes\n{}\n", paid().len(), paid())), "the body is readable");
    let read: Evidence = stored.parse().unwrap();
    assert_eq!(read, evidence);
    let found = read.verify(&keys.client, &keys.server, &years_later()).unwrap();
    assert_eq!((found.request_key_version, found.response_key_version), (1, 1));
    assert_eq!(found.request_time, found.response_time);
    // What mail does to line ends.
    assert_eq!(stored.replace('\n', "\r\n").parse::<Evidence>().unwrap(), evidence);
    let json = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
}

#[tokio::test]
async fn the_error_says_whose_signature_is_not_accepted() {
    let (evidence, keys) = kept().await;
    // By then, the key has another number, or is gone.
    let renumbered = |keys: &TrustedKeys| {
        let others = TrustedKeys::new();
        others.insert(2, keys.key(1).unwrap());
        others
    };
    let unknown = SignatureError::Key(KeyRingError::UnknownVersion { version: Some(1) });
    let lost = Keys { client: renumbered(&keys.client), server: keys.server.clone() };
    assert_eq!(verify(&evidence, &lost), Err(EvidenceError::Request(unknown.clone())));
    let lost = Keys { client: keys.client.clone(), server: renumbered(&keys.server) };
    assert_eq!(verify(&evidence, &lost), Err(EvidenceError::Response(unknown.into())));
    let swapped = Keys { client: keys.server.clone(), server: keys.client.clone() };
    assert!(matches!(verify(&evidence, &swapped), Err(EvidenceError::Response(_))));
}

#[tokio::test]
async fn what_was_changed_is_not_verified() {
    let (evidence, keys) = kept().await;
    let is_mismatch =
        |error: &SignatureError| matches!(error, SignatureError::Verify(e) if e.error == VerifyError::Mismatch);
    let of_response = |evidence: &Evidence| match verify(evidence, &keys) {
        Err(EvidenceError::Response(UnverifiedError::Signature(error))) => is_mismatch(&error),
        _ => false,
    };
    let of_request = |evidence: &Evidence| match verify(evidence, &keys) {
        Err(EvidenceError::Request(error)) => is_mismatch(&error),
        _ => false,
    };
    let replaced = |from: &str, to: &str| -> Evidence {
        let text = evidence.to_text();
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).parse().unwrap()
    };
    for (from, to) in
        [("\"value\":\"100\"", "\"value\":\"900\""), ("signed path: /a", "signed path: /b"), ("POST", "PUT")]
    {
        assert!(of_response(&replaced(from, to)), "{from}");
    }
    assert!(of_request(&replaced("\"paymentRequestId\":\"2", "\"paymentRequestId\":\"3")));
    // Later by less than a response's time may differ.
    let time = evidence.request_headers()["request-time"].to_str().unwrap();
    let earlier = format!("{}.5Z", &time[..time.len() - 1]);
    assert!(of_request(&replaced(&format!("request-time: {time}"), &format!("request-time: {earlier}"))));
    let unsigned = SignatureError::Header(HeaderError::Missing);
    assert_eq!(verify(&replaced("signature: ", "x-signature: "), &keys), Err(EvidenceError::Request(unsigned)));
    for name in ["Client-Id", "Request-Time"] {
        let evidence = replaced(&format!("{}: ", name.to_lowercase()), "x-other: ");
        assert_eq!(verify(&evidence, &keys), Err(EvidenceError::RequestHeader { name }));
    }
    let ambiguous = replaced("client-id: ", "client-id: V.2025-02-20T08:51:49Z.");
    assert_eq!(verify(&ambiguous, &keys), Err(EvidenceError::RequestHeader { name: "Client-Id" }));
}

#[tokio::test]
async fn the_headers_of_the_response_are_checked_as_a_client_does() {
    let (evidence, keys) = kept().await;
    let change = |evidence: &Evidence, name: HeaderName, value: &str| {
        let mut response = Response::new(Bytes::copy_from_slice(evidence.response_body()));
        *response.headers_mut() = evidence.response_headers().clone();
        response.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        let mut request = Request::new(Bytes::copy_from_slice(evidence.request_body()));
        *request.method_mut() = "POST".parse().unwrap();
        *request.uri_mut() = evidence.uri().clone();
        *request.headers_mut() = evidence.request_headers().clone();
        Evidence::new(request, response)
    };
    let name = HeaderName::from_static;
    assert_eq!(verify(&change(&evidence, name("x-other"), "1"), &keys), Ok(()), "the constructor keeps what is signed");
    let other_client = EvidenceError::Response(UnverifiedError::ClientId);
    assert_eq!(verify(&change(&evidence, name("client-id"), "X"), &keys), Err(other_client));
    let unreadable = EvidenceError::Response(FreshnessError::Unreadable.into());
    assert_eq!(verify(&change(&evidence, name("response-time"), "now"), &keys), Err(unreadable));
    let stale = verify(&change(&evidence, name("response-time"), "2025-02-19T08:51:49Z"), &keys);
    let is_stale = |error: &UnverifiedError| matches!(error, UnverifiedError::Freshness(FreshnessError::Stale { .. }));
    assert!(matches!(stale, Err(EvidenceError::Response(error)) if is_stale(&error)));
    let other_path = change(&evidence, name("x-other"), "1").with_signed_path("/other".parse().unwrap());
    assert!(matches!(verify(&other_path, &keys), Err(EvidenceError::Response(UnverifiedError::Signature(_)))));
}

#[test]
fn every_exchange_survives_its_text() {
    let mut rng = Rng::with_seed(7);
    for _ in 0..300 {
        let evidence = random(&mut rng);
        let text = evidence.to_text();
        assert_eq!(text.parse().as_ref(), Ok(&evidence), "{text}");
        assert_eq!(text.replace('\n', "\r\n").parse().as_ref(), Ok(&evidence), "{text}");
        // A text that was cut is never read as less, and a changed one never ends in a panic.
        let cut = text.char_indices().map(|(at, _)| &text[..at]).nth(rng.usize(..text.chars().count() - 1)).unwrap();
        assert!(cut.parse::<Evidence>().is_err(), "{cut}");
        let mut changed: Vec<char> = text.chars().collect();
        let at = rng.usize(..changed.len());
        changed[at] = rng.char(..);
        _ = changed.into_iter().collect::<String>().parse::<Evidence>();
    }
}

fn random(rng: &mut Rng) -> Evidence {
    let mut response = Response::new(random_bytes(rng));
    *response.status_mut() = rng.u16(100..1000).try_into().unwrap();
    let mut request = Request::new(random_bytes(rng));
    *request.uri_mut() = if rng.bool() { "https://mpp.example/a?b" } else { "/a" }.parse().unwrap();
    for headers in [request.headers_mut(), response.headers_mut()] {
        for _ in 0..rng.usize(..5) {
            let name = HeaderName::from_static(["a", "set-cookie", "client-id"][rng.usize(..3)]);
            if let Ok(value) = HeaderValue::from_bytes(&random_bytes(rng)) {
                headers.append(name, value);
            }
        }
    }
    let evidence = Evidence::new(request, response);
    if rng.bool() { evidence.with_signed_path("/signed?x=1".parse().unwrap()) } else { evidence }
}

/// Returns bytes of one kind: text, text with line ends, or any.
fn random_bytes(rng: &mut Rng) -> Bytes {
    let kind = rng.u8(..3);
    let byte = |rng: &mut Rng| match kind {
        0 => rng.u8(b' '..=b'~'),
        1 => b"ab: \n\r\t\0"[rng.usize(..8)],
        _ => rng.u8(..),
    };
    (0..rng.usize(..40)).map(|_| byte(rng)).collect()
}

#[tokio::test]
async fn what_is_wrong_with_a_text_is_named_by_its_line() {
    let (evidence, _) = kept().await;
    let text = evidence.to_text();
    for (from, to, line, fault) in [
        ("evidence 1", "evidence 2", 1, "it is not `alipayplus evidence 1`"),
        ("uri: http", "uri: ht tp", 2, "the URI is not valid"),
        ("request: ", "query: ", 4, "the method is not valid"),
        ("accept: ", "accept ", 9, "the header is not valid"),
        ("108 bytes", "many bytes", 11, "the length of the body is not valid"),
        ("108 bytes", "18446744073709551615 bytes", 12, "the body does not have its length"),
        ("108 bytes", "107 bytes", 12, "the body does not have its length"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        let error: ParseEvidenceError = text.replacen(from, to, 1).parse::<Evidence>().unwrap_err();
        assert_eq!((error.line, error.fault), (line, fault), "{from}");
        assert_eq!(error.to_string(), format!("line {line}: {fault}"));
    }
    assert!(format!("{text}x").parse::<Evidence>().is_err());
}
