//! The public key, which verifies.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der::{self, Form};
use super::error::{KeyError, KeyErrorKind, KeySource};
use super::size::check_bits;
use super::text;
use crate::digest::Digest;
use crate::error::VerifyError;
#[cfg(feature = "testing")]
use crate::verification_count::count_verification;

/// An RSA public key of 2048 to 8192 bits. It is parsed once; clones share it.
///
/// The text is an X.509 `SubjectPublicKeyInfo`, either as PEM (`BEGIN PUBLIC KEY`) or as the base64 of its DER on one
/// line, as the Alipay+ portal shows it. A pair of quotes around the text and `\n` in place of line feeds are accepted, as
/// environment variables often have them.
///
/// ```
/// use alipayplus_signing::{KeyErrorKind, PublicKey};
///
/// let text = "\
///     MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqfIYa7YBXqNYO5IrMVs1\
///     duENMJ7aU/4uHjGAgnE99TB1/6+X99iFW7FFo8DzGPfM6xRgeEKLcnaUNJNqAT1C\
///     0zZJw1KntNltGvw0KxTdaLRjLWdoZpk4xrQpqdHUKOxvCzQAVB2bSVLUnIgHcd86\
///     aQjx2BTdkr5uPv/G1rkX4WXyNYW7+KCbKmPYvTk+dslZ16RzojEwUvfo1FRGK1fe\
///     Kj/UldU1xbjSYlzk2YgRsdAyD+eCFEJOaRaRgGGMlZMcldzIu43RmhIuXnIG86LN\
///     wYT9jl66f6JQ4d4/Iy8PNvv6Z1egQtiG/g27oldb4YuRyZqtf50PWd56IigPXJhm\
///     6wIDAQAB";
/// let key = PublicKey::from_text(text)?;
/// assert_eq!(key.bits(), 2048);
///
/// let cut = PublicKey::from_text(&text[..200]).unwrap_err();
/// assert_eq!(cut.problem(), Some(KeyErrorKind::NotAKey));
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    key: ParsedPublicKey,
    bits: usize,
    spki: Box<[u8]>,
    fingerprint: Digest,
}

impl PublicKey {
    /// Loads a key from a text.
    ///
    /// # Errors
    /// Returns [`KeyError::Unusable`], which names what the text is instead of an RSA public key.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        Self::parse(text).map_err(KeySource::Text.error())
    }

    /// Loads a key from a file.
    ///
    /// # Errors
    /// Returns a [`KeyError`] that names the file, if it cannot be read or is not an RSA public key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Self::parse(&text::read_file(path)?).map_err(KeySource::File(path.to_owned()).error())
    }

    /// Loads a key from an environment variable.
    ///
    /// # Errors
    /// Returns a [`KeyError`] that names the variable, if it is not set or is not an RSA public key.
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        Self::parse(&text::read_variable(name)?).map_err(KeySource::Variable(name.to_owned()).error())
    }

    fn parse(text: &str) -> Result<Self, KeyErrorKind> {
        Self::from_der(&text::decode(text)?)
    }

    pub(super) fn from_der(der: &[u8]) -> Result<Self, KeyErrorKind> {
        let bits = match der::identify(der)? {
            Form::SubjectPublicKeyInfo { bits } => bits,
            Form::Pkcs8 { .. } | Form::Pkcs1Private { .. } => return Err(KeyErrorKind::PrivateKey),
        };
        check_bits(bits)?;
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_| KeyErrorKind::Damaged)?;
        // Kept in its canonical encoding, so that the fingerprint does not depend on how the key was written.
        let spki: Box<[u8]> = key.as_der().map_err(|_| KeyErrorKind::Damaged)?.as_ref().into();
        let fingerprint = Digest::of(&[&spki]);
        Ok(Self(Arc::new(Inner { key, bits, spki, fingerprint })))
    }

    /// Verifies a signature over a digest. The signature is a [`SignatureHeader`](crate::SignatureHeader) or bytes.
    ///
    /// # Errors
    /// Returns [`VerifyError::SignatureLength`] if the signature is not as long as the modulus, and
    /// [`VerifyError::Mismatch`] if this key did not make it over this digest.
    pub fn verify(&self, digest: &Digest, signature: impl AsRef<[u8]>) -> Result<(), VerifyError> {
        let signature = signature.as_ref();
        let expected = self.0.bits.div_ceil(8);
        if signature.len() != expected {
            return Err(VerifyError::SignatureLength { expected, found: signature.len() });
        }
        let digest = digest.import().ok_or(VerifyError::Mismatch)?;
        #[cfg(feature = "testing")]
        count_verification();
        self.0.key.verify_digest_sig(&digest, signature).map_err(|_| VerifyError::Mismatch)
    }

    /// Returns the size of the modulus in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.0.bits
    }

    /// Returns the modulus and the exponent, with the highest byte first.
    #[cfg(feature = "diagnose")]
    pub(crate) fn numbers(&self) -> Option<(&[u8], &[u8])> {
        der::public_numbers(&self.0.spki)
    }

    /// Returns the SHA-256 of the key's DER in hexadecimal digits, to compare keys with a partner.
    ///
    /// It equals the output of `openssl pkey -pubin -outform DER | sha256sum`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint.to_string()
    }

    /// Returns the key as PEM, to send to a partner.
    #[must_use]
    pub fn to_text(&self) -> String {
        let base64 = STANDARD.encode(&self.0.spki);
        let mut text = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = base64.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str("-----END PUBLIC KEY-----\n");
        text
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

/// Prints the size and the first digits of the [`fingerprint`](PublicKey::fingerprint).
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits, {:.16})", self.0.bits, self.fingerprint())
    }
}
