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

    /// Sets the shift, as far as it can be. Returns it.
    pub(crate) fn set(&self, seconds: i64) -> i64 {
        let shift = seconds.clamp(-FURTHEST, FURTHEST);
        self.0.store(shift, Ordering::Relaxed);
        shift
    }

    /// Returns the clock as the server takes it.
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || clock.now())
    }
}
