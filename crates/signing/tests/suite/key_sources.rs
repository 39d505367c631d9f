//! Keys from files and environment variables.

use std::error::Error as _;
use std::process::Command;

use alipayplus_signing::{KeyError, KeyErrorKind, KeySource, PrivateKey, PublicKey};

use crate::support::{Folder, from_base64, key_text, pem, public_key};

#[test]
fn keys_are_read_from_files() {
    let folder = Folder::new("key-files");
    let private = pem("PRIVATE KEY", &key_text("k1", "private_pkcs8_base64"));
    let key = PrivateKey::from_file(folder.write("private.pem", private)).unwrap();
    assert_eq!(key.public_key(), public_key("k1"));
    let public = folder.write("public.txt", key_text("k2", "public_spki_base64"));
    assert_eq!(PublicKey::from_file(&public).unwrap(), public_key("k2"));

    let error = PrivateKey::from_file(&public).unwrap_err();
    let expected = format!("key file {}: found a public key where a private one is needed", public.display());
    assert_eq!(error.to_string(), expected);
    let found = matches!(&error, KeyError::Unusable { from: KeySource::File(path), .. } if *path == public);
    assert!(found, "{error:?}");
}

#[test]
fn missing_file_is_named_with_its_cause() {
    let path = Folder::new("no-key-file").path("absent.pem");
    for error in [PrivateKey::from_file(&path).unwrap_err(), PublicKey::from_file(&path).unwrap_err()] {
        assert_eq!(error.to_string(), format!("key file {}: cannot be read", path.display()));
        let source = error.source().unwrap().downcast_ref::<std::io::Error>().unwrap();
        assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
        assert_eq!(error.problem(), None);
    }
    let folder = Folder::new("folder-as-key-file");
    assert!(matches!(PublicKey::from_file(folder.path("")), Err(KeyError::Unreadable { .. })));
}

#[test]
fn a_key_passed_as_a_name_is_recognized() {
    let key = key_text("k1", "public_spki_base64");
    let problem = |name: &str| PublicKey::from_file(name).unwrap_err().problem();
    for name in [&key, &format!("\"{key}\"")] {
        assert_eq!(problem(name), Some(KeyErrorKind::KeyAsName));
    }
    // A short name that begins like a key, and a long one that does not.
    for name in ["MII.pem", &format!("keys/{key}")] {
        assert_eq!(problem(name), None, "{name}");
    }
}

#[test]
fn no_more_than_64_kib_are_read() {
    let folder = Folder::new("large-key-files");
    let text = key_text("k1", "public_spki_base64");
    let padded = |length: usize| text.clone() + &" ".repeat(length - text.len());
    let largest = folder.write("largest", padded(64 * 1024));
    assert_eq!(PublicKey::from_file(largest).unwrap(), public_key("k1"));

    let too_large = Some(KeyErrorKind::TooLarge { limit: 64 * 1024 });
    let larger = folder.write("larger", padded(64 * 1024 + 1));
    assert_eq!(PublicKey::from_file(&larger).unwrap_err().problem(), too_large);
    assert_eq!(PrivateKey::from_file(&larger).unwrap_err().problem(), too_large);
}

/// An endless device must not be read to its end.
#[cfg(unix)]
#[test]
fn endless_file_is_refused() {
    let error = PrivateKey::from_file("/dev/zero").unwrap_err();
    assert_eq!(error.problem(), Some(KeyErrorKind::TooLarge { limit: 64 * 1024 }));
}

#[test]
fn binary_file_is_named() {
    let folder = Folder::new("binary-key-file");
    let path = folder.write("key.der", from_base64(&key_text("k1", "private_pkcs8_base64")));
    assert_eq!(PrivateKey::from_file(&path).unwrap_err().problem(), Some(KeyErrorKind::Binary));
    assert_eq!(PublicKey::from_file(&path).unwrap_err().problem(), Some(KeyErrorKind::Binary));
}

const PRIVATE: &str = "SIGNING_TEST_PRIVATE_KEY";
const PUBLIC: &str = "SIGNING_TEST_PUBLIC_KEY";

/// Setting a variable of the own process is unsafe, so the test runs itself again with the variables set.
#[test]
fn keys_are_read_from_variables() {
    if std::env::var_os(PRIVATE).is_some() {
        return with_variables_set();
    }
    let error = PrivateKey::from_env(PRIVATE).unwrap_err();
    assert_eq!(error.to_string(), format!("environment variable {PRIVATE}: not set"));

    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "key_sources::keys_are_read_from_variables"]);
    child.env(PRIVATE, key_text("k1", "private_pkcs1_base64"));
    child.env(PUBLIC, pem("PUBLIC KEY", &key_text("k1", "public_spki_base64")));
    let output = child.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

fn with_variables_set() {
    let key = PrivateKey::from_env(PRIVATE).unwrap();
    assert_eq!(PublicKey::from_env(PUBLIC).unwrap(), key.public_key());
    let error = PublicKey::from_env(PRIVATE).unwrap_err();
    assert!(error.to_string().starts_with(&format!("environment variable {PRIVATE}: found a private key")), "{error}");
}

/// The value is not UTF-8, and the error of the standard library would repeat it.
#[cfg(unix)]
#[test]
fn variable_that_is_not_text_is_not_repeated() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    const BINARY: &str = "SIGNING_TEST_BINARY_KEY";
    if std::env::var_os(BINARY).is_some() {
        let error = PrivateKey::from_env(BINARY).unwrap_err();
        assert_eq!(error.problem(), Some(KeyErrorKind::Binary));
        let printed = format!("{error} {error:?}");
        assert!(!printed.contains("CANARY"), "{printed}");
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "key_sources::variable_that_is_not_text_is_not_repeated"]);
    child.env(BINARY, OsStr::from_bytes(b"CANARY\xff"));
    let output = child.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}
