//! What the server tells its operator: the causes of its refusals.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// The events of the server on this thread, for as long as it lives.
#[derive(Debug)]
pub(crate) struct Log {
    causes: Causes,
    _guard: DefaultGuard,
}

/// One text for each answer: the cause of a refusal, or what was answered.
#[derive(Clone, Debug, Default)]
struct Causes(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn start() -> Self {
        let causes = Causes::default();
        Self { _guard: tracing::subscriber::set_default(causes.clone()), causes }
    }

    /// What was told since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.causes.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Subscriber for Causes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == "alipayplus_server"
    }

    fn event(&self, event: &Event<'_>) {
        let mut told = Told(None);
        event.record(&mut told);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(told.0);
    }

    // Spans are not enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Told(Option<String>);

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        if matches!(field.name(), "cause" | "outcome") {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
