//! The profile: which keywords may stand where. `schema/README.md` says the same for people.

use super::diagnostic::{Diagnostic, Place};
use super::names;
use super::source::{Json, Name, Node};

/// A schema file.
pub const FILE: &[&str] = &["$schema", "$id", "title", "description", "x-operation", "x-service", "$defs"];
/// A bounded text.
pub const TEXT: &[&str] = &["description", "type", "minLength", "maxLength", "x-scalar", "x-sensitive"];
/// The code or the message of a result object.
pub const RESULT_TEXT: &[&str] = &["description", "type", "minLength", "maxLength", "x-scalar"];
/// A closed set of words.
pub const WORDS: &[&str] = &["description", "type", "enum", "x-status", "x-rust"];
/// A string whose form a hand-written type checks.
pub const WRITTEN: &[&str] = &["description", "type", "pattern", "format", "x-scalar"];
/// A whole number in a string.
pub const INTEGER: &[&str] = &["description", "type", "pattern", "x-scalar", "x-range"];
/// `true` or `false` in a string.
pub const BOOLEAN: &[&str] = &["description", "type", "enum", "x-scalar"];
/// A definition of a list.
pub const LIST: &[&str] = &["description", "type", "items", "minItems", "maxItems"];
/// A definition of an object.
pub const OBJECT: &[&str] = &[
    "description",
    "type",
    "properties",
    "required",
    "allOf",
    "x-differs",
    "x-compares",
    "x-expectable",
    "x-outcomes",
];
/// A definition that gives a result object its code table.
pub const CODED: &[&str] = &["description", "$ref", "x-codes", "allOf"];
/// A member that every message has.
pub const MEMBER: &[&str] = &["description", "$ref", "x-rust"];
/// A member that may be left out.
pub const OPTIONAL_MEMBER: &[&str] = &["description", "anyOf", "default", "x-rust"];
/// The operation of a file.
pub const OPERATION: &[&str] = &[
    "name",
    "method",
    "path",
    "caller",
    "answerer",
    "waitSeconds",
    "repeatable",
    "idempotentBy",
    "request",
    "response",
];
/// A row of a code table.
pub const ROW: &[&str] = &["code", "status", "message", "cause", "rust"];
/// A named outcome.
pub const OUTCOME: &[&str] = &["name", "description", "waiting", "when", "members"];
/// A comparison of two members in a part of them.
pub const DIFFERS: &[&str] = &["member", "from", "in"];
/// A comparison of two scalars.
pub const COMPARES: &[&str] = &["left", "is", "right"];

/// The causes with which a service answers by itself, and the runtime's name for each.
pub const CAUSES: &[(&str, &str)] = &[
    ("path", "Path"),
    ("method", "Method"),
    ("mediaType", "MediaType"),
    ("overload", "Overload"),
    ("client", "Client"),
    ("key", "Key"),
    ("signature", "Signature"),
    ("access", "Access"),
    ("illegal", "Illegal"),
    ("unexpected", "Unexpected"),
];

/// The faults of a run.
#[derive(Debug, Default)]
pub struct Faults(Vec<Diagnostic>);

impl Faults {
    /// Adds a fault and gives nothing, for the place that the faulty thing would have taken.
    pub fn add<T>(&mut self, fault: Diagnostic) -> Option<T> {
        self.0.push(fault);
        None
    }

    /// Adds a fault with a line of help.
    pub fn at<T>(&mut self, place: &Place, title: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.add(Diagnostic::new(place.clone(), title).help(help))
    }

    /// All of them.
    #[must_use]
    pub fn into_all(self) -> Vec<Diagnostic> {
        self.0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that a node is an object and has no other keywords than these.
    pub fn keywords(&mut self, node: &Node, what: &str, allowed: &[&str]) {
        let Json::Object(members) = &node.json else {
            self.at::<()>(&node.place, format!("{what} is an object, this is {}", node.kind()), "see schema/README.md");
            return;
        };
        for (name, _) in members {
            if !allowed.contains(&name.text.as_str()) {
                self.unknown(name, what, allowed);
            }
        }
    }

    fn unknown(&mut self, name: &Name, what: &str, allowed: &[&str]) {
        let help = match names::nearest(&name.text, allowed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("allowed here: {}", allowed.join(", ")),
        };
        self.at::<()>(&name.place, format!("`{}` is no keyword of {what}", name.text), help);
    }

    /// A member that has to be there.
    pub fn need<'a>(&mut self, node: &'a Node, keyword: &str, what: &str) -> Option<&'a Node> {
        match node.get(keyword) {
            Some(value) => Some(value),
            None if matches!(node.json, Json::Object(_)) => {
                self.at(&node.head(), format!("{what} needs `{keyword}`"), "see schema/README.md")
            }
            None => None,
        }
    }

    /// A text that has to be there and is not empty.
    pub fn need_text(&mut self, node: &Node, keyword: &str, what: &str) -> Option<String> {
        let value = self.need(node, keyword, what)?;
        self.text(value, keyword)
    }

    /// A value that is a text and not empty.
    pub fn text(&mut self, value: &Node, keyword: &str) -> Option<String> {
        match value.text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) => self.at(&value.place, format!("`{keyword}` is empty"), "write what people should read"),
            None => {
                self.at(&value.place, format!("`{keyword}` is a string, this is {}", value.kind()), "put it in quotes")
            }
        }
    }

    /// A whole number, if it is there.
    pub fn number(&mut self, node: &Node, keyword: &str) -> Option<usize> {
        let value = node.get(keyword)?;
        let number = if let Json::Number(text) = &value.json { text.parse().ok() } else { None };
        match number {
            Some(number) => Some(number),
            None => self.at(
                &value.place,
                format!("`{keyword}` is a whole number"),
                "write it without quotes, point or sign",
            ),
        }
    }

    /// A boolean, if it is there.
    pub fn boolean(&mut self, node: &Node, keyword: &str) -> Option<bool> {
        let value = node.get(keyword)?;
        match value.json {
            Json::Bool(it) => Some(it),
            _ => self.at(&value.place, format!("`{keyword}` is true or false"), "write it without quotes"),
        }
    }

    /// A list of texts.
    pub fn texts<'a>(&mut self, value: &'a Node, keyword: &str) -> Vec<(&'a Node, String)> {
        if !matches!(value.json, Json::Array(_)) {
            self.at::<()>(
                &value.place,
                format!("`{keyword}` is a list, this is {}", value.kind()),
                "put it in brackets",
            );
        }
        let mut texts: Vec<(&Node, String)> = Vec::new();
        for element in value.elements() {
            let Some(text) = self.text(element, keyword) else { continue };
            if texts.iter().any(|(_, known)| *known == text) {
                self.at::<()>(&element.place, format!("`{text}` stands twice in this list"), "keep one of the two");
            } else {
                texts.push((element, text));
            }
        }
        texts
    }

    /// One of some words; the fault names the nearest.
    pub fn one_of<T: Copy>(&mut self, value: &Node, keyword: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(value, keyword)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let help = match names::nearest(&text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of: {}", known.join(", ")),
        };
        self.at(&value.place, format!("`{text}` is no {keyword}"), help)
    }
}
