//! Collections of messages in which each message and each name is there once.

use std::collections::HashSet;

use serde_json::Value;

use crate::limits::MAX_MESSAGE_BYTES;

/// What was added so far.
#[derive(Default)]
pub(super) struct Dedup {
    texts: HashSet<String>,
    names: HashSet<String>,
    /// The bytes of all of them.
    bytes: usize,
}

/// The most bytes that the messages of one kind have in all.
const MOST_IN_ALL: usize = 16 * MAX_MESSAGE_BYTES;

impl Dedup {
    /// Returns the name of a message that is not there yet, with a number behind it where it is taken, and the
    /// message's length; nothing for one that is there, that is too large, or for which there is no room beside the
    /// others.
    pub(super) fn admit(&mut self, name: &str, message: &Value) -> Option<(String, usize)> {
        // Texts under string keys: serde_json has no way to fail on those.
        let text = serde_json::to_string(message).unwrap_or_default();
        let length = text.len();
        if length > MAX_MESSAGE_BYTES || self.bytes + length > MOST_IN_ALL || !self.texts.insert(text) {
            return None;
        }
        self.bytes += length;
        let numbered = (2..).map(|n| format!("{name} ({n})"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.names.contains(name))?;
        self.names.insert(name.clone());
        Some((name, length))
    }
}

/// A message with what is special about it.
pub(super) type Named = (String, Value);

/// Valid messages, each once.
#[derive(Default)]
pub(super) struct Collected {
    dedup: Dedup,
    pub(super) named: Vec<Named>,
    /// Length and index of each.
    lengths: Vec<(usize, usize)>,
}

impl Collected {
    /// Adds those that are not there yet.
    pub(super) fn extend(&mut self, new: impl IntoIterator<Item = Named>) {
        for (name, message) in new {
            if let Some((name, length)) = self.dedup.admit(&name, &message) {
                self.lengths.push((length, self.named.len()));
                self.lengths.sort_unstable();
                self.named.push((name, message));
            }
        }
    }

    /// Returns the messages, the shortest first.
    pub(super) fn shortest(&self) -> impl Iterator<Item = &Value> {
        self.lengths.iter().map(|(_, index)| &self.named[*index].1)
    }

    /// Returns the messages with their names, in the order in which they came.
    pub(super) fn into_named(self) -> Vec<Named> {
        self.named
    }
}
