//! `Debug` and `Display` print neither keys nor bodies.

use std::error::Error;
use std::fmt::{Debug, Write as _};

use alipayplus_signing::{
    Freshness, KeyRing, PrivateKey, PublicKey, SignatureHeader, SigningInput, TestClock, TrustedKeys, VersionedSigner,
};

use crate::support::{CLIENT_ID, Folder, INPUT, from_base64, key_text, now, pem, private_key, public_key};

/// Checks that a text shows no part of a key: no 8 characters of its base64 and no 4 bytes, in hexadecimal or as a list.
fn assert_silent(printed: &str, base64: &str) {
    let printed = printed.to_ascii_lowercase();
    // The first bytes name the form and the algorithm. They are the same in every key.
    let secret = &from_base64(base64)[40..];
    for bytes in secret.windows(4) {
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        let list = format!("{bytes:?}");
        assert!(!printed.contains(&hex), "{hex} in {printed}");
        assert!(!printed.contains(list.trim_matches(['[', ']'])), "{list} in {printed}");
    }
    let base64 = base64.to_ascii_lowercase();
    for start in 56..base64.len() - 8 {
        let part = &base64[start..start + 8];
        assert!(!printed.contains(part), "{part} in {printed}");
    }
}

fn print_error(error: &(dyn Error + 'static)) -> String {
    let mut printed = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        write!(printed, "{error} {error:?} {error:#?} ").unwrap();
        next = error.source();
    }
    printed
}

#[test]
fn keys_do_not_print_themselves() {
    let key = private_key("k1");
    let ring = KeyRing::new();
    ring.insert(CLIENT_ID, 1, key.public_key()).unwrap();
    let trusted = TrustedKeys::new();
    trusted.insert(1, key.public_key());
    let signing_key = VersionedSigner::new(1, key.clone());
    let values: [&dyn Debug; 5] = [&key, &key.public_key(), &ring, &trusted, &signing_key];
    let mut printed = String::new();
    for value in values {
        write!(printed, "{value:?} {value:#?} ").unwrap();
    }
    for form in ["private_pkcs8_base64", "private_pkcs1_base64", "public_spki_base64"] {
        assert_silent(&printed, &key_text("k1", form));
    }

    let fingerprint = &key.public_key().fingerprint()[..16];
    assert_eq!(format!("{key:?}"), format!("PrivateKey(PublicKey(2048 bits, {fingerprint}))"));
    assert_eq!(format!("{ring:?}"), "KeyRing(1 clients)");
    assert_eq!(format!("{signing_key:?}"), "VersionedSigner { version: 1, .. }");
}

#[test]
fn key_errors_do_not_repeat_the_text() {
    let folder = Folder::new("key-errors");
    for (form, label) in [("private_pkcs8_base64", "PRIVATE KEY"), ("private_pkcs1_base64", "RSA PRIVATE KEY")] {
        let base64 = key_text("k1", form);
        let block = pem(label, &base64);
        let texts = [
            base64.clone(),
            block.clone(),
            block.replace("-----END", ""),
            block.replace("-----BEGIN ", "-----BEGIN"),
            block.replacen("\nMII", "\nProc-Type: 4,ENCRYPTED\n\nMII", 1),
            block.replace('\n', "\\n"),
            format!("{block}{block}"),
            format!("?{base64}"),
            format!("{base64}?"),
            base64[4..].to_owned(),
            base64[..base64.len() / 2].to_owned(),
            format!("-----BEGIN {base64}"),
            format!("-----BEGIN {base64}-----{base64}-----END {base64}"),
            base64.chars().rev().collect(),
        ];
        for (number, text) in texts.iter().enumerate() {
            let path = folder.write(&format!("key-{number}"), text);
            let results = [
                PrivateKey::from_text(text).err(),
                PublicKey::from_text(text).err(),
                PrivateKey::from_file(&path).err(),
                PublicKey::from_file(&path).err(),
                // The key passed in place of a name.
                PrivateKey::from_file(text).err().filter(|_| text.contains("-----BEGIN") || text.starts_with("MII")),
                PrivateKey::from_env(text).err().filter(|_| text.contains("-----BEGIN") || text.starts_with("MII")),
            ];
            let errors: Vec<_> = results.into_iter().flatten().collect();
            assert!(errors.len() >= 2, "{number}");
            for error in errors {
                let printed = print_error(&error);
                assert_silent(&printed, &base64);
                let reversed: String = base64.chars().rev().collect();
                assert!(!printed.contains(&reversed[8..24]), "{printed}");
            }
        }
    }
}

#[test]
fn signing_input_does_not_print_the_body() {
    let input = SigningInput { body: b"{\"customerId\":\"CANARY\"}", ..INPUT };
    for printed in [format!("{input:?}"), format!("{input:#?}")] {
        assert!(!printed.contains("CANARY") && !printed.contains("67, 65, 78"), "{printed}");
        assert!(printed.contains("23 bytes") && printed.contains(CLIENT_ID), "{printed}");
    }
}

#[test]
fn debug_and_display_print_what_helps_the_operator() {
    let digest = INPUT.digest();
    assert_eq!(format!("{digest:?}"), format!("Digest({digest})"));
    assert_eq!(digest.to_string().len(), 64);

    let header = now(VersionedSigner::new(7, private_key("k1")).sign(&INPUT)).unwrap();
    assert_eq!(format!("{header:?}"), "SignatureHeader { key_version: Some(7), signature: 256 bytes }");
    let error = public_key("k2").verify(&INPUT.digest(), &header).unwrap_err();
    assert_eq!(error.to_string(), "the signature does not match the key and the content");
    let error = public_key("k2").verify(&INPUT.digest(), &header.signature()[1..]).unwrap_err();
    assert_eq!(error.to_string(), "the signature has 255 bytes; this key makes signatures of 256");
    let error = SignatureHeader::parse("algorithm=\x1b[31m,signature=AQID").unwrap_err();
    assert_eq!(error.to_string(), "the Signature header is not printable ASCII");

    let clock = TestClock::new("2025-02-20T12:00:00Z".parse().unwrap());
    let freshness = Freshness::default().with_clock(&clock);
    assert_eq!(format!("{freshness:?}"), "Freshness { window: 300s, skew: 30s, clock: Clock(2025-02-20T12:00:00Z) }");
    let error = freshness.check("2025-02-20T11:50:00Z").unwrap_err();
    assert_eq!(error.to_string(), "the time is 600s behind the local clock");
}
