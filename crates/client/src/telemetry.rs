//! Spans, events and metrics. They hold no body, no key and no identifier of a customer; those of a payment only where a
//! response is not as expected.

use std::error::Error;
use std::time::Duration;

use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};
use alipayplus_runtime::violation::Violations;
#[cfg(feature = "metrics")]
use metrics::{Label, SharedString};
use tracing::Span;
use tracing::field::Empty;

use crate::error::{self, ErrorReason};
use crate::reply::Reply;
use crate::settings::Settings;
use crate::transport::BoxError;

/// The names of the metrics.
#[cfg(feature = "metrics")]
mod name {
    pub(super) const REQUESTS: &str = "alipayplus_client_requests_total";
    pub(super) const SECONDS: &str = "alipayplus_client_request_seconds";
    pub(super) const RETRIES: &str = "alipayplus_client_retries_total";
    pub(super) const REFUSALS: &str = "alipayplus_client_refusals_total";
    pub(super) const RESULTS: &str = "alipayplus_client_results_total";
}

/// Creates the span of a call with all its attempts and pauses.
pub(crate) fn call_span<O: Operation>(settings: &Settings, tracer_id: Option<&str>) -> Span {
    let Settings { client_id, label, .. } = settings;
    let server = label.as_deref();
    // At the highest level, so that no filter separates an event from it.
    tracing::error_span!("call", operation = O::NAME, server, client_id, tracer_id, outcome = Empty, attempts = Empty)
}

/// Creates the span of one attempt, within the span of its call.
pub(crate) fn attempt_span(attempt: u32) -> Span {
    tracing::info_span!("attempt", attempt)
}

/// Records that the signature of a response was verified with the key of this version.
pub(crate) fn signature_verified(key_version: u64) {
    tracing::debug!(key_version, "signature verified");
}

/// Records what came of loading a key that a response names: `false` if it was there by then.
pub(crate) fn key_loaded(key_version: u64, result: &Result<bool, BoxError>) {
    match result {
        Ok(false) => {}
        Ok(true) => tracing::info!(key_version, "key loaded"),
        Err(error) => tracing::warn!(key_version, error = &**error as &dyn Error, "key not loaded"),
    }
}

/// Records the end of an attempt, successful or not.
#[cfg_attr(not(feature = "metrics"), expect(unused_variables, reason = "the label of the metrics"))]
pub(crate) fn attempt_ended<O: Operation>(settings: &Settings, took: Duration) {
    tracing::debug!(operation = O::NAME, ?took, "attempt ended");
    #[cfg(feature = "metrics")]
    {
        let labels = labels::<O>(settings, None);
        metrics::counter!(name::REQUESTS, labels.clone()).increment(1);
        metrics::histogram!(name::SECONDS, labels).record(took);
    }
}

/// Records an attempt without an accepted response.
#[cfg_attr(not(feature = "metrics"), expect(unused_variables, reason = "the label of the metrics"))]
pub(crate) fn attempt_failed<O: Operation>(settings: &Settings, error: &ErrorReason) {
    let cause = error.kind();
    tracing::warn!(operation = O::NAME, cause, error = error as &dyn Error, "attempt failed");
    #[cfg(feature = "metrics")]
    metrics::counter!(name::REFUSALS, labels::<O>(settings, Some(("cause", cause)))).increment(1);
}

/// Records that the same request will be sent again.
#[cfg_attr(not(feature = "metrics"), expect(unused_variables, reason = "the label of the metrics"))]
pub(crate) fn retry<O: Operation>(settings: &Settings, attempts: u32, pause: Duration) {
    tracing::info!(operation = O::NAME, attempts, ?pause, "retrying");
    #[cfg(feature = "metrics")]
    metrics::counter!(name::RETRIES, labels::<O>(settings, None)).increment(1);
}

/// Records that a batch stops calling a server that is down.
pub(crate) fn circuit_opened(server: &str, pause: Duration) {
    tracing::warn!(server, ?pause, "server down");
}

/// Records that a server that was down answers again.
pub(crate) fn circuit_closed(server: &str) {
    tracing::info!(server, "server up");
}

/// Records the end of a call.
#[cfg_attr(not(feature = "metrics"), expect(unused_variables, reason = "the label of the metrics"))]
pub(crate) fn call_ended<O: Operation>(settings: &Settings, span: &Span, result: &Result<Reply<O>, error::Error>) {
    match result {
        Ok(reply) => {
            span.record("outcome", reply.outcome.meta().name);
            span.record("attempts", reply.attempts);
            tracing::info!(ignored_members = reply.ignored_members.len(), "call completed");
            if let Some(violations) = Violations::new(reply.violations.clone()) {
                tracing::warn!(%violations, "the response breaks the schema without changing the outcome");
            }
        }
        Err(error) => {
            span.record("outcome", error.kind());
            tracing::warn!(is_retryable = error.is_retryable(), "call failed, the outcome is unknown");
        }
    }
    #[cfg(feature = "metrics")]
    metrics::counter!(name::RESULTS, labels::<O>(settings, Some(("result", result_label(result))))).increment(1);
}

/// Returns the labels of a metric.
#[cfg(feature = "metrics")]
fn labels<O: Operation>(settings: &Settings, more: Option<(&'static str, &'static str)>) -> Vec<Label> {
    let server = settings.label.clone().map(|label| Label::new("server", SharedString::from(label)));
    let operation = Label::from_static_parts("operation", O::NAME);
    let more = more.map(|(name, value)| Label::from_static_parts(name, value));
    [Some(operation), server, more].into_iter().flatten().collect()
}

/// Returns the outcome's name, the listed result code, or the error's kind: never a text of the server.
#[cfg(feature = "metrics")]
fn result_label<O: Operation>(result: &Result<Reply<O>, error::Error>) -> &'static str {
    match result {
        Ok(reply) => reply.outcome.meta().name,
        Err(error) => error.listed_code().unwrap_or_else(|| error.kind()),
    }
}
