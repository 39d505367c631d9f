//! The deadline of a whole request. Each step has a limit of its own, and never more than the time that is left.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::poll_immediate;
use tokio::time::{Instant, timeout};

use crate::log_text::seconds;
use crate::settings::Settings;

/// The time by which a request must be answered, counted from when its head was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    start: Instant,
    total: Duration,
}

/// How long a step may take, and the name of the setting that limits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StepTimeout {
    pub(crate) time: Duration,
    pub(crate) setting: &'static str,
}

impl Deadline {
    /// Starts a deadline now.
    pub(crate) fn new(total: Duration) -> Self {
        Self { start: Instant::now(), total }
    }

    /// Returns how long the request has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Returns whether a request that has taken this long is late.
    pub(crate) fn is_over(&self, elapsed: Duration) -> bool {
        elapsed > self.total
    }

    /// Returns how long reading the body may take.
    pub(crate) fn body(&self, settings: &Settings) -> StepTimeout {
        self.step("body_deadline", settings.body_deadline, Duration::ZERO)
    }

    /// Returns how long the handler may take. Time to sign is reserved: the response to a timeout is signed, too.
    pub(crate) fn handler(&self, settings: &Settings) -> StepTimeout {
        let own = settings.handler_deadline.unwrap_or(Duration::MAX);
        self.step("handler_deadline", own, self.signing_time(settings))
    }

    /// Returns how long signing may take.
    pub(crate) fn signing(&self, settings: &Settings) -> StepTimeout {
        self.step("signing_deadline", self.signing_time(settings), Duration::ZERO)
    }

    fn signing_time(&self, settings: &Settings) -> Duration {
        settings.signing_deadline.unwrap_or(self.total / 6)
    }

    /// Returns the lesser of a step's own limit and the time that is left after `reserved`.
    fn step(&self, setting: &'static str, own: Duration, reserved: Duration) -> StepTimeout {
        let left = self.total.saturating_sub(self.elapsed()).saturating_sub(reserved);
        if own <= left {
            return StepTimeout { time: own, setting };
        }
        // Timers round up to whole milliseconds, which would be past the deadline.
        let time = Duration::from_millis(u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        StepTimeout { time, setting: "deadline" }
    }
}

impl StepTimeout {
    /// Runs a step. Returns the timeout as an error if the step takes longer.
    pub(crate) async fn run<F: Future>(self, step: F) -> Result<F::Output, Self> {
        let (mut step, start) = (pin!(step), Instant::now());
        // Most steps end without waiting, and need no timer.
        if let Some(output) = poll_immediate(step.as_mut()).await {
            return Ok(output);
        }
        timeout(self.time.saturating_sub(start.elapsed()), step).await.map_err(|_| self)
    }
}

/// Writes the time and the setting for the log.
impl fmt::Display for StepTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (`{}`)", seconds(self.time), self.setting)
    }
}
