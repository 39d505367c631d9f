//! Messages and names that are there already.

use std::collections::HashSet;

use serde_json::Value;

/// What was added so far.
#[derive(Default)]
pub(super) struct Seen {
    texts: HashSet<String>,
    names: HashSet<String>,
}

impl Seen {
    /// The name of a message that is not there yet, with a number behind it where it is taken, and the message's length;
    /// nothing for one that is there.
    pub(super) fn admit(&mut self, name: &str, message: &Value) -> Option<(String, usize)> {
        // Texts under string keys: serde_json has no way to fail on those.
        let text = serde_json::to_string(message).unwrap_or_default();
        let length = text.len();
        if !self.texts.insert(text) {
            return None;
        }
        let numbered = (2..).map(|n| format!("{name} ({n})"));
        let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.names.contains(name))?;
        self.names.insert(name.clone());
        Some((name, length))
    }
}
