//! The accepted forms of keys, and the errors for other texts.

use alipayplus_signing::{KeyErrorKind, PrivateKey, PublicKey};

use crate::support::{Folder, from_base64, key_text, openssl, openssl_text, pem, private_key, public_key, to_base64};

fn pkcs8() -> String {
    pem("PRIVATE KEY", &key_text("k1", "private_pkcs8_base64"))
}

fn spki() -> String {
    pem("PUBLIC KEY", &key_text("k1", "public_spki_base64"))
}

fn private_problem(text: &str) -> Option<KeyErrorKind> {
    PrivateKey::from_text(text).err().and_then(|error| error.problem())
}

fn public_problem(text: &str) -> Option<KeyErrorKind> {
    PublicKey::from_text(text).err().and_then(|error| error.problem())
}

/// Checks that a text is neither a private nor a public key, for the same reason.
fn assert_neither(text: &str, problem: KeyErrorKind) {
    assert_eq!(private_problem(text), Some(problem), "{text}");
    assert_eq!(public_problem(text), Some(problem), "{text}");
}

#[test]
fn private_keys_are_loaded_from_four_forms() {
    for name in ["k1", "k2"] {
        let (pkcs8, pkcs1) = (key_text(name, "private_pkcs8_base64"), key_text(name, "private_pkcs1_base64"));
        for text in [
            pem("PRIVATE KEY", &pkcs8),
            pem("RSA PRIVATE KEY", &pkcs1),
            pem("PRIVATE KEY", &pkcs1), // with the wrong label, as some tools write it
            pem("PRIVATE KEY", &pkcs8).replace('\n', "\r\n"),
            format!("\u{feff}{}", pem("PRIVATE KEY", &pkcs8)),
            format!("Bag Attributes\n    friendlyName: mpp\n{}", pem("PRIVATE KEY", &pkcs8)),
            format!("  {pkcs8}\n"),
            pkcs8.trim_end_matches('=').to_owned(),
            pkcs8,
            pkcs1,
        ] {
            let key = PrivateKey::from_text(&text).unwrap();
            assert_eq!(key.public_key(), public_key(name));
        }
    }
}

#[test]
fn public_keys_are_loaded_from_two_forms() {
    let bare = key_text("k1", "public_spki_base64");
    for text in [pem("PUBLIC KEY", &bare), bare.trim_end_matches('=').to_owned(), format!("\n{bare}\n"), bare] {
        let key = PublicKey::from_text(&text).unwrap();
        assert_eq!(key, private_key("k1").public_key());
        assert_eq!(key.bits(), 2048);
        assert_eq!(key.to_text(), spki());
    }
    assert_ne!(public_key("k1"), public_key("k2"));
}

/// As `.env` files, JSON and the settings of container platforms write keys.
#[test]
fn keys_as_environment_variables_hold_them_are_loaded() {
    let bare = key_text("k1", "private_pkcs8_base64");
    let escaped = pkcs8().replace('\n', "\\n");
    for text in [
        escaped.clone(),
        pkcs8().replace('\n', "\\r\\n"),
        pkcs8().replace('\n', " "),
        format!("\"{escaped}\""),
        format!("MPP_KEY=\"{escaped}\","),
        format!("'{}'", pkcs8()),
        format!("{bare}\\n"),
        format!("{}\\n{}\\n", &bare[..64], &bare[64..]),
        format!("\"{bare}\""),
        format!(" ' {bare} ' "),
    ] {
        assert_eq!(PrivateKey::from_text(&text).unwrap().public_key(), public_key("k1"));
    }
    let bare = key_text("k1", "public_spki_base64");
    assert_eq!(PublicKey::from_text(&format!("\"{bare}\\n\"")).unwrap(), public_key("k1"));
}

#[test]
fn what_surrounds_a_key_is_named() {
    let bare = key_text("k1", "private_pkcs8_base64");
    for text in ["MPP_KEY={}", "export MPP_KEY={}", "mpp.key = {}", "MPP_KEY=\"{}\"", "MPP_KEY={},"] {
        assert_neither(&text.replace("{}", &bare), KeyErrorKind::NamedValue);
    }
    for text in ["{},", "\"{}\",", "{} ;"] {
        assert_neither(&text.replace("{}", &bare), KeyErrorKind::TrailingComma);
    }
    for text in ["\"{}", "{}'", "'{}\"", "{}\\\\n", "\"{}\" +\n\"\""] {
        assert_neither(&text.replace("{}", &bare), KeyErrorKind::QuotesOrBackslashes);
    }
    let java: Vec<String> = pkcs8().lines().map(|line| format!("\"{line}\\n\"")).collect();
    assert_neither(&java.join(" +\n"), KeyErrorKind::QuotesOrBackslashes);
    for twice in [pkcs8(), bare, spki(), key_text("k1", "public_spki_base64")] {
        assert_neither(&to_base64(twice.as_bytes()), KeyErrorKind::EncodedTwice);
    }
    for text in ["\"\"", "' '"] {
        assert_neither(text, KeyErrorKind::Empty);
    }
}

