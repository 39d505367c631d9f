//! Helpers that several test files use.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::{Context, Poll, Waker};

use alipayplus_signing::{PrivateKey, PublicKey, SigningInput};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

pub(crate) const CLIENT_ID: &str = "SANDBOX_5X00000000000000";

pub(crate) const INPUT: SigningInput<'static> = SigningInput {
    method: "POST",
    uri: "/aps/api/v1/payments/inquiryPayment",
    client_id: CLIENT_ID,
    time: "2025-02-20T08:51:49Z",
    body: br#"{"paymentRequestId":"20200101234567890132"}"#,
};

/// Runs a future that is ready at once.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future is not ready"),
    }
}

/// Returns the members of `vectors` in a file of `docs/vectors/`.
pub(crate) fn vectors(file: &str) -> Vec<Value> {
    let vectors = read(file)["vectors"].as_array().unwrap().clone();
    assert!(!vectors.is_empty(), "{file} is empty");
    vectors
}

/// Returns a text of `test-keys.json`, such as the one at `("k1", "private_pkcs8_base64")`.
pub(crate) fn key_text(key: &str, form: &str) -> String {
    text(&read("test-keys.json")["keys"][key], form).to_owned()
}

pub(crate) fn private_key(key: &str) -> PrivateKey {
    PrivateKey::from_text(&key_text(key, "private_pkcs8_base64")).unwrap()
}

pub(crate) fn public_key(key: &str) -> PublicKey {
    PublicKey::from_text(&key_text(key, "public_spki_base64")).unwrap()
}

pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text in {member} of {value}"))
}

pub(crate) fn bytes(value: &Value, member: &str) -> Vec<u8> {
    from_base64(text(value, member))
}

pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Wraps one line of base64 into a PEM block.
pub(crate) fn pem(label: &str, base64: &str) -> String {
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Runs the `openssl` command, an implementation that shares no code with the one under test.
pub(crate) fn openssl(arguments: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("this test needs the `openssl` command (Debian package `openssl`): {error}"));
    // Some subcommands close the pipe without reading their input.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {stderr}");
    output.stdout
}

pub(crate) fn openssl_text(arguments: &str, input: &str) -> String {
    String::from_utf8(openssl(arguments, input.as_bytes())).unwrap()
}

/// A folder for one test, removed when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors").join(file);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}
