//! What the kit has to know about an operation.

use std::fmt;

use serde_json::Value;

use crate::json::Node;
use crate::message::Message;

/// An operation that targets implement.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its usual path.
    pub path: &'static str,
    /// The members of an answer that only a verified request may get.
    pub payload: &'static [&'static str],
    /// The names of members that no output shows.
    pub sensitive: &'static [&'static str],
    /// Returns the body of a request about something that no target knows, made from a random text.
    pub unknown: fn(&str) -> Vec<u8>,
    /// Returns whether a message says that the target knows nothing of what was asked.
    pub is_unknown: fn(&Message) -> bool,
    /// Returns what the target's answer says about a subject, as files of subjects write it.
    pub state: fn(&Message) -> &'static str,
    /// Returns the body of a request about what a hook has made for an ID, by what the hook answered.
    pub made: fn(&str, &Value) -> Result<Vec<u8>, String>,
    /// Reads a file of subjects.
    pub subjects: fn(&str) -> Result<Vec<Subject>, String>,
    /// A file of subjects to fill in.
    pub template: &'static str,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Something that the target knows, such as a payment.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// What it is called in reports.
    pub name: String,
    /// The state that it is in.
    pub state: String,
    /// The body of a request about it.
    pub body: Vec<u8>,
    /// The members that the answer has to have.
    pub expect: Node,
    /// What cases select it by.
    pub tags: Vec<String>,
    /// What else the file says.
    pub facts: Vec<(&'static str, String)>,
}

impl Subject {
    /// Returns whether cases that need a tag may use it.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }

    /// Returns a fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
