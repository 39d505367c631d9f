//! Events outside of a request's log, and, behind a feature, metrics.

use std::net::SocketAddr;
use std::time::Duration;

use alipayplus_runtime::operation::Omitted;
#[cfg(feature = "metrics")]
use tokio::time::Instant;
use tracing::{error, info, warn};

#[cfg(feature = "diagnose")]
use crate::log_text::truncate_for_log;

/// The names of the metrics.
#[cfg(feature = "metrics")]
pub(crate) mod name {
    pub(crate) const REQUESTS: &str = "alipayplus_server_requests_total";
    pub(crate) const REFUSALS: &str = "alipayplus_server_refusals_total";
    pub(crate) const ABANDONED: &str = "alipayplus_server_abandoned_total";
    pub(crate) const LATENCY: &str = "alipayplus_server_latency_seconds";
    pub(crate) const IN_FLIGHT: &str = "alipayplus_server_in_flight";
    pub(crate) const SIGNING: &str = "alipayplus_server_signing_seconds";
    pub(crate) const SIGNING_IN_FLIGHT: &str = "alipayplus_server_signing_in_flight";
}

/// Logs a member of an answer that was omitted although its value differs from that of its counterpart.
pub(crate) fn omitted(omitted: &Omitted) {
    warn!(target: "alipayplus_server", cause = %omitted, "omitted");
}

/// Logs that a client has the public key of this server's own signer, so that none of the client's requests can verify.
pub(crate) fn own_key(client_id: &str, key_version: u64) {
    let cause = "this key of a client is the server's own public key; ask the client for its key";
    warn!(target: "alipayplus_server", client_id, key_version, cause, "own key");
}

/// Logs that the signer failed to sign at start, or signs with another key than its public key.
pub(crate) fn signer_failed(cause: &str) {
    error!(target: "alipayplus_server", cause, "signer does not work");
}

/// Logs why the signature of a request does not match. The event is outside of the request's span, which has ended.
#[cfg(feature = "diagnose")]
pub(crate) fn diagnosed(client_id: &str, tracer_id: Option<&str>, cause: &str) {
    let tracer_id = tracer_id.map(truncate_for_log);
    warn!(target: "alipayplus_server", client_id = truncate_for_log(client_id), tracer_id, cause, "diagnosed");
}

/// Logs that connections are accepted, with the port that was selected.
pub(crate) fn listening(address: SocketAddr) {
    info!(target: "alipayplus_server", %address, "listening");
}

/// Logs the start of a shutdown, and its times in seconds.
pub(crate) fn shutting_down(drain: Duration, grace: Duration) {
    let (drain, grace) = (drain.as_secs_f64(), grace.as_secs_f64());
    info!(target: "alipayplus_server", drain, grace, "shutting down");
}

/// Counts a request in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn start() -> Self {
        #[cfg(feature = "metrics")]
        metrics::gauge!(name::IN_FLIGHT).increment(1);
        Self(())
    }
}

/// A destructor also runs when the connection breaks and the request is dropped.
impl Drop for InFlight {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        metrics::gauge!(name::IN_FLIGHT).decrement(1);
    }
}

/// Counts a call of the signer until it is dropped, and records how long it took.
#[derive(Debug)]
pub(crate) struct SigningCall {
    #[cfg(feature = "metrics")]
    start: Instant,
}

impl SigningCall {
    pub(crate) fn start() -> Self {
        #[cfg(feature = "metrics")]
        metrics::gauge!(name::SIGNING_IN_FLIGHT).increment(1);
        Self {
            #[cfg(feature = "metrics")]
            start: Instant::now(),
        }
    }
}

/// A destructor also runs when the time of the call is over and it is dropped.
impl Drop for SigningCall {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        {
            metrics::histogram!(name::SIGNING).record(self.start.elapsed());
            metrics::gauge!(name::SIGNING_IN_FLIGHT).decrement(1);
        }
    }
}
