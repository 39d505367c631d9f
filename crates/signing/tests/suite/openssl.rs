//! Signatures and keys exchanged with the `openssl` command, in both directions.

use alipayplus_signing::{PrivateKey, PublicKey, SignatureHeader, VersionedSigner};

use crate::support::{Folder, INPUT, key_text, now, openssl, openssl_text, pem};

fn k1_pem() -> String {
    pem("PRIVATE KEY", &key_text("k1", "private_pkcs8_base64"))
}

/// Signs with `openssl` and verifies with this crate, then the reverse.
fn exchange(folder: &Folder, private_pem: &str) {
    let key = PrivateKey::from_text(private_pem).unwrap();
    let private_path = folder.write("private.pem", private_pem);
    let public_path = folder.write("public.pem", key.public_key_text());
    let content = INPUT.to_bytes();

    let theirs = openssl(&format!("dgst -sha256 -sign {}", private_path.display()), &content);
    let header = SignatureHeader::new(None, theirs.clone());
    assert_eq!(key.public_key().verify(&INPUT.digest(), &header), Ok(()));

    let ours = now(VersionedSigner::new(1, key).sign(&INPUT)).unwrap();
    let signature_path = folder.write("signature", ours.signature());
    let verify = format!("dgst -sha256 -verify {} -signature {}", public_path.display(), signature_path.display());
    assert_eq!(openssl(&verify, &content), b"Verified OK\n");
    assert_eq!(ours.signature(), theirs, "PKCS#1 v1.5 is deterministic");
}

#[test]
fn signatures_are_exchanged_with_openssl() {
    exchange(&Folder::new("openssl-2048"), &k1_pem());
}

#[test]
fn longer_keys_are_exchanged_with_openssl() {
    // 2052 is not a multiple of 8: the signature is as long as the modulus, rounded up to whole bytes.
    exchange(&Folder::new("openssl-2052"), &openssl_text("genrsa 2052", ""));
    exchange(&Folder::new("openssl-3072"), &openssl_text("genrsa 3072", ""));
}

#[test]
fn digest_is_what_openssl_computes() {
    let printed = openssl_text("dgst -sha256 -r", str::from_utf8(&INPUT.to_bytes()).unwrap());
    assert_eq!(printed.split(' ').next().unwrap(), INPUT.digest().to_string());
}

#[test]
fn public_key_and_fingerprint_are_what_openssl_computes() {
    let key = PrivateKey::from_text(&k1_pem()).unwrap();
    let public_pem = openssl_text("pkey -pubout", &k1_pem());
    assert_eq!(key.public_key_text(), public_pem);

    let der = openssl("pkey -pubin -outform DER", public_pem.as_bytes());
    let printed = String::from_utf8(openssl("dgst -sha256 -r", &der)).unwrap();
    let public_key = PublicKey::from_text(&public_pem).unwrap();
    assert_eq!(printed.split(' ').next().unwrap(), public_key.fingerprint());
    assert_eq!(public_key, key.public_key());
}

#[test]
fn pss_padding_is_refused() {
    let folder = Folder::new("openssl-pss");
    let path = folder.write("private.pem", k1_pem());
    let sign = format!("dgst -sha256 -sigopt rsa_padding_mode:pss -sign {}", path.display());
    let signature = openssl(&sign, &INPUT.to_bytes());
    let key = PrivateKey::from_text(&k1_pem()).unwrap().public_key();
    assert!(key.verify(&INPUT.digest(), signature).is_err());
}
