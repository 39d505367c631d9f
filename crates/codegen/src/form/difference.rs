//! Texts that one form has and another one has not.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::automaton::{Automaton, State};

/// How many pairs of states are looked at before the search gives up.
const MAX_PAIRS: usize = 20_000;

/// What a search for a text found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// No such text.
    None,
    /// The shortest one, the first of them.
    Text(String),
    /// The forms are too large to tell.
    Unknown,
}

/// Where both automata are, and how many characters were read.
type Pair = (Vec<State>, Vec<State>, usize);

/// Searches for a text of the first form and its lengths that the second one or its lengths refuse.
pub(super) fn difference(
    (a, bounds): (&Automaton, &RangeInclusive<usize>),
    (b, others): (&Automaton, &RangeInclusive<usize>),
) -> Difference {
    let bytes = alphabet(a, b);
    let mut seen: BTreeSet<Pair> = BTreeSet::new();
    let mut open: Vec<(Pair, String)> = vec![((vec![0], vec![0], 0), String::new())];
    while !open.is_empty() {
        let mut next = Vec::new();
        for ((mine, theirs, length), text) in open {
            let refused = !others.contains(&length) || !b.can_end(&theirs);
            if bounds.contains(&length) && a.can_end(&mine) && refused {
                return Difference::Text(text);
            }
            if length >= *bounds.end() {
                continue;
            }
            for byte in &bytes {
                let pair = (a.step(&mine, *byte), b.step(&theirs, *byte), length + 1);
                if !pair.0.is_empty() && seen.insert(pair.clone()) {
                    next.push((pair, format!("{text}{}", char::from(*byte))));
                }
            }
            if seen.len() > MAX_PAIRS {
                return Difference::Unknown;
            }
        }
        open = next;
    }
    Difference::None
}

/// Returns one character for each kind that the two automata tell apart.
fn alphabet(a: &Automaton, b: &Automaton) -> Vec<u8> {
    let mut kinds = BTreeSet::new();
    (b' '..=b'~').filter(|byte| kinds.insert((a.kind(*byte), b.kind(*byte)))).collect()
}
