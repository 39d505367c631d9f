//! The limits of a server in a batch.

use std::time::Duration;

/// How fast a [`Batch`](super::Batch) calls each server, and when it stops calling one that is down.
///
/// A server is down after some calls in a row that found no server, no response in time, or a server in trouble. It is then
/// called again after a pause: first with one call, and with all once that succeeds. The pause doubles each time from the
/// shortest to the longest, and is no shorter than a `Retry-After` of the server.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_client::BatchLimits;
///
/// let (shortest, longest) = (Duration::from_secs(1), Duration::from_secs(60));
/// let limits = BatchLimits::new().concurrency(16).circuit_breaker(8, shortest, longest);
/// assert_eq!(limits, BatchLimits::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    pub(super) concurrency: usize,
    rate: Option<u32>,
    pub(super) failures: u32,
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
}

impl BatchLimits {
    /// Allows 16 calls at the same time at any rate, and stops after 8 failures in a row for 1 to 60 s.
    #[must_use]
    pub fn new() -> Self {
        let (shortest, longest) = (Duration::from_secs(1), Duration::from_secs(60));
        Self { concurrency: 16, rate: None, failures: 8, shortest, longest }
    }

    /// Sets how many calls of a server are made at the same time. 0 is treated as 1.
    #[must_use]
    pub fn concurrency(self, calls: usize) -> Self {
        Self { concurrency: calls.max(1), ..self }
    }

    /// Sets how many calls of a server are started per second. The retries of a call are not counted. 0 is treated as 1.
    #[must_use]
    pub fn rate(self, calls_per_second: u32) -> Self {
        Self { rate: Some(calls_per_second.max(1)), ..self }
    }

    /// Sets after how many failures in a row a server is down, and the pauses. 0 failures are treated as 1.
    #[must_use]
    pub fn circuit_breaker(self, failures: u32, shortest_pause: Duration, longest_pause: Duration) -> Self {
        Self { failures: failures.max(1), shortest: shortest_pause, longest: longest_pause, ..self }
    }

    /// Returns how many items of a server may wait and run.
    pub(super) fn room(&self) -> usize {
        // What waits longer than a second only grows old.
        let waiting = self.rate.map_or(usize::MAX, |rate| usize::try_from(rate).unwrap_or(usize::MAX));
        self.concurrency.saturating_add(self.concurrency.min(waiting))
    }

    /// Returns the time from the start of one call to the next.
    pub(super) fn interval(&self) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs(1) / rate)
    }
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self::new()
    }
}
