//! What several samples of one subject say.

use std::time::Duration;

use super::sample::Sample;

/// The samples of a subject.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures(Vec<Sample>);

impl Figures {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
        self.0.sort_by_key(|sample| sample.time);
    }

    /// The time in the middle.
    pub(super) fn median(&self) -> Duration {
        self.0.get(self.0.len() / 2).map_or(Duration::ZERO, |sample| sample.time)
    }

    /// The shortest and the longest time.
    pub(super) fn spread(&self) -> (Duration, Duration) {
        let time = |sample: Option<&Sample>| sample.map_or(Duration::ZERO, |sample| sample.time);
        (time(self.0.first()), time(self.0.last()))
    }

    /// The processor time in the middle.
    pub(super) fn busy(&self) -> Option<Duration> {
        let mut all: Vec<_> = self.0.iter().filter_map(|sample| sample.busy).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied()
    }

    /// The most memory that any of them held, in bytes.
    pub(super) fn peak(&self) -> Option<u64> {
        self.0.iter().filter_map(|sample| sample.peak).max()
    }

    /// The lines of code: the same in all of them.
    pub(super) fn lines(&self) -> usize {
        self.0.first().map_or(0, |sample| sample.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let mut figures = Figures::default();
        for (millis, peak) in [(9, 10), (1, 30), (5, 20)] {
            figures.add(Sample { time: Duration::from_millis(millis), busy: None, peak: Some(peak), lines: 7 });
        }
        assert_eq!(figures.median(), Duration::from_millis(5));
        assert_eq!(figures.spread(), (Duration::from_millis(1), Duration::from_millis(9)));
        assert_eq!((figures.peak(), figures.lines()), (Some(30), 7));
    }
}
