//! A signer that misbehaves as it is told.

use std::time::Duration;

use alipayplus_signing::{Digest, PrivateKey, SignError, SignFuture, Signer};

use crate::mpp::act::{PanicsOnDrop, Unprintable, panic_quietly};

/// One behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
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
pub(crate) struct Vault {
    pub(crate) key: PrivateKey,
    pub(crate) signing: Signing,
}

impl Signer for Vault {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        if self.signing == Signing::PanicAtOnce {
            panic_quietly();
        }
        Box::pin(self.play(digest))
    }
}

impl Vault {
    async fn play(&self, digest: &Digest) -> Result<Vec<u8>, SignError> {
        match self.signing {
            Signing::PanicAtOnce | Signing::After(0) => {}
            Signing::PanicAfterWaiting => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                panic_quietly()
            }
            Signing::PanicOnDrop => {
                let _guard = PanicsOnDrop;
                std::future::pending::<()>().await;
            }
            Signing::PanicInError => return Err(SignError::external(Unprintable)),
            Signing::Fail => return Err(SignError::external("no route to the vault")),
            Signing::Empty => return Ok(Vec::new()),
            Signing::Hang => std::future::pending().await,
            Signing::After(milliseconds) => tokio::time::sleep(Duration::from_millis(milliseconds)).await,
        }
        self.key.sign(digest).await
    }
}
