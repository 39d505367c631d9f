//! The source of the current time.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// A source of the current time: the system clock, or one that a test sets. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// Returns the system clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// Creates a clock that calls a function for the time.
    ///
    /// ```
    /// use alipayplus_signing::{Clock, Timestamp};
    ///
    /// let stopped = Clock::from_fn(|| Timestamp::UNIX_EPOCH);
    /// assert_eq!(stopped.now(), Timestamp::UNIX_EPOCH);
    /// ```
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The system clock.
impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// A clock for tests, which moves only when the test moves it. Clones, and each [`Clock`] made from it, share the time.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_signing::{Clock, TestClock};
///
/// let test_clock = TestClock::new("2025-02-20T08:51:49Z".parse()?);
/// let clock = Clock::from(&test_clock);
/// test_clock.advance(Duration::from_secs(11));
/// assert_eq!(clock.now().to_string(), "2025-02-20T08:52:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[cfg(feature = "testing")]
#[derive(Debug, Clone)]
pub struct TestClock(Arc<arc_swap::ArcSwap<Timestamp>>);

#[cfg(feature = "testing")]
impl TestClock {
    /// Creates a clock that is set to this time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(arc_swap::ArcSwap::from_pointee(now)))
    }

    /// Returns the time that the clock is set to.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        **self.0.load()
    }

    /// Sets the clock, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(Arc::new(now));
    }

    /// Moves the clock forwards, at most to the last time that a [`Timestamp`] can hold.
    pub fn advance(&self, by: std::time::Duration) {
        self.0.rcu(|now| now.checked_add(by).unwrap_or(Timestamp::MAX));
    }

    /// Returns a [`Clock`] that follows this clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || clock.now())
    }
}

#[cfg(feature = "testing")]
impl From<&TestClock> for Clock {
    fn from(clock: &TestClock) -> Self {
        clock.clock()
    }
}

#[cfg(feature = "testing")]
impl From<TestClock> for Clock {
    fn from(clock: TestClock) -> Self {
        clock.clock()
    }
}
