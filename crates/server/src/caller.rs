//! Who asks.

use std::fmt;

/// The party whose signature was verified: what a handler knows about who asks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    client_id: Box<str>,
    key_version: Option<u64>,
    tracer_id: Option<Box<str>>,
}

impl Caller {
    pub(crate) fn new(client_id: &str, key_version: Option<u64>, tracer_id: Option<&str>) -> Self {
        Self { client_id: client_id.into(), key_version, tracer_id: tracer_id.map(Into::into) }
    }

    /// A caller for a handler's own unit tests. Nothing was verified.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(client_id: &str) -> Self {
        Self::new(client_id, None, None)
    }

    /// The Client-Id under which the signature was verified.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The key version that the request named; `None` when it named none and the newest key was taken.
    #[must_use]
    pub fn key_version(&self) -> Option<u64> {
        self.key_version
    }

    /// The `Tracer-Id` of the request, which some gateways send. It is **not** signed: good for logs, and for nothing else.
    #[must_use]
    pub fn tracer_id(&self) -> Option<&str> {
        self.tracer_id.as_deref()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("client_id", &self.client_id)
            .field("key_version", &self.key_version)
            .field("tracer_id", &self.tracer_id)
            .finish()
    }
}
