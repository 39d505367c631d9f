//! The settings of a running server.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::{Freshness, KeyRing, VersionedSigner};
use http::Uri;
use http::uri::PathAndQuery;
use tokio::sync::Semaphore;

use crate::operation::OperationInfo;

/// How long the client is assumed to wait if the path is of no operation.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns whether a client may call an operation.
pub(crate) type Authorize = Arc<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// The settings that the builder has collected and checked.
pub(crate) struct Settings {
    pub(crate) signing_key: VersionedSigner,
    pub(crate) callers: KeyRing,
    pub(crate) authorize: Authorize,
    pub(crate) freshness: Freshness,
    pub(crate) in_flight: Arc<Semaphore>,
    pub(crate) concurrency_limit: usize,
    pub(crate) body_limit: usize,
    pub(crate) deadline: Option<Duration>,
    pub(crate) body_deadline: Duration,
    pub(crate) handler_deadline: Option<Duration>,
    pub(crate) signing_deadline: Option<Duration>,
    pub(crate) sign_refusals: bool,
    /// Held for a second by each diagnosis of a signature. `None` if there are none.
    #[cfg(feature = "diagnose")]
    pub(crate) diagnoses: Option<Arc<Semaphore>>,
    pub(crate) signed_prefix: String,
    pub(crate) signed_paths: HashMap<String, String>,
    pub(crate) paths: HashMap<String, String>,
}

impl Settings {
    /// Returns the path at which an operation is served.
    pub(crate) fn path(&self, operation: OperationInfo) -> &str {
        path_of(&self.paths, operation)
    }

    /// Returns how long a request may take in total, given how long its client waits.
    pub(crate) fn request_deadline(&self, timeout: Option<Duration>) -> Duration {
        total_deadline(self.deadline, timeout.unwrap_or(DEFAULT_TIMEOUT))
    }

    /// Returns the path and query that the client signed, before a framework or a proxy changed them.
    pub(crate) fn signed_uri<'u>(&self, operation: Option<&str>, uri: &'u Uri) -> Cow<'u, str> {
        let received = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        match operation.and_then(|operation| self.signed_paths.get(operation)) {
            Some(public) => format!("{public}{}", received.strip_prefix(uri.path()).unwrap_or_default()).into(),
            None if self.signed_prefix.is_empty() => received.into(),
            None => format!("{}{received}", self.signed_prefix).into(),
        }
    }
}

/// Returns the deadline that was set, or nine tenths of the client's timeout. The rest is for the network.
pub(crate) fn total_deadline(deadline: Option<Duration>, timeout: Duration) -> Duration {
    deadline.unwrap_or((timeout / 10).saturating_mul(9))
}

/// Returns the path of an operation: the one that was set, or its default.
pub(crate) fn path_of(paths: &HashMap<String, String>, operation: OperationInfo) -> &str {
    paths.get(operation.name).map_or(operation.path, String::as_str)
}

/// Prints no keys.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("signing_key", &self.signing_key)
            .field("callers", &self.callers)
            .field("freshness", &self.freshness)
            .field("concurrency_limit", &self.concurrency_limit)
            .field("body_limit", &self.body_limit)
            .field("sign_refusals", &self.sign_refusals)
            .field("signed_prefix", &self.signed_prefix)
            .finish_non_exhaustive()
    }
}
