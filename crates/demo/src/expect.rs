//! Whether what was seen is what was expected.

use crate::ask::Seen;
use crate::change::{Change, Twist};
use crate::line::Carried;
use crate::report::Row;
use crate::scenario::{Expect, Scenario};
use crate::sequence::Sequence;
use crate::wire::Message;

/// The row of a scenario, with all that differs.
pub(crate) fn judge(heading: &'static str, scenario: &Scenario, seen: &Seen, earlier: Option<&Message>) -> Row {
    let results = |member| Sequence::of(seen.carried.iter().map(|carried| carried.delivered.result(member)));
    let mut row = Row {
        heading,
        scenario: scenario.name,
        sent: scenario.sent,
        payment: scenario.payment,
        result: results("result"),
        payment_result: results("paymentResult"),
        outcome: seen.outcome.clone(),
        cause: Sequence::of(seen.log.iter().map(|entry| Some(entry.cause.clone()))),
        requests: seen.carried.len(),
        codes: seen.carried.iter().filter_map(given_code).collect(),
        differences: Vec::new(),
    };
    row.differences = differences(&scenario.expect, &row);
    // A line for each request that reached the MPP, and for no other.
    let asked = seen.carried.iter().filter(|carried| carried.asked.is_some()).count();
    if asked != seen.log.len() {
        row.differences.push(format!("the MPP was asked {asked} times and has {} lines about it", seen.log.len()));
    }
    row.differences.extend(seen.carried.iter().filter_map(|carried| meddled(scenario, carried, earlier)));
    row.differences.extend(seen.faults.iter().cloned());
    row
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

/// Compares two texts; `…` stands for anything.
fn is_like(wanted: &str, found: &str) -> bool {
    let Some((beginning, rest)) = wanted.split_once('…') else { return wanted == found };
    let Some(found) = found.strip_prefix(beginning) else { return false };
    found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| is_like(rest, &found[at..]))
}

/// Whether what was to be done on the line was done, and nothing else.
fn meddled(scenario: &Scenario, carried: &Carried, earlier: Option<&Message>) -> Option<String> {
    let Carried { sent, asked, answered, delivered } = carried;
    let is_so = match (scenario.answer, asked, answered) {
        (Twist::EarlierAnswer(_), None, None) => Some(delivered) == earlier,
        (Twist::Redirect, None, None) => delivered.word(1) == "307",
        (Twist::EarlierAnswer(_) | Twist::Redirect, ..) | (_, None, _) | (_, _, None) => false,
        (twist, Some(asked), Some(answered)) => {
            (scenario.request == Change::Nothing) == (asked == sent)
                && (twist == Twist::Nothing) == (answered == delivered)
        }
    };
    (!is_so).then(|| "what was to happen on the line did not happen".to_owned())
}

/// The result code that the MPP itself gave.
fn given_code(carried: &Carried) -> Option<String> {
    let result = carried.answered.as_ref()?.result("result")?;
    result.split_once(' ').map(|(_, code)| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Entry;
    use crate::scenario::PLAIN;
    use crate::sequence::NONE;

    fn answer(code: &str) -> Message {
        let body = format!(r#"{{"result":{{"resultStatus":"S","resultCode":"{code}"}}}}"#);
        Message::new("HTTP/1.1 200 OK".to_owned(), &[], body.as_bytes())
    }

    fn seen(delivered: &Message) -> Seen {
        let sent = Message::new("POST / HTTP/1.1".to_owned(), &[], b"");
        let carried = Carried {
            asked: Some(sent.clone()),
            sent,
            answered: Some(answer("SUCCESS")),
            delivered: delivered.clone(),
        };
        Seen {
            carried: vec![carried],
            outcome: "Ok(Paid)".to_owned(),
            log: vec![Entry::read(r#"{"fields":{"outcome":"Paid"}}"#.to_owned())],
            faults: Vec::new(),
        }
    }

    const EXPECTED: Scenario =
        Scenario { expect: Expect::once("S SUCCESS", NONE, "Ok(Paid)", "none: answered Paid"), ..PLAIN };

    #[test]
    fn what_was_expected_has_no_differences() {
        let row = judge("", &EXPECTED, &seen(&answer("SUCCESS")), None);
        assert_eq!(row.differences, Vec::<String>::new());
        assert_eq!(row.codes, ["SUCCESS"]);
    }

    #[test]
    fn every_column_is_compared() {
        let mut other = seen(&answer("SUCCESS"));
        other.outcome = "Ok(NotFound)".to_owned();
        other.log.clear();
        other.carried.push(other.carried[0].clone());
        let found = judge("", &EXPECTED, &other, None).differences.join("\n");
        for column in ["outcome: ", "cause: ", "requests: ", "the MPP was asked 2 times and has 0 lines"] {
            assert!(found.contains(column), "{column}: {found}");
        }
        let expect = Expect::once("F SUCCESS", "S SUCCESS", "Ok(Paid)", "none: answered Paid");
        let found = judge("", &Scenario { expect, ..PLAIN }, &seen(&answer("SUCCESS")), None).differences;
        assert!(found[0].starts_with("result: ") && found[1].starts_with("paymentResult: "), "{found:?}");
    }

    #[test]
    fn a_twist_that_did_not_happen_is_a_difference() {
        let twisted = Scenario { answer: Twist::Body("a", "b"), ..EXPECTED };
        assert_eq!(judge("", &twisted, &seen(&answer("SUCCESS")), None).differences.len(), 1);
        // Nor may something happen that was not to happen.
        let changed = seen(&answer("SUCCESS2"));
        let found = judge("", &EXPECTED, &changed, None).differences.join("\n");
        assert!(found.contains("on the line"), "{found}");
        let replayed = Scenario { answer: Twist::EarlierAnswer("x"), ..EXPECTED };
        let mut not_asked = seen(&answer("SUCCESS"));
        not_asked.carried[0] = Carried { asked: None, answered: None, ..not_asked.carried[0].clone() };
        let earlier = answer("SUCCESS");
        let on_the_line =
            |earlier| judge("", &replayed, &not_asked, earlier).differences.join("\n").contains("on the line");
        assert_eq!((on_the_line(Some(&earlier)), on_the_line(None)), (false, true));
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert!(is_like("stale by 6…", "stale by 600.4 s"));
        assert!(is_like("a…, then c", "a: b, then c"));
        assert!(is_like("a…", "a"));
        for (wanted, found) in [("stale by 6…", "stale by 700 s"), ("a…c", "a, c, d"), ("stale", "stale by")] {
            assert!(!is_like(wanted, found), "{wanted} {found}");
        }
    }
}
