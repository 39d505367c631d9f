//! What the server logs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};

/// One log entry of a response.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) level: Level,
    /// The cause of a failure; the outcome's name if there was none.
    pub(crate) cause: String,
}

type Entries = Arc<Mutex<Vec<Entry>>>;

/// Collects what the server logs on this thread until it is dropped.
#[derive(Debug)]
pub(crate) struct Log {
    entries: Entries,
    _listener: DefaultGuard,
}

impl Log {
    pub(crate) fn start() -> Self {
        let entries = Entries::default();
        let listener = tracing::subscriber::set_default(Listener(Arc::clone(&entries)));
        Self { entries, _listener: listener }
    }

    /// Takes the entries since the last call.
    pub(crate) fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the causes of the entries since the last call.
    pub(crate) fn causes(&self) -> Vec<String> {
        self.take().into_iter().map(|entry| entry.cause).collect()
    }
}

struct Listener(Entries);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "alipayplus_server"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut cause = CauseText::default();
        event.record(&mut cause);
        let entry = Entry { level: *event.metadata().level(), cause: cause.0 };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct CauseText(String);

impl Visit for CauseText {
    fn record_str(&mut self, field: &Field, value: &str) {
        if ["cause", "outcome"].contains(&field.name()) {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
