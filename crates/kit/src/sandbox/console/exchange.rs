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
                span.subject {
                    @match text("paymentRequestId") {
                        Some(id) => code { (shown(id.as_bytes())) },
                        None => code { (request["method"].as_str().unwrap_or_default()) " " (request["uri"].as_str().unwrap_or_default()) },
                    }
                }
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
                        pre { (request["method"].as_str().unwrap_or_default()) " " (request["uri"].as_str().unwrap_or_default()) }
                        (message(request))
                    }
                    section {
                        h3 { "Answer" }
                        pre { (status(answer)) }
                        (message(answer))
                        (steps(&exchange["steps"]))
                    }
                }
            }
        }
    }
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
                @let same = signed.iter().zip(&expected).take_while(|(signed, expected)| signed == expected).count();
                h3 { "Signed content" }
                pre.signed { (differing(&signed, same)) }
                h3 { "Expected content" }
                pre { (differing(&expected, same)) }
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

/// Shows a content, and marks what follows the bytes that another has too.
fn differing(content: &[u8], same: usize) -> Markup {
    let (same, rest) = content.split_at(same.min(content.len()));
    html! { (shown(same)) mark { (shown(rest)) } }
}

fn message(message: &Value) -> Markup {
    let body = bytes(&message["body"]);
    html! {
        dl.headers {
            @for header in message["headers"].as_array().into_iter().flatten() {
                div {
                    dt { (header[0].as_str().unwrap_or_default()) }
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
