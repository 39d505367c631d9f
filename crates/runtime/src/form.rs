//! Texts of a form, which a pattern describes.
//!
//! The generator accepts only patterns that JSON Schema validators and Rust's regex crates read alike: `^…$` around ASCII
//! characters, classes, groups, alternatives and repetitions.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::violation::ValueError;

/// The form of a text.
///
/// A pattern in which each character decides which part of it comes next, such as `^[A-Z]{3}/[A-Z]{3}$`, is checked
/// without a regex engine. Any other one is compiled at its first use.
#[derive(Debug)]
pub struct Form {
    pattern: &'static str,
    steps: Option<Steps>,
    regex: OnceLock<Option<Regex>>,
}

impl Form {
    /// Declares a form. The pattern is read when the program is compiled.
    #[must_use]
    pub const fn new(pattern: &'static str) -> Self {
        Self { pattern, steps: Steps::read(pattern.as_bytes()), regex: OnceLock::new() }
    }

    /// Checks a text.
    ///
    /// # Errors
    /// Returns [`ValueError::OfForm`] for a text that does not have the form.
    pub fn check(&self, text: &str) -> Result<(), ValueError> {
        let has_form = match &self.steps {
            Some(steps) => steps.take(text.as_bytes()),
            None => {
                self.regex.get_or_init(|| Regex::new(self.pattern).ok()).as_ref().is_some_and(|it| it.is_match(text))
            }
        };
        if has_form { Ok(()) } else { Err(ValueError::OfForm { pattern: self.pattern }) }
    }
}

/// The most steps of a pattern that is checked without a regex engine.
const MAX_STEPS: usize = 16;

/// Some characters, from so many times to so many times.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// A set of ASCII characters, one bit for each.
    set: u128,
    min: usize,
    max: usize,
}

/// A pattern that is only steps, each taking as many characters as it can.
#[derive(Clone, Copy, Debug)]
struct Steps {
    all: [Step; MAX_STEPS],
    count: usize,
}

impl Steps {
    fn take(&self, text: &[u8]) -> bool {
        let mut rest = text;
        for step in self.all.iter().take(self.count) {
            let is_in = |byte: &&u8| byte.is_ascii() && step.set & bit(**byte) != 0;
            let taken = rest.iter().take(step.max).take_while(is_in).count();
            if taken < step.min {
                return false;
            }
            rest = &rest[taken..];
        }
        rest.is_empty()
    }

    /// Reads a pattern; `None` for one with groups, with too many steps, or with a step that might have to take less
    /// than it can.
    const fn read(pattern: &[u8]) -> Option<Self> {
        if pattern.len() < 3 || pattern[0] != b'^' || pattern[pattern.len() - 1] != b'$' {
            return None;
        }
        let mut steps = Self { all: [Step { set: 0, min: 0, max: 0 }; MAX_STEPS], count: 0 };
        let mut at = 1;
        while at < pattern.len() - 1 {
            let Some((set, behind)) = read_set(pattern, at) else { return None };
            let Some((min, max, behind)) = read_counts(pattern, behind) else { return None };
            if steps.count == MAX_STEPS {
                return None;
            }
            steps.all[steps.count] = Step { set, min, max };
            steps.count += 1;
            at = behind;
        }
        if at == pattern.len() - 1 && steps.is_decided() { Some(steps) } else { None }
    }

    /// Returns whether no step that may take less than it can has a character of one behind it.
    const fn is_decided(&self) -> bool {
        let mut n = 0;
        while n < self.count {
            let mut behind = n + 1;
            while behind < self.count {
                if self.all[n].min < self.all[n].max && self.all[n].set & self.all[behind].set != 0 {
                    return false;
                }
                behind += 1;
            }
            n += 1;
        }
        true
    }
}

const fn bit(byte: u8) -> u128 {
    1 << (byte & 0x7f)
}

/// Reads a character or a class; returns it and the place behind it.
const fn read_set(pattern: &[u8], at: usize) -> Option<(u128, usize)> {
    match pattern[at] {
        b'(' | b')' | b'|' => None,
        b'[' => read_class(pattern, at + 1),
        _ => {
            let (byte, behind) = read_byte(pattern, at);
            Some((bit(byte), behind))
        }
    }
}

