//! JSON with a span at every value and name.

use std::ops::Range;

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Span};
use super::source::{REPLACEMENT, Source};

/// A JSON value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its position.
    pub span: Span,
    /// The value there.
    pub json: Json,
}

/// JSON with a place at every value and name.
#[derive(Clone, Debug)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its text.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in the file's order.
    Object(Vec<(Name, Node)>),
}

/// A member's name with its place.
#[derive(Clone, Debug)]
pub struct Name {
    /// Its position.
    pub span: Span,
    /// The name.
    pub text: String,
}

impl Node {
    /// Returns the member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// Returns the members; none if this is no object.
    #[must_use]
    pub fn members(&self) -> &[(Name, Node)] {
        if let Json::Object(members) = &self.json { members } else { &[] }
    }

    /// Returns the elements; none if this is no array.
    #[must_use]
    pub fn elements(&self) -> &[Node] {
        if let Json::Array(elements) = &self.json { elements } else { &[] }
    }

    /// Returns the text, if this is a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Json::Text(text) = &self.json { Some(text) } else { None }
    }

    /// Returns whether this is a whole number in digits, however large.
    #[must_use]
    pub fn is_digits(&self) -> bool {
        matches!(&self.json, Json::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Returns the span of some bytes of a text, or of the whole text if escapes other than the shortest hide them.
    #[must_use]
    pub fn part(&self, bytes: &std::ops::Range<usize>) -> Span {
        let quoted = |text: &str| serde_json::Value::from(text).to_string().len();
        let text = self.text().unwrap_or_default();
        match (text.get(..bytes.start), text.get(bytes.clone())) {
            (Some(before), Some(inside)) if quoted(text) == self.span.range.len() => {
                let start = self.span.range.start + quoted(before) - 1;
                Span { file: self.span.file, range: start..start + quoted(inside) - 2 }
            }
            _ => self.span.clone(),
        }
    }

    /// Returns what this is, in words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.json {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::Array(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// Returns the span of a keyword's value, or of this node if it has no such keyword.
    #[must_use]
    pub fn at(&self, keyword: &str) -> &Span {
        self.get(keyword).map_or(&self.span, |it| &it.span)
    }

    /// Returns where a member refers to its definition.
    #[must_use]
    pub fn reference(&self) -> &Span {
        self.get("$ref").or_else(|| self.get("anyOf")).map_or(&self.span, |it| &it.span)
    }

    /// Returns the first byte: what is missing from an object is missing there.
    #[must_use]
    pub fn head(&self) -> Span {
        self.span.head()
    }

    /// Returns the same JSON without places.
    #[must_use]
    pub fn plain(&self) -> serde_json::Value {
        match &self.json {
            Json::Null => serde_json::Value::Null,
            Json::Bool(value) => (*value).into(),
            Json::Number(text) => serde_json::from_str(text).unwrap_or_default(),
            Json::Text(text) => text.as_str().into(),
            Json::Array(elements) => elements.iter().map(Self::plain).collect(),
            Json::Object(members) => members.iter().map(|(name, value)| (name.text.clone(), value.plain())).collect(),
        }
    }
}

/// Parses a file as strict JSON.
///
/// # Errors
/// If it is not JSON, or has an object with duplicate member names.
pub fn parse(source: &Source, file: usize) -> Result<Node, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::default();
    match read(source, file, &mut diagnostics) {
        Some(node) if diagnostics.count() == 0 => Ok(node),
        _ => Err(diagnostics.into_all()),
    }
}

/// Parses a file as strict JSON. Of members with the same name, keeps the first.
pub fn read(source: &Source, file: usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let span = |range| Span { file, range };
    if let Some((start, odd)) = source.text.char_indices().find(|(_, it)| matches!(*it, REPLACEMENT | '\0')) {
        let name = source.name();
        let help = "save the file as UTF-8";
        diagnostics.report(
            DiagnosticCode::E0011,
            &span(start..start + odd.len_utf8()),
            format!("`{name}` is not UTF-8 text"),
            help,
        );
        return None;
    }
    match parse_to_ast(&source.text, &CollectOptions::default(), &strict) {
        Ok(parsed) if parsed.value.is_some() => {
            let Some((start, odd)) = stray(&source.text) else {
                return parsed.value.map(|value| convert(&value, file, diagnostics));
            };
            let title = format!("not JSON: the character U+{:04X} is not allowed here", u32::from(odd));
            let help = format!("leave it out, or write it in a string as the escape `\\u{:04x}`", u32::from(odd));
            diagnostics.report(DiagnosticCode::E0001, &span(start..start + odd.len_utf8()), title, help);
            None
        }
        Ok(_) => {
            let help = "start from the example to copy in schema/README.md";
            diagnostics.report(DiagnosticCode::E0002, &span(0..0), "the file is empty", help);
            None
        }
        Err(error) => {
            let range = error.range().start..error.range().end;
            let quote = typographic_quote(&source.text, range.start);
            let help = match (source.text.get(range.start..).and_then(|it| it.chars().next()), &quote) {
                (Some('\u{feff}'), _) => "remove the byte order mark, U+FEFF: editors do not show it",
                (_, Some(_)) => "write straight quotes, U+0022, in place of typographic ones",
                (Some('\''), _) => "write double quotes",
                _ => "a schema is strict JSON",
            };
            let title = format!("not JSON: {}", error.kind());
            let fault = diagnostics.report(DiagnosticCode::E0001, &span(range.clone()), title, help);
            if let Some(quote) = quote.filter(|it| it.start != range.start) {
                fault.also(&span(quote), "a typographic quote");
            }
            None
        }
    }
}

