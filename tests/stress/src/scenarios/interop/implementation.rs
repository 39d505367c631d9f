//! The interface to another implementation.

use std::io;

use alipayplus_signing::{PrivateKey, PublicKey, SignatureHeader, VersionedSigner};

use crate::failure::Failure;
use crate::message::Message;

/// A key that both implementations have.
pub(super) struct Shared {
    pub(super) pem: String,
    pub(super) signing_key: VersionedSigner,
    pub(super) public_key: PublicKey,
}

/// Another implementation, which builds the signed bytes from a message's parts by itself.
pub(super) trait Implementation {
    /// Signs a message with the key at this index.
    fn sign(&mut self, message: &Message, key: usize) -> Result<SignatureHeader, Failure>;
    /// Returns whether this signature is accepted.
    fn accepts(&mut self, message: &Message, key: usize, header: &SignatureHeader) -> Result<bool, Failure>;
}

impl Shared {
    pub(super) fn new(pem: String) -> Result<Self, Failure> {
        let key = PrivateKey::from_text(&pem)?;
        Ok(Self { pem, public_key: key.public_key(), signing_key: VersionedSigner::new(1, key) })
    }
}

/// Names the package of a program that cannot be started.
pub(super) fn not_started(program: &'static str, package: &'static str) -> impl Fn(io::Error) -> Failure {
    move |error| format!("`{program}` can't be started: install the Debian package `{package}`: {error}").into()
}
