//! The statuses of results.

use std::fmt;

use crate::scalar::Scalar;

/// The meaning of a status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The request or the payment succeeded.
    Success,
    /// The request was refused, or the payment failed.
    Failure,
    /// The state is not known or not final.
    Unknown,
}

/// The closed set of an operation family's status words.
pub trait StatusWord: Scalar + Copy + Eq + fmt::Debug + Send + Sync + 'static {
    /// Returns the meaning of the word.
    fn meaning(self) -> Status;
    /// Returns the word as sent on the wire.
    fn as_str(self) -> &'static str;
}
