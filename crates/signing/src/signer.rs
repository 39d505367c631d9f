//! Signers and their key versions.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::digest::Digest;
use crate::error::SignError;
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
/// use alipayplus_signing::{Digest, SignError, SignFuture, Signer};
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
/// }
/// ```
pub trait Signer: Send + Sync + 'static {
    /// Signs a digest.
    ///
    /// # Errors
    /// The future resolves to a [`SignError`] if the signer is unreachable or refuses to sign.
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a>;
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        (**self).sign(digest)
    }
}

/// A signer with its version: replaced together, so that no signature is sent under the version of another key.
struct Current {
    version: u64,
    signer: Box<dyn Signer>,
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
        Self(Arc::new(ArcSwap::from_pointee(Current { version, signer: Box::new(signer) })))
    }

    /// Replaces the signer and its version. A signature that is in progress still uses the old ones.
    pub fn replace(&self, version: u64, signer: impl Signer) {
        self.0.store(Arc::new(Current { version, signer: Box::new(signer) }));
    }

    /// Returns the version that the next signature will name.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0.load().version
    }

    /// Signs a message, and returns its `Signature` header.
    ///
    /// # Errors
    /// Returns the signer's own [`SignError`] if it fails, and [`SignError::SignatureLength`] if it returns something
    /// other than a signature of 2048 to 8192 bits.
    pub async fn sign(&self, input: &SigningInput<'_>) -> Result<SignatureHeader, SignError> {
        let current = self.0.load_full();
        let digest = input.digest();
        let signature = current.signer.sign(&digest).await?;
        if !(256..=1024).contains(&signature.len()) {
            return Err(SignError::SignatureLength { found: signature.len() });
        }
        Ok(SignatureHeader::new(Some(current.version), signature))
    }
}

/// Prints the version.
impl fmt::Debug for VersionedSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedSigner").field("version", &self.version()).finish_non_exhaustive()
    }
}
