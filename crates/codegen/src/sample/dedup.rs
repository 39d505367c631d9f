//! Collections of messages in which each message and each name is there once.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::place::{ANY, Path};
use crate::limits::MAX_MESSAGE_BYTES;

/// What was added so far.
pub(super) struct Dedup {
    texts: HashSet<String>,
    /// How many bytes there is room for.
    room: usize,
}

impl Dedup {
    /// Returns one with room for so many bytes.
    pub(super) fn new(room: usize) -> Self {
        Self { texts: HashSet::new(), room }
    }

    /// Returns the length of a message that is not there yet; nothing for one that is there, that is too large, or for
    /// which there is no room beside the others.
    pub(super) fn admit(&mut self, message: &Value) -> Option<usize> {
        // Texts under string keys: serde_json has no way to fail on those.
        let text = serde_json::to_string(message).unwrap_or_default();
        let length = text.len();
        if length > MAX_MESSAGE_BYTES || length > self.room || !self.texts.insert(text) {
            return None;
        }
        self.room -= length;
        Some(length)
    }

    /// Returns whether a message of so many bytes has no room any more.
    pub(super) fn is_full(&self, length: usize) -> bool {
        length > self.room
    }
}

/// The names of messages, each once.
#[derive(Default)]
pub(super) struct Names(HashMap<String, usize>);

impl Names {
    /// Returns the name, with a number behind it where it is taken.
    pub(super) fn add(&mut self, name: &str) -> String {
        let count = self.0.entry(name.to_owned()).or_default();
        *count += 1;
        if *count == 1 { name.to_owned() } else { format!("{name} ({count})") }
    }
}

/// A message with what is special about it.
pub(super) type Named = (String, Value);

/// Valid messages, each once.
pub(super) struct Collected {
    dedup: Dedup,
    names: Names,
    pub(super) named: Vec<Named>,
    /// The messages that have a value at a place, by length and index. The key is the place's names.
    places: HashMap<Path, BTreeSet<(usize, usize)>>,
}

impl Collected {
    /// Returns an empty collection with room for so many bytes.
    pub(super) fn new(room: usize) -> Self {
        Self { dedup: Dedup::new(room), names: Names::default(), named: Vec::new(), places: HashMap::new() }
    }

    /// Adds those that are not there yet.
    pub(super) fn extend(&mut self, new: impl IntoIterator<Item = Named>) {
        for (name, message) in new {
            if let Some(length) = self.dedup.admit(&message) {
                self.index(&message, &mut Path::new(), (length, self.named.len()));
                self.named.push((self.names.add(&name), message));
            }
        }
    }

    fn index(&mut self, value: &Value, path: &mut Path, entry: (usize, usize)) {
        if value.is_null() {
            return;
        }
        match self.places.get_mut(path) {
            Some(there) => _ = there.insert(entry),
            None => _ = self.places.insert(path.clone(), BTreeSet::from([entry])),
        }
        let mut below = |name: &str, value: &Value| {
            path.push(name.to_owned());
            self.index(value, path, entry);
            path.pop();
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| below(name, value)),
            Value::Array(elements) => elements.iter().for_each(|value| below(ANY, value)),
            _ => {}
        }
    }

    /// Returns the messages, the shortest first.
    pub(super) fn shortest(&self) -> impl Iterator<Item = &Value> {
        self.having(&[])
    }

    /// Returns the messages that have a value at a place, the shortest first.
    pub(super) fn having(&self, path: &[String]) -> impl Iterator<Item = &Value> {
        self.places.get(path).into_iter().flatten().map(|(_, index)| &self.named[*index].1)
    }

    /// Returns the length of the shortest message that has a value at a place.
    pub(super) fn least(&self, path: &[String]) -> usize {
        self.places.get(path).and_then(BTreeSet::first).map_or(0, |(length, _)| *length)
    }

    /// Returns the messages with their names, in the order in which they came.
    pub(super) fn into_named(self) -> Vec<Named> {
        self.named
    }
}
