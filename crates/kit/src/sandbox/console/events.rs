//! What has changed on the page, as server-sent events: elements that are new, or that replace those with their IDs.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;
use tokio::time::sleep;

use super::exchange::exchange;
use super::page::{MOST, exchanges};
use super::state::{View, parts};
use super::{Console, Shared};

/// Changes within this time are one event, so that no load of callers is one of the page.
const PAUSE: Duration = Duration::from_millis(150);

/// What a page was sent.
struct Follower {
    console: Arc<Console>,
    changes: watch::Receiver<()>,
    parts: Vec<String>,
    /// The newest exchange.
    newest: Option<String>,
    is_new: bool,
}

/// Follows the changes. The first event has all that is there, since the page may be older.
pub(super) async fn events(State(console): Shared) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = console.journal.changes.subscribe();
    changes.mark_changed();
    let follower = Follower { console, changes, parts: Vec::new(), newest: None, is_new: true };
    let events = unfold(follower, async |mut follower| {
        let html = follower.next().await?;
        Some((Ok(Event::default().data(html)), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

impl Follower {
    /// Waits for a change that can be seen.
    async fn next(&mut self) -> Option<String> {
        loop {
            self.changes.changed().await.ok()?;
            sleep(PAUSE).await;
            self.changes.mark_unchanged();
            let html = self.new_exchanges() + &self.new_parts().await?;
            if !html.is_empty() {
                return Some(html);
            }
        }
    }

    /// Returns the exchanges since the last event; all of them if that was forgotten or is too long ago.
    fn new_exchanges(&mut self) -> String {
        let lines = self.console.journal.newest(MOST);
        let newest = lines.last().cloned();
        if newest == self.newest && !self.is_new {
            return String::new();
        }
        self.is_new = false;
        let last = std::mem::replace(&mut self.newest, newest);
        match last.and_then(|last| lines.iter().rposition(|line| *line == last)) {
            Some(at) => lines[at + 1..].iter().map(|line| exchange(line).into_string()).collect(),
            None => exchanges(&lines).into_string(),
        }
    }

    /// Returns the parts that differ from what the page has; `None` if the state can't be read.
    async fn new_parts(&mut self) -> Option<String> {
        let view = View::read(&self.console).await.ok()?;
        let parts: Vec<_> = parts(&view).into_iter().map(maud::PreEscaped::into_string).collect();
        let changed = parts.iter().enumerate().filter(|(n, part)| self.parts.get(*n) != Some(*part));
        let html = changed.map(|(_, part)| part.as_str()).collect();
        self.parts = parts;
        Some(html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::desk::Desk;
    use crate::sandbox::journal::Journal;
    use crate::sandbox::store::{Storage, Store};

    #[tokio::test]
    async fn a_page_gets_what_it_does_not_have() {
        let store = Store::open(&Storage::Memory).await.unwrap();
        let desk = Arc::new(Desk::new(false, Vec::new(), store).await.unwrap());
        let journal = Arc::new(Journal::new(1 << 20));
        let console = Arc::new(Console { desk, journal, url: String::new(), caller: None });
        let changes = console.journal.changes.subscribe();
        let mut follower =
            Follower { console: Arc::clone(&console), changes, parts: Vec::new(), newest: None, is_new: true };
        let add = |count: usize| (0..count).for_each(|_| console.journal.add(serde_json::json!({})));
        let shape = |html: &str| (html.contains("id=\"exchanges\""), html.matches("<details").count());

        add(2);
        assert_eq!(shape(&follower.new_exchanges()), (true, 2));
        assert_eq!(follower.new_exchanges(), "");
        add(3);
        assert_eq!(shape(&follower.new_exchanges()), (false, 3));
        add(MOST + 1);
        assert_eq!(shape(&follower.new_exchanges()), (true, MOST));
        console.journal.reset();
        assert_eq!(shape(&follower.new_exchanges()), (true, 0));

        assert!(follower.new_parts().await.unwrap().contains("id=\"payments\""));
        console.desk.shift(61).await.unwrap();
        let html = follower.new_parts().await.unwrap();
        assert!(html.starts_with("<p id=\"clock\" data-offset=\"61\"") && html.ends_with("shifted by 61 s</span></p>"));

        for n in 0..102 {
            let payment = serde_json::json!({ "paymentRequestId": format!("{n:03}"), "state": "paid" });
            console.desk.create(serde_json::from_value(payment).unwrap()).await.unwrap();
        }
        let html = follower.new_parts().await.unwrap();
        assert!(html.contains("<code>099</code>") && !html.contains("<code>100</code>") && html.contains("2 more: "));
    }
}
