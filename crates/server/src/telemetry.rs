//! Logs and metrics: one span per request, one event per response and, behind a feature, metrics.

use std::time::Duration;

use alipayplus_runtime::code::FailureKind;
use alipayplus_runtime::operation::Omitted;
use http::StatusCode;
use tracing::{Span, error, error_span, info, warn};

use crate::deadline::Deadline;
use crate::exchange::Exchange;
use crate::log_text::truncate_for_log;
use crate::rejection::Rejection;

/// The label of requests to a path of no operation.
const NO_OPERATION: &str = "none";

/// Returns the span of one request. Its level is ERROR, so that every event has its span, whatever the filter.
///
/// The text that an unauthenticated client sent is truncated and escaped.
pub(crate) fn span(exchange: &Exchange<'_>) -> Span {
    error_span!(
        target: "alipayplus_server",
        "alipayplus.request",
        operation = exchange.operation().unwrap_or(NO_OPERATION),
        client_id = exchange.client_id().map(truncate_for_log),
        tracer_id = exchange.tracer_id().map(truncate_for_log),
        traceparent = exchange.traceparent().map(truncate_for_log),
        remote_addr = exchange.remote_addr().map(display),
    )
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

/// The level at which a response is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Severity {
    /// The request was answered.
    Info,
    /// The client's request was wrong, or the handler refused it.
    Warn,
    /// The server failed.
    Error,
}

/// What is logged and counted about a response.
#[derive(Debug)]
pub(crate) struct LogRecord {
    severity: Severity,
    pub(crate) status: StatusCode,
    code: Option<&'static str>,
    outcome: Option<&'static str>,
    cause: Option<String>,
    label: Option<&'static str>,
    /// The version of the key that verified the request's signature.
    pub(crate) key_version: Option<u64>,
}

impl LogRecord {
    fn new(severity: Severity) -> Self {
        Self {
            severity,
            status: StatusCode::OK,
            code: None,
            outcome: None,
            cause: None,
            label: None,
            key_version: None,
        }
    }

    /// Records an answer of the handler.
    pub(crate) fn answered(outcome: &'static str) -> Self {
        Self { outcome: Some(outcome), ..Self::new(Severity::Info) }
    }

    /// Records a refusal of the handler with a code.
    pub(crate) fn refused(code: &'static str, cause: Option<String>) -> Self {
        Self {
            code: Some(code),
            cause: Some(
                cause.map_or_else(|| "handler: refused".to_owned(), |cause| format!("handler: refused: {cause}")),
            ),
            label: Some("handler_refused"),
            ..Self::new(Severity::Warn)
        }
    }

    /// Records a rejection by the server that is sent as a message.
    pub(crate) fn rejected(code: &'static str, kind: FailureKind, rejection: &Rejection) -> Self {
        let is_internal = kind == FailureKind::Internal;
        Self {
            code: Some(code),
            cause: Some(rejection.to_string()),
            label: Some(rejection.label()),
            ..Self::new(if is_internal { Severity::Error } else { Severity::Warn })
        }
    }

    /// Records a rejection by the server that is sent as a status without a message.
    pub(crate) fn status(status: StatusCode, rejection: &Rejection) -> Self {
        let is_internal = status.is_server_error();
        Self {
            status,
            cause: Some(rejection.to_string()),
            label: Some(rejection.label()),
            ..Self::new(if is_internal { Severity::Error } else { Severity::Warn })
        }
    }

    /// Appends the cause of the record that this one replaces.
    pub(crate) fn after(mut self, first: &Self) -> Self {
        if let (Some(cause), Some(first)) = (&mut self.cause, &first.cause) {
            *cause = format!("{cause}; before that, {first}");
        }
        self
    }

    /// Emits the event and updates the metrics.
    fn emit(&self, operation: &'static str, deadline: Deadline) {
        let (code, outcome, cause, key_version) = (self.code, self.outcome, self.cause.as_deref(), self.key_version);
        let latency = deadline.elapsed();
        let (status, seconds) = (self.status.as_u16(), latency.as_secs_f64());
        // Texts are recorded as strings, so that formatters escape them.
        match self.severity {
            // No deadline interrupts a handler that blocks its thread.
            Severity::Info if deadline.is_over() => {
                warn!(target: "alipayplus_server", outcome, key_version, status, latency = seconds, "answered late");
            }
            Severity::Info => {
                info!(target: "alipayplus_server", outcome, key_version, status, latency = seconds, "answered");
            }
            Severity::Warn => {
                warn!(target: "alipayplus_server", code, cause, key_version, status, latency = seconds, "refused");
            }
            Severity::Error => {
                error!(target: "alipayplus_server", code, cause, key_version, status, latency = seconds, "failed");
            }
        }
        self.count(operation, latency);
    }

    #[cfg(feature = "metrics")]
    fn count(&self, operation: &'static str, latency: Duration) {
        let code = self.code.or(self.outcome).unwrap_or("none");
        metrics::counter!("alipayplus_server_requests_total", "operation" => operation, "code" => code).increment(1);
        metrics::histogram!("alipayplus_server_latency_seconds", "operation" => operation).record(latency);
        if let Some(label) = self.label {
            metrics::counter!("alipayplus_server_refusals_total", "operation" => operation, "cause" => label)
                .increment(1);
        }
    }

    #[cfg(not(feature = "metrics"))]
    fn count(&self, _: &'static str, _: Duration) {
        let _ = self.label;
    }
}

/// Ensures that exactly one event is logged per request: its response, or that it was dropped before its response.
#[derive(Debug)]
pub(crate) struct RequestLogGuard {
    operation: &'static str,
    deadline: Deadline,
    is_logged: bool,
}

impl RequestLogGuard {
    pub(crate) fn new(operation: Option<&'static str>, deadline: Deadline) -> Self {
        Self { operation: operation.unwrap_or(NO_OPERATION), deadline, is_logged: false }
    }

    /// Logs the response.
    pub(crate) fn emit(mut self, record: &LogRecord) {
        self.is_logged = true;
        record.emit(self.operation, self.deadline);
    }
}

/// Logs a request that is dropped: the server was stopped and the grace period ended or, in other servers than
/// `HttpServer`, the client disconnected.
impl Drop for RequestLogGuard {
    fn drop(&mut self) {
        if !self.is_logged {
            let latency = self.deadline.elapsed().as_secs_f64();
            let cause = "the request was dropped before its response was ready";
            warn!(target: "alipayplus_server", cause, latency, "abandoned");
            #[cfg(feature = "metrics")]
            metrics::counter!("alipayplus_server_abandoned_total", "operation" => self.operation).increment(1);
        }
    }
}

/// Counts a request in flight until it is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn start() -> Self {
        #[cfg(feature = "metrics")]
        metrics::gauge!("alipayplus_server_in_flight").increment(1);
        Self(())
    }
}

/// A destructor also runs when the connection breaks and the request is dropped.
impl Drop for InFlight {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        metrics::gauge!("alipayplus_server_in_flight").decrement(1);
    }
}
