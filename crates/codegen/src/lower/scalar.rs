//! Definitions of strings.

use super::context::Lowering;
use super::range;
use crate::diagnostic::DiagnosticCode;
use crate::form::Form;
use crate::ir::{BuiltinType, Meaning, Scalar, ScalarKind, Word};
use crate::limits::MAX_FORMED;
use crate::node::Json;
use crate::node::Node;
use crate::{names, profile};

/// What `x-scalar` can name.
#[derive(Clone, Copy)]
enum Named {
    Code,
    Message,
    Pairs,
    Integer,
    Boolean,
    Builtin(BuiltinType),
}

const NAMED: &[(&str, Named)] = &[
    ("code", Named::Code),
    ("message", Named::Message),
    ("keyValues", Named::Pairs),
    ("integer", Named::Integer),
    ("boolean", Named::Boolean),
    (
        "currency",
        Named::Builtin(BuiltinType {
            rust: "Currency",
            pattern: "^[A-Z]{3}$",
            format: None,
            example: "EUR",
            is_ordered: false,
        }),
    ),
    (
        "minorUnits",
        Named::Builtin(BuiltinType {
            rust: "MinorUnits",
            pattern: "^(0|[1-9][0-9]{0,27})$",
            format: None,
            example: "1000",
            is_ordered: true,
        }),
    ),
    (
        "decimal",
        Named::Builtin(BuiltinType {
            rust: "ExactDecimal",
            pattern: "^(0|[1-9][0-9]{0,15})(\\.[0-9]{1,12})?$",
            format: None,
            example: "6.93",
            is_ordered: true,
        }),
    ),
    (
        "datetime",
        Named::Builtin(BuiltinType {
            rust: "Datetime",
            pattern: "^([0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
            format: Some("date-time"),
            example: "2026-01-31T12:00:00+08:00",
            is_ordered: true,
        }),
    ),
];

/// Returns the hand-written type that `x-scalar` names.
#[must_use]
pub fn written(name: &str) -> Option<BuiltinType> {
    NAMED.iter().find_map(|(known, named)| match named {
        Named::Builtin(written) if *known == name => Some(*written),
        _ => None,
    })
}

const MEANINGS: &[(&str, Meaning)] =
    &[("success", Meaning::Success), ("failure", Meaning::Failure), ("unknown", Meaning::Unknown)];

impl<'a> Lowering<'a> {
    pub(super) fn scalar(&mut self, index: usize, name: &str, node: &'a Node) {
        let doc = self.diagnostics.need_text(node, "description", "a string");
        let sensitive = self.diagnostics.boolean(node, "x-sensitive").unwrap_or_default();
        let kind = self.scalar_kind(node);
        if let (Some(doc), Some(kind)) = (doc, kind) {
            let scalar = Scalar { name: name.to_owned(), rust: names::type_name(name), doc, kind, sensitive };
            self.scalars[index].insert(name.to_owned(), scalar);
        }
    }

