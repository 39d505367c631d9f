//! Diagnostics with their spans, as they are collected.

use std::ops::Range;

use super::code::{DiagnosticCode, Severity};

/// A range of bytes in a schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The index of the file in the run.
    pub file: usize,
    /// The bytes.
    pub range: Range<usize>,
}

impl Span {
    /// Returns the first byte: what is missing from something is missing there.
    #[must_use]
    pub fn head(&self) -> Self {
        let start = self.range.start;
        Self { file: self.file, range: start..(start + 1).min(self.range.end) }
    }
}

/// One error or warning about a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of diagnostic.
    pub code: DiagnosticCode,
    /// What is wrong.
    pub title: String,
    /// Where.
    pub span: Span,
    /// A short label at the span.
    pub label: Option<String>,
    /// Other spans that belong to it, each with a short label.
    pub also: Vec<(Span, String)>,
    /// What to write instead.
    pub help: String,
}

impl Diagnostic {
    /// Sets the label at the span.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another span.
    pub fn also(&mut self, span: &Span, label: impl Into<String>) -> &mut Self {
        self.also.push((span.clone(), label.into()));
        self
    }
}

/// The diagnostics that were found so far.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a diagnostic. Label and further spans are set on the result.
    pub fn report(
        &mut self,
        code: DiagnosticCode,
        span: &Span,
        title: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let (title, help) = (title.into(), help.into());
        self.0.push(Diagnostic { code, title, span: span.clone(), label: None, also: Vec::new(), help });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// Adds those of another file.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns how many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Replaces the number of each file: the file `n` becomes `files[n]`.
    pub fn renumber(&mut self, files: &[usize]) {
        for diagnostic in &mut self.0 {
            let also = diagnostic.also.iter_mut().map(|(span, _)| span);
            for span in also.chain([&mut diagnostic.span]) {
                span.file = files[span.file];
            }
        }
    }

    /// Returns the diagnostics in the order of their places, each once.
    ///
    /// Warnings are left out as long as there is an error, since what looks unused may be what a misspelt name means.
    /// That a file is not read is always reported: it may be the reason for the errors.
    #[must_use]
    pub fn into_all(mut self) -> Vec<Diagnostic> {
        if self.0.iter().any(Diagnostic::is_error) {
            self.0.retain(|it| it.is_error() || it.code == DiagnosticCode::W0001);
        }
        self.0.sort_by_key(|it| (it.span.file, it.span.range.start, it.span.range.end, it.code));
        self.0.dedup();
        self.0
    }
}

impl Diagnostic {
    /// Returns whether nothing can be generated.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}
