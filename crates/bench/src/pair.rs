//! Two things that take turns.

use std::error::Error;
use std::time::{Duration, Instant};

/// How many rounds count. The one before them fills caches.
const ROUNDS: usize = 9;
/// How long each side works in a round, about.
const ROUND: Duration = Duration::from_millis(200);

/// What one of the two does, once. An error ends the measurement: a thing that fails early is fast.
pub(crate) type Work<'a> = &'a mut dyn FnMut() -> Result<(), Box<dyn Error>>;

/// The times of a pair.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The time of each round for one piece of work: ours and the other's.
    rounds: Vec<(f64, f64)>,
}

impl Pair {
    /// Measures both in turn.
    ///
    /// # Errors
    /// That of the work.
    pub(crate) fn measure(ours: Work<'_>, other: Work<'_>) -> Result<Self, Box<dyn Error>> {
        let times = [times(ours)?, times(other)?];
        let mut rounds = Vec::with_capacity(ROUNDS);
        for round in 0..=ROUNDS {
            let both = (seconds(ours, times[0])?, seconds(other, times[1])?);
            if round > 0 {
                rounds.push(both);
            }
        }
        Ok(Self { rounds })
    }

    /// The ratio of ours to the other's: median, least and most.
    pub(crate) fn ratio(&self) -> [f64; 3] {
        spread(self.rounds.iter().map(|(ours, other)| ours / other))
    }

    /// Seconds for one piece of our work: median, least and most.
    pub(crate) fn ours(&self) -> [f64; 3] {
        spread(self.rounds.iter().map(|(ours, _)| *ours))
    }

    /// Seconds for one piece of the other's work: median, least and most.
    pub(crate) fn other(&self) -> [f64; 3] {
        spread(self.rounds.iter().map(|(_, other)| *other))
    }
}

/// How often the work fits into a round.
fn times(work: Work<'_>) -> Result<u32, Box<dyn Error>> {
    let mut times = 1;
    loop {
        let took = seconds(work, times)? * f64::from(times);
        if took >= ROUND.as_secs_f64() {
            return Ok(times);
        }
        times *= 2;
    }
}

fn seconds(work: Work<'_>, times: u32) -> Result<f64, Box<dyn Error>> {
    let begin = Instant::now();
    for _ in 0..times {
        work()?;
    }
    Ok(begin.elapsed().as_secs_f64() / f64::from(times))
}

fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
    [at(values.len() / 2), at(0), at(values.len().saturating_sub(1))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "halves and wholes, which are exact")]
    fn the_median_is_the_middle_one() {
        let pair = Pair { rounds: vec![(6.0, 2.0), (1.0, 1.0), (8.0, 4.0)] };
        assert_eq!(pair.ratio(), [2.0, 1.0, 3.0]);
        assert_eq!(pair.ours(), [6.0, 1.0, 8.0]);
        assert_eq!(pair.other(), [2.0, 1.0, 4.0]);
    }

    #[test]
    fn work_that_fails_ends_it() {
        assert!(Pair::measure(&mut || Err("no".into()), &mut || Ok(())).is_err());
    }
}
