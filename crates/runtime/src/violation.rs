//! What can be wrong with a message: each fault with its place and its rule, and never with the value itself.

use std::fmt;

use crate::comparison::Comparison;

/// The rule that one scalar or list breaks.
///
/// It holds lengths and limits, never the text: that may be a customer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Fewer characters than allowed. An empty text is this: an optional member that is not needed is left out.
    #[error("at least {min} character{} expected, {found} found", plural(*.min))]
    TooShort {
        /// The least number of characters.
        min: usize,
        /// The number of characters found.
        found: usize,
    },
    /// More characters than allowed.
    #[error("at most {max} characters allowed, {found} found")]
    TooLong {
        /// The greatest number of characters.
        max: usize,
        /// The number of characters found.
        found: usize,
    },
    /// Fewer elements than allowed.
    #[error("at least {min} element{} expected, {found} found", plural(*.min))]
    TooFew {
        /// The least number of elements.
        min: usize,
        /// The number of elements found.
        found: usize,
    },
    /// More elements than allowed.
    #[error("at most {max} element{} allowed, {found} found", plural(*.max))]
    TooMany {
        /// The greatest number of elements.
        max: usize,
        /// The number of elements found.
        found: usize,
    },
    /// Not a whole number of a range, in digits without a sign or a leading zero.
    #[error("expected a whole number from {min} to {max}, in digits alone")]
    NotInRange {
        /// The least number.
        min: u64,
        /// The greatest number.
        max: u64,
    },
    /// Not one of a closed set of words.
    #[error("expected one of {}", quoted(.0))]
    NotOneOf(&'static [&'static str]),
    /// Not of the form that the rule describes.
    #[error("expected {0}")]
    Form(&'static str),
}

/// What was found where something else was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// No such member.
    Nothing,
    /// `null`, which means the same as no such member.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

/// The rule of a message that is broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A member that every message has is missing.
    #[error("required, {found} found")]
    Required {
        /// [`JsonType::Nothing`] or [`JsonType::Null`].
        found: JsonType,
    },
    /// A member is missing that a condition asks for.
    #[error("required since {condition}; {found} found")]
    RequiredIf {
        /// The condition, such as `/result/resultStatus is "S"`.
        condition: String,
        /// [`JsonType::Nothing`] or [`JsonType::Null`].
        found: JsonType,
    },
    /// A member is there that a condition rules out.
    #[error("not allowed since {condition}")]
    Forbidden {
        /// The condition.
        condition: String,
    },
    /// None of some members is there, or more than one where only one may be.
    #[error("{} of {}{}, {given} found", if *.several { "at least one" } else { "exactly one" }, .members.join(", "), since(.condition.as_ref()))]
    Choice {
        /// The members' names.
        members: &'static [&'static str],
        /// Whether more than one may be there.
        several: bool,
        /// How many of them are there.
        given: usize,
        /// The condition, if it does not always hold.
        condition: Option<String>,
    },
    /// A scalar does not stand to another one as it has to.
    #[error("has to be {is} {with}")]
    Compared {
        /// How it has to stand to the other one.
        is: Comparison,
        /// The other one, as a JSON Pointer.
        with: String,
    },
    /// A value of another kind.
    #[error("{expected} expected, {found} found")]
    SchemaType {
        /// The kind that the schema asks for.
        expected: JsonType,
        /// The kind that is there.
        found: JsonType,
    },
    /// A scalar or a list breaks its own rule.
    #[error("{0}")]
    Value(ValueError),
    /// A status that is not the one that the code table gives the code.
    #[error("the code {code} goes with the status {expected}")]
    StatusOfCode {
        /// The code, a known one.
        code: &'static str,
        /// The status that goes with it.
        expected: &'static str,
    },
}

/// One fault of a message: where, and which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The place, as a JSON Pointer (RFC 6901): `/paymentAmount/value`.
    pub pointer: String,
    /// The rule that is broken there.
    pub kind: ViolationKind,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the message" } else { &self.pointer };
        write!(f, "{place}: {}", self.kind)
    }
}

