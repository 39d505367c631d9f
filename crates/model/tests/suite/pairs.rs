//! Every pair of faults in one message: the model and the validator report the same pointers.

use serde_json::json;

use crate::faults::{Fault, faults};
use crate::kinds::{Kind, Oracles, bases, judge};
use crate::places::places;

/// The number of messages, and how many of them are invalid.
#[derive(Default)]
struct Tally {
    messages: usize,
    invalid: usize,
}

/// Returns whether two faults change different parts of a message, so that both can be applied.
fn are_disjoint(one: &Fault, other: &Fault) -> bool {
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
            let name = || {
                format!("{base} with {:?}", some.iter().map(|fault| (&fault.pointer, fault.what)).collect::<Vec<_>>())
            };
            let violations = judge(oracle, of.of, &message, name);
            tally.messages += 1;
            tally.invalid += usize::from(!violations.is_empty());
        }
    };
    judge(&[]);
    for (n, one) in faults.iter().enumerate() {
        judge(&[one]);
        for other in faults[n + 1..].iter().filter(|other| are_disjoint(one, other)) {
            judge(&[one, other]);
        }
    }
    tally
}

/// Checks one base. Each has its own test, so that they run in parallel. The numbers assert that faults are generated.
fn check(base: &str, at_least: usize) {
    let Tally { messages, invalid } = judge_all(base);
    assert!(messages >= at_least, "{messages} messages");
    assert!(invalid > messages / 2, "{invalid} of {messages} messages are invalid");
    assert!(invalid < messages, "the base itself is valid");
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
fn of_a_service_response() {
    check("noOperation", 400);
}

#[test]
fn a_value_that_is_not_an_object_is_one_violation() {
    let oracles = Oracles::new();
    for kind in Kind::ALL {
        for value in [json!(null), json!(true), json!(0), json!(0.5), json!(""), json!("{}"), json!([]), json!([{}])] {
            let violations = judge(oracles.of(kind), kind, &value, || "of another type".into());
            assert_eq!(violations.into_iter().collect::<Vec<_>>(), [""], "{value}");
        }
    }
}
