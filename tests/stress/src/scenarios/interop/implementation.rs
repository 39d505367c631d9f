//! Another implementation, and what it shares with ours.

use std::io;

use alipayplus_signing::{PrivateKey, PublicKey, SignatureHeader, VersionedSigner};

use crate::failure::Failure;
use crate::message::Message;

/// A key that both sides have.
pub(super) struct Shared {
    pub(super) pem: String,
    pub(super) signing_key: VersionedSigner,
    pub(super) public_key: PublicKey,
}

/// Another implementation. It makes the signed bytes out of a message's parts by itself.
pub(super) trait Implementation {
    /// Its signature by a key, given as its place among all.
    fn sign(&mut self, message: &Message, key: usize) -> Result<SignatureHeader, Failure>;
    /// Whether it accepts this signature.
    fn accepts(&mut self, message: &Message, key: usize, header: &SignatureHeader) -> Result<bool, Failure>;
}

impl Shared {
    pub(super) fn new(pem: String) -> Result<Self, Failure> {
        let key = PrivateKey::from_text(&pem)?;
        Ok(Self { pem, public_key: key.public_key(), signing_key: VersionedSigner::new(1, key) })
    }
}

/// Says which package brings a program that is not there.
pub(super) fn not_started(program: &'static str, package: &'static str) -> impl Fn(io::Error) -> Failure {
    move |error| format!("`{program}` can't be started: install the Debian package `{package}`: {error}").into()
}
