//! Messages and names that are there already.

use std::collections::HashSet;

use serde_json::Value;

use crate::size::MOST_BYTES;

/// What was added so far.
#[derive(Default)]
pub(super) struct Seen {
    texts: HashSet<String>,
    names: HashSet<String>,
    /// The bytes of all of them.
    bytes: usize,
}

/// The most bytes that the messages of one kind have in all.
const MOST_IN_ALL: usize = 16 * MOST_BYTES;

impl Seen {
    /// The name of a message that is not there yet, with a number behind it where it is taken, and the message's length;
    /// nothing for one that is there, that is too large, or for which there is no room beside the others.
    pub(super) fn admit(&mut self, name: &str, message: &Value) -> Option<(String, usize)> {
        // Texts under string keys: serde_json has no way to fail on those.
        let text = serde_json::to_string(message).unwrap_or_default();
        let length = text.len();
        if length > MOST_BYTES || self.bytes + length > MOST_IN_ALL || !self.texts.insert(text) {
            return None;
        }
        self.bytes += length;
        let numbered = (2..).map(|n| format!("{name} ({n})"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.names.contains(name))?;
        self.names.insert(name.clone());
        Some((name, length))
    }
}
