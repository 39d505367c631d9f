//! The signed messages in `docs/vectors/`.

use alipayplus_signing::{
    Clock, Freshness, HeaderError, KeyRing, PublicKey, SignatureHeader, SigningInput, VerifyError, VersionedSigner,
    parse_time,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{CLIENT_ID, bytes, now, private_key, public_key, text, vectors};

#[test]
fn positive_vectors_verify() {
    for vector in vectors("positive.json") {
        let id = text(&vector, "id");
        let body = bytes(&vector, "body_base64");
        let input = input(&vector, &body);
        assert_eq!(input.to_bytes(), bytes(&vector, "content_base64"), "{id}");
        let digest = input.digest();
        assert_eq!(digest.to_string(), text(&vector, "content_sha256"), "{id}");
        // The bytes that an external signer gets.
        let digits: Vec<_> = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digits.concat(), text(&vector, "content_sha256"), "{id}");

        let header = SignatureHeader::parse(text(&vector, "signature_header")).expect(id);
        assert_eq!(header.signature(), bytes(&vector, "signature_base64"), "{id}");
        let version = text(&vector, "key_version").parse().unwrap();
        assert_eq!(header.key_version(), Some(version), "{id}");

        let ring = ring(&["k1", "k2"]);
        let keys = ring.candidates(input.client_id, header.key_version()).expect(id);
        assert_eq!(keys.verify(&input, &header), Ok(version), "{id}");
        assert!(parse_time(input.time).is_some(), "{id}");
    }
}

#[test]
fn signer_reproduces_the_positive_vectors() {
    for vector in vectors("positive.json") {
        let id = text(&vector, "id");
        let body = bytes(&vector, "body_base64");
        let signing_key =
            VersionedSigner::new(text(&vector, "key_version").parse().unwrap(), private_key(text(&vector, "key")));

        let header = now(signing_key.sign(&input(&vector, &body))).expect(id);
        assert_eq!(header.signature(), bytes(&vector, "signature_base64"), "{id}");
        // The vectors `hdr-*` have forms that are parsed and never formatted.
        if !id.starts_with("hdr-") {
            let expected = text(&vector, "signature_header").replace(',', ", ");
            assert_eq!(header.to_string(), expected, "{id}");
        }
    }
}

#[test]
fn vectors_of_both_directions_are_there() {
    for file in ["positive.json", "negative.json"] {
        let count = |kind: &str| vectors(file).iter().filter(|vector| text(vector, "kind") == kind).count();
        let (requests, responses) = (count("request"), count("response"));
        assert!(requests > 1 && responses > 1, "{file}: {requests} and {responses}");
        assert_eq!(requests + responses, vectors(file).len(), "{file}");
    }
}

/// The reasons that the vectors give, in the order of a verifier's checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    ClientMismatch,
    Missing,
    Malformed,
    UnsupportedAlgorithm,
    UnknownKeyVersion,
    BadTime,
    Mismatch,
}

