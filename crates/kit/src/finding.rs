//! Levels, verdicts and what a case found.

use std::fmt;

use serde::Serialize;

/// How binding a case is. The level follows the source of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// The specification says so, or the opposite lets someone forge or misread money.
    Must,
    /// A choice that most implementations share.
    Should,
    /// Measured and reported. It never fails.
    Info,
}

impl Level {
    /// Returns the level as reports print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Info => "INFO",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a case ended. The order is that of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Right.
    Pass,
    /// Right, but not in the strict form.
    Note,
    /// Something that the case needs was not given.
    NotRun,
    /// The network or the kit failed, so that nothing can be said about the target.
    Inconclusive,
    /// Wrong.
    Fail,
}

impl Verdict {
    /// All verdicts, in the order in which reports count them.
    pub const ALL: [Self; 5] = [Self::Pass, Self::Note, Self::Fail, Self::NotRun, Self::Inconclusive];

    /// Returns the verdict as reports print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::NotRun => "not run",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a case found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen, in words.
    pub actual: String,
    /// The position, among the exchanges that were judged, of the one that decided.
    pub exchange: Option<usize>,
}

impl Finding {
    fn new(verdict: Verdict, actual: impl Into<String>) -> Self {
        Self { verdict, actual: actual.into(), exchange: None }
    }

    /// Returns a pass.
    pub fn pass(actual: impl Into<String>) -> Self {
        Self::new(Verdict::Pass, actual)
    }

    /// Returns a note.
    pub fn note(actual: impl Into<String>) -> Self {
        Self::new(Verdict::Note, actual)
    }

    /// Returns a failure.
    pub fn fail(actual: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, actual)
    }

    /// Returns that nothing can be said about the target.
    pub fn inconclusive(actual: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, actual)
    }

    /// Returns that something was not given.
    pub fn not_run(missing: impl Into<String>) -> Self {
        Self::new(Verdict::NotRun, missing)
    }

    /// Returns a pass if `right` is true, otherwise a failure.
    pub fn when(right: bool, actual: impl Into<String>) -> Self {
        if right { Self::pass(actual) } else { Self::fail(actual) }
    }

    /// Names the exchange that decided.
    #[must_use]
    pub fn about(mut self, exchange: usize) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// Returns the worst finding, and the first of several that are as bad.
    ///
    /// Without findings nothing was judged, which is inconclusive.
    pub fn worst(findings: impl IntoIterator<Item = Self>) -> Self {
        let worst = findings.into_iter().reduce(|worst, next| if next.verdict > worst.verdict { next } else { worst });
        worst.unwrap_or_else(|| Self::inconclusive("there was nothing to judge"))
    }
}
