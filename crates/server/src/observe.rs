//! What operators see: one span a request, one event an answer, and, behind a feature, metrics.

use std::time::Duration;

use alipayplus_runtime::code::FailureKind;
use alipayplus_runtime::operation::Omitted;
use http::StatusCode;
use tracing::{Span, error, error_span, info, warn};

use crate::deadline::Deadline;
use crate::reason::{Reason, shown};

/// The label of requests to a path of no operation.
const NO_OPERATION: &str = "none";

/// The span of one request, at a level at which it is there whenever an event of it is. What a stranger wrote into it is bounded and on one line.
pub(crate) fn span(operation: Option<&str>, client_id: Option<&str>, tracer_id: Option<&str>) -> Span {
    error_span!(
        target: "alipayplus_server",
        "alipayplus.request",
        operation = operation.unwrap_or(NO_OPERATION),
        client_id = client_id.map(shown),
        tracer_id = tracer_id.map(shown),
    )
}

/// A member of an answer was left out, and said something else than the member that counts.
pub(crate) fn omitted(omitted: &Omitted) {
    warn!(target: "alipayplus_server", cause = %omitted, "omitted");
}

/// How grave an answer is for the operator of this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gravity {
    /// As it should be.
    Fine,
    /// The peer's doing, or the handler's decision.
    Refused,
    /// This side's trouble.
    Trouble,
}

/// What there is to tell about an answer.
#[derive(Debug)]
pub(crate) struct Told {
    gravity: Gravity,
    pub(crate) status: StatusCode,
    code: Option<&'static str>,
    outcome: Option<&'static str>,
    cause: Option<String>,
    label: Option<&'static str>,
    /// The version of the key that verified the request's signature.
    pub(crate) key_version: Option<u64>,
}

impl Told {
    fn new(gravity: Gravity) -> Self {
        Self { gravity, status: StatusCode::OK, code: None, outcome: None, cause: None, label: None, key_version: None }
    }

    /// The handler's answer.
    pub(crate) fn answered(outcome: &'static str) -> Self {
        Self { outcome: Some(outcome), ..Self::new(Gravity::Fine) }
    }

    /// The handler's refusal with a code.
    pub(crate) fn refused(code: &'static str, cause: Option<String>) -> Self {
        Self {
            code: Some(code),
            cause: Some(
                cause.map_or_else(|| "handler: refused".to_owned(), |cause| format!("handler: refused: {cause}")),
            ),
            label: Some("handler_refused"),
            ..Self::new(Gravity::Refused)
        }
    }

    /// The service's own refusal.
    pub(crate) fn reason(code: &'static str, cause: FailureKind, reason: &Reason) -> Self {
        let is_trouble = cause == FailureKind::Internal;
        Self {
            code: Some(code),
            cause: Some(reason.to_string()),
            label: Some(reason.label()),
            ..Self::new(if is_trouble { Gravity::Trouble } else { Gravity::Refused })
        }
    }

    /// A status without a message.
    pub(crate) fn status(status: StatusCode, reason: &Reason) -> Self {
        let is_trouble = status.is_server_error();
        Self {
            status,
            cause: Some(reason.to_string()),
            label: Some(reason.label()),
            ..Self::new(if is_trouble { Gravity::Trouble } else { Gravity::Refused })
        }
    }

    /// The same, with the fault that was to be told before this one came.
    pub(crate) fn after(mut self, first: &Self) -> Self {
        if let (Some(cause), Some(first)) = (&mut self.cause, &first.cause) {
            *cause = format!("{cause}; before that, {first}");
        }
        self
    }

    /// Tells it.
    fn tell(&self, operation: &'static str, deadline: Deadline) {
        let (code, outcome, cause, key_version) = (self.code, self.outcome, self.cause.as_deref(), self.key_version);
        let latency = deadline.elapsed();
        let (status, seconds) = (self.status.as_u16(), latency.as_secs_f64());
        // Texts are recorded as strings, so that formatters escape them.
        match self.gravity {
            // No deadline ends what blocks its thread.
            Gravity::Fine if deadline.is_over() => {
                warn!(target: "alipayplus_server", outcome, key_version, status, latency = seconds, "answered late");
            }
            Gravity::Fine => {
                info!(target: "alipayplus_server", outcome, key_version, status, latency = seconds, "answered");
            }
            Gravity::Refused => {
                warn!(target: "alipayplus_server", code, cause, key_version, status, latency = seconds, "refused");
            }
            Gravity::Trouble => {
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

/// Sees that of each request one thing is told: its answer, or that nobody waited for it.
#[derive(Debug)]
pub(crate) struct Awaited {
    operation: &'static str,
    deadline: Deadline,
    is_told: bool,
}

impl Awaited {
    pub(crate) fn new(operation: Option<&'static str>, deadline: Deadline) -> Self {
        Self { operation: operation.unwrap_or(NO_OPERATION), deadline, is_told: false }
    }

    /// There is an answer.
    pub(crate) fn tell(mut self, told: &Told) {
        self.is_told = true;
        told.tell(self.operation, self.deadline);
    }
}

/// The request is dropped halfway: the caller hung up, or the server was stopped and the grace is over.
impl Drop for Awaited {
    fn drop(&mut self) {
        if !self.is_told {
            let latency = self.deadline.elapsed().as_secs_f64();
            warn!(target: "alipayplus_server", cause = "nobody waits for the answer any more", latency, "abandoned");
            #[cfg(feature = "metrics")]
            metrics::counter!("alipayplus_server_abandoned_total", "operation" => self.operation).increment(1);
        }
    }
}

/// Counts one request in flight for as long as it lives.
#[derive(Debug)]
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn start() -> Self {
        #[cfg(feature = "metrics")]
        metrics::gauge!("alipayplus_server_in_flight").increment(1);
        Self(())
    }
}

/// Also when the connection breaks and the request is dropped halfway.
impl Drop for InFlight {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        metrics::gauge!("alipayplus_server_in_flight").decrement(1);
    }
}
