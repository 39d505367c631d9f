//! A signer that misbehaves as it is told.

use std::time::Duration;

use alipayplus_signing::{Digest, PrivateKey, SignError, SignFuture, Signer};

use super::handler::{PanicsOnDrop, Unprintable, panic_quietly};

/// One behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignerBehavior {
    /// Panics before there is a future.
    PanicAtOnce,
    PanicAfterWaiting,
    /// Never ends, and panics when it is given up.
    PanicOnDrop,
    /// Fails with an error that panics when it is printed.
    PanicInError,
    Fail,
    /// No bytes at all.
    Empty,
    Hang,
    /// Signs after so many milliseconds.
    After(u64),
}

/// A key behind a door that jams.
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
