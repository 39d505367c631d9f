//! What a part is given: its chance, how much to try, and where to say what it found.

use std::fmt;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::part::Disproof;
use crate::progress::Progress;

/// One run of one part.
#[derive(Debug)]
pub(crate) struct Run {
    part: &'static str,
    seed: u64,
    quick: bool,
    case: Option<u64>,
    facts: Vec<Fact>,
}

/// Something that was tried or found: a line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) what: String,
    pub(crate) found: String,
}

impl Run {
    pub(crate) fn new(part: &'static str, seed: u64, quick: bool, case: Option<u64>) -> Self {
        Self { part, seed, quick, case, facts: Vec::new() }
    }

    /// Whether one case is repeated alone: then counts say nothing.
    pub(crate) fn is_one_case(&self) -> bool {
        self.case.is_some()
    }

    /// One of two, by how much is to be tried.
    pub(crate) fn either<T>(&self, long: T, quick: T) -> T {
        if self.quick { quick } else { long }
    }

    /// The chance of a topic: the same for the same seed, whatever else is tried.
    pub(crate) fn chance(&self, topic: &str) -> fastrand::Rng {
        chance(self.seed, self.part, topic, 0)
    }

    /// Tries cases one by one, each with a chance of its own; all of them, or the one that was asked for.
    ///
    /// # Errors
    /// The first that does not hold or panics, with its number.
    pub(crate) fn cases(
        &self,
        topic: &str,
        count: u64,
        mut try_one: impl FnMut(u64, &mut fastrand::Rng) -> Result<(), Disproof>,
    ) -> Result<(), Disproof> {
        let mut progress = Progress::new(topic, count);
        for case in self.range(count) {
            let mut rng = chance(self.seed, self.part, topic, case);
            let tried = catch_unwind(AssertUnwindSafe(|| try_one(case, &mut rng)));
            // Its own message stands on standard error.
            tried
                .unwrap_or_else(|_| Err("it panics".into()))
                .map_err(|error| Disproof { what: format!("{topic}: {}", error.what), case: Some(case) })?;
            progress.step();
        }
        Ok(())
    }

    /// The numbers of the cases to try.
    pub(crate) fn range(&self, count: u64) -> Range<u64> {
        self.case.map_or(0..count, |case| case..case + 1)
    }

    /// Keeps a line for the table.
    pub(crate) fn found(&mut self, what: impl fmt::Display, found: impl fmt::Display) {
        self.facts.push(Fact { what: what.to_string(), found: found.to_string() });
    }

    pub(crate) fn into_facts(self) -> Vec<Fact> {
        self.facts
    }
}

/// A generator for one case of one topic. Neighbouring seeds and cases have nothing in common.
fn chance(seed: u64, part: &str, topic: &str, case: u64) -> fastrand::Rng {
    let mut rng = fastrand::Rng::with_seed(seed);
    for byte in part.bytes().chain([0]).chain(topic.bytes()) {
        rng = fastrand::Rng::with_seed(rng.u64(..) ^ u64::from(byte));
    }
    fastrand::Rng::with_seed(rng.u64(..) ^ case.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tries_the_same() {
        let tried = |seed, case| {
            let mut tried = Vec::new();
            let run = Run::new("part", seed, true, case);
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
    fn a_panic_is_a_case_that_does_not_hold() {
        let run = Run::new("part", 7, true, None);
        let disproof =
            run.cases("topic", 3, |case, _| if case == 1 { panic!("of a test") } else { Ok(()) }).unwrap_err();
        assert_eq!((disproof.what.as_str(), disproof.case), ("topic: it panics", Some(1)));
    }
}
