//! The errors of loading a key.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// An error of loading a key: where the key was looked for, and what was found instead.
///
/// It never holds a part of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read.
    #[error("key file {}: cannot be read", path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The environment variable is not set.
    #[error("environment variable {name}: not set")]
    NotSet {
        /// The name of the variable.
        name: String,
    },
    /// Something was found, but not the key that is needed.
    #[error("{from}: found {problem}")]
    Unusable {
        /// The place that was read.
        from: KeySource,
        /// What was found.
        problem: KeyErrorKind,
    },
    /// A throwaway key could not be generated.
    #[cfg(feature = "testing")]
    #[error("a throwaway key could not be generated")]
    NotGenerated,
}

impl KeyError {
    /// Returns what was found instead of the key; `None` if nothing could be read.
    #[must_use]
    pub fn problem(&self) -> Option<KeyErrorKind> {
        match self {
            Self::Unusable { problem, .. } => Some(*problem),
            _ => None,
        }
    }
}

/// The place that a key was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// A text that was passed by the program.
    Text,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

impl KeySource {
    /// Returns a function for `map_err` that adds the source to a problem.
    pub(super) fn error(self) -> impl FnOnce(KeyErrorKind) -> KeyError {
        move |problem| KeyError::Unusable { from: self, problem }
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("key text"),
            Self::File(path) => write!(f, "key file {}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// What was found instead of the key that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyErrorKind {
    /// Only white space.
    #[error("an empty text")]
    Empty,
    /// More bytes than any key needs.
    #[error("more than {limit} bytes, which is too large for a key")]
    TooLarge {
        /// The largest number of bytes that is read.
        limit: usize,
    },
    /// Bytes that are not UTF-8, such as a key in binary DER.
    #[error("binary data; PEM or one line of base64 is needed (`openssl pkey -inform DER` converts)")]
    Binary,
    /// A PEM block whose end is missing or has another label than its beginning.
    #[error("a PEM block without its end")]
    UnfinishedPem,
    /// Several PEM blocks: which of them is the key is not clear.
    #[error("several PEM blocks; exactly one is needed")]
    SeveralBlocks,
    /// The key itself, passed in place of the name of its file or variable. The error does not repeat it.
    #[error("a key where the name of a file or a variable is needed")]
    KeyAsName,
    /// A name and a value, as in a file of environment variables.
    #[error("a `NAME=value` line; only the value is needed")]
    NamedValue,
    /// Base64 with a comma or a semicolon at its end, as in JSON or in a program.
    #[error("a text that ends with a comma or a semicolon; only the key is needed")]
    TrailingComma,
    /// Quotes other than one pair around the text, or backslashes other than those of `\n` and `\r`.
    #[error("a key with quotes within it or on one side of it, or with backslashes; only the key is needed")]
    QuotesOrBackslashes,
    /// Base64 of PEM or of base64, as in a Kubernetes secret.
    #[error("base64 of PEM or of base64; decode it once (`base64 -d`)")]
    EncodedTwice,
    /// Neither PEM nor base64.
    #[error("a text that is neither PEM nor base64")]
    NotBase64,
    /// Base64 of something other than a key in a supported form.
    #[error("base64 of something that is not a key, or of a part of a key")]
    NotAKey,
    /// A public key where a private one is needed.
    #[error("a public key where a private one is needed")]
    PublicKey,
    /// A private key where a public one is needed.
    #[error("a private key where a public one is needed (`openssl pkey -pubout` extracts it)")]
    PrivateKey,
    /// A PKCS#1 public key, which has no algorithm identifier.
    #[error(
        "a PKCS#1 public key; X.509 SubjectPublicKeyInfo is needed (`openssl rsa -RSAPublicKey_in -pubout` converts)"
    )]
    Pkcs1PublicKey,
    /// An encrypted private key.
    #[error("an encrypted private key; decrypt it first (`openssl pkey` asks for the passphrase)")]
    EncryptedPrivateKey,
    /// An X.509 certificate.
    #[error("an X.509 certificate where a key is needed (`openssl x509 -pubkey -noout` extracts the public key)")]
    Certificate,
    /// A certificate signing request.
    #[error("a certificate request where a key is needed (`openssl req -pubkey -noout` extracts the public key)")]
    CertificateRequest,
    /// A PKCS#12 container.
    #[error("a PKCS#12 container where a key is needed (`openssl pkcs12 -nodes` unpacks it)")]
    Pkcs12,
    /// A key in the OpenSSH format.
    #[error("an OpenSSH key; PEM or one line of base64 is needed (`ssh-keygen -m PKCS8` converts)")]
    OpenSsh,
    /// An elliptic-curve key.
    #[error("an EC key; RSA is needed")]
    Ec,
    /// A key of another algorithm, such as Ed25519 or RSA-PSS.
    #[error("a key of another algorithm than RSA")]
    OtherAlgorithm,
    /// An RSA key that is too short to be secure.
    #[error("an RSA key of {bits} bits; at least 2048 are needed")]
    TooShort {
        /// The size of its modulus in bits.
        bits: usize,
    },
    /// An RSA key that is longer than the cryptography library supports.
    #[error("an RSA key of {bits} bits; at most 8192 are supported")]
    TooLong {
        /// The size of its modulus in bits.
        bits: usize,
    },
    /// A private RSA key of more than two primes, which the cryptography library does not support.
    #[error("a private RSA key of more than two primes; one of two primes is needed")]
    MultiPrime,
    /// An RSA key whose numbers do not belong together.
    #[error("a damaged RSA key: its numbers do not belong together")]
    Damaged,
    /// A private key whose signature its own public key does not accept.
    #[error("a private key whose signature its own public key does not accept")]
    SelfCheckFailed,
}
