//! One scenario of the stress run.

use crate::failure::Failure;
use crate::run::Run;

/// A promise of the crates, and how it is tested.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The name that `--only` takes.
    pub(crate) name: &'static str,
    /// What is tested, in one line.
    pub(crate) about: &'static str,
    /// Tests it. The results go into the run's facts.
    pub(crate) run: fn(&mut Run) -> Result<(), Failure>,
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
