//! One part of the proof.

use std::error::Error;

use crate::run::Run;

/// Something that is promised, and how it is tried.
#[derive(Debug)]
pub(crate) struct Part {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What is tried, in one line.
    pub(crate) about: &'static str,
    /// Tries it. What it found goes into the run's facts.
    pub(crate) prove: fn(&mut Run) -> Result<(), Disproof>,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Something that does not hold, or could not be tried.
#[derive(Debug)]
pub(crate) struct Disproof {
    pub(crate) what: String,
    /// The case in which it showed, if it is one that can be repeated alone.
    pub(crate) case: Option<u64>,
}

/// An error with all its sources, so that `?` works on whatever a part calls.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Disproof {
    fn from(error: E) -> Self {
        let error = error.into();
        let mut what = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            what = format!("{what}: {error}");
            source = error.source();
        }
        Self { what, case: None }
    }
}
