//! What a scenario gets: random numbers, how much to test, and where to record the results.

use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::failure::Failure;
use crate::progress::Progress;

/// One run of one scenario.
#[derive(Debug)]
pub(crate) struct Run {
    scenario: &'static str,
    seed: u64,
    quick: bool,
    case: Option<u64>,
    facts: Vec<Fact>,
}

/// A line of the table: what was tested, and the result.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) what: String,
    pub(crate) found: String,
}

impl Run {
    pub(crate) fn new(scenario: &'static str, seed: u64, quick: bool, case: Option<u64>) -> Self {
        Self { scenario, seed, quick, case, facts: Vec::new() }
    }

    /// Whether only one case runs; counts are meaningless then.
    pub(crate) fn is_one_case(&self) -> bool {
        self.case.is_some()
    }

    /// Returns the first value in the long form, the second one in the quick form.
    pub(crate) fn either<T>(&self, long: T, quick: T) -> T {
        if self.quick { quick } else { long }
    }

    /// Returns the random numbers of a topic; they depend on nothing but the seed.
    pub(crate) fn rng(&self, topic: &str) -> fastrand::Rng {
        rng(self.seed, self.scenario, topic, 0)
    }

    /// Runs all cases, or the one that `--case` names, each with its own random numbers.
    ///
    /// # Errors
    /// A case fails or panics; the error has its number.
    pub(crate) fn cases(
        &self,
        topic: &str,
        count: u64,
        mut try_one: impl FnMut(u64, &mut fastrand::Rng) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut progress = Progress::new(topic, count);
        for case in self.range(count) {
            let mut rng = rng(self.seed, self.scenario, topic, case);
            let tried = catch_unwind(AssertUnwindSafe(|| try_one(case, &mut rng)));
            // The panic hook has printed its message.
            tried
                .unwrap_or_else(|_| Err("it panics".into()))
                .map_err(|error| Failure { what: format!("{topic}: {}", error.what), case: Some(case) })?;
            progress.step();
        }
        Ok(())
    }

    /// Returns the numbers of the cases to run.
    pub(crate) fn range(&self, count: u64) -> Range<u64> {
        self.case.map_or(0..count, |case| case..case + 1)
    }

    /// Adds a line to the table.
    pub(crate) fn found(&mut self, what: impl fmt::Display, found: impl fmt::Display) {
        self.facts.push(Fact { what: what.to_string(), found: found.to_string() });
    }

    pub(crate) fn into_facts(self) -> Vec<Fact> {
        self.facts
    }
}

/// Returns the random numbers of one case of one topic. Neighbouring seeds and cases have nothing in common.
fn rng(seed: u64, scenario: &str, topic: &str, case: u64) -> fastrand::Rng {
    let mut rng = fastrand::Rng::with_seed(seed);
    for byte in scenario.bytes().chain([0]).chain(topic.bytes()) {
        rng = fastrand::Rng::with_seed(rng.u64(..) ^ u64::from(byte));
    }
    fastrand::Rng::with_seed(rng.u64(..) ^ case.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_random_numbers() {
        let tried = |seed, case| {
            let mut tried = Vec::new();
            let run = Run::new("scenario", seed, true, case);
            run.cases("topic", 3, |case, rng| {
                tried.push((case, rng.u64(..)));
                Ok(())
            })
            .unwrap();
            tried
        };
        assert_eq!(tried(7, None), tried(7, None));
        assert_ne!(tried(7, None), tried(8, None));
        assert_eq!(tried(7, Some(1)), tried(7, None)[1..2]);
    }

    #[test]
    fn a_panic_is_a_failed_case() {
        let run = Run::new("scenario", 7, true, None);
        let failure =
            run.cases("topic", 3, |case, _| if case == 1 { panic!("of a test") } else { Ok(()) }).unwrap_err();
        assert_eq!((failure.what.as_str(), failure.case), ("topic: it panics", Some(1)));
    }
}
