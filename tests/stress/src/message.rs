//! Messages to sign, and the keys to sign them with.

use std::fmt;

use alipayplus_signing::{PrivateKey, SignatureHeader, SigningInput, VersionedSigner};
use fastrand::Rng;
use futures_util::FutureExt as _;
use serde_json::Value;

use crate::change::{bytes, text};
use crate::failure::Failure;
use crate::repository;

/// Test keys, which are public: the same in every run.
const TEST_KEYS: &str = "docs/vectors/test-keys.json";
const TEST_KEY_3072: &str = include_str!("message/test-key-3072.pem");

/// The signed parts of a message, owned.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) client_id: String,
    pub(crate) time: String,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn content(&self) -> SigningInput<'_> {
        SigningInput {
            method: &self.method,
            uri: &self.uri,
            client_id: &self.client_id,
            time: &self.time,
            body: &self.body,
        }
    }

    /// Changes one part, or moves text from one to the next. The signed bytes can stay the same.
    pub(crate) fn changed(&self, rng: &mut Rng) -> Self {
        let mut changed = self.clone();
        match rng.u8(..6) {
            0 => changed.method = text(rng, &self.method),
            1 => changed.uri = text(rng, &self.uri),
            2 => changed.client_id = text(rng, &self.client_id),
            3 => changed.time = text(rng, &self.time),
            4 => changed.body = bytes(rng, &self.body),
            // The point is not escaped: text that moves across it leaves the signed bytes unchanged.
            _ => {
                let all = format!("{}.{}", self.client_id, self.time);
                let points: Vec<usize> = all.match_indices('.').map(|(at, _)| at).collect();
                let at = points[rng.usize(..points.len())];
                (changed.client_id, changed.time) = (all[..at].to_owned(), all[at + 1..].to_owned());
            }
        }
        changed
    }
}

/// Shows the signed bytes.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.content().to_bytes().escape_ascii())
    }
}

/// Returns the value of a `Signature` header for a message.
pub(crate) fn sign(key: &VersionedSigner, message: &Message) -> Result<SignatureHeader, Failure> {
    // A key in memory signs without waiting.
    Ok(key.sign(&message.content()).now_or_never().ok_or("the signer waits")??)
}

/// Returns one form of one of the project's test keys of 2048 bits.
pub(crate) fn test_key_text(name: &str, form: &str) -> Result<String, Failure> {
    let keys: Value = serde_json::from_str(&repository::text(TEST_KEYS)?)?;
    Ok(keys["keys"][name][form].as_str().ok_or("there is no such test key")?.to_owned())
}

/// Returns one of the project's test keys of 2048 bits.
pub(crate) fn test_key(name: &str) -> Result<PrivateKey, Failure> {
    Ok(PrivateKey::from_text(&test_key_text(name, "private_pkcs8_base64")?)?)
}

/// Returns a test key of 2048 bits and one of 3072 bits as PEM.
pub(crate) fn test_keys_pem() -> Result<[String; 2], Failure> {
    Ok([pem("PRIVATE KEY", &test_key_text("k1", "private_pkcs8_base64")?), TEST_KEY_3072.to_owned()])
}

/// Returns a PEM block around base64 on one line.
pub(crate) fn pem(label: &str, base64: &str) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for (n, character) in base64.chars().enumerate() {
        if n > 0 && n % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    format!("{text}\n-----END {label}-----\n")
}