    fn scalar_kind(&mut self, node: &Node) -> Option<ScalarKind> {
        let before = self.diagnostics.count();
        if self.is_misplaced(node) {
            return None;
        }
        let named = match node.get("x-scalar") {
            Some(value) => Some(self.diagnostics.one_of(DiagnosticCode::E0107, value, "x-scalar", NAMED)?),
            None => None,
        };
        let (what, keywords) = match named {
            Some(Named::Builtin(_)) => ("a string with a hand-written type", profile::WRITTEN),
            Some(Named::Integer) => ("a whole number", profile::INTEGER),
            Some(Named::Boolean) => ("a boolean", profile::BOOLEAN),
            Some(Named::Code | Named::Message) => ("a result's code or message", profile::RESULT_TEXT),
            None if node.get("enum").is_some() => ("a closed set of words", profile::WORDS),
            Some(Named::Pairs) if node.get("pattern").is_some() => ("a text of key-value pairs", profile::PAIRS),
            None | Some(Named::Pairs) => ("a bounded text", profile::TEXT),
        };
        self.diagnostics.keywords(node, what, keywords);
        match named {
            Some(Named::Builtin(written)) => {
                self.written(node, written);
                return Some(ScalarKind::Builtin(written));
            }
            Some(Named::Integer) => return self.integer(node),
            Some(Named::Boolean) => return self.boolean(node),
            None if node.get("enum").is_some() => return self.words(node).map(ScalarKind::Words),
            _ => {}
        }
        let has_bounds = node.get("minLength").or_else(|| node.get("maxLength")).is_some();
        if self.diagnostics.count() > before && !has_bounds {
            // What is out of place says that it is no text of its own.
            return None;
        }
        let (min, max) = self.bounds(node)?;
        if let Some(pattern) = node.get("pattern").filter(|_| named.is_none()) {
            return self.formed(node, pattern, (min, max));
        }
        Some(match named {
            Some(Named::Code) => ScalarKind::Code { max },
            Some(Named::Message) => ScalarKind::Message { max },
            pairs => ScalarKind::Text { min, max, pairs: pairs.is_some() },
        })
    }

    /// Reports a keyword without the `x-scalar` that it needs.
    fn is_misplaced(&mut self, node: &Node) -> bool {
        if node.get("x-scalar").is_some() {
            return false;
        }
        let format = node.get("format");
        let written = NAMED.iter().find_map(|(name, named)| match named {
            Named::Builtin(written) if written.format.is_some() && written.format == format?.text() => {
                Some((*name, written.pattern.to_owned()))
            }
            _ => None,
        });
        let (keyword, needed) = match (format, node.get("x-range")) {
            (Some(_), _) => ("format", written),
            (None, Some(range)) => {
                let pattern = ends(range).map(|(min, max)| range::pattern(min, max));
                ("x-range", Some(("integer", pattern.unwrap_or_default())))
            }
            (None, None) => return false,
        };
        let (title, help) = if let Some((name, pattern)) = needed {
            let has_pattern = pattern.is_empty() || node.get("pattern").and_then(Node::text) == Some(&pattern);
            let beside = format!(" and \"pattern\": {}", serde_json::Value::from(pattern));
            let beside = if has_pattern { "" } else { &beside };
            (format!("`{keyword}` needs `x-scalar` beside it"), format!("add \"x-scalar\": \"{name}\"{beside}"))
        } else {
            let help = "leave it out and say it in the description; a text has `minLength` and `maxLength`";
            ("no type has this `format`".to_owned(), help.to_owned())
        };
        let name = node.members().iter().find(|(name, _)| name.text == keyword).map_or(&node.span, |(it, _)| &it.span);
        self.diagnostics.report(DiagnosticCode::E0102, name, title, help);
        true
    }

    /// A hand-written type: the schema has to say what the type checks, so that a validator finds the same.
    fn written(&mut self, node: &Node, written: BuiltinType) {
        for (keyword, expected) in [("pattern", Some(written.pattern)), ("format", written.format)] {
            let found = node.get(keyword);
            if found.and_then(Node::text) != expected {
                let span = found.map_or_else(|| node.head(), |it| it.span.clone());
                let help = match expected {
                    Some(text) => format!("write \"{keyword}\": {}", serde_json::Value::from(text)),
                    None => format!("leave `{keyword}` out"),
                };
                let title = match (found, expected) {
                    (Some(_), Some(_)) => format!("this `{keyword}` is not written as that of {}", written.rust),
                    (Some(_), None) => format!("{} has no `{keyword}`", written.rust),
                    (None, _) => format!("here is not the `{keyword}` that {} checks", written.rust),
                };
                self.diagnostics.report(DiagnosticCode::E0304, &span, title, help);
            }
        }
    }

