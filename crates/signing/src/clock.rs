//! Where the time comes from.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time: the machine's clock, or one that a test sets. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(Timestamp::now)
    }

    /// A clock of one's own.
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

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// The machine's clock.
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

/// A clock for tests, which stands still until it is told otherwise. Clones, and the clocks made of it, share the time.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_signing::{Clock, TestClock};
///
/// let hand = TestClock::new("2025-02-20T08:51:49Z".parse()?);
/// let clock = Clock::from(&hand);
/// hand.advance(Duration::from_secs(11));
/// assert_eq!(clock.now().to_string(), "2025-02-20T08:52:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[cfg(feature = "testing")]
#[derive(Debug, Clone)]
pub struct TestClock(Arc<arc_swap::ArcSwap<Timestamp>>);

#[cfg(feature = "testing")]
impl TestClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(arc_swap::ArcSwap::from_pointee(now)))
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        **self.0.load()
    }

    /// Moves it to a time, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(Arc::new(now));
    }

    /// Moves it forwards. It stops at the last time that a [`Timestamp`] can hold.
    pub fn advance(&self, by: std::time::Duration) {
        self.0.rcu(|now| now.checked_add(by).unwrap_or(Timestamp::MAX));
    }

    /// A [`Clock`] that follows it.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let hand = self.clone();
        Clock::from_fn(move || hand.now())
    }
}

#[cfg(feature = "testing")]
impl From<&TestClock> for Clock {
    fn from(hand: &TestClock) -> Self {
        hand.clock()
    }
}

#[cfg(feature = "testing")]
impl From<TestClock> for Clock {
    fn from(hand: TestClock) -> Self {
        hand.clock()
    }
}
