//! Diagnostics as text for people and as JSON for programs.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Diagnostic, Place, Severity};
use crate::source::{Source, position};

/// All of them, each with the offending text underlined, then a line for each; in colour when asked.
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
        let (line, column) = start(sources, &diagnostic.place);
        let path = &sources[diagnostic.place.file].path;
        let _ = writeln!(text, "{path}:{line}:{column}: {}: {}", diagnostic.id.as_str(), diagnostic.title);
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
    let level = match diagnostic.id.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.title.as_str()).id(diagnostic.id.as_str());
    let own = &diagnostic.place;
    let mark = AnnotationKind::Primary.span(first_line(sources, own)).label(diagnostic.label.as_deref());
    let mut group = title.element(snippet(sources, diagnostic, own.file).annotation(mark));
    let mut shown = vec![own.file];
    for (place, _) in &diagnostic.also {
        if !shown.contains(&place.file) {
            shown.push(place.file);
            group = group.element(snippet(sources, diagnostic, place.file));
        }
    }
    group.element(Element::from(Level::HELP.message(diagnostic.help.as_str())))
}

/// A file with what is to see in it beside the place itself.
fn snippet<'a>(sources: &'a [Source], diagnostic: &'a Diagnostic, file: usize) -> Snippet<'a, Annotation<'a>> {
    let here = diagnostic.also.iter().filter(|(place, _)| place.file == file);
    let marks =
        here.map(|(place, label)| AnnotationKind::Context.span(first_line(sources, place)).label(label.as_str()));
    Snippet::source(sources[file].text.as_str()).path(sources[file].path.as_str()).annotations(marks)
}

/// What is underlined: an object or a list over many lines is known by the first.
fn first_line(sources: &[Source], place: &Place) -> Range<usize> {
    let text = &sources[place.file].text[place.range.clone()];
    let first = text.lines().next().map_or(0, str::len);
    place.range.start..place.range.start + first
}

fn start(sources: &[Source], place: &Place) -> (usize, usize) {
    position(&sources[place.file].text, place.range.start)
}

/// All of them as a list of objects.
#[must_use]
pub fn json(sources: &[Source], all: &[Diagnostic]) -> Value {
    let one = |diagnostic: &Diagnostic| {
        let mut object = place(sources, &diagnostic.place, diagnostic.label.as_deref());
        object["id"] = diagnostic.id.as_str().into();
        object["severity"] = diagnostic.id.severity().as_str().into();
        object["title"] = diagnostic.title.as_str().into();
        object["help"] = diagnostic.help.as_str().into();
        object["also"] = diagnostic.also.iter().map(|(also, label)| place(sources, also, Some(label))).collect();
        object
    };
    all.iter().map(one).collect()
}

fn place(sources: &[Source], place: &Place, label: Option<&str>) -> Value {
    let source = &sources[place.file];
    let (line, column) = position(&source.text, place.range.start);
    let (end_line, end_column) = position(&source.text, place.range.end);
    json!({
        "file": source.path,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "label": label,
    })
}
