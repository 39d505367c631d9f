//! The comparison operators of rules.

use std::cmp::Ordering;
use std::fmt;

/// A comparison between two scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both are equal.
    Equal,
    /// They are not equal.
    Different,
    /// The left one is smaller or earlier.
    Less,
    /// The left one is smaller or earlier, or both are equal.
    AtMost,
}

impl Comparison {
    /// Returns whether the comparison holds for values in this order; values without an order are different.
    #[must_use]
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::Different => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "equal to",
            Self::Different => "different from",
            Self::Less => "less than",
            Self::AtMost => "at most",
        })
    }
}
