//! The errors of signing and verifying. The errors of loading keys are [`KeyError`](crate::KeyError)s.
//!
//! They name the exact cause for the operator. Do not send their text to the other side, which only learns that the
//! message was not accepted.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// An error of parsing a `Signature` header.
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
        /// The largest allowed length in bytes.
        limit: usize,
    },
    /// The value has a byte that is neither printable ASCII nor a tab.
    #[error("the Signature header is not printable ASCII")]
    NotAscii,
    /// The value is not a list of `key=value` pairs: a pair is empty or has no `=`, no key or no value, or there are too
    /// many pairs.
    #[error("the Signature header is not a list of key=value pairs")]
    NotPairs,
    /// The value has a quotation mark, or a space within a pair.
    #[error("the Signature header has quotes or spaces within a pair")]
    QuoteOrSpace,
    /// The value has the same key twice.
    #[error("the Signature header has a key twice")]
    RepeatedKey,
    /// `algorithm` is not `RSA256`.
    #[error("the Signature header names an algorithm other than RSA256: {found:?}")]
    UnsupportedAlgorithm {
        /// The named algorithm, cut after 32 characters.
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

/// An error of verifying a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature is not as long as the key's modulus: it was cut, or made with a key of another size.
    #[error("the signature has {found} bytes; this key makes signatures of {expected}")]
    SignatureLength {
        /// The length in bytes that the key needs.
        expected: usize,
        /// The length of the signature in bytes.
        found: usize,
    },
    /// This key did not make the signature over this input: either the key or one of the signed parts differs.
    #[error("the signature does not match the key and the content")]
    Mismatch,
}

/// An error of signing a message.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The cryptography library failed to sign.
    #[error("the private key failed to sign")]
    Failed,
    /// A signer outside of this process (a KMS, an HSM) failed.
    #[error("the external signer failed")]
    External(#[source] Box<dyn Error + Send + Sync>),
    /// A signer returned bytes that cannot be a signature of an RSA key of 2048 to 8192 bits.
    #[error("the signer returned {found} bytes, which is not an RSA signature of 2048 to 8192 bits")]
    SignatureLength {
        /// The number of bytes that it returned.
        found: usize,
    },
    /// A signer's signature does not verify with the [public key](crate::Signer::public_key) that it returned: the
    /// service signs with another key. The signature is not sent.
    #[error("the signer's signature does not verify with its public key {fingerprint}: it signs with another key")]
    WrongKey {
        /// The [fingerprint](crate::PublicKey::fingerprint) of the public key.
        fingerprint: String,
    },
    /// The code of the signer panicked. The panic hook has the text.
    #[error("the signer panicked")]
    Panicked,
}

impl SignError {
    /// Wraps the error of a signer outside of this process.
    ///
    /// It becomes the [`source`](Error::source) and may be logged, so it must not hold a key.
    pub fn external(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::External(error.into())
    }
}

/// An error of looking up or adding a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// There is no key for this Client-Id.
    #[error("the Client-Id is not known")]
    UnknownClient,
    /// There are keys for this Client-Id, but none of this version.
    #[error("there is no key of version {}", version.map_or_else(|| "any".to_owned(), |version| version.to_string()))]
    UnknownVersion {
        /// The version that the message names; `None` if it names none and there is no key at all.
        version: Option<u64>,
    },
    /// The Client-Id has a `.` followed by text that reads as a time header, so that a signature over it is also valid
    /// for a message of another client, see [`is_ambiguous_client_id`](crate::is_ambiguous_client_id).
    #[error("the Client-Id {client_id:?} is ambiguous: the text after a `.` in it reads as a time")]
    AmbiguousClientId {
        /// The Client-Id.
        client_id: Arc<str>,
    },
}

/// An error of checking a time header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FreshnessError {
    /// The text is neither ISO 8601 with an offset nor milliseconds since the Unix epoch.
    #[error("the time can't be read: it is neither ISO 8601 with an offset nor milliseconds since the Unix epoch")]
    Unreadable,
    /// The time is before the [window](crate::Freshness::with_window).
    #[error("the time is {by:?} behind the local clock")]
    Stale {
        /// How far the time is behind the clock.
        by: Duration,
    },
    /// The time is after the [window](crate::Freshness::with_window): one of the two clocks is wrong.
    #[error("the time is {by:?} ahead of the local clock")]
    Future {
        /// How far the time is ahead of the clock.
        by: Duration,
    },
    /// The response is older than its own request by more than the [skew](crate::Freshness::with_skew): it answers
    /// another request, or one of the two clocks is wrong.
    #[error("the response is {by:?} older than its request")]
    BeforeRequest {
        /// How far the time of the response is before the time of the request.
        by: Duration,
    },
}
