//! Whether to ask again after an attempt that failed, and when: a decision without I/O.

use std::time::Duration;

/// How often one inquiry is sent, and how long to pause in between.
///
/// Only operations that may be repeated are, and only after errors that [`Error::is_retryable`] is true for. The pause
/// before the n-th repetition is drawn at random between nothing and `base` × 2ⁿ⁻¹, at most `max` ("full jitter"), so
/// that many clients don't come back at the same moment, and is no shorter than a `RetryPolicy-After` says. All attempts
/// share the deadline of their inquiry: when `RetryPolicy-After` says longer than what is left of it, the call ends at once.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_client::RetryPolicy;
///
/// assert_eq!(RetryPolicy::default(), RetryPolicy::new(3).with_backoff(Duration::from_millis(200), Duration::from_secs(2)));
/// ```
///
/// [`Error::is_retryable`]: crate::Error::is_retryable
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    max: Duration,
}

impl RetryPolicy {
    /// At most this many attempts, the first one included. Nought means one.
    #[must_use]
    pub fn new(attempts: u32) -> Self {
        Self { attempts, base: Duration::from_millis(200), max: Duration::from_secs(2) }
    }

    /// One attempt: no repetition.
    #[must_use]
    pub fn never() -> Self {
        Self::new(1)
    }

    /// The greatest pause before the first repetition, which doubles with each further one, and what it stops at.
    #[must_use]
    pub fn with_backoff(self, base: Duration, max: Duration) -> Self {
        Self { base, max, ..self }
    }
}

/// Three attempts, with pauses of up to 200 ms and 400 ms.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(3)
    }
}

/// What is known when an attempt has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// Whether the operation may be repeated.
    pub(crate) repeatable: bool,
    /// Whether the error may go away.
    pub(crate) is_retryable: bool,
    /// The attempts that were made, from 1.
    pub(crate) made: u32,
    /// The time until the deadline.
    pub(crate) left: Duration,
    /// How long the service asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// A random number from 0 to 1.
    pub(crate) chance: f64,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Ask again after a pause.
    Again(Duration),
    /// Return the error.
    GiveUp,
    /// It would be worth it, but the deadline comes first.
    OutOfTime,
}

impl RetryPolicy {
    pub(crate) fn decide(&self, failed: Failed) -> Decision {
        if !failed.repeatable || !failed.is_retryable || failed.made >= self.attempts {
            return Decision::GiveUp;
        }
        let earliest = failed.retry_after.unwrap_or_default();
        // The error says when asking again can help, which "the deadline has passed" would hide.
        if failed.retry_after.is_some() && earliest >= failed.left {
            return Decision::GiveUp;
        }
        let most = self.most(failed.made);
        let drawn = most.as_secs_f64() * failed.chance.clamp(0.0, 1.0);
        // The greatest durations don't survive the way through a float.
        let pause = Duration::try_from_secs_f64(drawn).unwrap_or(most).max(earliest);
        // An attempt that starts at the deadline has no time to be answered in.
        if pause < failed.left { Decision::Again(pause) } else { Decision::OutOfTime }
    }

    /// The longest pause after this many attempts.
    fn most(&self, made: u32) -> Duration {
        let doublings = made.saturating_sub(1);
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Failed = Failed {
        repeatable: true,
        is_retryable: true,
        made: 1,
        left: Duration::from_secs(15),
        retry_after: None,
        chance: 1.0,
    };

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn the_table_of_decisions() {
        let retry = RetryPolicy::default();
        let rows = [
            (FAILED, Decision::Again(ms(200))),
            (Failed { made: 2, ..FAILED }, Decision::Again(ms(400))),
            (Failed { made: 3, ..FAILED }, Decision::GiveUp),
            (Failed { made: 4, ..FAILED }, Decision::GiveUp),
            (Failed { chance: 0.0, ..FAILED }, Decision::Again(ms(0))),
            (Failed { chance: 0.5, ..FAILED }, Decision::Again(ms(100))),
            (Failed { chance: 9.0, ..FAILED }, Decision::Again(ms(200))),
            (Failed { repeatable: false, ..FAILED }, Decision::GiveUp),
            (Failed { is_retryable: false, ..FAILED }, Decision::GiveUp),
            (Failed { left: ms(201), ..FAILED }, Decision::Again(ms(200))),
            (Failed { left: ms(200), ..FAILED }, Decision::OutOfTime),
            (Failed { left: ms(0), chance: 0.0, ..FAILED }, Decision::OutOfTime),
            (Failed { left: ms(0), is_retryable: false, ..FAILED }, Decision::GiveUp),
            // The longer of the two.
            (Failed { retry_after: Some(ms(0)), ..FAILED }, Decision::Again(ms(200))),
            (Failed { retry_after: Some(ms(199)), ..FAILED }, Decision::Again(ms(200))),
            (Failed { retry_after: Some(ms(7000)), ..FAILED }, Decision::Again(ms(7000))),
            (Failed { retry_after: Some(ms(7000)), chance: 0.0, ..FAILED }, Decision::Again(ms(7000))),
            (Failed { retry_after: Some(ms(14_999)), ..FAILED }, Decision::Again(ms(14_999))),
            (Failed { retry_after: Some(ms(15_000)), ..FAILED }, Decision::GiveUp),
            (Failed { retry_after: Some(Duration::MAX), ..FAILED }, Decision::GiveUp),
            (Failed { retry_after: Some(ms(1)), left: ms(100), ..FAILED }, Decision::OutOfTime),
            (Failed { retry_after: Some(ms(1)), repeatable: false, ..FAILED }, Decision::GiveUp),
            (Failed { retry_after: Some(ms(1)), made: 3, ..FAILED }, Decision::GiveUp),
        ];
        for (failed, decision) in rows {
            assert_eq!(retry.decide(failed), decision, "{failed:?}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_its_limit_and_never_overflows() {
        let retry = RetryPolicy::new(u32::MAX);
        let pauses: Vec<_> = (1..=6).map(|made| retry.most(made)).collect();
        assert_eq!(pauses, [ms(200), ms(400), ms(800), ms(1600), ms(2000), ms(2000)]);
        assert_eq!(retry.most(u32::MAX), ms(2000));
        let endless = retry.with_backoff(Duration::MAX, Duration::MAX);
        assert_eq!(endless.most(9), Duration::MAX);
        assert_eq!(endless.decide(FAILED), Decision::OutOfTime);
    }

    #[test]
    fn one_attempt_is_the_least() {
        for retry in [RetryPolicy::never(), RetryPolicy::new(0)] {
            assert_eq!(retry.decide(FAILED), Decision::GiveUp);
        }
    }
}
