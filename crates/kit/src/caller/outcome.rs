//! What an adapter can print.

use std::fmt;
use std::str::FromStr;

/// What a caller concludes about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The payment was made.
    Paid,
    /// The payment failed, and will not be made.
    Failed,
    /// The payment order was closed before it was paid.
    Cancelled,
    /// The payment is in progress.
    InProgress,
    /// The MPP has no such payment order.
    NotFound,
    /// Nothing is known about the payment.
    Unknown,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 6] =
        [Self::Paid, Self::Failed, Self::Cancelled, Self::InProgress, Self::NotFound, Self::Unknown];

    /// Returns the word that an adapter prints.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::InProgress => "in_progress",
            Self::NotFound => "not_found",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, UnknownOutcome> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word).ok_or(UnknownOutcome)
    }
}

/// The error for a word that is no [`Outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the outcome is one of paid, failed, cancelled, in_progress, not_found, unknown")]
pub struct UnknownOutcome;
