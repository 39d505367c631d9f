//! Checks how old a message is.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::error::FreshnessError;
use crate::time::parse_time;

/// The limits within which a time header is accepted, and the clock to compare it with.
///
/// The window is around the time now: 300 s each way by default. The protocol has no nonce, so the window is what limits
/// the replay of a message. The skew is used by clients only: the time of a response may be at most 30 s before the time
/// of its request by default.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_signing::{Clock, Freshness, FreshnessError};
///
/// let noon = "2025-02-20T12:00:00Z".parse()?;
/// let freshness = Freshness::default()
///     .with_window(Duration::from_secs(60))
///     .with_clock(Clock::from_fn(move || noon));
/// // The limit itself is accepted.
/// assert!(freshness.check("2025-02-20T11:59:00Z").is_ok());
/// assert_eq!(
///     freshness.check("2025-02-20T11:58:00Z"),
///     Err(FreshnessError::Stale { by: Duration::from_secs(120) }),
/// );
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Freshness {
    window: Duration,
    skew: Duration,
    clock: Clock,
}

impl Freshness {
    /// The default window each way: 300 s. The documentation of Alipay+ names none.
    pub const DEFAULT_WINDOW: Duration = Duration::from_secs(300);

    /// The default time by which a response may be before its request: 30 s, for two clocks that differ a little. A
    /// larger skew accepts older responses; one as large as the window accepts all that [`check`](Self::check) accepts.
    pub const DEFAULT_SKEW: Duration = Duration::from_secs(30);

    /// Accepts times that are at most this far from the clock, either way. The limit itself is accepted.
    #[must_use]
    pub fn with_window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// Accepts responses whose time is at most this far before the time of their request. The limit itself is accepted.
    ///
    /// A server does not use it.
    #[must_use]
    pub fn with_skew(self, skew: Duration) -> Self {
        Self { skew, ..self }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Into<Clock>) -> Self {
        Self { clock: clock.into(), ..self }
    }

    /// Returns the window each way.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.window
    }

    /// Returns the time by which a response may be before its request.
    #[must_use]
    pub fn skew(&self) -> Duration {
        self.skew
    }

    /// Returns the clock that times are compared with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Parses a time header with [`parse_time`] and compares it with the clock.
    ///
    /// # Errors
    /// Returns [`FreshnessError::Unreadable`] if the text is not a time, [`Stale`](FreshnessError::Stale) if the time is
    /// before the window, and [`Future`](FreshnessError::Future) if it is after it. The client gets the same result code
    /// as for any other invalid signature.
    pub fn check(&self, time: &str) -> Result<Timestamp, FreshnessError> {
        let time = parse_time(time).ok_or(FreshnessError::Unreadable)?;
        let age = self.clock.now().duration_since(time);
        let by = age.unsigned_abs();
        if by <= self.window {
            Ok(time)
        } else if age.is_positive() {
            Err(FreshnessError::Stale { by })
        } else {
            Err(FreshnessError::Future { by })
        }
    }

    /// Checks, on the client, that a response is not older than its own request by more than the
    /// [skew](Self::with_skew).
    ///
    /// The signature of a response does not cover its request, so that an older response to another request verifies.
    /// This check limits how much older it may be.
    ///
    /// # Errors
    /// Returns [`FreshnessError::BeforeRequest`] if the response is older than that.
    pub fn not_before(&self, response_time: Timestamp, request_time: Timestamp) -> Result<(), FreshnessError> {
        let lead = request_time.duration_since(response_time);
        let by = lead.unsigned_abs();
        if lead.is_positive() && by > self.skew {
            return Err(FreshnessError::BeforeRequest { by });
        }
        Ok(())
    }
}

/// A window of 300 s each way, a skew of 30 s, and the system clock.
impl Default for Freshness {
    fn default() -> Self {
        Self { window: Self::DEFAULT_WINDOW, skew: Self::DEFAULT_SKEW, clock: Clock::system() }
    }
}
