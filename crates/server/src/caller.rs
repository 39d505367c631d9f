//! Who asks.

use std::fmt;

/// The party whose signature was verified: what a handler knows about who asks.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    client_id: Box<str>,
    key_version: u64,
    tracer_id: Option<Box<str>>,
}

impl Caller {
    pub(crate) fn new(client_id: &str, key_version: u64, tracer_id: Option<&str>) -> Self {
        Self { client_id: client_id.into(), key_version, tracer_id: tracer_id.map(Into::into) }
    }

    /// Makes a caller for a handler's own unit tests, with the key version 1. Nothing was verified.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(client_id: &str) -> Self {
        Self::new(client_id, alipayplus_signing::testing::TestKeys::KEY_VERSION, None)
    }

    /// The Client-Id under which the signature was verified.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the version of the key that verified the request's signature, also when the request named no version.
    #[must_use]
    pub fn key_version(&self) -> u64 {
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
