//! The settings of a client, checked by its builder.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_runtime::operation::Operation;
use alipayplus_signing::{Freshness, TrustedKeys, VersionedSigner};
use http::HeaderValue;

use crate::base_url::BaseUrl;
use crate::retry::RetryPolicy;
use crate::transport::Transport;
use crate::unknown_key::KeyLoader;

/// The settings that all calls of a client share.
pub(crate) struct Settings {
    pub(crate) base_url: BaseUrl,
    /// Paths with the type and the name of their operation, in the order in which they were set.
    pub(crate) paths: Vec<(TypeId, &'static str, String)>,
    /// What is signed in place of the prefix of the base URL.
    pub(crate) signed_prefix: Option<String>,
    /// What is signed in place of the whole path, as `paths`.
    pub(crate) signed_paths: Vec<(TypeId, &'static str, String)>,
    pub(crate) client_id: String,
    pub(crate) client_id_value: HeaderValue,
    pub(crate) signer: VersionedSigner,
    pub(crate) trusted_keys: TrustedKeys,
    pub(crate) key_loader: Option<KeyLoader>,
    /// Names the server in logs and metrics.
    pub(crate) label: Option<Arc<str>>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) deadline: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) body_limit: usize,
    pub(crate) freshness: Freshness,
}

impl Settings {
    /// Returns the path of an operation: the last one that was set, or the operation's own.
    pub(crate) fn path<O: Operation>(&self) -> &str {
        last_of::<O>(&self.paths).unwrap_or(O::PATH)
    }

    /// Returns the path that is signed, if it is not the one that is sent.
    pub(crate) fn signed_path<O: Operation>(&self) -> Option<String> {
        let whole = last_of::<O>(&self.signed_paths).map(ToOwned::to_owned);
        whole.or_else(|| self.signed_prefix.as_deref().map(|prefix| format!("{prefix}{}", self.path::<O>())))
    }

    /// Returns how long one attempt may take.
    pub(crate) fn attempt_timeout<O: Operation>(&self) -> Duration {
        self.attempt_timeout.unwrap_or(O::TIMEOUT)
    }
}

/// Returns the path that was set last for an operation.
fn last_of<'a, O: Operation>(paths: &'a [(TypeId, &'static str, String)]) -> Option<&'a str> {
    let path = paths.iter().rev().find(|(of, ..)| *of == TypeId::of::<O>());
    path.map(|(.., path)| path.as_str())
}