#[test]
fn keys_of_three_primes_are_named() {
    let key = openssl_text("genrsa -primes 3 2048", "");
    assert_neither(&key, KeyErrorKind::MultiPrime);
    assert_neither(&openssl_text("rsa -traditional", &key), KeyErrorKind::MultiPrime);
    assert!(PublicKey::from_text(&openssl_text("pkey -pubout", &key)).is_ok());
}

#[test]
fn a_private_key_for_a_public_one_is_named_and_vice_versa() {
    assert_eq!(private_problem(&spki()), Some(KeyErrorKind::PublicKey));
    assert_eq!(private_problem(&key_text("k1", "public_spki_base64")), Some(KeyErrorKind::PublicKey));
    for form in ["private_pkcs8_base64", "private_pkcs1_base64"] {
        assert_eq!(public_problem(&key_text("k1", form)), Some(KeyErrorKind::PrivateKey));
    }
    let error = PrivateKey::from_text(&spki()).unwrap_err();
    assert_eq!(error.to_string(), "key text: found a public key where a private one is needed");
    assert_neither(&openssl_text("rsa -RSAPublicKey_out", &pkcs8()), KeyErrorKind::Pkcs1PublicKey);
}

#[test]
fn encrypted_private_keys_are_named() {
    let modern = openssl_text("pkcs8 -topk8 -v2 aes-256-cbc -passout pass:secret", &pkcs8());
    assert!(modern.contains("BEGIN ENCRYPTED PRIVATE KEY"));
    assert_neither(&modern, KeyErrorKind::EncryptedPrivateKey);
    let bare = modern.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    assert_neither(&bare, KeyErrorKind::EncryptedPrivateKey);

    let traditional = openssl_text("rsa -aes256 -traditional -passout pass:secret", &pkcs8());
    assert!(traditional.contains("Proc-Type: 4,ENCRYPTED"));
    assert_neither(&traditional, KeyErrorKind::EncryptedPrivateKey);
}

#[test]
fn certificates_and_containers_are_named() {
    let folder = Folder::new("certificates");
    let key = folder.write("key.pem", pkcs8());
    let key = key.display();
    let certificate = openssl_text(&format!("req -x509 -new -key {key} -subj /CN=mpp -days 1"), "");
    assert_neither(&certificate, KeyErrorKind::Certificate);
    let request = openssl_text(&format!("req -new -key {key} -subj /CN=mpp"), "");
    assert_neither(&request, KeyErrorKind::CertificateRequest);

    let certificate = folder.write("certificate.pem", certificate);
    let pkcs12 =
        openssl(&format!("pkcs12 -export -passout pass:secret -inkey {key} -in {}", certificate.display()), b"");
    assert_neither(&to_base64(&pkcs12), KeyErrorKind::Pkcs12);
}

#[test]
fn keys_of_other_algorithms_are_named() {
    let with_parameters = openssl_text("ecparam -name prime256v1 -genkey", "");
    assert!(with_parameters.contains("BEGIN EC PARAMETERS"));
    assert_neither(&with_parameters, KeyErrorKind::Ec);
    assert_neither(&openssl_text("ecparam -name prime256v1 -genkey -noout", ""), KeyErrorKind::Ec);
    let ec = openssl_text("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256", "");
    assert_neither(&ec, KeyErrorKind::Ec);
    assert_neither(&openssl_text("pkey -pubout", &ec), KeyErrorKind::Ec);

    for algorithm in ["ED25519", "RSA-PSS -pkeyopt rsa_keygen_bits:2048"] {
        let key = openssl_text(&format!("genpkey -algorithm {algorithm}"), "");
        assert_neither(&key, KeyErrorKind::OtherAlgorithm);
        assert_neither(&openssl_text("pkey -pubout", &key), KeyErrorKind::OtherAlgorithm);
    }

    let open_ssh = pem("OPENSSH PRIVATE KEY", &to_base64(b"openssh-key-v1\0\0\0\0\x04none"));
    assert_neither(&open_ssh, KeyErrorKind::OpenSsh);
    assert_neither("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ mpp@example", KeyErrorKind::OpenSsh);
}

