//! The SHA-256 digest that is signed and verified.

use std::fmt;

use aws_lc_rs::digest::{self, Context, SHA256};

/// The SHA-256 of a [`SigningInput`](crate::SigningInput): all that a [`Signer`](crate::Signer) sees of a message.
///
/// Prints as lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hashes bytes that are not a [`SigningInput`](crate::SigningInput), for tests: published test vectors are over
    /// such bytes.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(message: &[u8]) -> Self {
        Self::of(&[message])
    }

    /// Hashes the parts one after the other, without joining them.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Context::new(&SHA256);
        for part in parts {
            hash.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hash.finish().as_ref());
        Self(bytes)
    }

    /// Converts to the type of the cryptography library. Never `None`, because the length is right.
    pub(crate) fn import(&self) -> Option<digest::Digest> {
        digest::Digest::import_less_safe(&self.0, &SHA256).ok()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
