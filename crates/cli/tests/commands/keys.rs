//! `alipayplus keys`, as a process, with `openssl` as the judge of the files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::tempdir;

fn keys(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    command.arg("keys").args(arguments).current_dir(folder).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// Returns the modulus, as openssl reads it from a file.
fn modulus(folder: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new("openssl").args(arguments).args(["-noout", "-modulus"]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    text(&output)
}

#[test]
fn each_form_is_read_by_openssl_and_by_us() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    for form in ["openssl", "node", "go", "java", "python", "php"] {
        let made = keys(folder, &["new", form, "--for", form]);
        assert_eq!(code(&made), Some(0), "{}", text(&made));
        let (private, public) = (format!("{form}.key"), format!("{form}.pub"));
        assert_eq!(fs::metadata(folder.join(&private)).unwrap().permissions().mode() & 0o777, 0o600);
        let checked = keys(folder, &["check", &private, &public]);
        assert_eq!((code(&checked), text(&checked).trim()), (Some(0), "they are a pair"));
        // Bare base64 becomes the DER that openssl reads.
        let arguments = match form {
            "java" | "php" => {
                let mut openssl = Command::new("openssl");
                openssl.args(["base64", "-d", "-A", "-in", &private, "-out", "key.der"]);
                assert!(openssl.current_dir(folder).status().unwrap().success());
                vec!["rsa", "-inform", "DER", "-in", "key.der"]
            }
            _ => vec!["rsa", "-in", &private],
        };
        let private_modulus = modulus(folder, &arguments);
        if form == "python" {
            assert!(fs::read_to_string(folder.join(&private)).unwrap().starts_with("-----BEGIN RSA PRIVATE KEY-----"));
            assert_eq!(private_modulus, modulus(folder, &["rsa", "-pubin", "-in", &public]));
        }
    }
    let other = keys(folder, &["check", "java.key", "php.pub"]);
    assert_eq!(code(&other), Some(1), "{}", text(&other));
}

#[test]
fn a_converted_key_is_the_same_key() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(code(&keys(folder, &["new", "a", "--bits", "3072"])), Some(0));
    let original = fs::read(folder.join("a.key")).unwrap();
    for (from, form, to) in [("a.key", "php", "b"), ("b", "java", "c"), ("c", "python", "d"), ("d", "openssl", "e")] {
        let done = keys(folder, &["convert", from, "--for", form, "--out", to]);
        assert_eq!(code(&done), Some(0), "{}", text(&done));
    }
    assert_eq!(fs::read(folder.join("e")).unwrap(), original);
    let shown = text(&keys(folder, &["show", "a.key", "b", "a.pub"]));
    let fingerprints: Vec<_> = shown.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert!(
        shown.contains("a.key: private key, 3072 bits") && shown.contains("a.pub: public key, 3072 bits"),
        "{shown}"
    );
    assert!(fingerprints.len() == 3 && fingerprints.iter().all(|it| *it == fingerprints[0]), "{shown}");
}

#[test]
fn nothing_private_is_printed_or_written_over() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    let made = keys(folder, &["new", "a", "--json"]);
    assert_eq!(code(&made), Some(0), "{}", text(&made));
    let private = fs::read_to_string(folder.join("a.key")).unwrap();
    let canary = private.lines().nth(20).unwrap().to_owned();
    let again = keys(folder, &["new", "a"]);
    assert_eq!(code(&again), Some(3));
    assert!(text(&again).contains("a.key is there already"), "{}", text(&again));
    assert_eq!(fs::read_to_string(folder.join("a.key")).unwrap(), private);
    let printed = keys(folder, &["convert", "a.key", "--for", "openssl"]);
    assert_eq!(code(&printed), Some(3));
    let shown = keys(folder, &["show", "a.key", "--json"]);
    let public = keys(folder, &["convert", "a.pub", "--for", "java"]);
    for output in [&made, &again, &printed, &shown, &public] {
        assert!(!text(output).contains(&canary), "{}", text(output));
    }
    let asked_for = keys(folder, &["convert", "a.key", "--for", "openssl", "--print-private"]);
    assert!(text(&asked_for).contains(&canary));
    assert_eq!(code(&keys(folder, &["new", "a", "--force"])), Some(0));
    assert_ne!(fs::read_to_string(folder.join("a.key")).unwrap(), private);
}

#[test]
fn what_is_no_key_is_named() {
    let folder = tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("x"), "hello").unwrap();
    let shown = keys(folder, &["show", "x", "nothing"]);
    assert_eq!(code(&shown), Some(1));
    assert!(text(&shown).contains("key file x:") && text(&shown).contains("No such file"), "{}", text(&shown));
    assert_eq!(code(&keys(folder, &["check", "x", "x"])), Some(3));
}
