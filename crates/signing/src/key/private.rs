//! The key that signs.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

use super::der::{self, Form};
use super::{KeyError, KeyErrorKind, KeySource, PublicKey, check_bits, text};
use crate::{Digest, SignError, SignFuture, Signer};

/// An RSA private key of 2048 to 8192 bits that signs in memory. Clones share it.
///
/// The text is PKCS#8 (as Java and Go have it) or PKCS#1 (as Python and PHP have it), either as PEM or as the base64 of
/// its DER on one line. It must not be encrypted.
///
/// ```no_run
/// use alipayplus_signing::PrivateKey;
///
/// let key = PrivateKey::from_file("mpp.key.pem")?;
/// print!("{}", key.public_key_text()); // what the peer needs
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    pair: RsaKeyPair,
    public_key: PublicKey,
}

impl PrivateKey {
    /// Reads a key from a text, and has it sign and verify once. The text itself is left to the caller to wipe.
    ///
    /// # Errors
    /// [`KeyError::Unusable`] says what the text is instead.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        Self::parse(text).map_err(KeySource::Text.error())
    }

    /// Reads a key from a file, and has it sign and verify once.
    ///
    /// # Errors
    /// [`KeyError`] names the file and says what is wrong with it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Self::parse(&text::read_file(path)?).map_err(KeySource::File(path.to_owned()).error())
    }

    /// Reads a key from an environment variable, and has it sign and verify once.
    ///
    /// # Errors
    /// [`KeyError`] names the variable and says what is wrong with it.
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        Self::parse(&text::read_variable(name)?).map_err(KeySource::Variable(name.to_owned()).error())
    }

    /// A throwaway key of 2048 bits, for tests. There is no way to store it.
    ///
    /// # Errors
    /// [`KeyError::NotGenerated`] when the machine has no randomness to give.
    #[cfg(feature = "testing")]
    pub fn generate() -> Result<Self, KeyError> {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).map_err(|_| KeyError::NotGenerated)?;
        Self::checked(pair).map_err(|_| KeyError::NotGenerated)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.0.public_key.clone()
    }

    /// The public half as PEM, to hand to a partner.
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

    /// Finds out now, not with the first payment, whether the two halves belong together.
    fn checked(pair: RsaKeyPair) -> Result<Self, KeyErrorKind> {
        let spki = pair.public_key().as_der().map_err(|_| KeyErrorKind::Damaged)?;
        let public_key = PublicKey::from_der(spki.as_ref())?;
        let key = Self(Arc::new(Inner { pair, public_key }));

        let digest = Digest::of(b"does this key verify what it signs?");
        let signature = key.sign_now(&digest).map_err(|_| KeyErrorKind::SelfCheckFailed)?;
        key.0.public_key.verify(&digest, signature).map_err(|_| KeyErrorKind::SelfCheckFailed)?;
        Ok(key)
    }

    fn sign_now(&self, digest: &Digest) -> Result<Vec<u8>, SignError> {
        let digest = digest.import().ok_or(SignError::Failed)?;
        let mut signature = vec![0; self.0.pair.public_modulus_len()];
        self.0.pair.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature).map_err(|_| SignError::Failed)?;
        Ok(signature)
    }
}

impl Signer for PrivateKey {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        // About a millisecond of work for 2048 bits: too short to be worth a thread of its own.
        Box::pin(async move { self.sign_now(digest) })
    }
}

/// Prints what the public half prints.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey").field(&self.0.public_key).finish()
    }
}
