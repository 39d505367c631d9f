//! Loads a key that a response names and that is not trusted yet.

use std::fmt;
use std::pin::Pin;

use alipayplus_signing::catch_panic::{CatchPanic, Panicked};
use alipayplus_signing::{PublicKey, TrustedKeys};
use tokio::sync::Mutex;

use crate::transport::BoxError;

/// The key that [`Builder::on_unknown_key`](crate::Builder::on_unknown_key) is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownKey {
    /// The version that the response names. **Not verified**: anyone can send a response that names any version.
    pub version: u64,
    /// The Client-Id of the request.
    pub client_id: String,
    /// The [label](crate::Builder::label) of the client.
    pub label: Option<String>,
}

type LoadFuture = Pin<Box<dyn Future<Output = Result<PublicKey, BoxError>> + Send>>;

/// The user's function, which one attempt at a time calls.
pub(crate) struct KeyLoader {
    load: Box<dyn Fn(UnknownKey) -> LoadFuture + Send + Sync>,
    in_use: Mutex<()>,
}

impl KeyLoader {
    pub(crate) fn new<F>(load: impl Fn(UnknownKey) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<PublicKey, BoxError>> + Send + 'static,
    {
        Self { load: Box::new(move |unknown| Box::pin(load(unknown))), in_use: Mutex::default() }
    }

    /// Adds the key, unless another attempt has added it meanwhile; returns whether it was added.
    pub(crate) async fn load(&self, unknown: UnknownKey, keys: &TrustedKeys) -> Result<bool, BoxError> {
        let _in_use = self.in_use.lock().await;
        let version = unknown.version;
        if keys.key(version).is_ok() {
            return Ok(false);
        }
        let loading = CatchPanic::new(async { (self.load)(unknown).await });
        let key = loading.await.map_err(|Panicked| "the function of `on_unknown_key` panicked")??;
        keys.insert(version, key);
        Ok(true)
    }
}

impl fmt::Debug for KeyLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLoader").finish_non_exhaustive()
    }
}
