//! Which texts a scalar allows and another one refuses.

use regex_syntax::Parser;

use super::forms;
use crate::form::Difference;
use crate::ir::{BuiltinType, ScalarKind};

/// Returns a text that `from` allows and `by` refuses, in words.
pub(super) fn refused(from: &ScalarKind, by: &ScalarKind) -> Option<String> {
    match forms::difference(from, by) {
        Some(Difference::None) => return None,
        Some(Difference::Text(text)) => return Some(format!("`{text}`")),
        Some(Difference::Unknown) => return Some("another text of its form".into()),
        None => {}
    }
    match (lengths(from), lengths(by)) {
        (Some((least, most)), Some((min, max))) => {
            [most, least].into_iter().find(|length| *length < min || *length > max).map(characters)
        }
        // Every other kind is a narrower set than all texts of some length.
        (Some(_), None) => Some("any other text".into()),
        (None, _) => refused_word(from, by),
    }
}

fn refused_word(from: &ScalarKind, by: &ScalarKind) -> Option<String> {
    let all: Vec<String> = match from {
        ScalarKind::Words(words) => words.iter().map(|word| word.wire.clone()).collect(),
        ScalarKind::Boolean => ["true", "false"].map(str::to_owned).to_vec(),
        ScalarKind::Integer { min, max, .. } => numbers(*min, *max, by),
        ScalarKind::Builtin(written) => return refused_written(*written, by),
        ScalarKind::Text { .. } | ScalarKind::Formed { .. } | ScalarKind::Message { .. } | ScalarKind::Code { .. } => {
            Vec::new()
        }
    };
    all.into_iter().find(|text| !allows(by, text)).map(|text| format!("`{text}`"))
}

/// Returns the ends of the range, and the first ones in it: more than any closed set that has all of them.
fn numbers(min: u64, max: u64, by: &ScalarKind) -> Vec<String> {
    let closed = if let ScalarKind::Words(words) = by { words.len() } else { 0 };
    let first = (min..=max).take(closed + 1);
    [max].into_iter().chain(first).map(|number| number.to_string()).collect()
}

fn refused_written(written: BuiltinType, by: &ScalarKind) -> Option<String> {
    if let (Some((least, most)), Some((min, max))) = (pattern_lengths(written.pattern), lengths(by)) {
        return [most, least].into_iter().find(|length| *length < min || *length > max).map(characters);
    }
    let same = matches!(by, ScalarKind::Builtin(other) if other.pattern == written.pattern);
    (!same).then(|| format!("any other text of its kind, such as `{}`", written.example))
}

/// Returns whether a kind allows a text.
pub(super) fn allows(kind: &ScalarKind, text: &str) -> bool {
    match kind {
        ScalarKind::Words(words) => words.iter().any(|word| word.wire == text),
        ScalarKind::Boolean => ["true", "false"].contains(&text),
        ScalarKind::Integer { min, max, .. } => {
            let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
            number.is_some_and(|number| (*min..=*max).contains(&number))
        }
        ScalarKind::Formed { min, max, form } => (*min..=*max).contains(&text.len()) && form.takes(text),
        ScalarKind::Builtin(written) => {
            regress::Regex::with_flags(written.pattern, "u").is_ok_and(|regex| regex.find(text).is_some())
        }
        ScalarKind::Text { .. } | ScalarKind::Message { .. } | ScalarKind::Code { .. } => {
            let length = text.chars().count();
            lengths(kind).is_some_and(|(min, max)| (min..=max).contains(&length))
        }
    }
}

/// Returns the least and the greatest length of a text of any characters; `None` for the other kinds.
fn lengths(kind: &ScalarKind) -> Option<(usize, usize)> {
    match kind {
        ScalarKind::Text { min, max, .. } => Some((*min, *max)),
        ScalarKind::Message { max } | ScalarKind::Code { max } => Some((1, *max)),
        _ => None,
    }
}

/// Returns the least and the greatest length of what a pattern matches: those of hand-written types match only ASCII.
fn pattern_lengths(pattern: &str) -> Option<(usize, usize)> {
    let parsed = Parser::new().parse(pattern).ok()?;
    let lengths = parsed.properties();
    Some((lengths.minimum_len()?, lengths.maximum_len()?))
}

fn characters(length: usize) -> String {
    counted(length as u64, "character")
}

/// Returns a number of things in words.
pub(super) fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Word;

    fn text(min: usize, max: usize) -> ScalarKind {
        ScalarKind::Text { min, max, pairs: false }
    }

    fn words(all: &[&str]) -> ScalarKind {
        let word = |wire: &&str| Word { rust: (*wire).into(), wire: (*wire).into(), meaning: None };
        ScalarKind::Words(all.iter().map(word).collect())
    }

    fn integer(min: u64, max: u64) -> ScalarKind {
        ScalarKind::Integer { min, max, pattern: String::new() }
    }

    const CAPITALS: BuiltinType =
        BuiltinType { rust: "X", pattern: "^[A-Z]{3}$", format: None, example: "USD", is_ordered: false };

    #[test]
    fn what_is_refused_is_named() {
        let written = ScalarKind::Builtin(CAPITALS);
        for (from, by, expected) in [
            (text(1, 64), text(1, 64), None),
            (text(2, 32), text(1, 64), None),
            (text(1, 64), text(1, 32), Some("64 characters")),
            (text(1, 64), text(2, 64), Some("1 character")),
            (text(1, 5), ScalarKind::Boolean, Some("any other text")),
            (text(3, 3), written.clone(), Some("any other text")),
            (words(&["A", "B"]), words(&["B", "A", "C"]), None),
            (words(&["A", "B"]), words(&["A"]), Some("`B`")),
            (words(&["A", "LONG"]), text(1, 3), Some("`LONG`")),
            (words(&["USD", "EUR"]), written.clone(), None),
            (words(&["USD", "Euro"]), written.clone(), Some("`Euro`")),
            (words(&["1", "2"]), integer(1, 10), None),
            (words(&["1", "02"]), integer(1, 10), Some("`02`")),
            (integer(1, 10), integer(1, 9), Some("`10`")),
            (integer(1, 10), integer(2, 10), Some("`1`")),
            (integer(1, 3), words(&["1", "2", "3"]), None),
            (integer(1, 3), words(&["1", "3"]), Some("`2`")),
            (integer(1, 999), text(1, 3), None),
            (integer(1, 1000), text(1, 3), Some("`1000`")),
            (ScalarKind::Boolean, words(&["true", "false"]), None),
            (ScalarKind::Boolean, text(1, 4), Some("`false`")),
            (written.clone(), text(1, 3), None),
            (written.clone(), text(1, 2), Some("3 characters")),
            (written.clone(), written.clone(), None),
            (written, ScalarKind::Boolean, Some("any other text of its kind, such as `USD`")),
        ] {
            assert_eq!(refused(&from, &by).as_deref(), expected, "{from:?} by {by:?}");
        }
    }
}
