//! Checks of keywords and of the types of their values.

use super::diagnostic::{DiagnosticCode, Diagnostics};
use super::names;
use super::node::{Json, Name, Node};
use super::profile;

impl Diagnostics {
    /// Returns a name in Rust that the schema sets, in the case of its sort: one that the wire name would not give.
    pub fn rust_name(
        &mut self,
        (keyword, given): (&str, &Node),
        wire: &str,
        sort: &str,
        case: fn(&str) -> String,
    ) -> Option<String> {
        let rust = self.text(given, keyword)?;
        let (own, usual) = (case(wire), case(&names::plain(&rust)));
        if rust == usual && rust != own {
            return Some(rust);
        }
        let example = if usual == own { String::new() } else { format!(", such as `{usual}`") };
        let help = format!("write a {sort} name that `{wire}` would not have otherwise{example}");
        let title = format!("`{rust}` is not a different {sort} name");
        self.report(DiagnosticCode::E0211, &given.span, title, help);
        None
    }

    /// Checks that a node is an object and has no other keywords than these.
    pub fn keywords(&mut self, node: &Node, what: &str, allowed: &[&str]) {
        let Json::Object(members) = &node.json else {
            let help = match allowed {
                ["$ref"] => reference_to(node),
                _ => "see schema/README.md".into(),
            };
            self.kind(node, what, "an object", &help);
            return;
        };
        let is_there = |keyword: &&str| members.iter().any(|(name, _)| name.text == *keyword);
        let (present, missing): (Vec<&str>, Vec<&str>) = allowed.iter().partition(|keyword| is_there(keyword));
        let stray = members.iter().map(|(name, _)| name).filter(|name| !present.contains(&name.text.as_str()));
        // `if`, `then` and `else` are one condition.
        let conditional = |name: &&Name| allowed.contains(&"allOf") && profile::in_all_of(&name.text).is_some();
        let (conditions, others): (Vec<&Name>, Vec<&Name>) = stray.partition(conditional);
        if let Some((name, form)) = conditions.first().and_then(|name| Some((name, profile::in_all_of(&name.text)?))) {
            let title = format!("`{}` is not allowed in {what}", name.text);
            self.report(DiagnosticCode::E0102, &name.span, title, format!("put it into `allOf`: {form}"));
        }
        for name in others {
            self.keyword(name, what, allowed, &missing);
        }
    }

    /// A keyword that does not belong here: one of something else, or none at all.
    fn keyword(&mut self, name: &Name, what: &str, allowed: &[&str], missing: &[&str]) {
        let keyword = name.text.as_str();
        let kinds = profile::belongs_to(keyword);
        let listed = || format!("allowed here: {}", allowed.join(", "));
        if kinds.is_empty() {
            let help = match profile::instead_of(keyword) {
                Some(help) => help.to_owned(),
                None => names::did_you_mean(keyword, missing.iter().copied(), listed()),
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
            let help = match value.json {
                Json::Bool(_) | Json::Null => format!("write \"{keyword}\": {}", profile::form_of(keyword)),
                _ => "put it in brackets".into(),
            };
            self.kind(value, &format!("`{keyword}`"), "a list", &help);
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
                let help = match (&value.json, keyword) {
                    (Json::Number(_) | Json::Bool(_), _) => "put it in quotes",
                    (Json::Null, "enum") => {
                        "leave `null` out: a member that can be `null` says so itself, with `anyOf`"
                    }
                    (Json::Null, "default") => "leave `default` out: absence means nothing else then",
                    _ => "write one text in quotes",
                };
                self.kind(value, &format!("`{keyword}`"), "a string", help);
            }
        }
        None
    }

    /// Returns a whole number, if it is there.
    pub fn number(&mut self, node: &Node, keyword: &str) -> Option<usize> {
        let value = node.get(keyword)?;
        let number = if let Json::Number(text) = &value.json { text.parse().ok() } else { None };
        if number.is_none() && value.is_digits() {
            let title = format!("`{keyword}` is too large");
            self.report(DiagnosticCode::E0104, &value.span, title, format!("write a number up to {}", usize::MAX));
        } else if number.is_none() {
            let title = format!("`{keyword}` must be a whole number");
            let help = "write it in digits, without quotes, point, sign or exponent";
            self.report(DiagnosticCode::E0104, &value.span, title, help);
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

/// Returns how a reference to the definition is written that a text seems to mean.
fn reference_to(node: &Node) -> String {
    match node.text() {
        Some(text) if text.contains("#/$defs/") => format!("write {{ \"$ref\": \"{text}\" }}"),
        Some(text) if names::is_plain(text) => format!("write {{ \"$ref\": \"#/$defs/{text}\" }}"),
        _ => "write { \"$ref\": \"#/$defs/…\" }".into(),
    }
}
