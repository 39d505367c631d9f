//! What a signature that was not accepted was verified over and with.

use std::fmt;

use crate::digest::Digest;
use crate::error::VerifyError;
use crate::key::PublicKey;
use crate::signing_input::SigningInput;

/// The error of [`CandidateKeys::verify`](crate::CandidateKeys::verify): its text names in one line what the two sides
/// have to compare.
///
/// ```text
/// the signature does not match the key and the content (verified over POST /v1/payments/inquiryPayment; a body of
/// 44 bytes; content with SHA-256 7dd0…; key 7 with fingerprint 0b5d…)
/// ```
///
/// It holds neither the query of the path, nor the Client-Id, the time or the body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotVerified {
    /// What is wrong.
    pub error: VerifyError,
    /// What was compared.
    pub over: Box<VerifiedOver>,
}

/// What a signature was verified over, and with which keys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedOver {
    /// The method.
    pub method: String,
    /// The path without its query, which may be confidential.
    pub path: String,
    /// The length of the body in bytes.
    pub body_length: usize,
    /// The SHA-256 of the content that the signature has to cover.
    pub digest: Digest,
    /// Whether the message names the version of its key.
    pub is_version_named: bool,
    /// The versions and the [fingerprints](PublicKey::fingerprint) of the keys that were tried.
    pub keys: Vec<(u64, String)>,
}

impl NotVerified {
    pub(crate) fn new<'a>(
        error: VerifyError,
        input: &SigningInput<'_>,
        digest: Digest,
        is_version_named: bool,
        keys: impl Iterator<Item = (u64, &'a PublicKey)>,
    ) -> Self {
        let over = VerifiedOver {
            method: input.method.to_owned(),
            path: input.uri.split('?').next().unwrap_or_default().to_owned(),
            body_length: input.body.len(),
            digest,
            is_version_named,
            keys: keys.map(|(version, key)| (version, key.fingerprint())).collect(),
        };
        Self { error, over: Box::new(over) }
    }
}

impl std::error::Error for NotVerified {}

impl fmt::Display for NotVerified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (verified over {})", self.error, self.over)
    }
}

/// Prints one line. The path, which the other side may have written, is escaped and cut after 64 characters, and
/// fingerprints after 16.
impl fmt::Display for VerifiedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_PATH: usize = 64;
        let path: String = self.path.chars().take(MAX_PATH).flat_map(char::escape_default).collect();
        let cut = if self.path.chars().nth(MAX_PATH).is_some() { "…" } else { "" };
        write!(f, "{} {path}{cut}; a body of {} bytes; ", self.method, self.body_length)?;
        write!(f, "content with SHA-256 {}; ", self.digest)?;
        f.write_str(if self.is_version_named { "" } else { "no keyVersion, tried " })?;
        for (n, (version, fingerprint)) in self.keys.iter().enumerate() {
            f.write_str(if n > 0 { ", " } else { "" })?;
            write!(f, "key {version} with fingerprint {fingerprint:.16}…")?;
        }
        Ok(())
    }
}
