//! What is wrong with a schema: where, what, and how to mend it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Renderer, Snippet};

use super::source::{Source, position};

/// A place in a schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file of the run.
    pub file: usize,
    /// The bytes.
    pub range: Range<usize>,
}

/// One fault of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub title: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault at a place.
    #[must_use]
    pub fn new(place: Place, title: impl Into<String>) -> Self {
        Self { place, title: title.into(), help: None }
    }

    /// The same with a line on how to mend it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// All faults in the order of their places, each with the offending text underlined; in colour when asked.
#[must_use]
pub fn render(sources: &[Source], faults: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut sorted: Vec<&Diagnostic> = faults.iter().collect();
    sorted.sort_by_key(|fault| (fault.place.file, fault.place.range.start, fault.place.range.end));
    sorted.dedup();
    let mut text = String::new();
    for fault in &sorted {
        let source = &sources[fault.place.file];
        let mark = AnnotationKind::Primary.span(fault.place.range.clone());
        let snippet = Snippet::source(source.text.as_str()).path(source.path.as_str()).annotation(mark);
        let help = fault.help.as_deref().map(|help| Element::from(Level::HELP.message(help)));
        let group = Level::ERROR.primary_title(fault.title.as_str()).element(snippet).elements(help);
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    let places: Vec<String> = sorted.iter().map(|fault| short(sources, fault)).collect();
    let plural = if sorted.len() == 1 { "fault" } else { "faults" };
    format!("{text}{} {plural}; nothing was written:\n{}\n", sorted.len(), places.join("\n"))
}

/// One line that editors and CI understand.
fn short(sources: &[Source], fault: &Diagnostic) -> String {
    let source = &sources[fault.place.file];
    let (line, column) = position(&source.text, &fault.place.range);
    format!("{}:{line}:{column}: {}", source.path, fault.title)
}
