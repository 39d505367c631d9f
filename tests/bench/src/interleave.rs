//! Interleaved measurements.

use std::time::Duration;

use crate::Failable;
use crate::cost::{Clocks, Cost};

/// The number of rounds that count. One more before them fills caches.
const ROUNDS: usize = 9;
/// The duration of a slice of repeated work: short, so that other load on the machine affects all sides alike.
const SLICE: Duration = Duration::from_millis(2);

/// Runs a slice of work, and returns the cost of one piece. An error ends the measurement, since failing early is
/// fast.
pub(crate) type Side<'a> = &'a mut dyn FnMut() -> Failable<Cost>;

/// The cost of one piece of each side in each round.
#[derive(Debug)]
pub(crate) struct Rounds(Vec<Vec<Cost>>);

/// Interleaves the sides, with this many slices per round. Each side's median slice counts for a round.
///
/// # Errors
/// A side fails.
pub(crate) fn interleave(slices: usize, sides: &mut [Side<'_>]) -> Failable<Rounds> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..=ROUNDS {
        let mut costs = vec![Vec::with_capacity(slices); sides.len()];
        for slice in 0..slices {
            let mut order: Vec<_> = sides.iter_mut().zip(&mut costs).collect();
            // The order alternates, so that no side always finds caches filled by another one.
            if slice % 2 == 1 {
                order.reverse();
            }
            for (side, costs) in order {
                costs.push(side()?);
            }
        }
        if round > 0 {
            rounds.push(costs.iter().map(|costs| middle(costs)).collect());
        }
    }
    Ok(Rounds(rounds))
}

/// Returns a side that repeats its work on this thread.
///
/// # Errors
/// The work fails.
pub(crate) fn repeated<'a>(
    mut work: impl FnMut() -> Failable<()> + 'a,
) -> Failable<impl FnMut() -> Failable<Cost> + 'a> {
    let mut times = 1;
    let mut slice = move |times: u32| -> Failable<Cost> {
        let begin = Clocks::now();
        for _ in 0..times {
            work()?;
        }
        Ok(begin.here(times))
    };
    while slice(times)?.cpu * f64::from(times) < SLICE.as_secs_f64() {
        times *= 2;
    }
    Ok(move || slice(times))
}

impl Rounds {
    /// Returns the ratio of one side to another over all rounds: median, least and most.
    pub(crate) fn ratio(&self, side: usize, to: usize, by: fn(&Cost) -> f64) -> [f64; 3] {
        let of = |costs: &[Cost], side: usize| costs.get(side).map_or(f64::NAN, by);
        spread(self.0.iter().map(|costs| of(costs, side) / of(costs, to)))
    }

    /// Returns the median processor time of one piece of a side, in microseconds.
    pub(crate) fn micros(&self, side: usize) -> f64 {
        let [median, ..] = spread(self.0.iter().filter_map(|costs| costs.get(side)).map(|cost| cost.cpu));
        median * 1e6
    }
}

fn middle(costs: &[Cost]) -> Cost {
    let [cpu, ..] = spread(costs.iter().map(|cost| cost.cpu));
    let [wall, ..] = spread(costs.iter().map(|cost| cost.wall));
    Cost { cpu, wall }
}

fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
    [at(values.len() / 2), at(0), at(values.len().saturating_sub(1))]
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "halves and wholes, which are exact")]
mod tests {
    use super::*;

    fn cost(cpu: f64) -> Cost {
        Cost { cpu, wall: 2.0 * cpu }
    }

    #[test]
    fn the_median_is_the_middle_one() {
        let rounds = [(6.0, 2.0), (1.0, 1.0), (8.0, 4.0)].map(|(one, other)| vec![cost(one), cost(other)]);
        let rounds = Rounds(rounds.to_vec());
        assert_eq!(rounds.ratio(0, 1, |cost| cost.cpu), [2.0, 1.0, 3.0]);
        assert_eq!(rounds.micros(0), 6e6);
    }

    #[test]
    fn a_slow_slice_does_not_count() {
        let mut n = 0.0;
        let slow_once = &mut || {
            n += 1.0;
            Ok(cost(if n % 3.0 == 0.0 { 100.0 } else { 4.0 }))
        };
        let rounds = interleave(3, &mut [slow_once, &mut || Ok(cost(2.0))]).unwrap();
        assert_eq!(rounds.ratio(0, 1, |cost| cost.wall), [2.0; 3]);
    }

    #[test]
    fn work_that_fails_ends_it() {
        assert!(repeated(|| Err("no".into())).is_err());
        assert!(interleave(1, &mut [&mut || Err("no".into())]).is_err());
    }
}
