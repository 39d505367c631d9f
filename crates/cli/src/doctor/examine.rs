//! Examines the messages of an exchange, each as what its side has to say about it.

use alipayplus_signing::Timestamp;
use alipayplus_signing::diagnose::{Diagnosis, Doctor, Message, Refusal, Sender};
use clap::ValueEnum;

use super::capture::{Captured, Exchange};

/// The side of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// You send the request.
    Caller,
    /// You answer it.
    Mpp,
}

/// A message with its diagnosis.
pub(crate) struct Examined {
    pub(crate) name: &'static str,
    pub(crate) sender: Sender,
    pub(crate) diagnosis: Diagnosis,
}

/// Examines the request, and the response if it is signed or has to be.
pub(crate) fn examine(
    doctor: &Doctor,
    exchange: &Exchange,
    side: Option<Side>,
    at: Option<Timestamp>,
) -> Vec<Examined> {
    let mut examined = Vec::new();
    let Some(captured) = &exchange.request else { return examined };
    let signatures: Vec<&str> = captured.signatures().collect();
    let request = Message::request(captured.input(), signatures.iter().copied());
    let request = captured.host.iter().fold(request, |request, host| request.to_host(host));
    let request = if exchange.is_exact { request } else { request.inexact() };
    let response = exchange.response.as_ref();

    let answer_signatures: Vec<&str> = response.iter().flat_map(|response| response.signatures()).collect();
    let answer = response.map(|captured| {
        let (client_id, time) = (captured.client_id(), captured.time_text());
        let answer = Message::answer(&request, client_id, time, &captured.body, answer_signatures.iter().copied());
        if exchange.is_exact { answer } else { answer.inexact() }
    });
    let side = side.unwrap_or_else(|| found_side(doctor, &request, answer.as_ref()));
    let (asks, answers) = match side {
        Side::Caller => (Sender::Own, Sender::Peer),
        Side::Mpp => (Sender::Peer, Sender::Own),
    };

    // The clock of a message's receiver is in the time header of the other message.
    let refusal = response.and_then(refusal);
    let read_at = at.or_else(|| response.and_then(Captured::time)).or(exchange.at);
    let request = read_at.into_iter().fold(request.sent_by(asks), Message::captured_at);
    let request = refusal.into_iter().fold(request, Message::refused);
    let signatures_of: Vec<Vec<&str>> = exchange.others.iter().map(|other| other.signatures().collect()).collect();
    let others = exchange.others.iter().zip(&signatures_of);
    let others = others.map(|(other, values)| Message::request(other.input(), values.iter().copied()).sent_by(asks));
    let mut others: Vec<_> = others.chain(answer.clone()).collect();
    // Of a response's request, method and path may be all that is given.
    let is_described = answer.is_some() && signatures.is_empty() && captured.time_text().is_empty();
    if !is_described {
        let diagnosis = doctor.diagnose(&request, &others);
        examined.push(Examined { name: "request", sender: asks, diagnosis });
    }
    let is_request_right = examined.iter().all(|examined| examined.diagnosis.is_right());

    let Some(answer) = answer else { return examined };
    // A refusal to a stranger is unsigned, and what makes the caller a stranger is named above.
    let is_unsigned_refusal = answer_signatures.is_empty() && (answers == Sender::Own || !is_request_right);
    if !is_unsigned_refusal {
        let read_at = at.or_else(|| captured.time()).or(exchange.at);
        let answer = read_at.into_iter().fold(answer.sent_by(answers), Message::captured_at);
        // The last of them is the answer itself.
        others.pop();
        let diagnosis = doctor.diagnose(&answer, &others);
        examined.push(Examined { name: "response", sender: answers, diagnosis });
    }
    examined
}

/// Returns which side has the own key, by what it opens.
fn found_side(doctor: &Doctor, request: &Message<'_>, answer: Option<&Message<'_>>) -> Side {
    let of_answer = answer.and_then(|answer| doctor.sender_of(answer));
    match doctor.sender_of(request) {
        Some(Sender::Own) => Side::Caller,
        None if of_answer == Some(Sender::Peer) => Side::Caller,
        _ => Side::Mpp,
    }
}

/// Reads what the answer says about the request.
fn refusal(response: &Captured) -> Option<Refusal> {
    let document: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    match document["result"]["resultCode"].as_str()? {
        "INVALID_SIGNATURE" => Some(Refusal::Signature),
        "NO_INTERFACE_DEF"
        | "METHOD_NOT_SUPPORTED"
        | "MEDIA_TYPE_NOT_ACCEPTABLE"
        | "INVALID_CLIENT"
        | "KEY_NOT_FOUND" => Some(Refusal::BeforeTheSignature),
        _ => None,
    }
}