#[test]
fn negative_vectors_are_refused() {
    for vector in vectors("negative.json") {
        let id = text(&vector, "id");
        let body = bytes(&vector, "body_base64");
        let input = input(&vector, &body);
        let keys: Vec<&str> = vector["keyring"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        let headers: Vec<&str> =
            vector["signature_headers"].as_array().unwrap().iter().map(|header| header.as_str().unwrap()).collect();
        let expected = match text(&vector, "reason") {
            "client-mismatch" => Cause::ClientMismatch,
            "missing" => Cause::Missing,
            "malformed" => Cause::Malformed,
            "unsupported-algorithm" => Cause::UnsupportedAlgorithm,
            "unknown-key-version" => Cause::UnknownKeyVersion,
            "bad-time" => Cause::BadTime,
            "mismatch" => Cause::Mismatch,
            other => panic!("{id}: an unknown reason: {other}"),
        };

        let found = verify(&input, &headers, &ring(&keys)).expect_err(id);
        assert!(found == expected || id == "client-changed" && found < expected, "{id}: {found:?}");
        // An earlier check must not hide that a later one does not work.
        if expected == Cause::Mismatch {
            let header = SignatureHeader::from_values(&headers).expect(id);
            let keys = ring(&keys).candidates(CLIENT_ID, header.key_version()).expect(id);
            assert_eq!(keys.verify(&input, &header).unwrap_err().error, VerifyError::Mismatch, "{id}");
        }
    }
}

/// Verifies a message as a server does, without the window.
fn verify(input: &SigningInput<'_>, headers: &[&str], ring: &KeyRing) -> Result<(), Cause> {
    if input.client_id != CLIENT_ID {
        return Err(Cause::ClientMismatch);
    }
    let header = SignatureHeader::from_values(headers).map_err(|error| match error {
        HeaderError::Missing => Cause::Missing,
        HeaderError::UnsupportedAlgorithm { .. } => Cause::UnsupportedAlgorithm,
        _ => Cause::Malformed,
    })?;
    let keys = ring.candidates(input.client_id, header.key_version()).map_err(|_| Cause::UnknownKeyVersion)?;
    parse_time(input.time).ok_or(Cause::BadTime)?;
    let verified = keys.verify(input, &header).map_err(|error| match error.error {
        VerifyError::SignatureLength { .. } => Cause::Malformed,
        _ => Cause::Mismatch,
    });
    verified.map(drop)
}

#[test]
fn boundary_vector_is_caught_only_by_the_time() {
    let vector =
        vectors("negative.json").into_iter().find(|vector| text(vector, "id") == "boundary-time-body").unwrap();
    let body = bytes(&vector, "body_base64");
    let input = input(&vector, &body);
    let header = SignatureHeader::parse(vector["signature_headers"][0].as_str().unwrap()).unwrap();
    assert_eq!(public_key("k1").verify(&input.digest(), &header), Ok(()), "the signature is valid");
    assert_eq!(parse_time(input.time), None);
}

#[test]
fn policy_vectors_are_accepted_or_rejected_as_expected() {
    let message = vectors("positive.json").into_iter().find(|vector| text(vector, "id") == "req-compact").unwrap();
    let body = bytes(&message, "body_base64");
    let input = input(&message, &body);
    for vector in vectors("policy.json") {
        let id = text(&vector, "id");
        let accepted = verify(&input, &[text(&vector, "signature_header")], &ring(&["k1"]));
        // The same with two keys: a header without a version is tried with both.
        assert_eq!(verify(&input, &[text(&vector, "signature_header")], &ring(&["k1", "k2"])), accepted, "{id}");
        match text(&vector, "expect").split(':').next().unwrap() {
            "accept" => assert_eq!(accepted, Ok(()), "{id}"),
            "reject" => assert_eq!(accepted, Err(Cause::Malformed), "{id}"),
            other => panic!("{id}: neither accept nor reject: {other}"),
        }
    }
}

#[test]
fn freshness_vectors_are_accepted_or_rejected_as_expected() {
    for vector in vectors("freshness.json") {
        let id = text(&vector, "id");
        let clock: Timestamp = text(&vector, "now").parse().unwrap();
        assert_eq!(vector["tolerance_s"], Freshness::DEFAULT_WINDOW.as_secs(), "{id}");
        let freshness = Freshness::default().with_clock(Clock::from_fn(move || clock));
        let mut checked = freshness.check(text(&vector, "time"));
        if let Some(request_time) = vector.get("request_time") {
            // Only the time of its request decides about such a response.
            assert!(checked.is_ok(), "{id}");
            assert_eq!(vector["skew_s"], Freshness::DEFAULT_SKEW.as_secs(), "{id}");
            let request_time = parse_time(request_time.as_str().unwrap()).expect(id);
            checked = checked.and_then(|time| freshness.not_before(time, request_time).map(|()| time));
        }
        assert_eq!(checked.is_ok(), text(&vector, "expect") == "accept", "{id}: {checked:?}");
    }
}

#[test]
fn genuine_signatures_verify() {
    for vector in vectors("genuine.json") {
        let id = text(&vector, "id");
        let body = bytes(&vector, "body_base64");
        let input = input(&vector, &body);
        assert_eq!(input.digest().to_string(), text(&vector, "content_sha256"), "{id}");

        let key = PublicKey::from_text(text(&vector, "public_spki_base64")).expect(id);
        let header = SignatureHeader::new(None, bytes(&vector, "signature_base64"));
        let received = SignatureHeader::parse(&header.to_string()).expect(id);
        assert_eq!(key.verify(&input.digest(), &received), Ok(()), "{id}");
        assert!(parse_time(input.time).is_some(), "{id}");
    }
}

fn input<'a>(vector: &'a Value, body: &'a [u8]) -> SigningInput<'a> {
    SigningInput {
        method: text(vector, "method"),
        uri: text(vector, "uri"),
        client_id: text(vector, "client_id"),
        time: text(vector, "time"),
        body,
    }
}

fn ring(keys: &[&str]) -> KeyRing {
    let ring = KeyRing::new();
    ring.extend(keys.iter().map(|key| {
        let version = key.trim_start_matches('k').parse().unwrap();
        (CLIENT_ID, version, public_key(key))
    }))
    .unwrap();
    ring
}
