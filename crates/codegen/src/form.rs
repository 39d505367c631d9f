//! Forms of texts: the part of regular expressions that JSON Schema, Rust's regex crates and Python's `re` read alike.
//!
//! A pattern is parsed once ([`Form::parse`]). The automaton made from it decides whether a text has the form, makes
//! texts of the form, and finds a text that one form has and another one has not.

mod automaton;
mod difference;
mod parse;
mod set;
mod texts;

use std::ops::RangeInclusive;

use automaton::Automaton;
use parse::Node;
use set::Set;

pub use difference::Difference;
pub use parse::{Fault, MAX_CHARACTERS};

/// The form of a text.
#[derive(Debug, Clone)]
pub struct Form {
    pattern: String,
    automaton: Automaton,
}

impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Eq for Form {}

impl Form {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Returns the first place at which the pattern says something that not all engines read alike.
    pub fn parse(pattern: &str) -> Result<Self, Fault> {
        let node = parse::parse(pattern)?;
        Ok(Self { pattern: pattern.to_owned(), automaton: Automaton::new(&node) })
    }

    /// Parses a pattern that the generator has made or knows, of any size.
    #[must_use]
    pub fn known(pattern: &str) -> Option<Self> {
        let node = parse::any_size(pattern).ok()?;
        Some(Self { pattern: pattern.to_owned(), automaton: Automaton::new(&node) })
    }

    /// Returns the form of a closed set of words.
    #[must_use]
    pub fn words(words: &[&str]) -> Self {
        let word = |word: &&str| Node::All(word.bytes().map(|byte| Node::Class(Set::of(byte))).collect());
        Self { pattern: String::new(), automaton: Automaton::new(&Node::Any(words.iter().map(word).collect())) }
    }

    /// Returns the form of all texts of printable ASCII characters.
    #[must_use]
    pub fn printable() -> Self {
        let node = Node::Repeat(Box::new(Node::Class(Set::PRINTABLE)), 0, None);
        Self { pattern: String::new(), automaton: Automaton::new(&node) }
    }

    /// Returns the pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns whether a text has the form.
    #[must_use]
    pub fn takes(&self, text: &str) -> bool {
        self.automaton.takes(text)
    }

    /// Returns the lengths within the bounds that texts of the form have, in ascending order.
    #[must_use]
    pub fn lengths(&self, bounds: RangeInclusive<usize>) -> Vec<usize> {
        let most = self.automaton.longest().map_or(*bounds.end(), |longest| longest.min(*bounds.end()));
        let table = self.automaton.completions(most);
        (*bounds.start()..=most).filter(|length| table.starts(*length)).collect()
    }

    /// Returns a text of the form with this length, the n-th of several; `None` if no text of the form has the length.
    #[must_use]
    pub fn text(&self, length: usize, n: usize) -> Option<String> {
        texts::text(&self.automaton, length, n)
    }

    /// Returns texts that resemble one of the form and do not have it, each with what is wrong about it.
    #[must_use]
    pub fn near_misses(&self, text: &str) -> Vec<(&'static str, String)> {
        texts::near(text).into_iter().filter(|(_, text)| !text.is_empty() && !self.takes(text)).collect()
    }

    /// Searches for a text of this form and length that the other form or its bounds refuse.
    #[must_use]
    pub fn beyond(&self, bounds: &RangeInclusive<usize>, other: &Self, others: &RangeInclusive<usize>) -> Difference {
        difference::difference((&self.automaton, bounds), (&other.automaton, others))
    }
}

#[cfg(test)]
mod tests;
