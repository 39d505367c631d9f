//! Checks of keywords and of the types of their values.

use super::diagnostic::{DiagnosticCode, Diagnostics};
use super::names;
use super::node::{Json, Name, Node};
use super::profile;

impl Diagnostics {
    /// Checks that a node is an object and has no other keywords than these.
    pub fn keywords(&mut self, node: &Node, what: &str, allowed: &[&str]) {
        let Json::Object(members) = &node.json else {
            self.kind(node, what, "an object", "see schema/README.md");
            return;
        };
        for (name, _) in members.iter().filter(|(name, _)| !allowed.contains(&name.text.as_str())) {
            self.keyword(name, what, allowed);
        }
    }

    /// A keyword that does not belong here: one of something else, or none at all.
    fn keyword(&mut self, name: &Name, what: &str, allowed: &[&str]) {
        let keyword = name.text.as_str();
        let kinds = profile::belongs_to(keyword);
        let listed = || format!("allowed here: {}", allowed.join(", "));
        if kinds.is_empty() {
            let help = match profile::instead_of(keyword) {
                Some(help) => help.to_owned(),
                None => names::did_you_mean(keyword, allowed.iter().copied(), listed()),
            };
            self.report(DiagnosticCode::E0101, &name.span, format!("`{keyword}` is not a keyword of {what}"), help);
        } else {
            let help = match profile::instead_of(keyword) {
                Some(help) => help.to_owned(),
                None if kinds.len() <= 3 => format!("it belongs to {}", kinds.join(", ")),
                None => listed(),
            };
            self.report(DiagnosticCode::E0102, &name.span, format!("`{keyword}` is not allowed in {what}"), help);
        }
    }

    fn kind(&mut self, node: &Node, what: &str, wanted: &str, help: &str) {
        self.report(DiagnosticCode::E0104, &node.span, format!("{what} must be {wanted}, not {}", node.kind()), help);
    }

    /// Returns a member that has to be there.
    pub fn need<'a>(&mut self, node: &'a Node, keyword: &str, what: &str) -> Option<&'a Node> {
        let value = node.get(keyword);
        if value.is_none() && matches!(node.json, Json::Object(_)) {
            let help = format!("add \"{keyword}\": {}", profile::form_of(keyword));
            self.report(DiagnosticCode::E0103, &node.head(), format!("{what} requires `{keyword}`"), help);
        }
        value
    }

    /// Returns the members of a value that has to be an object.
    pub fn members<'a>(&mut self, value: &'a Node, keyword: &str) -> &'a [(Name, Node)] {
        if !matches!(value.json, Json::Object(_)) {
            self.kind(value, &format!("`{keyword}`"), "an object", "put its members in braces");
        }
        value.members()
    }

    /// Returns the elements of a value that has to be a list.
    pub fn elements<'a>(&mut self, value: &'a Node, keyword: &str) -> &'a [Node] {
        if !matches!(value.json, Json::Array(_)) {
            self.kind(value, &format!("`{keyword}`"), "a list", "put it in brackets");
        }
        value.elements()
    }

    /// Returns a text that has to be there and is not empty.
    pub fn need_text(&mut self, node: &Node, keyword: &str, what: &str) -> Option<String> {
        let value = self.need(node, keyword, what)?;
        self.text(value, keyword)
    }

    /// Returns a value that is a text and not empty.
    pub fn text(&mut self, value: &Node, keyword: &str) -> Option<String> {
        match value.text() {
            Some(text) if !text.trim().is_empty() => return Some(text.to_owned()),
            Some(_) => {
                self.report(DiagnosticCode::E0105, &value.span, format!("`{keyword}` is empty"), "write a text");
            }
            None => {
                let is_word = matches!(value.json, Json::Number(_) | Json::Bool(_));
                let help = if is_word { "put it in quotes" } else { "write one text in quotes" };
                self.kind(value, &format!("`{keyword}`"), "a string", help);
            }
        }
        None
    }

    /// Returns a whole number, if it is there.
    pub fn number(&mut self, node: &Node, keyword: &str) -> Option<usize> {
        let value = node.get(keyword)?;
        let number = if let Json::Number(text) = &value.json { text.parse().ok() } else { None };
        if number.is_none() {
            let title = format!("`{keyword}` must be a whole number");
            self.report(DiagnosticCode::E0104, &value.span, title, "write it without quotes, point or sign");
        }
        number
    }

    /// Returns a boolean, if it is there.
    pub fn boolean(&mut self, node: &Node, keyword: &str) -> Option<bool> {
        let value = node.get(keyword)?;
        if let Json::Bool(it) = value.json {
            return Some(it);
        }
        self.report(
            DiagnosticCode::E0104,
            &value.span,
            format!("`{keyword}` must be a boolean"),
            "write it without quotes",
        );
        None
    }

    /// Returns a list of texts.
    pub fn texts<'a>(&mut self, value: &'a Node, keyword: &str) -> Vec<(&'a Node, String)> {
        let mut texts: Vec<(&Node, String)> = Vec::new();
        for element in self.elements(value, keyword) {
            let Some(text) = self.text(element, keyword) else { continue };
            if let Some((first, _)) = texts.iter().find(|(_, known)| *known == text) {
                let title = format!("duplicate element `{text}`");
                self.report(DiagnosticCode::E0106, &element.span, title, "remove one of the two")
                    .also(&first.span, "the first");
            } else {
                texts.push((element, text));
            }
        }
        texts
    }

    /// Returns one of some words; the fault names the nearest.
    pub fn one_of<T: Copy>(
        &mut self,
        code: DiagnosticCode,
        value: &Node,
        keyword: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(value, keyword)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let help = names::did_you_mean(&text, known.iter().copied(), format!("one of: {}", known.join(", ")));
            self.report(code, &value.span, format!("`{text}` is not a {keyword}"), help);
        }
        found
    }
}
