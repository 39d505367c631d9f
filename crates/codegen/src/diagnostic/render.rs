//! Diagnostics as text for people and as JSON for programs.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::code::Severity;
use super::list::{Diagnostic, Span};
use crate::source::{Source, position};

/// Renders diagnostics for people: each with its text underlined, then one line for each; optionally in colour.
#[must_use]
pub fn render(sources: &[Source], all: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in all {
        text.push_str(&renderer.render(&[group(sources, diagnostic)]));
        text.push_str("\n\n");
    }
    text.push_str(&summary(all));
    text.push_str(":\n");
    for diagnostic in all {
        let (line, column) = start(sources, &diagnostic.span);
        let path = &sources[diagnostic.span.file].path;
        let _ = writeln!(text, "{path}:{line}:{column}: {}: {}", diagnostic.code.as_str(), diagnostic.title);
    }
    text
}

fn summary(all: &[Diagnostic]) -> String {
    let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let errors = all.iter().filter(|it| it.is_error()).count();
    let warnings = all.len() - errors;
    match (errors, warnings) {
        (0, _) => count(warnings, "warning"),
        (_, 0) => format!("{}; nothing was written", count(errors, "error")),
        _ => format!("{} and {}; nothing was written", count(errors, "error"), count(warnings, "warning")),
    }
}

fn group<'a>(sources: &'a [Source], diagnostic: &'a Diagnostic) -> annotate_snippets::Group<'a> {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.title.as_str()).id(diagnostic.code.as_str());
    let own = &diagnostic.span;
    let mark = AnnotationKind::Primary.span(first_line(sources, own)).label(diagnostic.label.as_deref());
    let mut group = title.element(snippet(sources, diagnostic, own.file).annotation(mark));
    let mut shown = vec![own.file];
    for (span, _) in &diagnostic.also {
        if !shown.contains(&span.file) {
            shown.push(span.file);
            group = group.element(snippet(sources, diagnostic, span.file));
        }
    }
    group.element(Element::from(Level::HELP.message(diagnostic.help.as_str())))
}

/// Returns a file with what is to see in it beside the place itself.
fn snippet<'a>(sources: &'a [Source], diagnostic: &'a Diagnostic, file: usize) -> Snippet<'a, Annotation<'a>> {
    let here = diagnostic.also.iter().filter(|(span, _)| span.file == file);
    let marks = here.map(|(span, label)| AnnotationKind::Context.span(first_line(sources, span)).label(label.as_str()));
    Snippet::source(sources[file].text.as_str()).path(sources[file].path.as_str()).annotations(marks)
}

/// Returns what is underlined: an object or a list over many lines is known by the first.
fn first_line(sources: &[Source], span: &Span) -> Range<usize> {
    let text = &sources[span.file].text[span.range.clone()];
    let first = text.lines().next().map_or(0, str::len);
    span.range.start..span.range.start + first
}

fn start(sources: &[Source], span: &Span) -> (usize, usize) {
    position(&sources[span.file].text, span.range.start)
}

/// Renders diagnostics as a list of JSON objects.
#[must_use]
pub fn json(sources: &[Source], all: &[Diagnostic]) -> Value {
    let one = |diagnostic: &Diagnostic| {
        let mut object = span(sources, &diagnostic.span, diagnostic.label.as_deref());
        object["id"] = diagnostic.code.as_str().into();
        object["severity"] = diagnostic.code.severity().as_str().into();
        object["title"] = diagnostic.title.as_str().into();
        object["help"] = diagnostic.help.as_str().into();
        object["also"] = diagnostic.also.iter().map(|(also, label)| span(sources, also, Some(label))).collect();
        object.sort_all_objects();
        object
    };
    all.iter().map(one).collect()
}

fn span(sources: &[Source], span: &Span, label: Option<&str>) -> Value {
    let source = &sources[span.file];
    let (line, column) = position(&source.text, span.range.start);
    let (end_line, end_column) = position(&source.text, span.range.end);
    json!({
        "file": source.path,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "label": label,
    })
}
