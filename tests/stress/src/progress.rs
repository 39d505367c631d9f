//! Progress, on standard error.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// How often a long topic reports its progress.
const EVERY: Duration = Duration::from_secs(5);

/// Prints a line on standard error.
pub(crate) fn say(line: impl AsRef<str>) {
    // A closed standard error is no failure of the scenario.
    drop(writeln!(io::stderr(), "{}", line.as_ref()));
}

/// The progress of a topic.
#[derive(Debug)]
pub(crate) struct Progress {
    topic: String,
    done: u64,
    total: u64,
    reported: Instant,
}

impl Progress {
    pub(crate) fn new(topic: &str, total: u64) -> Self {
        Self { topic: topic.to_owned(), done: 0, total, reported: Instant::now() }
    }

    /// Counts one more case.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        if self.reported.elapsed() >= EVERY {
            self.reported = Instant::now();
            say(format!("  {}: {} of {}", self.topic, grouped(self.done), grouped(self.total)));
        }
    }
}

/// Returns a number with commas.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
