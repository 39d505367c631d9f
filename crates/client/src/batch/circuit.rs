//! The circuit breaker of a server, without I/O.

use std::time::Duration;

use tokio::time::Instant;

use super::limits::BatchLimits;

/// Whether a server is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is.
    Closed,
    /// It is not until this time.
    Open(Instant),
    /// One call tries it.
    HalfOpen,
}

#[derive(Debug)]
pub(super) struct Circuit {
    /// The failures in a row.
    failures: u32,
    open_until: Option<Instant>,
    /// The last pause.
    pause: Duration,
    is_probing: bool,
}

impl Circuit {
    pub(super) fn new() -> Self {
        Self { failures: 0, open_until: None, pause: Duration::ZERO, is_probing: false }
    }

    pub(super) fn state(&self, now: Instant) -> State {
        match self.open_until {
            None => State::Closed,
            Some(until) if now < until => State::Open(until),
            Some(_) => State::HalfOpen,
        }
    }

    /// Returns whether the call that tries the server is under way.
    pub(super) fn is_probing(&self) -> bool {
        self.is_probing
    }

    /// Records that a call tries the server.
    pub(super) fn probe(&mut self) {
        self.is_probing = true;
    }

    /// Records a success, and returns whether the server was down before it.
    pub(super) fn succeeded(&mut self) -> bool {
        let was_open = self.open_until.is_some();
        *self = Self::new();
        was_open
    }

    /// Records a failure, and returns the pause if it begins one.
    pub(super) fn failed(
        &mut self,
        limits: &BatchLimits,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        // The calls that were under way when the pause began say nothing new.
        let is_news = self.open_until.is_none() || self.is_probing;
        if self.failures < limits.failures || !is_news {
            return None;
        }
        self.is_probing = false;
        self.pause = (self.pause * 2).clamp(limits.shortest, limits.longest.max(limits.shortest));
        let pause = self.pause.max(retry_after.unwrap_or_default());
        self.open_until = Some(now + pause);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_in_a_row_and_closes_after_a_success() {
        let seconds = Duration::from_secs;
        let limits = BatchLimits::new().circuit_breaker(2, seconds(1), seconds(3));
        let (mut circuit, start) = (Circuit::new(), Instant::now());
        assert_eq!(circuit.failed(&limits, None, start), None);
        assert!(!circuit.succeeded());
        assert_eq!(circuit.failed(&limits, None, start), None);
        assert_eq!(circuit.state(start), State::Closed);
        assert_eq!(circuit.failed(&limits, None, start), Some(seconds(1)));
        assert_eq!(circuit.failed(&limits, None, start), None);
        assert_eq!(circuit.state(start), State::Open(start + seconds(1)));
        for pause in [2, 3, 3] {
            let now = start + seconds(9);
            assert_eq!(circuit.state(now), State::HalfOpen);
            circuit.probe();
            assert_eq!(circuit.failed(&limits, None, start), Some(seconds(pause)));
        }
        circuit.probe();
        assert_eq!(circuit.failed(&limits, Some(seconds(8)), start), Some(seconds(8)));
        assert!(circuit.succeeded());
        assert_eq!(circuit.state(start), State::Closed);
    }
}
