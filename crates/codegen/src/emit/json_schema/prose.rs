//! What JSON Schema has no keyword for, in words.

use crate::emit::docs::{sentence, stopped};
use crate::ir::{Coded, Rule, Scalar, ScalarKind};
use crate::prose;

/// Returns texts as paragraphs; empty ones are none.
pub(super) fn paragraphs(all: impl IntoIterator<Item = String>) -> String {
    let all: Vec<_> = all.into_iter().filter(|text| !text.is_empty()).collect();
    all.join("\n\n")
}

/// Returns what holds of a scalar beside its keywords.
pub(super) fn scalar(scalar: &Scalar) -> String {
    let is_integer = matches!(scalar.kind, ScalarKind::Integer { .. });
    let range = prose::limits(scalar).filter(|_| is_integer).map(|limits| sentence(&limits));
    let sensitive = scalar.sensitive.then(|| "Sensitive: not for logs.".to_owned());
    range.into_iter().chain(sensitive).collect::<Vec<_>>().join(" ")
}

/// Returns a comparison between members; a condition says itself what it is.
pub(super) fn rule(rule: &Rule) -> String {
    match rule {
        Rule::When { .. } => String::new(),
        Rule::OmittedIfEqual(it) => stopped(&prose::differs(it)),
        Rule::Compare(it) => format!("{}, where both are there.", prose::comparison(it)),
    }
}

/// Returns a code table. Its messages are the schema's own texts.
pub(super) fn codes(coded: &Coded, text: fn(&str) -> String) -> String {
    let word =
        |status: &str| coded.template.words.iter().find(|it| it.rust == status).map_or("", |it| it.wire.as_str());
    let rows = coded.rows.iter().map(|row| vec![code(&row.wire), code(word(&row.status)), text(&row.message)]);
    let fewer = prose::statuses(coded);
    format!("{}\n\nA code that is not listed is valid.{fewer}", table(&["code", "status", "message"], rows))
}

/// A table in markdown.
pub(in crate::emit) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let cell = |text: String| escaped_pipes(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let head = [head.iter().map(|&it| it.to_owned()).collect(), vec!["---".to_owned(); head.len()]];
    let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect());
    head.into_iter().chain(rows).map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text in which each `|` has a backslash before it that is not itself escaped.
fn escaped_pipes(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut is_escaped = false;
    for c in text.chars() {
        if c == '|' && !is_escaped {
            escaped.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        escaped.push(c);
    }
    escaped
}

/// Returns a word as it is on the wire.
pub(in crate::emit) fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
