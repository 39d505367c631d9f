//! The part of a client that does not depend on its operations.

use std::fmt;
use std::sync::Arc;

use alipayplus_runtime::operation::Operation;

use crate::call::Call;
use crate::settings::Settings;

/// Calls any operation. The generated `Client` wraps it with one method per operation.
///
/// Clones share their connections and their keys.
// Hidden because only generated code names it.
#[doc(hidden)]
#[derive(Clone)]
pub struct ClientInner(Arc<Settings>);

impl ClientInner {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    /// Creates a call, which is sent when it is awaited.
    pub fn call<'a, O: Operation>(&'a self, request: &'a O::Request) -> Call<'a, O> {
        Call::new(&self.0, request)
    }
}

/// Prints the label, the Client-Id and the versions of the keys.
impl fmt::Debug for ClientInner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientInner")
            .field("label", &self.0.label)
            .field("client_id", &self.0.client_id)
            .field("signer", &self.0.signer)
            .field("trusted_keys", &self.0.trusted_keys)
            .finish_non_exhaustive()
    }
}
