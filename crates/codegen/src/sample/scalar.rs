//! Texts of a scalar: valid ones, invalid ones, and the comparison of two.

use std::cmp::Ordering;

use heck::ToKebabCase;
use serde_json::{Value, json};

use super::options::Extent;
use crate::form::Form;
use crate::ir::{BuiltinType, Comparison, Scalar, ScalarKind};
use crate::limits::MAX_MESSAGE_BYTES;

/// The longest text that is made. Where a limit is greater, no message shows it.
pub(super) const LONGEST: usize = 100_000;

/// Texts of a hand-written type.
struct Texts {
    rust: &'static str,
    /// Usual ones, each greater than the one before it where the type has an order.
    usual: [&'static str; 4],
    least: &'static str,
    most: &'static str,
    /// Near misses, with what is wrong about them.
    wrong: &'static [(&'static str, &'static str)],
}

const TEXTS: &[Texts] = &[
    Texts {
        rust: "Currency",
        usual: ["EUR", "JPY", "KRW", "USD"],
        least: "AED",
        most: "ZMW",
        wrong: &[("in lower case", "eur"), ("four letters", "EURO"), ("a number", "978")],
    },
    Texts {
        rust: "MinorUnits",
        usual: ["1000", "2000", "3000", "4000"],
        least: "0",
        most: "9999999999999999999999999999",
        wrong: &[
            ("a leading zero", "01"),
            ("a sign", "-1"),
            ("a fraction", "1.00"),
            ("29 digits", "10000000000000000000000000000"),
        ],
    },
    Texts {
        rust: "ExactDecimal",
        usual: ["6.93", "7.5", "8.250", "9"],
        least: "0",
        most: "9999999999999999.999999999999",
        wrong: &[
            ("a leading zero", "06.93"),
            ("a sign", "-6.93"),
            ("an exponent", "6.93e0"),
            ("no digit before the point", ".93"),
            ("no digit behind the point", "6."),
            ("13 decimal places", "6.9300000000001"),
            ("17 digits before the point", "10000000000000000"),
        ],
    },
    Texts {
        rust: "Datetime",
        usual: [
            "2026-01-31T12:00:00+08:00",
            "2027-01-31T12:00:00+08:00",
            "2028-01-31T12:00:00+08:00",
            "2029-01-31T12:00:00+08:00",
        ],
        least: "0001-01-01T00:00:00Z",
        most: "9999-12-01T23:59:59.999999999+14:00",
        wrong: &[
            ("no offset", "2026-01-31T12:00:00"),
            ("a space in the middle", "2026-01-31 12:00:00+08:00"),
            ("a day that does not exist", "2026-02-30T12:00:00+08:00"),
            ("an hour that does not exist", "2026-01-31T24:00:00+08:00"),
            ("epoch milliseconds", "1769832000000"),
        ],
    },
];

fn texts(written: &BuiltinType) -> Option<&'static Texts> {
    TEXTS.iter().find(|texts| texts.rust == written.rust)
}

/// Returns a text of a scalar, the n-th of those that differ where there are several.
pub(super) fn text(scalar: &Scalar, extent: Extent, n: usize) -> String {
    match &scalar.kind {
        ScalarKind::Text { min, max, pairs } => bounded(scalar, (*min, *max), *pairs, extent, n),
        ScalarKind::Formed { min, max, form } => formed(form, (*min, *max), extent, n),
        ScalarKind::Message { max } | ScalarKind::Code { max } => bounded(scalar, (1, *max), false, extent, n),
        ScalarKind::Words(words) => match extent {
            Extent::Typical => words.get((n - 1) % words.len().max(1)),
            Extent::Min => words.first(),
            Extent::Max => words.last(),
        }
        .map_or_else(String::new, |word| word.wire.clone()),
        ScalarKind::Integer { min, max, .. } => match extent {
            Extent::Typical => min + u64::try_from(n).unwrap_or(*max).min(max.saturating_sub(*min)),
            Extent::Min => *min,
            Extent::Max => *max,
        }
        .to_string(),
        ScalarKind::Boolean => match extent {
            Extent::Typical => n % 2 == 1,
            Extent::Min => false,
            Extent::Max => true,
        }
        .to_string(),
        ScalarKind::Builtin(written) => match (texts(written), extent) {
            (None, _) => written.example,
            (Some(texts), Extent::Typical) => texts.usual[(n - 1) % texts.usual.len()],
            (Some(texts), Extent::Min) => texts.least,
            (Some(texts), Extent::Max) => texts.most,
        }
        .into(),
    }
}

