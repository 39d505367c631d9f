//! What a client is made of, whatever its operations.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_runtime::operation::Operation;
use alipayplus_signing::{Freshness, TrustedKeys, VersionedSigner};
use http::HeaderValue;

use crate::address::Base;
use crate::transport::Transport;
use crate::{Call, RetryPolicy};

/// A client of any operation; the generated `Client` gives each one a method of its own.
///
/// Clones share their connections and their keys.
#[derive(Clone)]
pub struct Core(Arc<Settings>);

impl Core {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    /// A question, which is sent when it is awaited.
    pub fn call<'a, O: Operation>(&'a self, request: &'a O::Request) -> Call<'a, O> {
        Call::new(&self.0, request)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("client_id", &self.0.client_id)
            .field("signing_key", &self.0.key)
            .field("trusted", &self.0.trusted)
            .finish_non_exhaustive()
    }
}

/// The settings, checked by the builder.
pub(crate) struct Settings {
    pub(crate) base: Base,
    pub(crate) paths: Vec<(&'static str, String)>,
    pub(crate) client_id: String,
    pub(crate) client_id_value: HeaderValue,
    pub(crate) key: VersionedSigner,
    pub(crate) trusted: TrustedKeys,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) deadline: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) body_limit: usize,
    pub(crate) freshness: Freshness,
}

impl Settings {
    /// The path of an operation: the last one that was set, or its own.
    pub(crate) fn path<O: Operation>(&self) -> &str {
        let set = self.paths.iter().rev().find(|(name, _)| *name == O::NAME);
        set.map_or(O::PATH, |(_, path)| path)
    }

    /// How long one attempt may take.
    pub(crate) fn attempt_timeout<O: Operation>(&self) -> Duration {
        self.attempt_timeout.unwrap_or(O::TIMEOUT)
    }
}