    /// A text of a form: the pattern is one that all engines read alike, and some text has its form and the bounds.
    fn formed(&mut self, node: &Node, pattern: &Node, (min, max): (usize, usize)) -> Option<ScalarKind> {
        let text = self.diagnostics.text(pattern, "pattern")?;
        let form = match Form::parse(&text) {
            Ok(form) => form,
            Err(fault) => {
                let span = pattern.part(&fault.at);
                let title = format!("not a form that all engines read alike: {}", fault.what);
                self.diagnostics.report(DiagnosticCode::E0340, &span, title, fault.help);
                return None;
            }
        };
        if max > MAX_FORMED {
            let title = format!("a text with a form has at most {MAX_FORMED} characters");
            let help = "lower `maxLength`, or leave `pattern` out";
            self.diagnostics.report(DiagnosticCode::E0341, node.at("maxLength"), title, help);
            return None;
        }
        if min <= max && form.lengths(min..=max).is_empty() {
            let title = format!("no text of the form has at least {min} and at most {max} characters");
            let help = "write the lengths that the form allows, or another form";
            let fault = self.diagnostics.report(DiagnosticCode::E0341, &pattern.span, title, help);
            fault.also(node.at("minLength"), "one bound").also(node.at("maxLength"), "the other bound");
            return None;
        }
        Some(ScalarKind::Formed { min, max, form })
    }

    fn integer(&mut self, node: &Node) -> Option<ScalarKind> {
        let range = self.diagnostics.need(node, "x-range", "a whole number")?;
        let Some((min, max)) = ends(range) else {
            let large = range.elements().iter().any(|it| it.is_digits() && number(it).is_none());
            let (title, help) = if large {
                ("a number of `x-range` is too large", format!("write numbers up to {}", u64::MAX))
            } else {
                let help = "write the least and the greatest number, such as [1, 10]; neither is below 0";
                ("`x-range` is two whole numbers in their order", help.to_owned())
            };
            self.diagnostics.report(DiagnosticCode::E0310, &range.span, title, help);
            return None;
        };
        let pattern = range::pattern(min, max);
        let found = node.get("pattern");
        if found.and_then(Node::text) != Some(&pattern) {
            let span = found.map_or_else(|| node.head(), |it| it.span.clone());
            let help = format!("write \"pattern\": {}", serde_json::Value::from(pattern.as_str()));
            let title = match found.and_then(Node::text) {
                Some(text) if range::is_like(text, min, max) => {
                    "this `pattern` is another spelling of what `x-range` says, and patterns are compared as texts"
                }
                Some(_) => "the `pattern` does not say what `x-range` says",
                None => "no `pattern` says what `x-range` says",
            };
            self.diagnostics.report(DiagnosticCode::E0304, &span, title, help).also(&range.span, "the range");
        }
        Some(ScalarKind::Integer { min, max, pattern })
    }

    fn boolean(&mut self, node: &Node) -> Option<ScalarKind> {
        let help = "write \"enum\": [\"true\", \"false\"]";
        let Some(words) = node.get("enum") else {
            self.diagnostics.report(DiagnosticCode::E0103, &node.head(), "a boolean requires `enum`", help);
            return None;
        };
        if words.plain() != serde_json::json!(["true", "false"]) {
            self.diagnostics.report(DiagnosticCode::E0304, &words.span, "a boolean is `true` or `false`", help);
            return None;
        }
        Some(ScalarKind::Boolean)
    }

    fn bounds(&mut self, node: &Node) -> Option<(usize, usize)> {
        let what = "a text";
        self.diagnostics.need(node, "minLength", what);
        self.diagnostics.need(node, "maxLength", what);
        let (min, max) = (self.diagnostics.number(node, "minLength")?, self.diagnostics.number(node, "maxLength")?);
        if min == 0 {
            let help = "write \"minLength\": 1: a member that says nothing is left out";
            self.diagnostics.report(DiagnosticCode::E0303, node.at("minLength"), "an empty text is never valid", help);
        } else if min > max {
            let title = format!("no text has at least {min} and at most {max} characters");
            let fault = self.diagnostics.report(
                DiagnosticCode::E0302,
                node.at("maxLength"),
                title,
                "write what the document says",
            );
            fault.also(node.at("minLength"), "the other bound");
        }
        Some((min, max))
    }

