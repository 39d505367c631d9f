//! A signer with scripted behaviour.

use std::time::Duration;

use alipayplus_signing::{Digest, PrivateKey, SignError, SignFuture, Signer};

use super::handler::{PanicsOnDrop, Unprintable, panic_quietly};

/// One behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignerBehavior {
    /// Panics before it returns a future.
    PanicAtOnce,
    PanicAfterWaiting,
    /// Never ends, and panics when it is dropped.
    PanicOnDrop,
    /// Fails with an error whose `Display` panics.
    PanicInError,
    Fail,
    /// Returns no bytes.
    Empty,
    Hang,
    /// Signs after so many milliseconds.
    After(u64),
}

/// A signer that behaves as it is configured.
#[derive(Clone, Debug)]
pub(crate) struct ScriptedSigner {
    pub(crate) key: PrivateKey,
    pub(crate) signing: SignerBehavior,
}

impl Signer for ScriptedSigner {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        if self.signing == SignerBehavior::PanicAtOnce {
            panic_quietly();
        }
        Box::pin(self.play(digest))
    }
}

impl ScriptedSigner {
    async fn play(&self, digest: &Digest) -> Result<Vec<u8>, SignError> {
        match self.signing {
            SignerBehavior::PanicAtOnce | SignerBehavior::After(0) => {}
            SignerBehavior::PanicAfterWaiting => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                panic_quietly()
            }
            SignerBehavior::PanicOnDrop => {
                let _guard = PanicsOnDrop;
                std::future::pending::<()>().await;
            }
            SignerBehavior::PanicInError => return Err(SignError::external(Unprintable)),
            SignerBehavior::Fail => return Err(SignError::external("no route to the vault")),
            SignerBehavior::Empty => return Ok(Vec::new()),
            SignerBehavior::Hang => std::future::pending().await,
            SignerBehavior::After(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
        }
        self.key.sign(digest).await
    }
}