#[test]
fn short_keys_are_refused() {
    for bits in [1024, 2047] {
        let key = openssl_text(&format!("genrsa {bits}"), "");
        assert_eq!(private_problem(&key), Some(KeyErrorKind::TooShort { bits }));
        assert_eq!(private_problem(&openssl_text("rsa -traditional", &key)), Some(KeyErrorKind::TooShort { bits }));
        assert_eq!(public_problem(&openssl_text("pkey -pubout", &key)), Some(KeyErrorKind::TooShort { bits }));
    }
    let message = KeyErrorKind::TooShort { bits: 1024 }.to_string();
    assert_eq!(message, "an RSA key of 1024 bits; at least 2048 are needed");
}

/// Encodes a `SubjectPublicKeyInfo` with any modulus, which need not be a product of two primes.
fn public_key_with_modulus(modulus: &[u8]) -> String {
    let value = |tag: u8, parts: &[&[u8]]| {
        let body = parts.concat();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let length = if body.len() < 0x80 { vec![length[1]] } else { vec![0x82, length[0], length[1]] };
        [vec![tag], length, body].concat()
    };
    let algorithm = from_base64("MA0GCSqGSIb3DQEBAQUA"); // rsaEncryption, NULL
    let numbers = value(0x30, &[&value(0x02, &[&[0], modulus]), &value(0x02, &[&[1, 0, 1]])]);
    to_base64(&value(0x30, &[&algorithm, &value(0x03, &[&[0], &numbers])]))
}

#[test]
fn length_limits_are_exact() {
    for bytes in [256, 1024] {
        let key = PublicKey::from_text(&public_key_with_modulus(&vec![0xff; bytes])).unwrap();
        assert_eq!(key.bits(), bytes * 8);
    }
    let too_short = [vec![0x7f], vec![0xff; 255]].concat();
    assert_eq!(public_problem(&public_key_with_modulus(&too_short)), Some(KeyErrorKind::TooShort { bits: 2047 }));
    let too_long = [vec![0x81], vec![0xff; 1024]].concat();
    assert_eq!(public_problem(&public_key_with_modulus(&too_long)), Some(KeyErrorKind::TooLong { bits: 8200 }));
    // An even modulus is not a product of odd primes.
    assert_eq!(public_problem(&public_key_with_modulus(&[0xfe; 256])), Some(KeyErrorKind::Damaged));
}

#[test]
fn damaged_keys_are_refused() {
    for form in ["private_pkcs8_base64", "private_pkcs1_base64"] {
        let der = from_base64(&key_text("k1", form));
        let mut damaged = der.clone();
        damaged[700] ^= 1; // within the private exponent or a prime
        assert_eq!(private_problem(&to_base64(&damaged)), Some(KeyErrorKind::Damaged));

        let longer = [der.as_slice(), &[0]].concat();
        assert_neither(&to_base64(&longer), KeyErrorKind::NotAKey);
        // Cut off at many lengths.
        for length in (0..der.len()).step_by(97) {
            let expected = if length == 0 { KeyErrorKind::Empty } else { KeyErrorKind::NotAKey };
            assert_eq!(private_problem(&to_base64(&der[..length])), Some(expected), "{length}");
        }
    }
}

#[test]
fn texts_that_are_no_key_are_named() {
    for text in ["", "  \r\n\t", "\u{feff}"] {
        assert_neither(text, KeyErrorKind::Empty);
    }
    for text in ["hello, world", "/etc/keys/mpp.pem", "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----"] {
        assert_neither(text, KeyErrorKind::NotBase64);
    }
    for text in ["AAAA", "MAA=", "MIID", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"] {
        assert_neither(text, KeyErrorKind::NotAKey);
    }
    // Like a PKCS#12 file, but with another version.
    assert_neither("MAUCAQQwAA==", KeyErrorKind::NotAKey);
    let cut = pkcs8().replace("-----END PRIVATE KEY-----", "");
    assert_neither(&cut, KeyErrorKind::UnfinishedPem);
    assert_neither(&pkcs8().replace("END PRIVATE", "END RSA PRIVATE"), KeyErrorKind::UnfinishedPem);
    assert_neither("-----BEGIN PRIVATE KEY", KeyErrorKind::UnfinishedPem);
    assert_neither(&(pkcs8() + &spki()), KeyErrorKind::SeveralBlocks);
    assert_neither(&"A".repeat(64 * 1024 + 1), KeyErrorKind::TooLarge { limit: 64 * 1024 });
}
