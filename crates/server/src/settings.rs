//! The settings of a server that runs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::{Freshness, KeyRing, VersionedSigner};
use http::Uri;
use http::uri::PathAndQuery;
use tokio::sync::Semaphore;

use crate::core::Known;

/// How long a caller is taken to wait whose path is of no operation.
const USUAL_WAIT: Duration = Duration::from_secs(5);

/// Whether a client may call an operation.
pub(crate) type Access = Arc<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// What [`Builder`](crate::Builder) has collected and checked.
pub(crate) struct Settings {
    pub(crate) signing_key: VersionedSigner,
    pub(crate) callers: KeyRing,
    pub(crate) access: Access,
    pub(crate) freshness: Freshness,
    pub(crate) in_flight: Arc<Semaphore>,
    pub(crate) concurrency_limit: usize,
    pub(crate) body_limit: usize,
    pub(crate) deadline: Option<Duration>,
    pub(crate) body_deadline: Duration,
    pub(crate) handler_deadline: Option<Duration>,
    pub(crate) signing_deadline: Option<Duration>,
    pub(crate) sign_refusals: bool,
    pub(crate) signed_prefix: String,
    pub(crate) signed_paths: HashMap<String, String>,
    pub(crate) paths: HashMap<String, String>,
}

impl Settings {
    /// The path at which an operation arrives.
    pub(crate) fn path(&self, operation: Known) -> &str {
        path_of(&self.paths, operation)
    }

    /// How long a request may take in all whose caller waits so long.
    pub(crate) fn deadline(&self, wait: Option<Duration>) -> Duration {
        whole(self.deadline, wait.unwrap_or(USUAL_WAIT))
    }

    /// The path and query that the caller signed: as received, but for what a framework or a proxy changed.
    pub(crate) fn signed_uri<'u>(&self, operation: Option<&str>, uri: &'u Uri) -> Cow<'u, str> {
        let received = uri.path_and_query().map_or("/", PathAndQuery::as_str);
        match operation.and_then(|operation| self.signed_paths.get(operation)) {
            Some(public) => format!("{public}{}", received.strip_prefix(uri.path()).unwrap_or_default()).into(),
            None if self.signed_prefix.is_empty() => received.into(),
            None => format!("{}{received}", self.signed_prefix).into(),
        }
    }
}

/// The whole of a request's time: what was set, or nine tenths of what the caller waits. The rest is for the way.
pub(crate) fn whole(deadline: Option<Duration>, wait: Duration) -> Duration {
    deadline.unwrap_or((wait / 10).saturating_mul(9))
}

/// The path of an operation: the one that was set, or its own.
pub(crate) fn path_of(paths: &HashMap<String, String>, operation: Known) -> &str {
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
