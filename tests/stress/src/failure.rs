//! Why a scenario fails.

use std::error::Error;

/// A promise that is broken, or that could not be tested.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    /// The number of the case, if `--case` can repeat it.
    pub(crate) case: Option<u64>,
}

/// Keeps the text of an error and of all its sources, so that `?` works on every error.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Failure {
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

/// Returns an error with this text unless the condition holds.
pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}
