//! Compares what was observed with what was expected.

use serde_json::Value;

use super::inquiry::Observed;
use super::report::Row;
use super::scenario::{Expect, Scenario};
use super::sequence::Sequence;

/// Returns the row of a scenario, with all differences.
pub(crate) fn row(heading: &'static str, scenario: &Scenario, seen: &Observed) -> Row {
    let answers = || seen.journal.iter().map(answer);
    let results = |member| Sequence::of(answers().map(|answer| result(&answer, member)));
    let cause = |entry: &Value| Some(entry["cause"].as_str().unwrap_or("none").to_owned());
    let mut row = Row {
        heading,
        scenario: scenario.name,
        sent: scenario.sent,
        payment: scenario.payment,
        result: results("result"),
        payment_result: results("paymentResult"),
        outcome: seen.outcome.clone(),
        cause: Sequence::of(seen.journal.iter().map(cause)),
        requests: seen.journal.len(),
        codes: answers().filter_map(|answer| answer["result"]["resultCode"].as_str().map(str::to_owned)).collect(),
        differences: Vec::new(),
    };
    row.differences = differences(&scenario.expect, &row);
    row
}

/// Returns the body of the sandbox's answer.
fn answer(entry: &Value) -> Value {
    let text = entry["answer"]["body"]["text"].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

/// Returns status and code of a result object, such as `S SUCCESS`.
fn result(answer: &Value, member: &str) -> Option<String> {
    let text = |name: &str| answer[member][name].as_str();
    Some(format!("{} {}", text("resultStatus")?, text("resultCode")?))
}

fn differences(expect: &Expect, row: &Row) -> Vec<String> {
    let columns = [
        difference("result", expect.result, &row.result.to_string()),
        difference("paymentResult", expect.payment_result, &row.payment_result.to_string()),
        difference("outcome", expect.outcome, &row.outcome),
        difference("cause", expect.cause, &row.cause.to_string()),
    ];
    let (from, to) = (expect.requests.start(), expect.requests.end());
    let is_so_many = expect.requests.contains(&row.requests);
    let requests = (!is_so_many).then(|| format!("requests: {from} to {to} expected, {} sent", row.requests));
    columns.into_iter().flatten().chain(requests).collect()
}

fn difference(name: &str, wanted: &str, found: &str) -> Option<String> {
    (!is_like(wanted, found)).then(|| format!("{name}: {wanted:?} expected, {found:?} found"))
}

/// Compares two texts; `…` matches anything.
fn is_like(wanted: &str, found: &str) -> bool {
    let Some((beginning, rest)) = wanted.split_once('…') else { return wanted == found };
    let Some(found) = found.strip_prefix(beginning) else { return false };
    found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| is_like(rest, &found[at..]))
}

#[cfg(test)]
mod tests {
    use super::super::scenario::PLAIN;
    use super::super::sequence::NONE;
    use super::*;

    fn seen() -> Observed {
        let body = r#"{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}"#;
        let entry = serde_json::json!({ "answer": { "body": { "text": body } } });
        Observed { journal: vec![entry], outcome: "Ok(Paid)".to_owned() }
    }

    #[test]
    fn every_column_is_compared() {
        let expect = |expect| Scenario { expect, ..PLAIN };
        let right = row("", &expect(Expect::once("S SUCCESS", NONE, "Ok(Paid)", "none")), &seen());
        assert_eq!((right.differences, right.codes), (Vec::new(), vec!["SUCCESS".to_owned()]));
        let other = expect(Expect::once("F SUCCESS", "S SUCCESS", "Ok(NotFound)", "handler: …"));
        let mut twice = seen();
        twice.journal.push(twice.journal[0].clone());
        let found = row("", &other, &twice).differences;
        let columns: Vec<_> = found.iter().filter_map(|text| text.split(':').next()).collect();
        assert_eq!(columns, ["result", "paymentResult", "outcome", "cause", "requests"]);
    }

    #[test]
    fn an_ellipsis_matches_anything() {
        assert!(is_like("stale by 6…", "stale by 600.4 s"));
        assert!(is_like("a…, then c", "a: b, then c"));
        assert!(is_like("a…", "a"));
        for (wanted, found) in [("stale by 6…", "stale by 700 s"), ("a…c", "a, c, d"), ("stale", "stale by")] {
            assert!(!is_like(wanted, found), "{wanted} {found}");
        }
    }
}