fn bounded(scalar: &Scalar, (min, max): (usize, usize), pairs: bool, extent: Extent, n: usize) -> String {
    let pair = format!("{{\"key\":\"value-{n}\"}}");
    match extent {
        Extent::Typical if pairs && (min..=max).contains(&pair.len()) => pair,
        Extent::Typical => named(&scalar.name, (min, max), n),
        Extent::Min => named(&scalar.name, (min, min), n),
        Extent::Max if max > LONGEST => named(&scalar.name, (min, max), n),
        // One character that takes two units in UTF-16 and four bytes in UTF-8: lengths count characters.
        Extent::Max => "𠮷".chars().chain(named(&scalar.name, (max - 1, max - 1), n).chars()).collect(),
    }
}

/// The length up to which a typical text of a form is the longest one.
const TYPICAL: usize = 12;

fn formed(form: &Form, (min, max): (usize, usize), extent: Extent, n: usize) -> String {
    let lengths = form.lengths(min..=max);
    let (first, last) = (lengths.first(), lengths.last());
    let typical = lengths.iter().rev().find(|length| **length <= TYPICAL).or(first);
    let of = |length: Option<&usize>, n| length.and_then(|length| form.text(*length, n)).unwrap_or_default();
    match extent {
        Extent::Min => of(first, n),
        Extent::Max => of(last, n),
        // Where all texts of a length are one text, texts of other lengths differ.
        Extent::Typical if of(typical, 1) == of(typical, 2) => of(lengths.get((n - 1) % lengths.len().max(1)), n),
        Extent::Typical => of(typical, n),
    }
}

/// Returns the definition's name and a number, cut or filled to fit: `payment-id-1`.
fn named(name: &str, (min, max): (usize, usize), n: usize) -> String {
    let number = n.to_string();
    let room = max.saturating_sub(number.len() + 1);
    let stem: String = name.to_kebab_case().chars().take(room).collect();
    let text = if stem.is_empty() { number.clone() } else { format!("{}-{number}", stem.trim_end_matches('-')) };
    let text: String = text.chars().skip(text.chars().count().saturating_sub(max)).collect();
    let missing = min.min(MAX_MESSAGE_BYTES).saturating_sub(text.chars().count());
    let (head, tail) = text.split_at(text.len() - number.len().min(text.len()));
    format!("{head}{}{tail}", "0".repeat(missing))
}

/// Returns some texts of a scalar, each greater than the one before it where it has an order.
pub(super) fn ascending(scalar: &Scalar) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for n in 1..=4 {
        let text = text(scalar, Extent::Typical, n);
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.sort_by(|a, b| compare(scalar, a, b));
    all
}

