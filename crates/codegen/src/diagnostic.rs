//! What is wrong with a schema: which kind of fault, where, what, and how to mend it.

mod id;
mod render;

use std::ops::Range;

pub use id::{Id, Severity};
pub use render::{json, render};

/// A place in a schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file of the run.
    pub file: usize,
    /// The bytes.
    pub range: Range<usize>,
}

impl Place {
    /// The first byte: what is missing from something is missing there.
    #[must_use]
    pub fn head(&self) -> Self {
        let start = self.range.start;
        Self { file: self.file, range: start..(start + 1).min(self.range.end) }
    }
}

/// One fault of a schema, or one oddity that is worth a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind.
    pub id: Id,
    /// What is wrong here.
    pub title: String,
    /// Where.
    pub place: Place,
    /// A few words under the place.
    pub label: Option<String>,
    /// Where the other one stands, if two are at odds, with a few words for each.
    pub also: Vec<(Place, String)>,
    /// What to write instead.
    pub help: String,
}

impl Diagnostic {
    /// Says a few words under the place.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// Shows another place too.
    pub fn also(&mut self, place: &Place, label: impl Into<String>) -> &mut Self {
        self.also.push((place.clone(), label.into()));
        self
    }
}

/// What is found in a run.
#[derive(Debug, Default)]
pub struct Faults(Vec<Diagnostic>);

impl Faults {
    /// Adds one. What it says beside that goes to what is returned.
    pub fn report(
        &mut self,
        id: Id,
        place: &Place,
        title: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let (title, help) = (title.into(), help.into());
        self.0.push(Diagnostic { id, title, place: place.clone(), label: None, also: Vec::new(), help });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Replaces the number of each file: the file `n` becomes `files[n]`.
    pub fn renumber(&mut self, files: &[usize]) {
        for diagnostic in &mut self.0 {
            let also = diagnostic.also.iter_mut().map(|(place, _)| place);
            for place in also.chain([&mut diagnostic.place]) {
                place.file = files[place.file];
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
            self.0.retain(|it| it.is_error() || it.id == Id::W0001);
        }
        self.0.sort_by_key(|it| (it.place.file, it.place.range.start, it.place.range.end, it.id));
        self.0.dedup();
        self.0
    }
}

impl Diagnostic {
    /// Whether nothing can be generated.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.id.severity() == Severity::Error
    }
}