/// Reads the characters of a class up to the bracket at its end.
const fn read_class(pattern: &[u8], mut at: usize) -> Option<(u128, usize)> {
    let mut set = 0;
    while at + 2 < pattern.len() && pattern[at] != b']' {
        let (from, behind) = read_byte(pattern, at);
        at = behind;
        let mut to = from;
        if pattern[at] == b'-' && pattern[at + 1] != b']' {
            (to, at) = read_byte(pattern, at + 1);
        }
        let mut byte = from;
        while byte <= to {
            set |= bit(byte);
            byte += 1;
        }
    }
    if at < pattern.len() && pattern[at] == b']' { Some((set, at + 1)) } else { None }
}

/// Reads a character, or the one behind a backslash.
const fn read_byte(pattern: &[u8], at: usize) -> (u8, usize) {
    if pattern[at] == b'\\' && at + 1 < pattern.len() { (pattern[at + 1], at + 2) } else { (pattern[at], at + 1) }
}

/// Reads how often something comes; returns the place behind that, too.
const fn read_counts(pattern: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    match pattern[at] {
        b'?' => Some((0, 1, at + 1)),
        b'*' => Some((0, usize::MAX, at + 1)),
        b'+' => Some((1, usize::MAX, at + 1)),
        b'{' => {
            let (min, behind) = read_number(pattern, at + 1);
            let (max, behind) = match pattern[behind] {
                b',' if pattern[behind + 1] == b'}' => (usize::MAX, behind + 1),
                b',' => read_number(pattern, behind + 1),
                _ => (min, behind),
            };
            if pattern[behind] == b'}' { Some((min, max, behind + 1)) } else { None }
        }
        _ => Some((1, 1, at)),
    }
}

/// Reads digits.
const fn read_number(pattern: &[u8], mut at: usize) -> (usize, usize) {
    let mut number = 0;
    // A number of more digits than this is in no pattern that the generator accepts.
    let end = at + 6;
    while at < end && at < pattern.len() - 1 && pattern[at].is_ascii_digit() {
        number = number * 10 + (pattern[at] - b'0') as usize;
        at += 1;
    }
    (number, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(form: &Form, text: &str) -> bool {
        form.check(text).is_ok()
    }

    #[test]
    fn forms_of_steps_need_no_regex_engine() {
        static PAIR: Form = Form::new("^[A-Z]{3}/[A-Z]{3}$");
        for (text, expected) in [
            ("USD/JPY", true),
            ("USD/JP", false),
            ("USD/JPYY", false),
            ("USDJPY", false),
            ("USD/JPY\n", false),
            ("", false),
        ] {
            assert_eq!(takes(&PAIR, text), expected, "{text}");
        }
        assert_eq!(PAIR.check("usd/jpy"), Err(ValueError::OfForm { pattern: "^[A-Z]{3}/[A-Z]{3}$" }));
        for pattern in ["^[A-Z]{2}$", "^[0-9]{4}$", "^-?[0-9]+$", "^[a-z][0-9]*$"] {
            assert!(Form::new(pattern).steps.is_some(), "{pattern}");
        }
        for pattern in
            ["^(A|B)$", "^[A-Z]*[A-Z]$", "^A?A$", "^[0-9]{1,3}0$", "^ABCDEFGHIJKLMNOPQ$", "A", "^A", "^[A$", "^A{3$"]
        {
            assert!(Form::new(pattern).steps.is_none(), "{pattern}");
        }
    }

    #[test]
    fn steps_agree_with_the_regex_engine() {
        let texts =
            ["", "A", "B", "AB", "ABB", "-", "AB-", "]", "\\", "A]", "é", "A\u{663}", "AA", "AAAA", "A\n", "B/A"];
        for pattern in [
            "^A?B*$",
            "^[AB]{1,3}-?$",
            "^[\\]A]+$",
            "^[\\\\-\\]]$",
            "^[A-]*$",
            "^[-A]+$",
            "^A{2,}$",
            "^B/A$",
            "^A+[\\]B]?$",
        ] {
            let form = Form::new(pattern);
            let regex = Regex::new(pattern).unwrap();
            assert!(form.steps.is_some(), "{pattern}");
            for text in texts {
                assert_eq!(takes(&form, text), regex.is_match(text), "{pattern} of {text:?}");
            }
        }
    }

    #[test]
    fn other_forms_are_compiled_once() {
        static EITHER: Form = Form::new("^(AB|A)B?$");
        for (text, expected) in
            [("A", true), ("AB", true), ("ABB", true), ("B", false), ("ABBB", false), ("A\n", false)]
        {
            assert_eq!(takes(&EITHER, text), expected, "{text}");
        }
        assert!(EITHER.regex.get().is_some_and(Option::is_some));
    }

    #[test]
    fn a_pattern_that_is_none_takes_no_text() {
        assert!(!takes(&Form::new("^(A$"), "A"));
    }
}
