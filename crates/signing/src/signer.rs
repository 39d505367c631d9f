//! Who signs, and under which key version.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::{Digest, SignError, SignatureHeader, SigningInput};

/// What [`Signer::sign`] returns: the signature, or why there is none.
pub type SignFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 'a>>;

/// Makes signatures: RSASSA-PKCS1-v1_5 over a SHA-256 digest ("RSA256").
///
/// [`PrivateKey`](crate::PrivateKey) does it in memory. A KMS or an HSM can stand in, so that the private key never
/// enters this process. It gets the digest, not the message, because the interfaces of such services stop at 4096
/// bytes. There, the operation is named `RSASSA_PKCS1_V1_5_SHA_256` with the message type `DIGEST`, or `CKM_RSA_PKCS`
/// (to which the caller adds the `DigestInfo` prefix of SHA-256).
///
/// ```
/// use alipayplus_signing::{Digest, SignError, SignFuture, Signer};
/// # struct KmsClient;
/// # impl KmsClient {
/// #     async fn sign_digest(&self, _key: &str, _digest: &[u8; 32]) -> Result<Vec<u8>, std::io::Error> { Ok(vec![]) }
/// # }
///
/// struct KmsSigner {
///     client: KmsClient,
///     key_id: String,
/// }
///
/// impl Signer for KmsSigner {
///     fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
///         Box::pin(async move {
///             self.client.sign_digest(&self.key_id, digest.as_bytes()).await.map_err(SignError::external)
///         })
///     }
/// }
/// ```
pub trait Signer: Send + Sync + 'static {
    /// Signs a digest.
    ///
    /// # Errors
    /// The future resolves to a [`SignError`] when no signature could be had.
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a>;
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        (**self).sign(digest)
    }
}

/// Never apart, so that a signature can't go out under the version of another key.
struct Current {
    version: u64,
    signer: Box<dyn Signer>,
}

/// One's own signer and the version under which the peer knows its public key.
///
/// Clones share both, which can be replaced while a client or a server runs: give it one clone and keep another.
///
/// ```no_run
/// use alipayplus_signing::{PrivateKey, VersionedSigner};
///
/// let signing_key = VersionedSigner::new(1, PrivateKey::from_file("mpp.key.pem")?);
/// // Later, once the peer has the new public key:
/// signing_key.replace(2, PrivateKey::from_file("mpp.2.key.pem")?);
/// # Ok::<(), alipayplus_signing::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VersionedSigner(Arc<ArcSwap<Current>>);

impl VersionedSigner {
    /// A signer (also an `Arc<dyn Signer>`) and its version.
    pub fn new(version: u64, signer: impl Signer) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(Current { version, signer: Box::new(signer) })))
    }

    /// Signs with another signer from now on. A signature that is under way ends with the old one.
    pub fn replace(&self, version: u64, signer: impl Signer) {
        self.0.store(Arc::new(Current { version, signer: Box::new(signer) }));
    }

    /// The version that the next signature goes out under.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.load().version
    }

    /// Signs a message; the result is the value of its `Signature` header.
    ///
    /// # Errors
    /// The signer's own [`SignError`], or [`SignError::SignatureLength`] when it returned something else than a
    /// signature of 2048 to 8192 bits.
    pub async fn sign(&self, content: &SigningInput<'_>) -> Result<SignatureHeader, SignError> {
        let current = self.0.load_full();
        let digest = content.digest();
        let signature = current.signer.sign(&digest).await?;
        if !(256..=1024).contains(&signature.len()) {
            return Err(SignError::SignatureLength { found: signature.len() });
        }
        Ok(SignatureHeader::new(Some(current.version), signature))
    }
}

impl fmt::Debug for VersionedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedSigner").field("version", &self.version()).finish_non_exhaustive()
    }
}
