//! An exchange of the journal: a line, which opens to all that is known about it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use serde_json::Value;

use super::text::shown;

/// Returns a number that only this text has.
pub(super) fn fingerprint(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Returns the exchange of a line of the journal.
pub(super) fn exchange(line: &str) -> Markup {
    let exchange: Value = serde_json::from_str(line).unwrap_or_default();
    let text = |name: &str| exchange[name].as_str();
    let (request, answer) = (&exchange["request"], &exchange["answer"]);
    let at = text("at").unwrap_or_default();
    html! {
        details.exchange id={ "exchange-" (fingerprint(line)) } {
            summary {
                time datetime=(at) title=(at) { (at.get(11..19).unwrap_or(at)) }
                code.subject { (shown(subject(&exchange).as_bytes())) }
                span.badges {
                    @if let Some(check) = failed(&exchange["checks"]) { span.badge.fail { (check) " failed" } }
                    @if let Some(fault) = text("fault") { span.badge.note { "fault " (fault) } }
                    (result(answer))
                }
                span.status { (status(answer)) }
                span.elapsed { (exchange["elapsedMs"]) " ms" }
            }
            div {
                @if let Some(cause) = text("cause") { p.cause { (cause) } }
                (checks(&exchange["checks"]))
                (contents(&exchange))
                div.messages {
                    section {
                        h3 { "Request" }
                        (message(&request_line(request), request))
                    }
                    section {
                        h3 { "Answer" }
                        (message(&status(answer), answer))
                        (steps(&exchange["steps"]))
                    }
                }
            }
        }
    }
}

/// Returns which payment was asked about, whether or not the request was accepted, or else what was requested.
fn subject(exchange: &Value) -> String {
    let asked: Value = serde_json::from_slice(&bytes(&exchange["request"]["body"])).unwrap_or_default();
    let id = exchange["paymentRequestId"].as_str().or_else(|| asked["paymentRequestId"].as_str());
    id.map_or_else(|| request_line(&exchange["request"]), str::to_owned)
}

fn request_line(request: &Value) -> String {
    format!("{} {}", request["method"].as_str().unwrap_or_default(), request["uri"].as_str().unwrap_or_default())
}

/// Returns the bytes of a body or a content.
fn bytes(part: &Value) -> Vec<u8> {
    let text = part["text"].as_str().unwrap_or_default();
    if part["encoding"] == "base64" { STANDARD.decode(text).unwrap_or_default() } else { text.as_bytes().to_vec() }
}

fn status(answer: &Value) -> String {
    match answer["status"].as_u64() {
        Some(0) | None => "no HTTP".to_owned(),
        Some(status) => format!("HTTP {status}"),
    }
}

/// Returns the code that says most: the payment's, or else that of the inquiry.
fn result(answer: &Value) -> Markup {
    let message: Value = serde_json::from_slice(&bytes(&answer["body"])).unwrap_or_default();
    let result = ["paymentResult", "result"].into_iter().map(|name| &message[name]).find(|result| result.is_object());
    let part = |name: &str| result.and_then(|result| result[name].as_str());
    let class = match part("resultStatus") {
        Some("S") => "pass",
        Some("F") => "fail",
        _ => "note",
    };
    html! { @if let Some(code) = part("resultCode") { span.badge.(class) { (code) } } }
}

fn failed(checks: &Value) -> Option<&str> {
    checks.as_array()?.iter().find(|check| check["verdict"] == "fail")?["check"].as_str()
}

fn checks(checks: &Value) -> Markup {
    html! {
        h3 { "Checks" }
        ol.checks {
            @for check in checks.as_array().into_iter().flatten() {
                @let (class, mark) = match check["verdict"].as_str() {
                    Some("pass") => ("pass", "✓"),
                    Some("fail") => ("fail", "✗"),
                    _ => ("other", "–"),
                };
                li.(class) {
                    span aria-hidden="true" { (mark) " " }
                    (check["check"].as_str().unwrap_or_default())
                    span.hidden { ": " (check["verdict"].as_str().unwrap_or_default()) }
                }
            }
        }
    }
}

/// Shows what the signature covers, and what it has to cover if that is something else.
fn contents(exchange: &Value) -> Markup {
    let expected = bytes(&exchange["expectedContent"]);
    let signed = exchange["signedContent"].is_object().then(|| bytes(&exchange["signedContent"]));
    html! {
        @match signed {
            Some(signed) if signed == expected => {
                h3 { "Signed content" }
                pre.signed { (shown(&signed)) }
            }
            Some(signed) => {
                @let ends = common_ends(&signed, &expected);
                h3 { "Signed content" }
                pre.signed { (differing(&signed, ends)) }
                h3 { "Expected content" }
                pre { (differing(&expected, ends)) }
            }
            None => {
                h3 { "Signed content" }
                p.note { "It is not known what was signed." }
                h3 { "Expected content" }
                pre { (shown(&expected)) }
            }
        }
    }
}

/// Returns how many bytes two contents share at the beginning, and how many behind these at the end.
fn common_ends(one: &[u8], other: &[u8]) -> (usize, usize) {
    let begin = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let rest = one[begin..].iter().rev().zip(other[begin..].iter().rev());
    (begin, rest.take_while(|(one, other)| one == other).count())
}

/// Shows a content, and marks what is between the ends that another shares.
fn differing(content: &[u8], (begin, end): (usize, usize)) -> Markup {
    let (rest, end) = content.split_at(content.len() - end);
    let (begin, middle) = rest.split_at(begin);
    html! { (shown(begin)) mark { (shown(middle)) } (shown(end)) }
}

fn message(line: &str, message: &Value) -> Markup {
    let body = bytes(&message["body"]);
    html! {
        dl.headers {
            dt.line { (line) }
            @for header in message["headers"].as_array().into_iter().flatten() {
                div {
                    dt { (header[0].as_str().unwrap_or_default()) ": " }
                    dd { (shown(header[1].as_str().unwrap_or_default().as_bytes())) }
                }
            }
        }
        @if body.is_empty() { p.note { "No body." } } @else { pre.body { (shown(&body)) } }
    }
}

/// Shows how the answer was sent, if that is more than one step.
fn steps(steps: &Value) -> Markup {
    let steps: Vec<_> = steps.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! { @if steps.len() > 1 { p.note { "Sent as: " (steps.join(", ")) "." } } }
}

#[cfg(test)]
mod tests {
    use super::{common_ends, differing};

    #[test]
    fn only_what_differs_is_marked() {
        let marked = |one: &str, other: &str| {
            let ends = common_ends(one.as_bytes(), other.as_bytes());
            [one, other].map(|content| differing(content.as_bytes(), ends).into_string())
        };
        assert_eq!(marked("PUT/x", "POST/x"), ["P<mark>U</mark>T/x", "P<mark>OS</mark>T/x"]);
        assert_eq!(marked("aa", "aaa"), ["aa<mark></mark>", "aa<mark>a</mark>"]);
    }
}
