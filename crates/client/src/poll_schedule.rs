//! The schedule of inquiries until an outcome is final.

use std::sync::Arc;
use std::time::Duration;

use crate::error::ErrorReason;

/// The times at which [`wait_until_final`](crate::Call::wait_until_final) makes inquiries.
///
/// The first inquiry is made at once. An interval runs from the start of one inquiry to the start of the next, and is at
/// least [`PollSchedule::MIN_INTERVAL`]. An inquiry that takes longer than the interval is followed by the next one at
/// once.
///
/// No inquiry starts before the time that a `Retry-After` of the server names. If that is past the end of the schedule,
/// polling ends at once.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_client::PollSchedule;
///
/// let schedule = PollSchedule::every(Duration::from_secs(3))
///     .until(Duration::from_secs(60));
/// assert_eq!(schedule, PollSchedule::acquirer());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollSchedule {
    intervals: Intervals,
    until: Option<Duration>,
    stop_when_undetermined: bool,
    end_after_unreadable: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Intervals {
    Every(Duration),
    Exponential { first: Duration, longest: Duration },
    Listed(Arc<[Duration]>),
}

impl PollSchedule {
    /// The shortest interval, and the shortest pause after an inquiry with retries: 200 ms, so that a server is never
    /// polled in a tight loop.
    pub const MIN_INTERVAL: Duration = Duration::from_millis(200);

    /// Polls at the same interval without end; set an end with [`until`](Self::until).
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Self::of(Intervals::Every(interval))
    }

    /// Polls at intervals that double from the first to the longest, without end; set an end with [`until`](Self::until).
    #[must_use]
    pub fn exponential(first: Duration, longest: Duration) -> Self {
        Self::of(Intervals::Exponential { first, longest })
    }

    /// Polls at these intervals and then stops: n intervals make n + 1 inquiries.
    #[must_use]
    pub fn from_intervals(intervals: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(Intervals::Listed(intervals.into_iter().collect()))
    }

    /// Polls every 3 s for 60 s, as an acquirer does before it cancels.
    #[must_use]
    pub fn acquirer() -> Self {
        Self::every(Duration::from_secs(3)).until(Duration::from_secs(60))
    }

    /// Polls as Alipay+ does in its push mode: after 4, 4, 30, 60, 60, 60, 300 and 300 s ("subject to change").
    #[must_use]
    pub fn push_mode() -> Self {
        Self::from_intervals([4, 4, 30, 60, 60, 60, 300, 300].map(Duration::from_secs))
    }

    /// Ends polling after this time, counted from its start. An inquiry that is in progress then is cancelled, and none
    /// starts that would have no time left.
    #[must_use]
    pub fn until(self, overall: Duration) -> Self {
        Self { until: Some(overall), ..self }
    }

    /// Also ends polling on an undetermined outcome, such as an order that the server does not know. By default polling
    /// continues, because an inquiry can overtake its payment.
    #[must_use]
    pub fn stop_when_undetermined(self) -> Self {
        Self { stop_when_undetermined: true, ..self }
    }

    /// Ends polling after this many responses in a row that cannot be verified or read: 3 by default. 0 is treated as 1. Retryable ones, such as HTTP 503, do not count.
    ///
    /// One such response may be the page of a proxy, or signed with a key that is not trusted yet; the next one may be the
    /// server's again.
    #[must_use]
    pub fn end_after_unreadable(self, responses: u32) -> Self {
        Self { end_after_unreadable: responses, ..self }
    }

    fn of(intervals: Intervals) -> Self {
        Self { intervals, until: None, stop_when_undetermined: false, end_after_unreadable: 3 }
    }

    /// Returns the interval after the n-th inquiry, counted from 0; `None` after the last one of a list.
    pub(crate) fn interval(&self, n: u32) -> Option<Duration> {
        let interval = match &self.intervals {
            Intervals::Every(interval) => *interval,
            Intervals::Exponential { first, longest } => {
                let factor = 2_u32.checked_pow(n).unwrap_or(u32::MAX);
                first.saturating_mul(factor).min(*longest)
            }
            Intervals::Listed(intervals) => *intervals.get(usize::try_from(n).ok()?)?,
        };
        Some(interval.max(Self::MIN_INTERVAL))
    }

    /// Returns the sum of the intervals after the n-th inquiry, counted from 0; `None` for endless intervals.
    pub(crate) fn remaining(&self, n: u32) -> Option<Duration> {
        let Intervals::Listed(intervals) = &self.intervals else { return None };
        let rest = intervals.iter().skip(usize::try_from(n).unwrap_or(usize::MAX));
        Some(rest.fold(Duration::ZERO, |sum, interval| sum.saturating_add(*interval.max(&Self::MIN_INTERVAL))))
    }

    /// Returns how long polling may take.
    pub(crate) fn overall(&self) -> Option<Duration> {
        self.until
    }

    /// Returns whether polling goes on after an error that is not retryable, the last of this many unreadable responses.
    pub(crate) fn tolerates(&self, reason: &ErrorReason, unreadable: u32) -> bool {
        reason.is_unreadable() && unreadable < self.end_after_unreadable
    }

    pub(crate) fn stops_when_undetermined(&self) -> bool {
        self.stop_when_undetermined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(schedule: &PollSchedule, n: u32) -> Vec<Option<u64>> {
        (0..n).map(|n| schedule.interval(n).map(|interval| interval.as_secs())).collect()
    }

    #[test]
    fn intervals_of_each_kind() {
        let s = Duration::from_secs;
        assert_eq!(seconds(&PollSchedule::every(s(3)), 3), [Some(3); 3]);
        let exponential = PollSchedule::exponential(s(1), s(5));
        assert_eq!(seconds(&exponential, 5), [Some(1), Some(2), Some(4), Some(5), Some(5)]);
        assert_eq!(exponential.interval(u32::MAX), Some(s(5)));
        assert_eq!(seconds(&PollSchedule::from_intervals([s(4), s(9)]), 3), [Some(4), Some(9), None]);
        assert_eq!(
            seconds(&PollSchedule::push_mode(), 9),
            [Some(4), Some(4), Some(30), Some(60), Some(60), Some(60), Some(300), Some(300), None],
        );
    }

    #[test]
    fn remaining_time_of_a_list() {
        let s = Duration::from_secs;
        let listed = PollSchedule::from_intervals([s(4), s(9), Duration::ZERO]);
        let remaining = [0, 1, 2, 3, u32::MAX].map(|n| listed.remaining(n));
        let min = PollSchedule::MIN_INTERVAL;
        assert_eq!(remaining, [s(13) + min, s(9) + min, min, s(0), s(0)].map(Some));
        assert_eq!(PollSchedule::every(s(3)).remaining(0), None);
        assert_eq!(PollSchedule::exponential(s(1), s(5)).remaining(7), None);
        assert_eq!(PollSchedule::from_intervals([Duration::MAX, s(1)]).remaining(0), Some(Duration::MAX));
    }

    #[test]
    fn no_interval_is_shorter_than_the_minimum() {
        for schedule in [
            PollSchedule::every(Duration::ZERO),
            PollSchedule::exponential(Duration::ZERO, Duration::ZERO),
            PollSchedule::from_intervals([Duration::ZERO]),
        ] {
            assert_eq!(schedule.interval(0), Some(PollSchedule::MIN_INTERVAL));
        }
    }
}
