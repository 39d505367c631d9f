//! Messages as test data.

use serde_json::Value;

/// The messages of a request or a response.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// Messages that keep every rule.
    pub valid: Vec<Valid>,
    /// Messages that break a rule.
    pub invalid: Vec<Invalid>,
}

/// A message that keeps every rule.
#[derive(Debug, Clone)]
pub struct Valid {
    /// What is special about it; no other valid message of the same kind has the name.
    pub name: String,
    /// The message.
    pub message: Value,
    /// What the client learns from it, if it is a response.
    pub ending: Option<Ending>,
}

/// A message that breaks a rule.
#[derive(Debug, Clone)]
pub struct Invalid {
    /// What is wrong with it; no other broken message of the same kind has the name.
    pub name: String,
    /// The message.
    pub message: Value,
    /// The rule that it breaks, as it should be.
    pub rule: String,
    /// Where, as a JSON Pointer; for a member that is missing, where it would stand; for one of several that are
    /// missing, the object around them.
    pub pointer: String,
    /// Whether a JSON Schema can say the rule.
    pub in_schema: bool,
}

/// What the client learns from a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The named outcome.
    Outcome(String),
    /// A refusal with this code.
    Refused(String),
    /// A `retry` with this code: no outcome has a name for it, and retrying can help.
    Trouble(String),
    /// A success that can't be understood, since no outcome has the code or the word of the member at this pointer.
    UnlistedCode(String),
}
