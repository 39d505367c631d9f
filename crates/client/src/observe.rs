//! Spans, events and metrics. Nothing here holds a body, a key or an identifier of a payment or a customer.

use std::time::Duration;

use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};
use alipayplus_runtime::violation::Violations;
use tracing::Span;
use tracing::field::Empty;

use crate::Error;
use crate::reply::Reply;

/// The names of the metrics.
#[cfg(feature = "metrics")]
mod name {
    pub(super) const REQUESTS: &str = "alipayplus_client_requests_total";
    pub(super) const SECONDS: &str = "alipayplus_client_request_seconds";
    pub(super) const RETRIES: &str = "alipayplus_client_retries_total";
    pub(super) const REFUSALS: &str = "alipayplus_client_refusals_total";
    pub(super) const RESULTS: &str = "alipayplus_client_results_total";
}

/// The span of a call, with all its inquiries and pauses.
pub(crate) fn call<O: Operation>(client_id: &str, tracer_id: Option<&str>) -> Span {
    tracing::info_span!("call", operation = O::NAME, client_id, tracer_id, outcome = Empty, attempts = Empty)
}

/// The span of one request and its answer, within the call's.
pub(crate) fn attempt(attempt: u32) -> Span {
    tracing::info_span!("attempt", attempt)
}

/// An answer's signature was verified, by the key of this version.
pub(crate) fn verified(key_version: u64) {
    tracing::debug!(key_version, "signature verified");
}

/// A request was sent and answered, or given up.
pub(crate) fn attempted<O: Operation>(took: Duration) {
    tracing::debug!(operation = O::NAME, ?took, "attempt ended");
    #[cfg(feature = "metrics")]
    {
        metrics::counter!(name::REQUESTS, "operation" => O::NAME).increment(1);
        metrics::histogram!(name::SECONDS, "operation" => O::NAME).record(took);
    }
}

/// An attempt had no usable answer.
pub(crate) fn attempt_failed<O: Operation>(error: &Error) {
    let cause = error.label();
    tracing::warn!(operation = O::NAME, cause, error = error as &dyn std::error::Error, "no usable answer");
    #[cfg(feature = "metrics")]
    metrics::counter!(name::REFUSALS, "operation" => O::NAME, "cause" => cause).increment(1);
}

/// The same request will be sent again.
pub(crate) fn retry<O: Operation>(made: u32, pause: Duration) {
    tracing::info!(operation = O::NAME, made, ?pause, "asking again");
    #[cfg(feature = "metrics")]
    metrics::counter!(name::RETRIES, "operation" => O::NAME).increment(1);
}

/// A call has come to its end.
pub(crate) fn ended<O: Operation>(span: &Span, result: &Result<Reply<O>, Error>) {
    match result {
        Ok(reply) => {
            span.record("outcome", reply.outcome.meta().name);
            span.record("attempts", reply.attempts);
            tracing::info!(ignored_members = reply.ignored_members.len(), "answered");
            if let Some(violations) = Violations::new(reply.violations.clone()) {
                tracing::warn!(%violations, "the answer breaks the schema without a bearing on the outcome");
            }
        }
        Err(error) => {
            span.record("outcome", error.label());
            tracing::warn!(is_retryable = error.is_retryable(), "nothing is known");
        }
    }
    #[cfg(feature = "metrics")]
    metrics::counter!(name::RESULTS, "operation" => O::NAME, "result" => result_label(result)).increment(1);
}

/// The outcome's name, the table's code, or what went wrong: never a text of the other side.
#[cfg(feature = "metrics")]
fn result_label<O: Operation>(result: &Result<Reply<O>, Error>) -> &'static str {
    match result {
        Ok(reply) => reply.outcome.meta().name,
        Err(error) => error.listed_code().unwrap_or_else(|| error.label()),
    }
}
