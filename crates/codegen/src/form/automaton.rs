//! The automaton of a pattern: its characters, and which of them can follow which.

use super::parse::Node;
use super::set::Set;

/// The state before a character: 0 before the first one, n + 1 behind the n-th.
pub(super) type State = usize;

/// A pattern's characters, each with those that can follow it.
#[derive(Debug, Clone, Default)]
pub(super) struct Automaton {
    sets: Vec<Set>,
    /// Each of these sets once.
    kinds: Vec<Set>,
    /// What can follow each state: characters, by their state behind them.
    next: Vec<Vec<State>>,
    /// Whether a text can end in a state.
    ends: Vec<bool>,
}

/// A part of a pattern: its first and last characters, and whether it can be empty.
struct Part {
    first: Vec<State>,
    last: Vec<State>,
    optional: bool,
}

impl Automaton {
    pub(super) fn new(node: &Node) -> Self {
        let mut automaton = Self { next: vec![Vec::new()], ..Self::default() };
        let whole = automaton.part(node);
        automaton.next[0] = whole.first;
        automaton.ends = vec![false; automaton.next.len()];
        automaton.ends[0] = whole.optional;
        whole.last.into_iter().for_each(|state| automaton.ends[state] = true);
        automaton.kinds.clone_from(&automaton.sets);
        automaton.kinds.sort_unstable();
        automaton.kinds.dedup();
        automaton
    }

    fn part(&mut self, node: &Node) -> Part {
        match node {
            Node::Class(set) => {
                self.sets.push(*set);
                self.next.push(Vec::new());
                let state = self.sets.len();
                Part { first: vec![state], last: vec![state], optional: false }
            }
            Node::All(parts) => {
                let mut whole = Part { first: Vec::new(), last: Vec::new(), optional: true };
                for part in parts {
                    let part = self.part(part);
                    whole = self.behind(whole, part);
                }
                whole
            }
            Node::Any(ways) => {
                let mut whole = Part { first: Vec::new(), last: Vec::new(), optional: false };
                for way in ways {
                    let way = self.part(way);
                    whole.first.extend(way.first);
                    whole.last.extend(way.last);
                    whole.optional |= way.optional;
                }
                whole
            }
            Node::Repeat(part, min, max) => self.repeated(part, *min, *max),
        }
    }

    fn repeated(&mut self, node: &Node, min: usize, max: Option<usize>) -> Part {
        let mut parts: Vec<Part> = (0..max.unwrap_or(min).max(1)).map(|_| self.part(node)).collect();
        if max.is_none()
            && let Some(last) = parts.last()
        {
            let (from, to) = (last.last.clone(), last.first.clone());
            self.connect(&from, &to);
        }
        // What may be missing is missing from the end, so that each has one way to follow the one before it.
        let mut rest: Option<Part> = None;
        for n in (0..parts.len()).rev() {
            let Some(part) = parts.pop() else { break };
            let mut whole = match rest {
                Some(rest) => self.behind(part, rest),
                None => part,
            };
            whole.optional |= n >= min;
            rest = Some(whole);
        }
        rest.unwrap_or(Part { first: Vec::new(), last: Vec::new(), optional: true })
    }

    /// Returns one part with another behind it.
    fn behind(&mut self, mut before: Part, after: Part) -> Part {
        self.connect(&before.last, &after.first);
        if before.optional {
            before.first.extend(&after.first);
        }
        if after.optional {
            before.last.extend(after.last);
        } else {
            before.last = after.last;
        }
        before.optional &= after.optional;
        before
    }

    fn connect(&mut self, from: &[State], to: &[State]) {
        for state in from {
            let missing: Vec<_> = to.iter().filter(|it| !self.next[*state].contains(it)).copied().collect();
            self.next[*state].extend(missing);
        }
    }

    /// Returns the states behind a character, in ascending order.
    pub(super) fn step(&self, states: &[State], byte: u8) -> Vec<State> {
        let after = states.iter().flat_map(|state| &self.next[*state]).copied();
        let mut all: Vec<_> = after.filter(|state| self.sets[state - 1].contains(byte)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn can_end(&self, states: &[State]) -> bool {
        states.iter().any(|state| self.ends[*state])
    }

    /// Returns in which of the different sets a character is: characters of one kind lead to the same states.
    pub(super) fn kind(&self, byte: u8) -> Vec<bool> {
        self.kinds.iter().map(|set| set.contains(byte)).collect()
    }

    pub(super) fn takes(&self, text: &str) -> bool {
        let states = text.bytes().fold(vec![0], |states, byte| self.step(&states, byte));
        self.can_end(&states)
    }

    /// Returns a length that no text exceeds; `None` if there is none.
    pub(super) fn longest(&self) -> Option<usize> {
        // States are numbered in the order of the pattern: only a repetition without an end leads back.
        let leads_back = |(state, next): (State, &Vec<State>)| next.iter().any(|it| *it <= state);
        (!self.next.iter().enumerate().any(leads_back)).then_some(self.sets.len())
    }

    /// Computes for each state which numbers of further characters lead to an end, up to a number.
    pub(super) fn completions(&self, most: usize) -> Completions {
        let mut rows = vec![self.ends.clone()];
        for n in 0..most {
            let row = self.next.iter().map(|next| next.iter().any(|state| rows[n][*state])).collect();
            rows.push(row);
        }
        Completions(rows)
    }
}

/// Which numbers of further characters lead from a state to an end.
pub(super) struct Completions(Vec<Vec<bool>>);

impl Completions {
    /// Returns whether there are texts of a length.
    pub(super) fn starts(&self, length: usize) -> bool {
        self.from(&[0], length)
    }

    /// Returns whether so many characters lead from one of the states to an end.
    pub(super) fn from(&self, states: &[State], length: usize) -> bool {
        self.0.get(length).is_some_and(|row| states.iter().any(|state| row[*state]))
    }
}
