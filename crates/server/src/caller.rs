//! The client that sent a request.

use std::fmt;

/// The client whose signature was verified: what a handler knows about who sent the request.
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

    /// Creates a caller for unit tests of a handler, with the key version 1. No signature was verified.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(client_id: &str) -> Self {
        Self::new(client_id, alipayplus_signing::testing::TestKeys::KEY_VERSION, None)
    }

    /// Returns the Client-Id whose key verified the signature.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the version of the key that verified the signature, even if the request named no version.
    #[must_use]
    pub fn key_version(&self) -> u64 {
        self.key_version
    }

    /// Returns the `Tracer-Id` of the request, which some gateways send. It is **not** signed: use it only for logs.
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
