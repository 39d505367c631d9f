//! How old a message may be.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Clock, FreshnessError, parse_time};

/// The window around now in which a time header is accepted: 300 seconds each way unless told otherwise.
///
/// The protocol knows no nonce: this window is what limits a replay.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_signing::{Clock, Freshness, FreshnessError};
///
/// let noon = "2025-02-20T12:00:00Z".parse()?;
/// let freshness = Freshness::default().with_window(Duration::from_secs(60)).with_clock(Clock::from_fn(move || noon));
/// assert!(freshness.check("2025-02-20T11:59:00Z").is_ok()); // the edge is within
/// assert_eq!(
///     freshness.check("2025-02-20T11:58:00Z"),
///     Err(FreshnessError::Stale { by: Duration::from_secs(120) }),
/// );
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Freshness {
    window: Duration,
    clock: Clock,
}

impl Freshness {
    /// The window unless told otherwise. The documentation of Alipay+ names none.
    pub const DEFAULT_WINDOW: Duration = Duration::from_secs(300);

    /// Accepts times that are at most this far from the clock, either way; the edge is within.
    #[must_use]
    pub fn with_window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Into<Clock>) -> Self {
        Self { clock: clock.into(), ..self }
    }

    /// The window each way.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.window
    }

    /// The clock that times are compared with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Reads a time header, see [`parse_time`], and compares it with the clock.
    ///
    /// # Errors
    /// [`FreshnessError::Unreadable`], [`Stale`](FreshnessError::Stale) or [`Future`](FreshnessError::Future). The peer
    /// is told the same as for any bad signature.
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

    /// Checks, on the asking side, that a response is not older than its own request, less the window.
    ///
    /// A response's signature does not cover its request, so that an old answer to another question verifies; this
    /// bounds how old.
    ///
    /// # Errors
    /// [`FreshnessError::BeforeRequest`].
    pub fn not_before(&self, response_time: Timestamp, request_time: Timestamp) -> Result<(), FreshnessError> {
        let lead = request_time.duration_since(response_time);
        let by = lead.unsigned_abs();
        if lead.is_positive() && by > self.window {
            return Err(FreshnessError::BeforeRequest { by });
        }
        Ok(())
    }
}

/// 300 seconds each way, by the machine's clock.
impl Default for Freshness {
    fn default() -> Self {
        Self { window: Self::DEFAULT_WINDOW, clock: Clock::system() }
    }
}
