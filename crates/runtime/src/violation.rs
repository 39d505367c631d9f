//! Violations of a message: each with its JSON Pointer and its rule, never with the value.

use std::fmt;

use crate::comparison::Comparison;

/// The rule that a scalar or a list breaks.
///
/// It holds lengths and limits, never the text, which may be sensitive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// Fewer characters than allowed. This includes the empty text: an optional member without a value is omitted.
    #[error("at least {min} character{} expected, {found} found", plural(*.min))]
    TooShort {
        /// The smallest number of characters.
        min: usize,
        /// The number of characters found.
        found: usize,
    },
    /// More characters than allowed.
    #[error("at most {max} characters allowed, {found} found")]
    TooLong {
        /// The largest number of characters.
        max: usize,
        /// The number of characters found.
        found: usize,
    },
    /// Fewer elements than allowed.
    #[error("at least {min} element{} expected, {found} found", plural(*.min))]
    TooFew {
        /// The smallest number of elements.
        min: usize,
        /// The number of elements found.
        found: usize,
    },
    /// More elements than allowed.
    #[error("at most {max} element{} allowed, {found} found", plural(*.max))]
    TooMany {
        /// The largest number of elements.
        max: usize,
        /// The number of elements found.
        found: usize,
    },
    /// Not an integer in the range, written in digits without a sign or a leading zero.
    #[error("expected an integer from {min} to {max}, in digits only")]
    NotInRange {
        /// The smallest number.
        min: u64,
        /// The largest number.
        max: u64,
    },
    /// Not one of a closed set of words.
    #[error("expected one of {}", quoted(.0))]
    NotOneOf(&'static [&'static str]),
    /// Not of the form that a pattern describes.
    #[error("expected a text of the form {pattern}")]
    OfForm {
        /// The regular expression.
        pattern: &'static str,
    },
    /// Not in the form that the text describes.
    #[error("expected {0}")]
    Form(&'static str),
}

/// The type of a JSON value, or its absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// The member is missing.
    Nothing,
    /// `null`, which means the same as a missing member.
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

/// The rule that a message breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A required member is missing.
    #[error("required, {found} found")]
    Required {
        /// [`JsonType::Nothing`] or [`JsonType::Null`].
        found: JsonType,
    },
    /// A member is missing that is required under a condition.
    #[error("required when {condition}; {found} found")]
    RequiredIf {
        /// The condition, such as `/result/resultStatus is "S"`.
        condition: String,
        /// [`JsonType::Nothing`] or [`JsonType::Null`].
        found: JsonType,
    },
    /// A member is present that is not allowed under a condition.
    #[error("not allowed when {condition}")]
    Forbidden {
        /// The condition.
        condition: String,
    },
    /// None of several members is present, or more than one where exactly one is required.
    #[error("{} of {}{}, {given} found", if *.several { "at least one" } else { "exactly one" }, .members.join(", "), when(.condition.as_ref()))]
    Choice {
        /// The names of the members.
        members: &'static [&'static str],
        /// Whether more than one may be present.
        several: bool,
        /// How many of them are present.
        given: usize,
        /// The condition; `None` if the rule always holds.
        condition: Option<String>,
    },
    /// A comparison with another scalar does not hold.
    #[error("must be {is} {with}")]
    Compared {
        /// The comparison.
        is: Comparison,
        /// The other scalar, as a JSON Pointer.
        with: String,
    },
    /// A value of another JSON type.
    #[error("{expected} expected, {found} found")]
    SchemaType {
        /// The type in the schema.
        expected: JsonType,
        /// The type of the value.
        found: JsonType,
    },
    /// A scalar or a list breaks its own rule.
    #[error("{0}")]
    Value(ValueError),
    /// A status other than the one that the code table lists for the code.
    #[error("the code {code} goes with the status {expected}")]
    StatusOfCode {
        /// The code, which is in the table.
        code: &'static str,
        /// The status that the table lists for it.
        expected: &'static str,
    },
}

/// One violation of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The JSON Pointer (RFC 6901) of the violation: `/paymentAmount/value`. Empty for the message itself.
    pub pointer: String,
    /// The broken rule.
    pub kind: ViolationKind,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "the message" } else { &self.pointer };
        write!(f, "{pointer}: {}", self.kind)
    }
}

/// How many violations are displayed: a long list can have more than a log should hold.
const MAX_DISPLAYED: usize = 32;

/// All violations of a message, at least one, in the order of the schema. `Display` prints the first 32 and the number
/// of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Returns the violations; `None` for an empty list.
    #[must_use]
    pub fn new(all: Vec<Violation>) -> Option<Self> {
        (!all.is_empty()).then_some(Self(all))
    }

    /// Returns an iterator over the violations.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// Returns the violations as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// Lists the pointers in at most `max` characters, with the number of those that don't fit: `/a, /b, 3 more`.
    #[must_use]
    pub fn pointers(&self, max: usize) -> String {
        let pointers = self.0.iter().map(|violation| violation.pointer.as_str());
        let mut pointers: Vec<&str> = pointers.map(|pointer| if pointer.is_empty() { "/" } else { pointer }).collect();
        // A value that breaks two rules is listed once.
        pointers.dedup();
        let fits = |line: &String| line.chars().count() <= max;
        // Try to list all, then one less each time, and count the others.
        let shortened = |shown: usize| match pointers.len() - shown {
            0 => pointers.join(", "),
            rest if shown == 0 => format!("{rest} more"),
            rest => format!("{}, {rest} more", pointers[..shown].join(", ")),
        };
        // A pointer and its separator take at least three characters, so no more than these can fit.
        let most = pointers.len().min(max / 3 + 1);
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

fn when(condition: Option<&String>) -> String {
    condition.map(|condition| format!(" when {condition}")).unwrap_or_default()
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(n: usize) -> Violations {
        let one =
            |i| Violation { pointer: format!("/m{i}"), kind: ViolationKind::Required { found: JsonType::Nothing } };
        Violations::new((0..n).map(one).collect()).unwrap()
    }

    #[test]
    fn pointers_are_limited_and_the_rest_is_counted() {
        assert_eq!(violations(2).pointers(99), "/m0, /m1");
        assert_eq!(violations(2).pointers(8), "/m0, /m1");
        assert_eq!(violations(2).pointers(7), "2 more");
        assert_eq!(violations(2).pointers(5), "");
        assert_eq!(violations(20).pointers(20), "/m0, /m1, 18 more");
        let twice = Violations::new([violations(1).0, violations(1).0].concat()).unwrap();
        assert_eq!(twice.pointers(99), "/m0");
        for max in 0..200 {
            assert!(violations(40).pointers(max).chars().count() <= max, "{max}");
        }
    }

    #[test]
    fn display_is_limited_and_the_rest_is_counted() {
        assert!(violations(32).to_string().ends_with("/m31: required, nothing found"));
        assert!(violations(131_072).to_string().ends_with("/m31: required, nothing found; 131040 more"));
    }

    #[test]
    fn an_empty_list_is_none() {
        assert_eq!(Violations::new(Vec::new()), None);
    }

    #[test]
    fn display_shows_pointer_rule_and_finding() {
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
