//! The log of one request: its span, and exactly one event for its response.

use std::time::Duration;

use alipayplus_runtime::code::FailureKind;
use http::StatusCode;
use tracing::{Span, error, error_span, info, warn};

use crate::deadline::Deadline;
use crate::exchange::Exchange;
use crate::log_text::truncate_for_log;
use crate::rejection::Rejection;
#[cfg(feature = "metrics")]
use crate::telemetry::name;

/// The label where there is no operation, no known client or no message.
const NONE: &str = "none";

/// Returns the span of one request. Its level is ERROR, so that every event has its span, whatever the filter.
///
/// The text that an unauthenticated client sent is truncated and escaped.
pub(crate) fn span(exchange: &Exchange<'_>) -> Span {
    error_span!(
        target: "alipayplus_server",
        "alipayplus.request",
        operation = exchange.operation().unwrap_or(NONE),
        client_id = exchange.client_id().map(truncate_for_log),
        tracer_id = exchange.tracer_id().map(truncate_for_log),
        traceparent = exchange.traceparent().map(truncate_for_log),
        remote_addr = exchange.remote_addr().map(display),
    )
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
    fn emit(&self, exchange: &Exchange<'_>) {
        let (code, outcome, cause, key_version) = (self.code, self.outcome, self.cause.as_deref(), self.key_version);
        let (deadline, latency) = (exchange.deadline, exchange.deadline.elapsed());
        let (status, seconds) = (self.status.as_u16(), latency.as_secs_f64());
        // Texts are recorded as strings, so that formatters escape them.
        match self.severity {
            // No deadline interrupts a handler that blocks its thread.
            Severity::Info if deadline.is_over(latency) => {
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
        self.count(exchange, latency);
    }

    #[cfg(feature = "metrics")]
    fn count(&self, exchange: &Exchange<'_>, latency: Duration) {
        let operation = exchange.operation().unwrap_or(NONE);
        // Anyone can send any Client-Id. Only those of clients are labels, so that their number is bounded.
        let client = exchange.known_client().unwrap_or(NONE).to_owned();
        metrics::histogram!(name::LATENCY, "operation" => operation).record(latency);
        if let Some(label) = self.label {
            metrics::counter!(name::REFUSALS, "operation" => operation, "client" => client.clone(), "cause" => label)
                .increment(1);
        }
        let code = self.code.or(self.outcome).unwrap_or(NONE);
        metrics::counter!(name::REQUESTS, "operation" => operation, "client" => client, "code" => code).increment(1);
    }

    #[cfg(not(feature = "metrics"))]
    fn count(&self, _: &Exchange<'_>, _: Duration) {
        let _ = self.label;
    }
}

/// Ensures that exactly one event is logged per request: its response, or that it was dropped before its response.
#[derive(Debug)]
pub(crate) struct RequestLogGuard {
    #[cfg(feature = "metrics")]
    operation: &'static str,
    deadline: Deadline,
    is_logged: bool,
}

impl RequestLogGuard {
    pub(crate) fn new(exchange: &Exchange<'_>) -> Self {
        Self {
            #[cfg(feature = "metrics")]
            operation: exchange.operation().unwrap_or(NONE),
            deadline: exchange.deadline,
            is_logged: false,
        }
    }

    /// Logs the response.
    pub(crate) fn emit(mut self, record: &LogRecord, exchange: &Exchange<'_>) {
        self.is_logged = true;
        record.emit(exchange);
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
            metrics::counter!(name::ABANDONED, "operation" => self.operation).increment(1);
        }
    }
}
