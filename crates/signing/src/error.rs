//! What can go wrong once the keys are loaded. What can go wrong on loading them is [`KeyError`](crate::KeyError).
//!
//! These errors tell the operator the exact cause. To the peer a message is merely badly signed: don't send it their text.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// Why a `Signature` header can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The message has no `Signature` header.
    #[error("there is no Signature header")]
    Missing,
    /// The message has more than one `Signature` header.
    #[error("there is more than one Signature header")]
    Repeated,
    /// The value is longer than any signature needs.
    #[error("the Signature header has {length} bytes; {limit} are allowed")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The greatest length that is read.
        limit: usize,
    },
    /// The value has a byte that is neither printable ASCII nor a tab.
    #[error("the Signature header is not printable ASCII")]
    NotAscii,
    /// The value is not a list of `key=value` pairs: a pair is empty, has no `=`, no key or no value, or there are too many.
    #[error("the Signature header is not a list of key=value pairs")]
    NotPairs,
    /// A quotation mark, or a space within a pair.
    #[error("the Signature header has quotes or spaces within a pair")]
    QuoteOrSpace,
    /// The same key twice.
    #[error("the Signature header names a key twice")]
    RepeatedKey,
    /// `algorithm` is not `RSA256`.
    #[error("the Signature header names an algorithm other than RSA256: {found:?}")]
    UnsupportedAlgorithm {
        /// The algorithm named, cut after 32 characters.
        found: String,
    },
    /// `keyVersion` is not a non-negative integer.
    #[error("keyVersion in the Signature header is not a non-negative integer")]
    KeyVersion,
    /// There is no `signature` pair.
    #[error("the Signature header has no signature")]
    NoSignature,
    /// The signature is not base64, percent-encoded or not.
    #[error("the signature in the Signature header is not base64")]
    NotBase64,
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature does not have the length of the key's modulus: it was cut, or made with a key of another size.
    #[error("the signature has {found} bytes; one of this key has {expected}")]
    SignatureLength {
        /// The length that the key needs.
        expected: usize,
        /// The length of the signature.
        found: usize,
    },
    /// The signature is not one of this key over this content: either the key or one of the signed parts differs.
    #[error("the signature does not match the key and the content")]
    Mismatch,
}

/// Why a message could not be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The cryptography library refused to sign.
    #[error("the private key failed to sign")]
    Failed,
    /// A signer outside of this process (a KMS, an HSM) failed.
    #[error("the external signer failed")]
    External(#[source] Box<dyn Error + Send + Sync>),
    /// A signer returned what no RSA key of 2048 to 8192 bits can have made.
    #[error("the signer returned {found} bytes, which is no RSA signature of 2048 to 8192 bits")]
    SignatureLength {
        /// The length of what it returned.
        found: usize,
    },
}

impl SignError {
    /// Wraps the error of a signer outside of this process.
    ///
    /// It becomes the [`source`](Error::source) and may be logged: it must hold no key.
    pub fn external(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::External(error.into())
    }
}

/// Why no key can be had for a message, or why a key ring refuses one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// No key is known for this Client-Id.
    #[error("the Client-Id is not known")]
    UnknownClient,
    /// Keys are known for this Client-Id, but not of this version.
    #[error("the key version is not known")]
    UnknownVersion,
    /// The Client-Id holds a `.` followed by what reads as a time header, so that a signature over it is also one over
    /// the message of another client: see [`is_ambiguous_client_id`](crate::is_ambiguous_client_id).
    #[error("the Client-Id {client_id:?} is ambiguous: a `.` in it is followed by what reads as a time")]
    AmbiguousClientId {
        /// The Client-Id.
        client_id: Arc<str>,
    },
}

/// Why a time header is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FreshnessError {
    /// The text is neither ISO 8601 with an offset nor milliseconds of the epoch.
    #[error("the time can't be read: neither ISO 8601 with an offset nor milliseconds of the epoch")]
    Unreadable,
    /// The message is older than the window allows.
    #[error("the time is {by:?} behind the clock of this machine")]
    Stale {
        /// How far the time is behind the clock.
        by: Duration,
    },
    /// The message comes from further in the future than the window allows: one of the two clocks is wrong.
    #[error("the time is {by:?} ahead of the clock of this machine")]
    Future {
        /// How far the time is ahead of the clock.
        by: Duration,
    },
    /// The response is older than its own request by more than the window allows: it answers another question.
    #[error("the response is {by:?} older than its request")]
    BeforeRequest {
        /// How far the response is before the request.
        by: Duration,
    },
}
