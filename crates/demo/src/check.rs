//! Compares what was observed with what was expected.

use crate::change::{Change, Tamper};
use crate::inquiry::Observed;
use crate::proxy::RecordedExchange;
use crate::report::Row;
use crate::scenario::{Expect, Scenario};
use crate::sequence::Sequence;
use crate::wire::Message;

/// Returns the row of a scenario, with all differences.
pub(crate) fn row(heading: &'static str, scenario: &Scenario, seen: &Observed, earlier: Option<&Message>) -> Row {
    let results = |member| Sequence::of(seen.exchanges.iter().map(|exchange| exchange.delivered.result(member)));
    let mut row = Row {
        heading,
        scenario: scenario.name,
        sent: scenario.sent,
        payment: scenario.payment,
        result: results("result"),
        payment_result: results("paymentResult"),
        outcome: seen.outcome.clone(),
        cause: Sequence::of(seen.log.iter().map(|entry| Some(entry.cause.clone()))),
        requests: seen.exchanges.len(),
        codes: seen.exchanges.iter().filter_map(sent_code).collect(),
        differences: Vec::new(),
    };
    row.differences = differences(&scenario.expect, &row);
    // One log line for each request that reached the MPP.
    let received = seen.exchanges.iter().filter(|exchange| exchange.received.is_some()).count();
    if received != seen.log.len() {
        row.differences
            .push(format!("the MPP received {received} requests and has {} log lines about them", seen.log.len()));
    }
    row.differences.extend(seen.exchanges.iter().filter_map(|exchange| proxy_difference(scenario, exchange, earlier)));
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

/// Compares two texts; `…` matches anything.
fn is_like(wanted: &str, found: &str) -> bool {
    let Some((beginning, rest)) = wanted.split_once('…') else { return wanted == found };
    let Some(found) = found.strip_prefix(beginning) else { return false };
    found.char_indices().map(|(at, _)| at).chain([found.len()]).any(|at| is_like(rest, &found[at..]))
}

/// Returns a text unless the proxy did exactly what the scenario says.
fn proxy_difference(scenario: &Scenario, exchange: &RecordedExchange, earlier: Option<&Message>) -> Option<String> {
    let RecordedExchange { sent, received, response, delivered } = exchange;
    let is_so = match (scenario.response, received, response) {
        (Tamper::EarlierResponse(_), None, None) => Some(delivered) == earlier,
        (Tamper::Redirect, None, None) => delivered.word(1) == "307",
        (Tamper::EarlierResponse(_) | Tamper::Redirect, ..) | (_, None, _) | (_, _, None) => false,
        (tamper, Some(received), Some(response)) => {
            (scenario.request == Change::Nothing) == (received == sent)
                && (tamper == Tamper::Nothing) == (response == delivered)
        }
    };
    (!is_so).then(|| "the proxy did not do what the scenario says".to_owned())
}

/// Returns the result code that the MPP itself sent.
fn sent_code(exchange: &RecordedExchange) -> Option<String> {
    let result = exchange.response.as_ref()?.result("result")?;
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

    fn seen(delivered: &Message) -> Observed {
        let sent = Message::new("POST / HTTP/1.1".to_owned(), &[], b"");
        let exchange = RecordedExchange {
            received: Some(sent.clone()),
            sent,
            response: Some(answer("SUCCESS")),
            delivered: delivered.clone(),
        };
        Observed {
            exchanges: vec![exchange],
            outcome: "Ok(Paid)".to_owned(),
            log: vec![Entry::read(r#"{"fields":{"outcome":"Paid"}}"#.to_owned())],
            faults: Vec::new(),
        }
    }

    const EXPECTED: Scenario =
        Scenario { expect: Expect::once("S SUCCESS", NONE, "Ok(Paid)", "none: answered Paid"), ..PLAIN };

    #[test]
    fn what_was_expected_has_no_differences() {
        let row = row("", &EXPECTED, &seen(&answer("SUCCESS")), None);
        assert_eq!(row.differences, Vec::<String>::new());
        assert_eq!(row.codes, ["SUCCESS"]);
    }

    #[test]
    fn every_column_is_compared() {
        let mut other = seen(&answer("SUCCESS"));
        other.outcome = "Ok(NotFound)".to_owned();
        other.log.clear();
        other.exchanges.push(other.exchanges[0].clone());
        let found = row("", &EXPECTED, &other, None).differences.join("\n");
        for column in ["outcome: ", "cause: ", "requests: ", "the MPP received 2 requests and has 0 log lines"] {
            assert!(found.contains(column), "{column}: {found}");
        }
        let expect = Expect::once("F SUCCESS", "S SUCCESS", "Ok(Paid)", "none: answered Paid");
        let found = row("", &Scenario { expect, ..PLAIN }, &seen(&answer("SUCCESS")), None).differences;
        assert!(found[0].starts_with("result: ") && found[1].starts_with("paymentResult: "), "{found:?}");
    }

    #[test]
    fn tampering_that_did_not_happen_is_a_difference() {
        let tampered = Scenario { response: Tamper::Body("a", "b"), ..EXPECTED };
        assert_eq!(row("", &tampered, &seen(&answer("SUCCESS")), None).differences.len(), 1);
        // Nor may the proxy change anything else.
        let changed = seen(&answer("SUCCESS2"));
        let found = row("", &EXPECTED, &changed, None).differences.join("\n");
        assert!(found.contains("the proxy"), "{found}");
        let replayed = Scenario { response: Tamper::EarlierResponse("x"), ..EXPECTED };
        let mut not_received = seen(&answer("SUCCESS"));
        not_received.exchanges[0] =
            RecordedExchange { received: None, response: None, ..not_received.exchanges[0].clone() };
        let earlier = answer("SUCCESS");
        let proxy_differs =
            |earlier| row("", &replayed, &not_received, earlier).differences.join("\n").contains("the proxy");
        assert_eq!((proxy_differs(Some(&earlier)), proxy_differs(None)), (false, true));
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
