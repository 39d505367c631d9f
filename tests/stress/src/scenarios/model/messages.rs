//! Changes of a message's values.

mod change;

use fastrand::Rng;
use serde_json::Value;

use super::base::{Base, Kept, UNKNOWN, Verdict, judge};
use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use change::KINDS;

#[derive(Debug, Default)]
struct Tally {
    valid: u64,
    refused: u64,
    pointers: usize,
    changes: [u64; KINDS.len()],
}

pub(super) fn run(run: &mut Run, bases: &[Base<'_>]) -> Result<(), Failure> {
    let mut tally = Tally::default();
    run.cases("messages", run.either(1_000_000, 50_000), |_, rng| {
        try_one(&bases[rng.usize(..bases.len())], rng, &mut tally)
    })?;
    let Tally { valid, refused, pointers, changes } = &tally;
    run.found("messages, all verdicts equal", grouped(valid + refused));
    run.found("valid, refused", format!("{}, {}", grouped(*valid), grouped(*refused)));
    run.found("violations, each at the validator's place", grouped(u64::try_from(*pointers)?));
    run.found(
        "kinds of changes, the rarest of them",
        format!("{}, {} times", KINDS.len(), grouped(changes.iter().min().copied().unwrap_or_default())),
    );
    let idle = KINDS.iter().zip(changes).find(|(_, times)| **times == 0);
    match idle {
        Some(((name, _), _)) if !run.is_one_case() => Err(format!("no message was changed by \"{name}\"").into()),
        _ => Ok(()),
    }
}

fn try_one(base: &Base<'_>, rng: &mut Rng, tally: &mut Tally) -> Result<(), Failure> {
    let mut message = base.message.clone();
    for _ in 0..rng.usize(..4) {
        let kind = rng.usize(..KINDS.len());
        tally.changes[kind] += u64::from(change::apply(kind, &mut message, rng));
    }
    let text = change::shuffled(&message, rng);
    match judge(base, &message, text.as_bytes())? {
        Verdict::Valid(kept) => {
            tally.valid += 1;
            check_kept(&kept, message).map_err(|failure| format!("{}: {text}", failure.what).into())
        }
        Verdict::Refused(pointers) => {
            tally.refused += 1;
            tally.pointers += pointers;
            Ok(())
        }
    }
}

/// Checks that a decoded message is the one that was encoded.
fn check_kept(Kept { written, present, redundant }: &Kept, mut message: Value) -> Result<(), Failure> {
    without_nothing(&mut message);
    let written: Value = serde_json::from_slice(written)?;
    if !is_within(&written, &message) {
        return Err(format!("written as {written}").into());
    }
    // The specification's only comparison: the amount to settle is redundant in the same currency.
    let currency = |of: &str| message.pointer(&format!("/{of}/currency"));
    let is_idle = currency("payToAmount").is_some_and(|it| Some(it) == currency("paymentAmount"));
    if redundant.contains(&"payToAmount") != is_idle || redundant.len() > 1 {
        return Err(format!("{redundant:?} are called redundant").into());
    }
    let there = |name: &&&str| message.get(**name).is_some();
    let known =
        message.as_object().into_iter().flat_map(|members| members.keys()).filter(|it| !it.starts_with(UNKNOWN));
    if present.iter().filter(there).count() == present.len() && present.len() == known.count() {
        return Ok(());
    }
    Err(format!("{present:?} are called present").into())
}

/// Removes `null`, which means the same as a missing member.
fn without_nothing(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, value| !value.is_null());
        members.values_mut().for_each(without_nothing);
    }
}

/// Returns whether an encoded message is the decoded one: its members are equal, and only unknown members are
/// missing.
fn is_within(written: &Value, read: &Value) -> bool {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => {
            let has = |name: &String| read.get(name).is_some_and(|value| is_within(&written[name], value));
            written.keys().all(has) && read.keys().all(|name| written.contains_key(name) || name.starts_with(UNKNOWN))
        }
        _ => written == read,
    }
}
