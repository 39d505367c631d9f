//! Durations of requests, in constant space.

use std::fmt;
use std::time::Duration;

/// The number of counters per power of two microseconds: a duration is known to 1/32.
const STEPS: u64 = 32;

/// A histogram.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    counts: Vec<u64>,
    total: u64,
}

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        let place = place(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
        self.total += 1;
    }

    pub(crate) fn join(&mut self, other: &Self) {
        let length = self.counts.len().max(other.counts.len());
        self.counts.resize(length, 0);
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Returns the duration that so many of a thousand did not exceed; zero if there are none.
    pub(crate) fn of_a_thousand(&self, quick: u64) -> Duration {
        let wanted = (self.total * quick).div_ceil(1000);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return Duration::from_micros(most(place));
            }
        }
        Duration::ZERO
    }
}

/// Shows the median, the 99th percentile and the maximum.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, slow, slowest] =
            [500, 990, 1000].map(|quick| self.of_a_thousand(quick).as_micros()).map(|micros| {
                if micros < 10_000 {
                    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
                } else {
                    format!("{} ms", micros / 1000)
                }
            });
        write!(f, "{median}, {slow}, {slowest}")
    }
}

/// Returns the counter of a duration in microseconds.
fn place(micros: u64) -> usize {
    let shift = micros.max(STEPS).ilog2() - STEPS.ilog2();
    let place = u64::from(shift) * STEPS + (micros >> shift);
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// Returns the greatest duration of a counter, in microseconds.
fn most(place: usize) -> u64 {
    let place = place as u64;
    let shift = (place / STEPS).saturating_sub(1);
    ((place - shift * STEPS + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_known_to_a_thirty_second_part() {
        for micros in (0..5000).chain([65_535, 65_536, 1_000_000, 59_999_999]) {
            let most = most(place(micros));
            assert!(most >= micros && most - micros <= micros / 32, "{micros}: {most}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let mut times = Times::default();
        for micros in 1..=30 {
            times.add(Duration::from_micros(micros));
        }
        assert_eq!([500, 900, 1000].map(|quick| times.of_a_thousand(quick).as_micros()), [15, 27, 30]);
        assert_eq!(Times::default().of_a_thousand(990), Duration::ZERO);
        times.join(&times.clone());
        assert_eq!(times.total(), 60);
    }
}
