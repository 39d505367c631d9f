//! The MPP's log: JSON lines, identified by the `Tracer-Id` of the exchange.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};
use tokio::sync::watch;
use tokio::time::timeout;

/// A line is written before its response; it may take a moment to pass the pipe.
const PATIENCE: Duration = Duration::from_secs(5);

/// One log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) text: String,
    tracer_id: Option<String>,
    /// The cause of a refusal, or the outcome.
    pub(crate) cause: String,
}

impl Entry {
    pub(crate) fn read(text: String) -> Self {
        let line: Value = serde_json::from_str(&text).unwrap_or_default();
        let field = |name: &str| line.pointer(&format!("/fields/{name}"))?.as_str();
        let cause = match (field("cause"), field("outcome")) {
            (Some(cause), _) => cause.split(' ').map(short).collect::<Vec<_>>().join(" "),
            (None, Some(outcome)) => format!("none: answered {outcome}"),
            (None, None) => field("message").unwrap_or_default().to_owned(),
        };
        let tracer_id = line.pointer("/span/tracer_id").and_then(Value::as_str).map(ToOwned::to_owned);
        Self { text, tracer_id, cause }
    }
}

/// Returns a word, or the beginning of a digest, which is wider than a column of the report.
fn short(word: &str) -> String {
    match word.get(..16).filter(|start| word.len() > 40 && start.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(start) => format!("{start}…"),
        None => word.to_owned(),
    }
}

/// The log so far. Clones read the same one.
#[derive(Clone, Debug)]
pub(crate) struct Log(watch::Receiver<Vec<Entry>>);

impl Log {
    /// Reads what a process writes, in a task that ends with the process.
    pub(crate) fn follow(lines: impl AsyncBufRead + Unpin + Send + 'static) -> Self {
        let (sender, receiver) = watch::channel(Vec::new());
        let mut lines = lines.lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_modify(|entries| entries.push(Entry::read(line)));
            }
        });
        Self(receiver)
    }

    /// Returns the lines of an exchange once there are this many; fewer after a timeout.
    pub(crate) async fn of(&self, tracer_id: &str, wanted: usize) -> Vec<Entry> {
        let mut receiver = self.0.clone();
        let enough = receiver.wait_for(|entries| of(entries, tracer_id).count() >= wanted);
        // After a timeout the lines so far are returned.
        drop(timeout(PATIENCE, enough).await);
        of(&self.0.borrow(), tracer_id).cloned().collect()
    }

    /// Waits until the process has closed its log; then the log is complete.
    pub(crate) async fn closed(&self) {
        let mut receiver = self.0.clone();
        drop(timeout(PATIENCE, receiver.wait_for(|_| false)).await);
    }

    /// Returns the last lines.
    pub(crate) fn tail(&self) -> String {
        let entries = self.0.borrow();
        if entries.is_empty() {
            return "(it is empty)".to_owned();
        }
        let tail = entries.iter().skip(entries.len().saturating_sub(20));
        tail.map(|entry| entry.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

fn of<'a>(entries: &'a [Entry], tracer_id: &str) -> impl Iterator<Item = &'a Entry> {
    entries.iter().filter(move |entry| entry.tracer_id.as_deref() == Some(tracer_id))
}