/// How many faults are written out: a long list can have more than any log should hold.
const MAX_DISPLAYED: usize = 32;

/// All faults of a message, in the order of the schema. There is at least one. Prints the first 32 of them, and how many
/// more there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// All of them, if there is one.
    #[must_use]
    pub fn new(all: Vec<Violation>) -> Option<Self> {
        (!all.is_empty()).then_some(Self(all))
    }

    /// Each fault in turn.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// The pointers as a line of at most `max` characters, with a count of those that don't fit: `/a, /b, 3 more`.
    #[must_use]
    pub fn pointers(&self, max: usize) -> String {
        let mut places: Vec<&str> =
            self.0.iter().map(|it| if it.pointer.is_empty() { "/" } else { it.pointer.as_str() }).collect();
        // Two rules broken at one place are one place to look at.
        places.dedup();
        let fits = |line: &String| line.chars().count() <= max;
        // From all of them down to none, the rest counted: the first line that fits.
        let shortened = |shown: usize| match places.len() - shown {
            0 => places.join(", "),
            rest if shown == 0 => format!("{rest} more"),
            rest => format!("{}, {rest} more", places[..shown].join(", ")),
        };
        // A pointer and its comma take three characters at least: more can't fit.
        let most = places.len().min(max / 3 + 1);
        (0..=most).rev().map(shortened).find(fits).unwrap_or_default()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, violation) in self.iter().take(MAX_DISPLAYED).enumerate() {
            write!(f, "{}{violation}", if i == 0 { "" } else { "; " })?;
        }
        match self.0.len().saturating_sub(MAX_DISPLAYED) {
            0 => Ok(()),
            rest => write!(f, "; {rest} more"),
        }
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn since(condition: Option<&String>) -> String {
    condition.map(|condition| format!(" since {condition}")).unwrap_or_default()
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(n: usize) -> Violations {
        let one =
            |i| Violation { pointer: format!("/m{i}"), kind: ViolationKind::Required { found: JsonType::Nothing } };
        Violations::new((0..n).map(one).collect()).unwrap()
    }

    #[test]
    fn pointers_fit_and_the_rest_is_counted() {
        assert_eq!(some(2).pointers(99), "/m0, /m1");
        assert_eq!(some(2).pointers(8), "/m0, /m1");
        assert_eq!(some(2).pointers(7), "2 more");
        assert_eq!(some(2).pointers(5), "");
        assert_eq!(some(20).pointers(20), "/m0, /m1, 18 more");
        let twice = Violations::new([some(1).0, some(1).0].concat()).unwrap();
        assert_eq!(twice.pointers(99), "/m0");
        for max in 0..200 {
            assert!(some(40).pointers(max).chars().count() <= max, "{max}");
        }
    }

    #[test]
    fn what_is_over_is_counted() {
        assert!(some(32).to_string().ends_with("/m31: required, nothing found"));
        assert!(some(131_072).to_string().ends_with("/m31: required, nothing found; 131040 more"));
    }

    #[test]
    fn an_empty_list_is_no_violation() {
        assert_eq!(Violations::new(Vec::new()), None);
    }

    #[test]
    fn a_violation_says_where_what_and_why() {
        let all = Violations::new(vec![
            Violation { pointer: "/a".into(), kind: ViolationKind::Value(ValueError::TooShort { min: 1, found: 0 }) },
            Violation { pointer: "/b".into(), kind: ViolationKind::Value(ValueError::NotOneOf(&["S", "F"])) },
            Violation { pointer: "/c".into(), kind: ViolationKind::Value(ValueError::TooFew { min: 2, found: 1 }) },
            Violation {
                pointer: String::new(),
                kind: ViolationKind::SchemaType { expected: JsonType::Object, found: JsonType::Array },
            },
        ]);
        assert_eq!(
            all.unwrap().to_string(),
            "/a: at least 1 character expected, 0 found; /b: expected one of \"S\", \"F\"; \
             /c: at least 2 elements expected, 1 found; the message: an object expected, an array found"
        );
    }
}
