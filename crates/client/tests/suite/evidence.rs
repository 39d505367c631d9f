//! Evidence is stored as text, read back, and verified again.

use alipayplus_client::signing::{FreshnessError, KeyRingError, VerifyError};
use alipayplus_client::transport::bytes::Bytes;
use alipayplus_client::transport::http::{HeaderName, HeaderValue, Request, Response};
use alipayplus_client::{Clock, Evidence, Freshness, ParseEvidenceError, SignatureError, TrustedKeys, UnverifiedError};
use fastrand::Rng;

use crate::mock_server::{MockResponse, MockServer, paid};

async fn kept() -> (Evidence, TrustedKeys) {
    let server = MockServer::new([MockResponse::new(paid())]);
    let evidence = server.inquire().await.unwrap().evidence().clone();
    let keys = TrustedKeys::new();
    keys.insert(1, server.keys.server.public_key());
    (evidence, keys)
}

fn years_later() -> Freshness {
    Freshness::default().with_clock(Clock::from_fn(|| "2099-01-01T00:00:00Z".parse().unwrap()))
}

fn verify(evidence: &Evidence, keys: &TrustedKeys) -> Result<u64, UnverifiedError> {
    evidence.verify(keys, &years_later()).map(|verified| verified.key_version)
}

#[tokio::test]
async fn it_is_verified_years_later_from_its_text() {
    let (evidence, keys) = kept().await;
    let stored = evidence.to_text();
    assert!(stored.contains(&format!("{} bytes\n{}\n", paid().len(), paid())), "the body is readable");
    let read: Evidence = stored.parse().unwrap();
    assert_eq!(read, evidence);
    let found = read.verify(&keys, &years_later()).unwrap();
    assert_eq!((found.key_version, found.request_time), (1, found.response_time));
    // What mail does to line ends.
    assert_eq!(stored.replace('\n', "\r\n").parse::<Evidence>().unwrap(), evidence);
    let json = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
    // By then, the key has another number, or is gone.
    let others = TrustedKeys::new();
    others.insert(2, keys.key(1).unwrap());
    let unknown = SignatureError::Key(KeyRingError::UnknownVersion { version: Some(1) });
    assert_eq!(verify(&read, &others), Err(unknown.into()));
}

#[tokio::test]
async fn what_was_changed_is_not_verified() {
    let (evidence, keys) = kept().await;
    let text = evidence.to_text();
    let is_mismatch = |text: &str| {
        let error = verify(&text.parse().unwrap(), &keys).unwrap_err();
        matches!(error, UnverifiedError::Signature(SignatureError::Verify(e)) if e.error == VerifyError::Mismatch)
    };
    for (from, to) in
        [("\"value\":\"100\"", "\"value\":\"900\""), ("signed path: /a", "signed path: /b"), ("POST", "PUT")]
    {
        assert!(is_mismatch(&text.replacen(from, to, 1)), "{from}");
    }
    let change = |evidence: &Evidence, name: HeaderName, value: &str| {
        let mut response = Response::new(Bytes::copy_from_slice(evidence.response_body()));
        *response.headers_mut() = evidence.response_headers().clone();
        response.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = "POST".parse().unwrap();
        *request.uri_mut() = evidence.uri().clone();
        *request.headers_mut() = evidence.request_headers().clone();
        Evidence::new(request, response)
    };
    let name = HeaderName::from_static;
    assert_eq!(verify(&change(&evidence, name("x-other"), "1"), &keys), Ok(1), "the constructor keeps what is signed");
    assert_eq!(verify(&change(&evidence, name("client-id"), "X"), &keys), Err(UnverifiedError::ClientId));
    let unreadable = UnverifiedError::Freshness(FreshnessError::Unreadable);
    assert_eq!(verify(&change(&evidence, name("response-time"), "now"), &keys), Err(unreadable));
    let stale = change(&evidence, name("response-time"), "2025-02-19T08:51:49Z");
    assert!(matches!(verify(&stale, &keys), Err(UnverifiedError::Freshness(FreshnessError::Stale { .. }))));
    let other_path = change(&evidence, name("x-other"), "1").with_signed_path("/other".parse().unwrap());
    assert!(is_mismatch(&other_path.to_text()));
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
