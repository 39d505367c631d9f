//! When to ask, while waiting for an outcome that does not change any more.

use std::sync::Arc;
use std::time::Duration;

/// When [`wait_until_final`](crate::Call::wait_until_final) asks.
///
/// The first question goes out at once. An interval runs from the start of one inquiry to the start of the next, and is
/// at least [`Schedule::SHORTEST`]; an inquiry that takes longer is followed by the next one at once.
///
/// No inquiry starts sooner than a `Retry-After` of the service says. When that is past the end of the schedule, the
/// waiting ends at once.
///
/// ```
/// use std::time::Duration;
/// use alipayplus_client::Schedule;
///
/// let schedule = Schedule::every(Duration::from_secs(3)).until(Duration::from_secs(60));
/// assert_eq!(schedule, Schedule::acquirer());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    intervals: Intervals,
    until: Option<Duration>,
    end_when_unsettled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Intervals {
    Every(Duration),
    Growing { first: Duration, longest: Duration },
    Listed(Arc<[Duration]>),
}

impl Schedule {
    /// No interval is shorter: a service is not to be asked in a tight loop.
    pub const SHORTEST: Duration = Duration::from_millis(100);

    /// The same interval each time, without end: give it one by [`until`](Self::until).
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Self::of(Intervals::Every(interval))
    }

    /// Intervals that double from the first to the longest, without end: give it one by [`until`](Self::until).
    #[must_use]
    pub fn growing(first: Duration, longest: Duration) -> Self {
        Self::of(Intervals::Growing { first, longest })
    }

    /// These intervals, and then no more: n intervals are n + 1 inquiries.
    #[must_use]
    pub fn from_intervals(intervals: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(Intervals::Listed(intervals.into_iter().collect()))
    }

    /// As an acquirer polls before it cancels: every 3 s for 60 s.
    #[must_use]
    pub fn acquirer() -> Self {
        Self::every(Duration::from_secs(3)).until(Duration::from_secs(60))
    }

    /// As Alipay+ repeats in its push mode: after 4, 4, 30, 60, 60, 60, 300 and 300 s ("subject to change").
    #[must_use]
    pub fn push_mode() -> Self {
        Self::from_intervals([4, 4, 30, 60, 60, 60, 300, 300].map(Duration::from_secs))
    }

    /// Ends the waiting after this time, counted from its start. An inquiry that is under way then is given up, and
    /// none starts that would have no time left.
    #[must_use]
    pub fn until(self, overall: Duration) -> Self {
        Self { until: Some(overall), ..self }
    }

    /// Also ends on an outcome of which nobody knows whether it will change, such as an order that the other side does
    /// not know (yet: an inquiry can overtake its payment). By default the waiting goes on.
    #[must_use]
    pub fn end_when_unsettled(self) -> Self {
        Self { end_when_unsettled: true, ..self }
    }

    fn of(intervals: Intervals) -> Self {
        Self { intervals, until: None, end_when_unsettled: false }
    }

    /// The interval after the n-th inquiry, counted from 0.
    pub(crate) fn interval(&self, n: u32) -> Option<Duration> {
        let interval = match &self.intervals {
            Intervals::Every(interval) => *interval,
            Intervals::Growing { first, longest } => {
                let factor = 2_u32.checked_pow(n).unwrap_or(u32::MAX);
                first.saturating_mul(factor).min(*longest)
            }
            Intervals::Listed(intervals) => *intervals.get(usize::try_from(n).ok()?)?,
        };
        Some(interval.max(Self::SHORTEST))
    }

    /// Returns the intervals after the n-th inquiry, counted from 0, taken together; `None` for endless ones.
    pub(crate) fn remaining(&self, n: u32) -> Option<Duration> {
        let Intervals::Listed(intervals) = &self.intervals else { return None };
        let rest = intervals.iter().skip(usize::try_from(n).unwrap_or(usize::MAX));
        Some(rest.fold(Duration::ZERO, |sum, interval| sum.saturating_add(*interval.max(&Self::SHORTEST))))
    }

    pub(crate) fn overall(&self) -> Option<Duration> {
        self.until
    }

    pub(crate) fn ends_when_unsettled(&self) -> bool {
        self.end_when_unsettled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(schedule: &Schedule, n: u32) -> Vec<Option<u64>> {
        (0..n).map(|n| schedule.interval(n).map(|interval| interval.as_secs())).collect()
    }

    #[test]
    fn intervals_of_each_sort() {
        let s = Duration::from_secs;
        assert_eq!(seconds(&Schedule::every(s(3)), 3), [Some(3); 3]);
        let growing = Schedule::growing(s(1), s(5));
        assert_eq!(seconds(&growing, 5), [Some(1), Some(2), Some(4), Some(5), Some(5)]);
        assert_eq!(growing.interval(u32::MAX), Some(s(5)));
        assert_eq!(seconds(&Schedule::from_intervals([s(4), s(9)]), 3), [Some(4), Some(9), None]);
        assert_eq!(
            seconds(&Schedule::push_mode(), 9),
            [Some(4), Some(4), Some(30), Some(60), Some(60), Some(60), Some(300), Some(300), None],
        );
    }

    #[test]
    fn what_is_left_of_a_list() {
        let s = Duration::from_secs;
        let listed = Schedule::from_intervals([s(4), s(9), Duration::ZERO]);
        let left = [0, 1, 2, 3, u32::MAX].map(|n| listed.remaining(n));
        let shortest = Schedule::SHORTEST;
        assert_eq!(left, [s(13) + shortest, s(9) + shortest, shortest, s(0), s(0)].map(Some));
        assert_eq!(Schedule::every(s(3)).remaining(0), None);
        assert_eq!(Schedule::growing(s(1), s(5)).remaining(7), None);
        assert_eq!(Schedule::from_intervals([Duration::MAX, s(1)]).remaining(0), Some(Duration::MAX));
    }

    #[test]
    fn there_is_no_tight_loop() {
        for schedule in [
            Schedule::every(Duration::ZERO),
            Schedule::growing(Duration::ZERO, Duration::ZERO),
            Schedule::from_intervals([Duration::ZERO]),
        ] {
            assert_eq!(schedule.interval(0), Some(Schedule::SHORTEST));
        }
    }
}