/// Returns a typographic quote that was written in place of a straight one before an error: at its place, or in a line
/// up to it in which the straight ones are no pairs.
fn typographic_quote(text: &str, at: usize) -> Option<Range<usize>> {
    let is_quote = |c: char| matches!(c, '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}');
    let here = text.get(at..)?.chars().next().filter(|c| is_quote(*c)).map(|c| at..at + c.len_utf8());
    let lines = text.get(..at)?.split_inclusive('\n').rev().take(2);
    let mut start = at;
    let mut unpaired = lines.filter_map(|line| {
        start -= line.len();
        let quote = line.char_indices().find(|(_, c)| is_quote(*c));
        let (n, c) = quote.filter(|_| line.matches('"').count() % 2 == 1)?;
        Some(start + n..start + n + c.len_utf8())
    });
    here.or_else(|| unpaired.next())
}

fn convert(value: &Value<'_>, file: usize, diagnostics: &mut Diagnostics) -> Node {
    let span = |range: jsonc_parser::common::Range| Span { file, range: range.start..range.end };
    match value {
        Value::StringLit(it) => Node { span: span(it.range), json: Json::Text(it.value.to_string()) },
        Value::NumberLit(it) => Node { span: span(it.range), json: Json::Number(it.value.to_owned()) },
        Value::BooleanLit(it) => Node { span: span(it.range), json: Json::Bool(it.value) },
        Value::NullKeyword(it) => Node { span: span(it.range), json: Json::Null },
        Value::Array(it) => {
            let elements = it.elements.iter().map(|element| convert(element, file, diagnostics)).collect();
            Node { span: span(it.range), json: Json::Array(elements) }
        }
        Value::Object(it) => {
            let mut members: Vec<(Name, Node)> = Vec::new();
            for property in &it.properties {
                let (text, range) = match &property.name {
                    ObjectPropName::String(name) => (name.value.to_string(), name.range),
                    ObjectPropName::Word(name) => (name.value.to_owned(), name.range),
                };
                let name = Name { span: span(range), text };
                let node = convert(&property.value, file, diagnostics);
                if let Some((first, _)) = members.iter().find(|(known, _)| known.text == name.text) {
                    let title = format!("duplicate member `{}`", name.text);
                    let fault = diagnostics.report(DiagnosticCode::E0003, &name.span, title, "remove one of the two");
                    fault.also(&first.span, "the first");
                } else {
                    members.push((name, node));
                }
            }
            Node { span: span(it.range), json: Json::Object(members) }
        }
    }
}

/// Returns the first character that JSON does not have at its place, in a text that the parser accepts: the parser also
/// reads control characters in strings, and as spaces what other standards call spaces.
fn stray(text: &str) -> Option<(usize, char)> {
    let (mut in_string, mut is_escaped) = (false, false);
    text.char_indices().find(|(_, c)| {
        if !in_string {
            in_string = *c == '"';
            return !(c.is_ascii_graphic() || " \t\n\r".contains(*c));
        }
        in_string = *c != '"' || is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        *c < ' '
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_json() {
        let strings = [
            "\t", "\n", "\r", "\u{1}", "\u{1f}", "\u{7f}", "\u{85}", "\\", "\\\\", "\\\"\t", "\\\\\"", "\\x41",
            "\\u00g1",
        ];
        let spaces =
            ["\u{b}", "\u{c}", "\u{1c}", "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}", "\t", "\r", "\n", "\u{feff}"];
        let other =
            ["01", "1.", ".5", "+1", "'a'", "[1,]", "{a:1}", "1 2", "nullx", "// x\n1", "\\u0031", "{\"\t\":1}"];
        let all = strings.iter().map(|it| format!("[\"{it}\", \"b\"]"));
        let all =
            all.chain(spaces.iter().flat_map(|it| [format!("{it}[\"a\"]"), format!("[1]{it}"), format!("[1,{it}2]")]));
        for text in all.chain(other.iter().map(|it| (*it).to_owned())) {
            let read = parse(&Source { path: "a.json".into(), text: text.clone() }, 0);
            assert_eq!(read.is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text:?}: {read:?}");
        }
    }
}
