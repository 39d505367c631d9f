//! Rules in words: the same ones wherever a rule is shown to people.

use super::ir::{Coded, Compare, Condition, Obligation, OmittedIfEqual, Predicate, Presence, Scalar, ScalarKind};

/// Returns a member by its names from the object down: `` `result.resultStatus` ``.
#[must_use]
pub fn path(path: &[String]) -> String {
    format!("`{}`", path.join("."))
}

/// Words in code, the last one behind another word: `` `a`, `b` or `c` ``.
#[must_use]
pub fn among<T: AsRef<str>>(words: &[T], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    listed(&quoted, last)
}

/// Returns a list in a sentence: `a, b and c`.
#[must_use]
pub fn listed(parts: &[String], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., end] => format!("{} {last} {end}", all.join(", ")),
    }
}

/// Describes what a test requires.
#[must_use]
pub fn test(test: &Condition) -> String {
    let path = path(&test.path);
    match &test.is {
        Predicate::OneOf(words) => format!("{path} is {}", among(words, "or")),
        Predicate::Present => format!("{path} is there"),
        Predicate::Absent => format!("{path} is not there"),
    }
}

/// Returns what all tests ask for.
#[must_use]
pub fn tests(tests: &[Condition]) -> String {
    tests.iter().map(test).collect::<Vec<_>>().join(" and ")
}

/// Returns the same behind a text: ` if …`, or nothing where there is no test.
#[must_use]
pub fn premise(tests: &[Condition]) -> String {
    if tests.is_empty() { String::new() } else { format!(" if {}", self::tests(tests)) }
}

/// Returns a whole condition.
#[must_use]
pub fn condition(tests: &[Condition], then: &Obligation) -> String {
    format!("{}{}", demand(then), premise(tests))
}

fn demand(demand: &Obligation) -> String {
    match demand {
        Obligation::Members(members) => {
            let said = |given| {
                let paths: Vec<_> = members.iter().filter(|it| it.given == given).map(|it| path(&it.path)).collect();
                let verb = if paths.len() == 1 { "is" } else { "are" };
                let what = if given { "required" } else { "not allowed" };
                (!paths.is_empty()).then(|| format!("{} {verb} {what}", listed(&paths, "and")))
            };
            [said(true), said(false)].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
        Obligation::AtLeastOne(members) => format!("at least one of {} is required", among(members, "and")),
        Obligation::ExactlyOne(members) => format!("exactly one of {} is required", among(members, "and")),
    }
}

/// Returns what a condition says of one member.
#[must_use]
pub fn presence(presence: &Presence, tests: &[Condition]) -> String {
    format!("{}{}", if presence.given { "required" } else { "not allowed" }, premise(tests))
}

/// Returns a comparison of two scalars.
#[must_use]
pub fn comparison(compares: &Compare) -> String {
    format!("{} {} {}", path(&compares.left), compares.is.words(), path(&compares.right))
}

/// Returns a member that says something only when a part of it differs.
#[must_use]
pub fn differs(differs: &OmittedIfEqual) -> String {
    let OmittedIfEqual { member, from, part, .. } = differs;
    format!(
        "`{member}` travels when its `{part}` differs from that of `{from}`; where it is not there, `{from}` counts"
    )
}

/// When the service answers by itself, by the runtime's name of the cause.
#[must_use]
pub fn cause(name: &str) -> &'static str {
    match name {
        "Path" => "the path belongs to no operation",
        "Method" => "the HTTP method is not the operation's",
        "MediaType" => "the body's media type is not the operation's, or `Accept` rules it out",
        "Overload" => "too many requests are being answered",
        "Client" => "the Client-Id is missing, doubled or unknown",
        "Signature" => "the signature or the time is missing, malformed, stale or wrong",
        "Key" => "the client has no key of that version",
        "Forbidden" => "the client may not call this operation",
        "InvalidRequest" => "the body breaks the schema",
        _ => "its handler failed, panicked or was late",
    }
}

/// Returns which statuses a result of a table can have, as a sentence after another; empty if it can have all.
#[must_use]
pub fn statuses(coded: &Coded) -> String {
    let words: Vec<&str> = coded.template.words.iter().map(|word| word.wire.as_str()).collect();
    if coded.excluded.is_empty() { String::new() } else { format!(" The status is {}.", among(&words, "or")) }
}

/// Returns the limits of a scalar; `None` for one whose limits its own description gives.
#[must_use]
pub fn limits(scalar: &Scalar) -> Option<String> {
    Some(match &scalar.kind {
        ScalarKind::Text { min, max, .. } => characters(*min, *max),
        ScalarKind::Formed { min, max, form } => {
            format!("{}, of the form `{}`", characters(*min, *max), form.pattern())
        }
        ScalarKind::Message { max } | ScalarKind::Code { max } => characters(1, *max),
        ScalarKind::Words(words) => {
            let words: Vec<&str> = words.iter().map(|word| word.wire.as_str()).collect();
            among(&words, "or")
        }
        ScalarKind::Integer { min, max, .. } => format!("a whole number from {min} to {max}"),
        ScalarKind::Boolean => "`true` or `false`".into(),
        ScalarKind::Builtin(_) => return None,
    })
}

/// Returns the form of a scalar: its limits, or else the first sentence of its description.
#[must_use]
pub fn form(scalar: &Scalar) -> String {
    let first = || scalar.doc.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned();
    limits(scalar).unwrap_or_else(first)
}

fn characters(min: usize, max: usize) -> String {
    if min == max {
        format!("exactly {}", counted(max, "character"))
    } else {
        format!("{min} to {} ", counted(max, "character")).trim_end().to_owned()
    }
}

/// Returns how many elements a list has.
#[must_use]
pub fn elements(min: usize, max: Option<usize>) -> String {
    match max {
        Some(max) if min == max => format!("exactly {}", counted(max, "element")),
        Some(max) if min == 0 => format!("at most {}", counted(max, "element")),
        Some(max) => format!("{min} to {}", counted(max, "element")),
        None if min == 0 => "any number of elements".into(),
        None => format!("at least {}", counted(min, "element")),
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
