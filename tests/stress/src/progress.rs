//! Progress, on standard error.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// How often a long topic tells how far it is.
const EVERY: Duration = Duration::from_secs(5);

/// A line for the person who waits.
pub(crate) fn say(line: impl AsRef<str>) {
    // Without anybody to read it there is nothing to be done.
    drop(writeln!(io::stderr(), "{}", line.as_ref()));
}

/// How far a topic is.
#[derive(Debug)]
pub(crate) struct Progress {
    topic: String,
    done: u64,
    total: u64,
    told: Instant,
}

impl Progress {
    pub(crate) fn new(topic: &str, total: u64) -> Self {
        Self { topic: topic.to_owned(), done: 0, total, told: Instant::now() }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            say(format!("  {}: {} of {}", self.topic, grouped(self.done), grouped(self.total)));
        }
    }
}

/// A number with commas.
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
