//! Runs the command, and keys for its messages.

use std::path::Path;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use alipayplus_signing::{PrivateKey, SigningInput, VersionedSigner};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What a run printed.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the command in a folder, with words that are separated by blanks.
pub(crate) fn alipayplus(folder: &Path, environment: &[(&str, &str)], arguments: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    command.current_dir(folder).env_clear().envs(environment.iter().copied());
    let output = command.args(arguments.split_ascii_whitespace()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Run {
    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.stdout.contains(text), "{text} is not in:\n{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn warns(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "{text} is not in:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn holds_none_of(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(
                !self.stdout.contains(text) && !self.stderr.contains(text),
                "{text} is in:\n{}{}",
                self.stdout,
                self.stderr
            );
        }
        self
    }
}

/// Signs a message with a test key as version 1.
pub(crate) fn sign(key: &str, input: &SigningInput<'_>) -> String {
    let key = PrivateKey::from_text(&key_text(key, "private_pkcs8_base64")).unwrap();
    let signer = VersionedSigner::new(1, key);
    match pin!(signer.sign(input)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(header) => header.unwrap().to_string(),
        Poll::Pending => panic!("a key in memory signs at once"),
    }
}

/// Returns a text of the vectors' keys.
pub(crate) fn key_text(key: &str, form: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors/test-keys.json");
    let document: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    document["keys"][key][form].as_str().unwrap().to_owned()
}

pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}
