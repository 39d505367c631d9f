//! Decides whether and when to retry after a failed attempt, without I/O.

use std::time::Duration;

/// How many attempts a call makes, and how long it pauses between them.
///
/// Only operations that may be repeated are retried, and only after errors for which [`Error::is_retryable`] is `true`.
/// The pause before the n-th retry is `base` × 2ⁿ⁻¹, at most `max`, or up to half of it less: drawn at random, so that many
/// clients do not retry at the same moment, and never so short that the server is asked in a loop. It is no shorter than a `Retry-After` of the server. All attempts
/// share the deadline of their call: if `Retry-After` is past it, the call ends at once.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_client::RetryPolicy;
///
/// let (base, max) = (Duration::from_millis(200), Duration::from_secs(2));
/// let policy = RetryPolicy::new(3).with_backoff(base, max);
/// assert_eq!(policy, RetryPolicy::default());
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
    /// Makes at most this many attempts, the first one included. 0 is treated as 1.
    #[must_use]
    pub fn new(attempts: u32) -> Self {
        Self { attempts, base: Duration::from_millis(200), max: Duration::from_secs(2) }
    }

    /// Makes one attempt and never retries.
    #[must_use]
    pub fn never() -> Self {
        Self::new(1)
    }

    /// Sets the largest pause before the first retry, which doubles with each further one, and its upper limit.
    #[must_use]
    pub fn with_backoff(self, base: Duration, max: Duration) -> Self {
        Self { base, max, ..self }
    }
}

/// Makes 3 attempts, with pauses of 100 to 200 ms and 200 to 400 ms.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(3)
    }
}

/// What the decision after a failed attempt depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    /// Whether the operation may be repeated.
    pub(crate) is_idempotent: bool,
    /// Whether the error is retryable.
    pub(crate) is_retryable: bool,
    /// The number of attempts so far, from 1.
    pub(crate) attempts: u32,
    /// The time until the deadline.
    pub(crate) remaining: Duration,
    /// How long the server asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// A random number from 0 to 1.
    pub(crate) jitter: f64,
}

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Retry after a pause.
    RetryAfter(Duration),
    /// Return the error.
    GiveUp,
    /// Return that the deadline has passed: a retry could help, but there is no time for it.
    OutOfTime,
}

impl RetryPolicy {
    /// Decides what to do after a failed attempt.
    pub(crate) fn decide(&self, failed: Situation) -> Decision {
        if !failed.is_idempotent || !failed.is_retryable || failed.attempts >= self.attempts {
            return Decision::GiveUp;
        }
        let earliest = failed.retry_after.unwrap_or_default();
        // The error says when a retry can help. `Error::DeadlineExceeded` would hide it.
        if failed.retry_after.is_some() && earliest >= failed.remaining {
            return Decision::GiveUp;
        }
        let max_backoff = self.max_backoff(failed.attempts);
        let backoff = max_backoff.as_secs_f64() * (1.0 + failed.jitter.clamp(0.0, 1.0)) / 2.0;
        // The largest durations cannot be converted back from a float.
        let pause = Duration::try_from_secs_f64(backoff).unwrap_or(max_backoff).max(earliest);
        // An attempt that starts at the deadline has no time left.
        if pause < failed.remaining { Decision::RetryAfter(pause) } else { Decision::OutOfTime }
    }

    /// Returns the longest pause after this many attempts.
    fn max_backoff(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1);
        let factor = 2_u32.checked_pow(doublings).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Situation = Situation {
        is_idempotent: true,
        is_retryable: true,
        attempts: 1,
        remaining: Duration::from_secs(15),
        retry_after: None,
        jitter: 1.0,
    };

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn decisions() {
        let retry = RetryPolicy::default();
        let rows = [
            (FAILED, Decision::RetryAfter(ms(200))),
            (Situation { attempts: 2, ..FAILED }, Decision::RetryAfter(ms(400))),
            (Situation { attempts: 3, ..FAILED }, Decision::GiveUp),
            (Situation { attempts: 4, ..FAILED }, Decision::GiveUp),
            (Situation { jitter: 0.0, ..FAILED }, Decision::RetryAfter(ms(100))),
            (Situation { jitter: 0.5, ..FAILED }, Decision::RetryAfter(ms(150))),
            (Situation { jitter: 9.0, ..FAILED }, Decision::RetryAfter(ms(200))),
            (Situation { is_idempotent: false, ..FAILED }, Decision::GiveUp),
            (Situation { is_retryable: false, ..FAILED }, Decision::GiveUp),
            (Situation { remaining: ms(201), ..FAILED }, Decision::RetryAfter(ms(200))),
            (Situation { remaining: ms(200), ..FAILED }, Decision::OutOfTime),
            (Situation { remaining: ms(0), jitter: 0.0, ..FAILED }, Decision::OutOfTime),
            (Situation { remaining: ms(0), is_retryable: false, ..FAILED }, Decision::GiveUp),
            // The longer of backoff and Retry-After.
            (Situation { retry_after: Some(ms(0)), ..FAILED }, Decision::RetryAfter(ms(200))),
            (Situation { retry_after: Some(ms(199)), ..FAILED }, Decision::RetryAfter(ms(200))),
            (Situation { retry_after: Some(ms(7000)), ..FAILED }, Decision::RetryAfter(ms(7000))),
            (Situation { retry_after: Some(ms(7000)), jitter: 0.0, ..FAILED }, Decision::RetryAfter(ms(7000))),
            (Situation { retry_after: Some(ms(14_999)), ..FAILED }, Decision::RetryAfter(ms(14_999))),
            (Situation { retry_after: Some(ms(15_000)), ..FAILED }, Decision::GiveUp),
            (Situation { retry_after: Some(Duration::MAX), ..FAILED }, Decision::GiveUp),
            (Situation { retry_after: Some(ms(1)), remaining: ms(100), ..FAILED }, Decision::OutOfTime),
            (Situation { retry_after: Some(ms(1)), is_idempotent: false, ..FAILED }, Decision::GiveUp),
            (Situation { retry_after: Some(ms(1)), attempts: 3, ..FAILED }, Decision::GiveUp),
        ];
        for (failed, decision) in rows {
            assert_eq!(retry.decide(failed), decision, "{failed:?}");
        }
    }

    #[test]
    fn backoff_doubles_up_to_its_limit_and_never_overflows() {
        let retry = RetryPolicy::new(u32::MAX);
        let pauses: Vec<_> = (1..=6).map(|attempts| retry.max_backoff(attempts)).collect();
        assert_eq!(pauses, [ms(200), ms(400), ms(800), ms(1600), ms(2000), ms(2000)]);
        assert_eq!(retry.max_backoff(u32::MAX), ms(2000));
        let endless = retry.with_backoff(Duration::MAX, Duration::MAX);
        assert_eq!(endless.max_backoff(9), Duration::MAX);
        assert_eq!(endless.decide(FAILED), Decision::OutOfTime);
    }

    #[test]
    fn at_least_one_attempt_is_made() {
        for retry in [RetryPolicy::never(), RetryPolicy::new(0)] {
            assert_eq!(retry.decide(FAILED), Decision::GiveUp);
        }
    }
}
