//! The causes that show when a public key is loaded.

use super::cause::Cause;
use crate::key::{KeyError, KeyErrorKind};

impl Cause {
    /// Returns the cause for which a text could not be loaded as a public key; `None` if it is none of the usual ones.
    #[must_use]
    pub fn of_key_error(error: &KeyError) -> Option<Self> {
        match error.problem()? {
            KeyErrorKind::PrivateKey | KeyErrorKind::EncryptedPrivateKey => Some(Self::PublicKeyIsPrivate),
            KeyErrorKind::Certificate | KeyErrorKind::CertificateRequest => Some(Self::CertificateGiven),
            KeyErrorKind::NotAKey | KeyErrorKind::UnfinishedPem | KeyErrorKind::Damaged => Some(Self::KeyTruncated),
            KeyErrorKind::TooShort { .. } => Some(Self::KeyTooSmall),
            _ => None,
        }
    }
}
