//! The comparison operators of rules.

use std::cmp::Ordering;
use std::fmt;

/// How a scalar stands to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both are the same.
    Equal,
    /// They are not the same.
    Different,
    /// It is the smaller or the earlier one.
    Less,
    /// It is not the greater or the later one.
    AtMost,
}

impl Comparison {
    /// Whether two values that stand like this keep it. Those that have no order are different.
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
