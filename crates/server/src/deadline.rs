//! One deadline over a whole request. Each step has one of its own, and gets what is left of the whole if that is less.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::reason::seconds;
use crate::settings::Settings;

/// When a request must be answered: so long after its head was there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    began: Instant,
    whole: Duration,
}

/// How long a step may take, and the setting that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) time: Duration,
    pub(crate) setting: &'static str,
}

impl Deadline {
    /// Counts from now.
    pub(crate) fn new(whole: Duration) -> Self {
        Self { began: Instant::now(), whole }
    }

    /// How long the request has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Whether it is past.
    pub(crate) fn is_over(&self) -> bool {
        self.elapsed() > self.whole
    }

    /// How long the body may take to come.
    pub(crate) fn body(&self, settings: &Settings) -> Limit {
        self.step("body_deadline", settings.body_deadline, Duration::ZERO)
    }

    /// How long the handler may take. What it makes is yet to be signed, and so is the answer that it was late.
    pub(crate) fn handler(&self, settings: &Settings) -> Limit {
        let own = settings.handler_deadline.unwrap_or(Duration::MAX);
        self.step("handler_deadline", own, self.signature(settings))
    }

    /// How long the signature may take.
    pub(crate) fn signing(&self, settings: &Settings) -> Limit {
        self.step("signing_deadline", self.signature(settings), Duration::ZERO)
    }

    fn signature(&self, settings: &Settings) -> Duration {
        settings.signing_deadline.unwrap_or(self.whole / 6)
    }

    /// A step's own deadline, or what the whole leaves once something is set aside.
    fn step(&self, setting: &'static str, own: Duration, aside: Duration) -> Limit {
        let left = self.whole.saturating_sub(self.elapsed()).saturating_sub(aside);
        if own <= left {
            return Limit { time: own, setting };
        }
        // Timers go by milliseconds, and round up: that would be past the whole.
        let time = Duration::from_millis(u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        Limit { time, setting: "deadline" }
    }
}

impl Limit {
    /// What the step makes, unless it takes longer.
    pub(crate) async fn wait<F: Future>(self, step: F) -> Result<F::Output, Self> {
        timeout(self.time, step).await.map_err(|_| self)
    }
}

/// For the log: how long was waited, by which setting.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (`{}`)", seconds(self.time), self.setting)
    }
}
