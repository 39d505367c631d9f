//! Changes of a message's text, most of which break the JSON.

mod change;

use alipayplus_runtime::message::{DecodeError, MalformedKind};
use fastrand::Rng;

use super::base::{Base, Verdict, judge};
use super::grammar;
use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use change::KINDS;

/// The verdicts that the model distinguishes.
const FAULTS: [(MalformedKind, &str); 5] = [
    (MalformedKind::Incomplete, "incomplete"),
    (MalformedKind::ByteOrderMark, "marked"),
    (MalformedKind::Duplicate, "a member twice"),
    (MalformedKind::TooDeep, "too deep"),
    (MalformedKind::Syntax, "other syntax"),
];

#[derive(Debug, Default)]
struct Tally {
    valid: u64,
    refused: u64,
    faults: [u64; FAULTS.len()],
}

pub(super) fn run(run: &mut Run, bases: &[Base<'_>]) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let count = run.either(1_000_000, 10_000);
    run.cases("texts", count, |_, rng| {
        let base = &bases[rng.usize(..bases.len())];
        let text = changed(base, rng);
        try_one(base, &text, &mut tally).map_err(|failure| {
            let text = String::from_utf8_lossy(&text);
            format!("{}: {}", failure.what, text.escape_debug()).into()
        })
    })?;
    let Tally { valid, refused, faults } = &tally;
    run.found("texts judged, without a disagreement", grouped(count));
    run.found("JSON: valid, refused", format!("{}, {}", grouped(*valid), grouped(*refused)));
    let (names, numbers): (Vec<_>, Vec<_>) =
        FAULTS.iter().zip(faults).map(|((_, name), times)| (*name, grouped(*times))).unzip();
    run.found(format!("no JSON: {}", names.join(", ")), numbers.join(", "));
    if !run.is_one_case() && ([valid, refused].contains(&&0) || faults.contains(&0)) {
        return Err(format!("texts: a verdict never came up: {tally:?}").into());
    }
    Ok(())
}

/// Returns a valid text, changed once or twice.
fn changed(base: &Base<'_>, rng: &mut Rng) -> Vec<u8> {
    let text = if rng.bool() { serde_json::to_vec_pretty(&base.message) } else { serde_json::to_vec(&base.message) };
    // A parsed value can always be written.
    let mut text = text.unwrap_or_default();
    for _ in 0..rng.u8(1..3) {
        KINDS[rng.usize(..KINDS.len())](&mut text, rng);
    }
    text
}

/// Checks that the model's verdict is the grammar's; JSON is also checked by the validator.
fn try_one(base: &Base<'_>, text: &[u8], tally: &mut Tally) -> Result<(), Failure> {
    let Some(expected) = grammar::fault(text) else {
        let Ok(message) = serde_json::from_slice(text) else {
            // The validator can't read a number beyond the range of `f64`; the model ignores it in an unknown member.
            return match (base.read)(text) {
                Err(DecodeError::Malformed(malformed)) => Err(format!("{malformed:?}, where it is JSON").into()),
                _ => Ok(()),
            };
        };
        match judge(base, &message, text)? {
            Verdict::Valid(_) => tally.valid += 1,
            Verdict::Refused(_) => tally.refused += 1,
        }
        return Ok(());
    };
    match (base.read)(text) {
        Err(DecodeError::Malformed(malformed)) if malformed.what == expected => {
            let known = FAULTS.iter().position(|(fault, _)| *fault == expected).ok_or("a fault without a name")?;
            tally.faults[known] += 1;
            Ok(())
        }
        Err(error) => Err(format!("{error}, where {expected} is the first fault").into()),
        Ok(_) => Err(format!("taken, though there is {expected}").into()),
    }
}
