//! Signers and their key versions.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::catch_panic::{CatchPanic, Panicked, catch_panic};
use crate::digest::Digest;
use crate::error::SignError;
use crate::key::{PrivateKey, PublicKey};
use crate::signature_header::SignatureHeader;
use crate::signing_input::SigningInput;

/// The future that [`Signer::sign`] returns. It resolves to the bytes of the signature.
pub type SignFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 'a>>;

/// Makes signatures: RSASSA-PKCS1-v1_5 over a SHA-256 digest ("RSA256").
///
/// [`PrivateKey`](crate::PrivateKey) signs in memory. Implement this trait for a KMS or an HSM, so that the private key
/// never enters this process. The signer gets the digest instead of the message, because such services accept at most
/// 4096 bytes. A KMS names the operation `RSASSA_PKCS1_V1_5_SHA_256` with the message type `DIGEST`; PKCS#11 names it
/// `CKM_RSA_PKCS`, and the caller adds the `DigestInfo` prefix of SHA-256.
///
/// ```
/// use alipayplus_signing::{Digest, PublicKey, SignError, SignFuture, Signer};
/// # struct KmsClient;
/// # impl KmsClient {
/// #     async fn sign_digest(
/// #         &self,
/// #         _key: &str,
/// #         _digest: &[u8; 32],
/// #     ) -> Result<Vec<u8>, std::io::Error> {
/// #         Ok(vec![])
/// #     }
/// # }
///
/// struct KmsSigner {
///     client: KmsClient,
///     key_id: String,
///     public_key: PublicKey,
/// }
///
/// impl Signer for KmsSigner {
///     fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
///         Box::pin(async move {
///             let signature =
///                 self.client.sign_digest(&self.key_id, digest.as_bytes());
///             signature.await.map_err(SignError::external)
///         })
///     }
///
///     fn public_key(&self) -> Option<PublicKey> {
///         Some(self.public_key.clone())
///     }
/// }
/// ```
pub trait Signer: Send + Sync + 'static {
    /// Signs a digest.
    ///
    /// # Errors
    /// The future resolves to a [`SignError`] if the signer is unreachable or refuses to sign.
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a>;

    /// Returns the public key of the key that signs. Called once, when a [`VersionedSigner`] gets this signer. Default:
    /// `None`.
    ///
    /// With it, each signature is verified before it is sent, so that a service that signs with another key is an error
    /// here and not with the other side; a server finds it at start, by [`VersionedSigner::check`]. **Without it, only the
    /// length of a signature is checked**: a service that signs
    /// with another key goes unnoticed, while the other side refuses every message.
    fn public_key(&self) -> Option<PublicKey> {
        None
    }

    /// Returns whether each signature is verified with the [public key](Self::public_key) before it is sent. Called once,
    /// with it. Default: `true`.
    ///
    /// [`PrivateKey`] returns `false`, because its two halves were compared when it was loaded.
    fn verify_signatures(&self) -> bool {
        true
    }
}

impl Signer for PrivateKey {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        // Too short to move it to another thread.
        Box::pin(async move { self.sign_now(digest) })
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(PrivateKey::public_key(self))
    }

    fn verify_signatures(&self) -> bool {
        false
    }
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        (**self).sign(digest)
    }

    fn public_key(&self) -> Option<PublicKey> {
        (**self).public_key()
    }

    fn verify_signatures(&self) -> bool {
        (**self).verify_signatures()
    }
}

/// A signer with its version: replaced together, so that no signature is sent under the version of another key.
struct Current {
    version: u64,
    signer: Box<dyn Signer>,
    public_key: Option<PublicKey>,
    verify_signatures: bool,
}

impl Current {
    fn new(version: u64, signer: impl Signer) -> Self {
        let (public_key, verify_signatures) = (signer.public_key(), signer.verify_signatures());
        Self { version, signer: Box::new(signer), public_key, verify_signatures }
    }

    async fn sign(&self, digest: &Digest) -> Result<Vec<u8>, SignError> {
        let panicked = |Panicked| SignError::Panicked;
        let signing = catch_panic(|| self.signer.sign(digest)).map_err(panicked)?;
        let signature = CatchPanic::new(signing).await.map_err(panicked)??;
        if !(256..=1024).contains(&signature.len()) {
            return Err(SignError::SignatureLength { found: signature.len() });
        }
        match self.verified_with() {
            Some(key) if key.verify(digest, &signature).is_err() => {
                Err(SignError::WrongKey { fingerprint: key.fingerprint() })
            }
            _ => Ok(signature),
        }
    }

    /// Returns the key that each signature is verified with.
    fn verified_with(&self) -> Option<&PublicKey> {
        self.public_key.as_ref().filter(|_| self.verify_signatures)
    }
}

/// A signer and the version under which the other side knows its public key.
///
/// Clones share both. To replace them while a client or a server runs, pass one clone to it and keep another.
///
/// ```no_run
/// use alipayplus_signing::{PrivateKey, VersionedSigner};
///
/// let signer = VersionedSigner::new(1, PrivateKey::from_file("mpp.key.pem")?);
/// // Later, once the other side has the new public key:
/// signer.replace(2, PrivateKey::from_file("mpp.2.key.pem")?);
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VersionedSigner(Arc<ArcSwap<Current>>);

impl VersionedSigner {
    /// Combines a signer, which may be an `Arc<dyn Signer>`, with its version.
    pub fn new(version: u64, signer: impl Signer) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(Current::new(version, signer))))
    }

    /// Replaces the signer and its version. A signature that is in progress still uses the old ones.
    pub fn replace(&self, version: u64, signer: impl Signer) {
        self.0.store(Arc::new(Current::new(version, signer)));
    }

    /// Returns the version that the next signature will name.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.load().version
    }

    /// Returns the public key of the signer, if it [returns](Signer::public_key) one.
    #[must_use]
    pub fn public_key(&self) -> Option<PublicKey> {
        self.0.load().public_key.clone()
    }

    /// Returns whether each signature is verified before it is sent: if the signer is outside of this process and returns
    /// its [public key](Signer::public_key).
    #[must_use]
    pub fn verifies_signatures(&self) -> bool {
        self.0.load().verified_with().is_some()
    }

    /// Signs a fixed text that is no message, to find a signer that is unreachable or has another key before the first
    /// payment does. A server calls it at start if it [verifies signatures](Self::verifies_signatures). Call it with a time
    /// limit if the signer is outside of this process.
    ///
    /// # Errors
    /// Returns an error in the same cases as [`sign`](Self::sign).
    pub async fn check(&self) -> Result<(), SignError> {
        let digest = Digest::of(&[b"does this signer sign with its key?"]);
        self.0.load_full().sign(&digest).await.map(|_| ())
    }

    /// Signs a message, and returns its `Signature` header.
    ///
    /// # Errors
    /// Returns the signer's own [`SignError`] if it fails, [`SignError::SignatureLength`] if it returns something other
    /// than a signature of 2048 to 8192 bits, [`SignError::WrongKey`] if its signature does not verify with its own
    /// public key, and [`SignError::Panicked`] if it panics.
    pub async fn sign(&self, input: &SigningInput<'_>) -> Result<SignatureHeader, SignError> {
        let current = self.0.load_full();
        let signature = current.sign(&input.digest()).await?;
        Ok(SignatureHeader::new(Some(current.version), signature))
    }
}

/// Prints the version.
impl fmt::Debug for VersionedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedSigner").field("version", &self.version()).finish_non_exhaustive()
    }
}
