//! Why a key can't be loaded.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a key could not be loaded: where it was looked for, and what was found instead.
///
/// It never holds a part of the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read.
    #[error("key file {}: it can't be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The environment variable is not set.
    #[error("environment variable {name}: it is not set")]
    NotSet {
        /// The variable.
        name: String,
    },
    /// Something was found, but not the key that is needed.
    #[error("{from}: found {problem}")]
    Unusable {
        /// Where it was found.
        from: KeySource,
        /// What was found.
        problem: KeyErrorKind,
    },
    /// A throwaway key could not be made.
    #[cfg(feature = "testing")]
    #[error("a throwaway key could not be generated")]
    NotGenerated,
}

impl KeyError {
    /// What was found, when there was something.
    #[must_use]
    pub fn problem(&self) -> Option<KeyErrorKind> {
        match self {
            Self::Unusable { problem, .. } => Some(*problem),
            _ => None,
        }
    }
}

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeySource {
    /// A text that the program gave.
    Text,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

impl KeySource {
    /// For `map_err`: the problem together with where it was found.
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
    /// Nothing but white space.
    #[error("an empty text")]
    Empty,
    /// More than any key needs.
    #[error("more than {limit} bytes, which is no key")]
    TooLarge {
        /// What is read at most.
        limit: usize,
    },
    /// Bytes that are not UTF-8, such as a key in binary DER.
    #[error("binary data; PEM or one line of base64 is needed (`openssl pkey -inform DER` converts)")]
    Binary,
    /// A PEM block whose end is missing or has another name than its beginning.
    #[error("a PEM block without its end")]
    UnfinishedPem,
    /// Several PEM blocks, of which it would have to guess one.
    #[error("several PEM blocks; exactly one is needed")]
    SeveralBlocks,
    /// The key itself, given where the name of its file or variable belongs. The error does not repeat it.
    #[error("a key where the name of a file or a variable is needed")]
    KeyAsName,
    /// Neither PEM nor base64.
    #[error("something that is not base64")]
    NotBase64,
    /// Base64 of something that is no key in a form known here.
    #[error("base64 of something that is not a key, or not all of one")]
    NotAKey,
    /// A public key where a private one is needed.
    #[error("a public key where a private one is needed")]
    PublicKey,
    /// A private key where a public one is needed.
    #[error("a private key where a public one is needed (`openssl pkey -pubout` extracts it)")]
    PrivateKey,
    /// The bare public numbers of PKCS#1, without the name of the algorithm.
    #[error(
        "a PKCS#1 public key; X.509 SubjectPublicKeyInfo is needed (`openssl rsa -RSAPublicKey_in -pubout` converts)"
    )]
    Pkcs1PublicKey,
    /// An encrypted private key.
    #[error("an encrypted private key; it has to be decrypted before (`openssl pkey` asks for the passphrase)")]
    EncryptedPrivateKey,
    /// An X.509 certificate.
    #[error("an X.509 certificate where a key is needed (`openssl x509 -pubkey -noout` extracts the public key)")]
    Certificate,
    /// A request for an X.509 certificate.
    #[error("a certificate request where a key is needed (`openssl req -pubkey -noout` extracts the public key)")]
    CertificateRequest,
    /// A PKCS#12 container.
    #[error("a PKCS#12 container where a key is needed (`openssl pkcs12 -nodes` unpacks it)")]
    Pkcs12,
    /// A key in the format of OpenSSH.
    #[error("an OpenSSH key; PEM or one line of base64 is needed (`ssh-keygen -m PKCS8` converts)")]
    OpenSsh,
    /// An elliptic-curve key.
    #[error("an EC key; RSA is needed")]
    Ec,
    /// A key of another algorithm, such as Ed25519 or RSA-PSS.
    #[error("a key of another algorithm than RSA")]
    OtherAlgorithm,
    /// An RSA key that is too weak.
    #[error("an RSA key of {bits} bits; at least 2048 are needed")]
    TooShort {
        /// Its length.
        bits: usize,
    },
    /// An RSA key that is longer than can be used.
    #[error("an RSA key of {bits} bits; at most 8192 are possible")]
    TooLong {
        /// Its length.
        bits: usize,
    },
    /// An RSA key whose numbers don't belong together.
    #[error("a damaged RSA key: its numbers don't fit together")]
    Damaged,
    /// A private key whose signature its own public key does not accept.
    #[error("a private key that fails its own check: it signs what it can't verify")]
    SelfCheckFailed,
}
