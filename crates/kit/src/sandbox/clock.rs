//! The clock of the sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alipayplus_signing::{Clock, Timestamp};
use jiff::SignedDuration;

/// The furthest that the clock can be shifted: a hundred years, in seconds.
const FURTHEST: i64 = 100 * 365 * 86_400;

/// The system's clock, shifted by seconds. Clones share the shift.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShiftedClock(Arc<AtomicI64>);

impl ShiftedClock {
    /// Returns the shifted time.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(SignedDuration::from_secs(self.offset())).unwrap_or(now)
    }

    /// Returns the shift in seconds.
    pub(crate) fn offset(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Shifts the clock further, forwards or backwards.
    pub(crate) fn shift(&self, seconds: i64) {
        let shifted = |offset: i64| offset.saturating_add(seconds).clamp(-FURTHEST, FURTHEST);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |offset| Some(shifted(offset)));
    }

    /// Sets the clock back to the system's.
    pub(crate) fn reset(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Returns the clock as the server takes it.
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || clock.now())
    }
}
