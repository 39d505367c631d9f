//! The private key, which signs.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

use super::der::{self, Form};
use super::error::{KeyError, KeyErrorKind, KeySource};
use super::public::PublicKey;
use super::size::check_bits;
use super::text;
use crate::digest::Digest;
use crate::error::SignError;

/// An RSA private key of 2048 to 8192 bits that signs in memory. Clones share it.
///
/// The text is PKCS#8 (as in Java and Go) or PKCS#1 (as in Python and PHP), either as PEM or as the base64 of its DER on
/// one line. It must not be encrypted. A pair of quotes around the text and `\n` in place of line feeds are accepted, as
/// environment variables often have them.
///
/// ```no_run
/// use alipayplus_signing::PrivateKey;
///
/// let key = PrivateKey::from_file("mpp.key.pem")?;
/// // What the other side needs:
/// print!("{}", key.public_key_text());
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    pair: RsaKeyPair,
    public_key: PublicKey,
}

impl PrivateKey {
    /// Loads a key from a text, and checks it by signing and verifying once. Wiping the text is left to the caller.
    ///
    /// # Errors
    /// Returns [`KeyError::Unusable`], which names what the text is instead of an RSA private key.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        Self::parse(text).map_err(KeySource::Text.error())
    }

    /// Loads a key from a file, and checks it by signing and verifying once.
    ///
    /// # Errors
    /// Returns a [`KeyError`] that names the file, if it cannot be read or is not an RSA private key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Self::parse(&text::read_file(path)?).map_err(KeySource::File(path.to_owned()).error())
    }

    /// Loads a key from an environment variable, and checks it by signing and verifying once.
    ///
    /// # Errors
    /// Returns a [`KeyError`] that names the variable, if it is not set or is not an RSA private key.
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        Self::parse(&text::read_variable(name)?).map_err(KeySource::Variable(name.to_owned()).error())
    }

    /// Generates a throwaway key of 2048 bits for tests. It cannot be stored.
    ///
    /// # Errors
    /// Returns [`KeyError::NotGenerated`] if the system has no random numbers.
    #[cfg(feature = "testing")]
    pub fn generate() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).map_err(|_| KeyError::NotGenerated)?;
        Self::checked(pair).map_err(|_| KeyError::NotGenerated)
    }

    /// Returns the public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.0.public_key.clone()
    }

    /// Returns the public key as PEM, to send to a partner.
    #[must_use]
    pub fn public_key_text(&self) -> String {
        self.0.public_key.to_text()
    }

    fn parse(text: &str) -> Result<Self, KeyErrorKind> {
        let der = text::decode(text)?;
        let pair = match der::identify(&der)? {
            Form::SubjectPublicKeyInfo { .. } => return Err(KeyErrorKind::PublicKey),
            Form::Pkcs8 { bits } => check_bits(bits).map(|()| RsaKeyPair::from_pkcs8(&der))?,
            Form::Pkcs1Private { bits } => check_bits(bits).map(|()| RsaKeyPair::from_der(&der))?,
        };
        Self::checked(pair.map_err(|_| KeyErrorKind::Damaged)?)
    }

    /// Checks that the public and the private half belong together, so that a mismatch shows at start and not with the
    /// first payment.
    fn checked(pair: RsaKeyPair) -> Result<Self, KeyErrorKind> {
        let spki = pair.public_key().as_der().map_err(|_| KeyErrorKind::Damaged)?;
        let public_key = PublicKey::from_der(spki.as_ref())?;
        let key = Self(Arc::new(Inner { pair, public_key }));

        let digest = Digest::of(&[b"does this key verify what it signs?"]);
        let signature = key.sign_now(&digest).map_err(|_| KeyErrorKind::SelfCheckFailed)?;
        key.0.public_key.verify(&digest, signature).map_err(|_| KeyErrorKind::SelfCheckFailed)?;
        Ok(key)
    }

    /// Signs a digest, which takes about a millisecond for 2048 bits.
    pub(crate) fn sign_now(&self, digest: &Digest) -> Result<Vec<u8>, SignError> {
        let digest = digest.import().ok_or(SignError::Failed)?;
        let mut signature = vec![0; self.0.pair.public_modulus_len()];
        self.0.pair.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature).map_err(|_| SignError::Failed)?;
        Ok(signature)
    }
}

/// Prints the public key.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey").field(&self.0.public_key).finish()
    }
}