/// Returns how two texts of a scalar stand: numbers as numbers, and all others as texts. Moments made here differ in
/// their year, so that this is right for them too.
pub(super) fn compare(scalar: &Scalar, a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    match &scalar.kind {
        ScalarKind::Integer { .. } | ScalarKind::Builtin(_) if number(a) && number(b) => {
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        _ => a.cmp(b),
    }
}

/// Returns whether a comparison holds for two texts.
pub(super) fn holds_between(is: Comparison, order: Ordering) -> bool {
    match is {
        Comparison::Equal => order.is_eq(),
        Comparison::Different => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
    }
}

/// Returns whether a text that was made here is one of the scalar's.
pub(super) fn takes(scalar: &Scalar, text: &str) -> bool {
    let characters = text.chars().count();
    match &scalar.kind {
        ScalarKind::Text { min, max, .. } => (*min..=*max).contains(&characters),
        ScalarKind::Formed { min, max, form } => (*min..=*max).contains(&characters) && form.takes(text),
        ScalarKind::Message { max } | ScalarKind::Code { max } => (1..=*max).contains(&characters),
        ScalarKind::Words(words) => words.iter().any(|word| word.wire == text),
        ScalarKind::Integer { min, max, .. } => {
            text.parse().is_ok_and(|n: u64| n.to_string() == text && (*min..=*max).contains(&n))
        }
        ScalarKind::Boolean => text == "true" || text == "false",
        ScalarKind::Builtin(written) => match texts(written) {
            None => text == written.example,
            Some(all) => all.usual.contains(&text) || text == all.least || text == all.most,
        },
    }
}

/// Returns values that a scalar refuses, each with what is wrong about it.
pub(super) fn wrong(scalar: &Scalar) -> Vec<(String, Value)> {
    let mut all: Vec<(String, Value)> = vec![("empty".into(), json!(""))];
    let mut add = |what: &str, value: Value| all.push((what.to_owned(), value));
    match &scalar.kind {
        ScalarKind::Text { min, max, .. } => lengths(scalar, *min, *max, &mut add),
        ScalarKind::Formed { form, .. } => {
            let near = form.near_misses(&text(scalar, Extent::Typical, 1));
            for (what, text) in near.into_iter().chain(outside(scalar)) {
                add(what, json!(text));
            }
        }
        ScalarKind::Message { max } | ScalarKind::Code { max } => lengths(scalar, 1, *max, &mut add),
        ScalarKind::Words(words) => {
            let takes = |text: &str| words.iter().any(|word| word.wire == text);
            let first = words.first().map_or("", |word| word.wire.as_str());
            let lower = first.to_lowercase();
            if !takes(&lower) {
                add("in lower case", json!(lower));
            }
            let mut other = "STRAY".to_owned();
            while takes(&other) {
                other.push('_');
            }
            add("none of the words", json!(other));
        }
        ScalarKind::Integer { min, max, .. } => {
            add("below the range", json!((i128::from(*min) - 1).to_string()));
            add("above the range", json!((i128::from(*max) + 1).to_string()));
            add("a leading zero", json!(format!("0{min}")));
            add("a fraction", json!(format!("{min}.0")));
        }
        ScalarKind::Boolean => {
            add("in capitals", json!("TRUE"));
            add("another word", json!("yes"));
        }
        ScalarKind::Builtin(written) => match texts(written) {
            None => add("of another form", json!("?")),
            Some(texts) => texts.wrong.iter().for_each(|(what, text)| add(what, json!(text))),
        },
    }
    if is_formed(&scalar.kind) {
        // To some engines, the end of a pattern is before a line feed, too.
        add("a line feed at the end", json!(format!("{}\n", text(scalar, Extent::Typical, 1))));
    }
    let (what, bare) = bare(scalar);
    add(what, bare);
    all
}

/// Returns whether the texts of a kind have a form, and not only a length.
const fn is_formed(kind: &ScalarKind) -> bool {
    match kind {
        ScalarKind::Text { .. } | ScalarKind::Message { .. } | ScalarKind::Code { .. } => false,
        ScalarKind::Formed { .. }
        | ScalarKind::Words(_)
        | ScalarKind::Integer { .. }
        | ScalarKind::Boolean
        | ScalarKind::Builtin(_) => true,
    }
}

/// Returns a value of the JSON type that careless code would send instead of a text.
fn bare(scalar: &Scalar) -> (&'static str, Value) {
    match &scalar.kind {
        ScalarKind::Integer { min, .. } => ("a bare number", json!(min)),
        ScalarKind::Boolean => ("a bare boolean", json!(true)),
        _ => ("a bare number", json!(1)),
    }
}

/// Returns texts of a scalar's form that are shorter or longer than its bounds allow.
fn outside(scalar: &Scalar) -> Vec<(&'static str, String)> {
    let ScalarKind::Formed { min, max, form } = &scalar.kind else { return Vec::new() };
    let short = form.lengths(1..=min - 1).pop().and_then(|length| form.text(length, 1));
    let long = form.lengths(max + 1..=max + TYPICAL).first().and_then(|length| form.text(*length, 1));
    let all = [("of the form and too short", short), ("of the form and too long", long)];
    all.into_iter().filter_map(|(what, text)| Some((what, text?))).collect()
}

fn lengths(scalar: &Scalar, min: usize, max: usize, add: &mut impl FnMut(&str, Value)) {
    if min > 1 {
        add("too short", json!(named(&scalar.name, (min - 1, min - 1), 1)));
    }
    if max < LONGEST {
        add("too long", json!(named(&scalar.name, (max + 1, max + 1), 1)));
    }
}
