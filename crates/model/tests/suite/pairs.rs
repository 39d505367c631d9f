//! Every pair of faults in one message: model and validator report the same places.

use serde_json::json;

use crate::faults::{Fault, faults};
use crate::kinds::{Kind, Oracles, bases, judge};
use crate::places::places;

/// How many messages were judged and how many of them refused.
#[derive(Default)]
struct Tally {
    judged: usize,
    refused: usize,
}

/// Whether two faults change different parts of a message, so that they can stand side by side.
fn are_apart(one: &Fault, other: &Fault) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !within(&one.pointer, &other.pointer) && !within(&other.pointer, &one.pointer)
}

fn judge_all(base: &str) -> Tally {
    let of = &bases()[base];
    let oracles = Oracles::new();
    let oracle = oracles.of(of.of);
    let faults = faults(&places(of.of.definition()), &of.message);
    let mut tally = Tally::default();
    let mut judge = |some: &[&Fault]| {
        let mut message = of.message.clone();
        if some.iter().all(|fault| fault.apply(&mut message)) {
            let name = || format!("{base} with {:?}", some.iter().map(|it| (&it.pointer, it.what)).collect::<Vec<_>>());
            let wrong = judge(oracle, of.of, &message, name);
            tally.judged += 1;
            tally.refused += usize::from(!wrong.is_empty());
        }
    };
    judge(&[]);
    for (n, one) in faults.iter().enumerate() {
        judge(&[one]);
        for other in faults[n + 1..].iter().filter(|other| are_apart(one, other)) {
            judge(&[one, other]);
        }
    }
    tally
}

/// Each base has its own test, so that they run beside each other. The numbers keep the mutations from running dry.
fn check(base: &str, at_least: usize) {
    let Tally { judged, refused } = judge_all(base);
    assert!(judged >= at_least, "{judged} messages were judged");
    assert!(refused > judged / 2, "{refused} of {judged} messages were refused");
    assert!(refused < judged, "the base itself is valid");
}

#[test]
fn of_a_request() {
    check("request", 300);
}

#[test]
fn of_a_paid_response() {
    check("paid", 20_000);
}

#[test]
fn of_a_paid_response_in_one_currency() {
    check("paidSameCurrency", 12_000);
}

#[test]
fn of_a_cancelled_response() {
    check("cancelled", 10_000);
}

#[test]
fn of_a_failed_response() {
    check("failed", 10_000);
}

#[test]
fn of_a_response_in_progress() {
    check("inProgress", 10_000);
}

#[test]
fn of_a_response_without_an_order() {
    check("notFound", 6_000);
}

#[test]
fn of_a_response_in_trouble() {
    check("trouble", 6_000);
}

#[test]
fn of_a_refusal() {
    check("refused", 6_000);
}

#[test]
fn of_the_service() {
    check("noOperation", 400);
}

#[test]
fn what_is_no_object_is_wrong_as_a_whole() {
    let oracles = Oracles::new();
    for kind in Kind::ALL {
        for whole in [json!(null), json!(true), json!(0), json!(0.5), json!(""), json!("{}"), json!([]), json!([{}])] {
            let wrong = judge(oracles.of(kind), kind, &whole, || "of another kind".into());
            assert_eq!(wrong.into_iter().collect::<Vec<_>>(), [""], "{whole}");
        }
    }
}
