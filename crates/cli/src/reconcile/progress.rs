//! One line that says how far a reconciliation is.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::queue::Record;

/// How often the line is written on a terminal, and elsewhere.
const ON_A_TERMINAL: Duration = Duration::from_millis(200);
const ELSEWHERE: Duration = Duration::from_secs(30);
const WIDTH: usize = 20;

/// The counts of a run.
pub(super) struct Progress {
    all: u64,
    before: u64,
    outcomes: BTreeMap<String, u64>,
    start: Instant,
    written: Instant,
    is_terminal: bool,
}

impl Progress {
    /// Starts with what an earlier run has found.
    pub(super) fn new(counts: &[(Option<String>, i64)]) -> Self {
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let outcomes: BTreeMap<String, u64> =
            counts.iter().filter_map(|(outcome, n)| Some((outcome.clone()?, count(*n)))).collect();
        let now = Instant::now();
        Self {
            all: counts.iter().map(|(_, n)| count(*n)).sum(),
            before: outcomes.values().sum(),
            outcomes,
            start: now,
            written: now,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    pub(super) fn add(&mut self, records: &[Record]) {
        for found in records.iter().filter_map(|record| record.found.as_ref()) {
            *self.outcomes.entry(found.outcome.clone()).or_default() += 1;
        }
        let pause = if self.is_terminal { ON_A_TERMINAL } else { ELSEWHERE };
        if self.written.elapsed() >= pause {
            self.write();
        }
    }

    /// Writes the line a last time.
    pub(super) fn end(&mut self) {
        self.write();
        if self.is_terminal {
            let _ = writeln!(io::stderr());
        }
    }

    fn write(&mut self) {
        self.written = Instant::now();
        let line = self.line(self.start.elapsed());
        // There is no other place to report that stderr is closed.
        let _ =
            if self.is_terminal { write!(io::stderr(), "\r{line}\x1b[K") } else { writeln!(io::stderr(), "{line}") };
    }

    fn line(&self, time: Duration) -> String {
        let done: u64 = self.outcomes.values().sum();
        let filled = (done * WIDTH as u64).checked_div(self.all).map(usize::try_from);
        let bar = format!("{:<WIDTH$}", "#".repeat(filled.and_then(Result::ok).unwrap_or(WIDTH)));
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = (done - self.before) as f64 / time.as_secs_f64().max(0.001);
        #[expect(clippy::cast_precision_loss, reason = "a time for people")]
        let left = (self.all - done) as f64 / rate;
        let left = if left.is_finite() && left < 1e7 { format!("{left:.0} s left") } else { "waiting".to_owned() };
        let outcomes: Vec<String> = self.outcomes.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
        format!("[{bar}] {done}/{} {rate:.0}/s {left} {}", self.all, outcomes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_rate_of_this_run_and_the_outcomes_of_all() {
        let counts = [(Some("paid".to_owned()), 40), (None, 60)];
        let mut progress = Progress::new(&counts);
        *progress.outcomes.entry("failed".to_owned()).or_default() += 10;
        let line = progress.line(Duration::from_secs(2));
        assert_eq!(line, "[##########          ] 50/100 5/s 10 s left failed 10, paid 40");
        assert_eq!(Progress::new(&[]).line(Duration::ZERO), "[####################] 0/0 0/s waiting ");
    }
}
