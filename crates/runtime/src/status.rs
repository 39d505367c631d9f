//! Status words of results and their meanings.

use std::fmt;

use crate::scalar::Scalar;

/// What a status word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It went well.
    Success,
    /// It was refused or failed.
    Failure,
    /// It is not known how it went, or goes.
    Unknown,
}

/// The closed set of an operation family's status words.
pub trait StatusWord: Scalar + Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// What the word means.
    fn meaning(self) -> Status;
    /// The word as it travels.
    fn word(self) -> &'static str;
}