    fn words(&mut self, node: &Node) -> Option<Vec<Word>> {
        let list = node.get("enum")?;
        let status = node.get("x-status");
        let before = self.diagnostics.count();
        let meanings = status.map(|it| self.diagnostics.members(it, "x-status"));
        let mut words: Vec<(&Node, Word)> = Vec::new();
        for (element, wire) in self.diagnostics.texts(list, "enum") {
            let meaning = status.and_then(|it| self.meaning(it, element, &wire));
            if !wire.is_ascii() || !wire.contains(|c: char| c.is_ascii_alphanumeric()) {
                let title = format!("`{wire}` can't be a variant name");
                self.diagnostics.report(
                    DiagnosticCode::E0305,
                    &element.span,
                    title,
                    "a word has ASCII letters or digits",
                );
            }
            let own = node
                .get("x-rust")
                .and_then(|it| it.get(&wire))
                .and_then(|it| self.diagnostics.rust_name(("x-rust", it), &wire, "variant", names::variant));
            let rust = own.unwrap_or_else(|| meaning.map_or_else(|| names::variant(&wire), |it| it.rust().to_owned()));
            if let Some((first, other)) = words.iter().find(|(_, other)| other.rust == rust) {
                let title = format!("`{wire}` and `{}` become the same variant, {rust}", other.wire);
                let help = "set another Rust name for one of the two with `x-rust`";
                self.diagnostics
                    .report(DiagnosticCode::E0306, &element.span, title, help)
                    .also(&first.span, "the first");
            }
            words.push((element, Word { rust, wire, meaning }));
        }
        // A word without a meaning may be what a meaning without a word is for.
        let clear = self.diagnostics.count() == before;
        let renamed = node.get("x-rust").map(|it| self.diagnostics.members(it, "x-rust"));
        for (name, _) in meanings.into_iter().chain(renamed).flatten() {
            if clear && !words.iter().any(|(_, word)| word.wire == name.text) {
                let title = format!("`{}` is not a word of `enum`", name.text);
                let fault =
                    self.diagnostics.report(DiagnosticCode::E0309, &name.span, title, "leave it out, or add the word");
                fault.also(&list.span, "the words");
            }
        }
        if list.elements().is_empty() && matches!(list.json, Json::Array(_)) {
            self.diagnostics.report(DiagnosticCode::E0307, &list.span, "no word at all", "list the words");
        }
        // Where a meaning is not known, nothing is said of the tables and outcomes that would follow from it.
        let understood = status.is_none() || self.diagnostics.count() == before;
        understood.then(|| words.into_iter().map(|(_, word)| word).collect())
    }

    /// Returns what a status word means.
    fn meaning(&mut self, status: &Node, element: &Node, wire: &str) -> Option<Meaning> {
        if let Some(meaning) = status.get(wire) {
            return self.diagnostics.one_of(DiagnosticCode::E0107, meaning, "meaning of a status", MEANINGS);
        }
        if matches!(status.json, Json::Object(_)) {
            let title = format!("`x-status` does not say what `{wire}` means");
            let fault =
                self.diagnostics.report(DiagnosticCode::E0308, &element.span, title, "success, failure or unknown");
            fault.also(&status.span.head(), "the meanings");
        }
        None
    }
}

/// Returns a number of 64 bits without a sign.
fn number(node: &Node) -> Option<u64> {
    if let Json::Number(text) = &node.json { text.parse().ok() } else { None }
}

/// Returns the two ends of a range in their order.
fn ends(range: &Node) -> Option<(u64, u64)> {
    match range.elements().iter().map(number).collect::<Vec<_>>()[..] {
        [Some(min), Some(max)] if min <= max => Some((min, max)),
        _ => None,
    }
}
