//! What the doctor prints: the causes first, then what proves them, then what the other side needs.

use alipayplus_signing::diagnose::{Cause, Finding, Section, Sender};
use serde_json::{Value, json};

use super::capture::{Captured, Exchange};
use super::examine::Examined;
use super::keys::Keys;
use crate::console::bold;

/// Returns a table of all causes for each section, as Markdown.
pub(crate) fn causes() -> String {
    let section = |section: &Section| {
        let rows = Cause::ALL.iter().filter(|cause| cause.section() == *section).map(|cause| {
            let id = cause.id();
            format!("| `{id}` | {} | {} | `{}` |", cause.sentence(), cause.evidence(), cause.neighbour())
        });
        let head = ["| id | cause | how it is known | looks like |".to_owned(), "|---|---|---|---|".to_owned()];
        let table = head.into_iter().chain(rows).collect::<Vec<_>>().join("\n");
        format!("## {}\n\n{table}", section.title())
    };
    Section::ALL.iter().map(section).collect::<Vec<_>>().join("\n\n")
}

/// Returns the report for people.
pub(crate) fn text(exchange: &Exchange, examined: &[Examined], keys: &Keys, show_body: bool) -> String {
    let mut lines = Vec::new();
    for examined in examined {
        lines.extend(examined.diagnosis.causes.iter().map(|finding| {
            let whose = if examined.sender == Sender::Own { "your" } else { "the other side's" };
            format!("{} ({whose} {}): {finding}", bold(finding.cause.id()), examined.name)
        }));
    }
    if lines.is_empty() {
        lines.push(format!("{}: every signature here verifies.", bold("nothing-wrong")));
    }
    for examined in examined {
        lines.push(String::new());
        lines.extend(evidence(exchange, examined, show_body));
    }
    lines.extend(exchange.remarks.iter().map(|remark| format!("note: {remark}")));
    for examined in examined {
        lines.extend(to_send(exchange, examined, keys));
    }
    lines.join("\n")
}

/// Returns the report for programs.
pub(crate) fn json(exchange: &Exchange, examined: &[Examined], show_body: bool) -> String {
    let messages: Vec<Value> = examined.iter().map(|examined| message_json(examined, show_body)).collect();
    let is_right = examined.iter().all(|examined| examined.diagnosis.is_right());
    let document = json!({ "right": is_right, "messages": messages, "remarks": exchange.remarks });
    format!("{document:#}")
}

/// Returns the report about a file that holds no public key.
pub(crate) fn no_key(cause: Cause, message: &str, is_json: bool) -> String {
    if is_json {
        let finding = json!({ "id": cause.id(), "sentence": cause.sentence(), "how": message, "proved": true });
        return format!("{:#}", json!({ "right": false, "messages": [], "remarks": [], "causes": [finding] }));
    }
    format!("{}: {}\n\n{message}", bold(cause.id()), cause.sentence())
}

fn evidence(exchange: &Exchange, examined: &Examined, show_body: bool) -> Vec<String> {
    let diagnosis = &examined.diagnosis;
    let Some(captured) = captured(exchange, examined) else { return Vec::new() };
    let mut lines = vec![format!(
        "{}: {}Client-Id `{}`, time `{}`, a body of {} bytes",
        examined.name,
        if examined.name == "request" {
            format!("{} {}, ", captured.method, path(&captured.uri))
        } else {
            String::new()
        },
        captured.client_id().escape_debug(),
        captured.time_text().escape_debug(),
        captured.body.len(),
    )];
    if let Some(signed) = &diagnosis.signed {
        let print = &signed.fingerprint;
        lines.push(format!("  signature    opens under {} ({print}): {}", signed.key, signed.algorithm));
        if !signed.digest.is_empty() {
            lines.push(format!("  signed       digest {}", signed.digest));
        }
        lines.push(format!("  expected     digest {}", diagnosis.expected_digest));
    }
    match diagnosis.contents.difference(show_body) {
        Some(difference) => {
            lines.push(format!("  expected     {}", difference.expected));
            lines.push(format!("  signed       {}", difference.signed));
            lines.push(format!("               {}^ byte {}", " ".repeat(difference.at_character), difference.at_byte));
        }
        None if !diagnosis.is_right() => {
            lines.push(format!("  expected     {}", diagnosis.contents.expected_text(show_body)));
        }
        None => {}
    }
    let note = |finding: &Finding| format!("  note         {}: {finding}", finding.cause.id());
    lines.extend(diagnosis.notes.iter().map(note));
    if diagnosis.is_cut {
        lines.push(format!("  note         the search ended at its bound, after {} bytes", diagnosis.hashed_bytes));
    }
    lines
}

fn captured<'a>(exchange: &'a Exchange, examined: &Examined) -> Option<&'a Captured> {
    if examined.name == "request" { exchange.request.as_ref() } else { exchange.response.as_ref() }
}

/// Returns a path without its query, which may be confidential.
fn path(uri: &str) -> String {
    uri.split('?').next().unwrap_or_default().escape_debug().to_string()
}

/// Returns what the other side needs to find the cause with itself.
fn to_send(exchange: &Exchange, examined: &Examined, keys: &Keys) -> Vec<String> {
    let diagnosis = &examined.diagnosis;
    // One's own key among the other side's is a mistake in one's own settings, unless it opens the message.
    let is_about_us = diagnosis.has(Cause::OwnPublicKey) && diagnosis.signed.is_none();
    let is_with_peer = match examined.sender {
        Sender::Own => diagnosis.has(Cause::OnThePeersSide),
        Sender::Peer => !diagnosis.is_right() && !is_about_us,
    };
    let Some(request) = exchange.request.as_ref().filter(|_| is_with_peer) else { return Vec::new() };
    let Some(message) = captured(exchange, examined) else { return Vec::new() };
    let mut lines = vec![String::new(), "Send this to the other side:".to_owned()];
    let mut add = |name: &str, value: String| lines.push(format!("  {name:<22} {value}"));
    add("signed path", format!("{} {}", request.method, path(&request.uri)));
    add("Client-Id", message.client_id().escape_debug().to_string());
    add("time header", message.time_text().escape_debug().to_string());
    add("key version", exchange.named_version().map_or("none is named".to_owned(), |version| version.to_string()));
    add("body", format!("{} bytes", message.body.len()));
    add("SHA-256 of the content", diagnosis.expected_digest.to_string());
    if examined.sender == Sender::Own {
        keys.own.iter().for_each(|key| add("our key's fingerprint", key.fingerprint()));
        add("to compare", "openssl pkey -pubin -in KEY -outform DER | sha256sum".to_owned());
    } else {
        if let Some(signed) = diagnosis.signed.as_ref().filter(|signed| !signed.digest.is_empty()) {
            add("your signature holds", signed.digest.clone());
            add("by", signed.algorithm.clone());
        }
        keys.peer_fingerprints().into_iter().for_each(|print| add("your key with us", print));
        add("to compare", "sha256sum of the exact bytes that you sign, before they are signed".to_owned());
    }
    lines
}

fn message_json(examined: &Examined, show_body: bool) -> Value {
    let diagnosis = &examined.diagnosis;
    let findings = |findings: &[Finding]| -> Vec<Value> {
        let finding = |finding: &Finding| {
            json!({
                "id": finding.cause.id(),
                "sentence": finding.cause.sentence(),
                "how": finding.how,
                "proved": finding.is_proved,
            })
        };
        findings.iter().map(finding).collect()
    };
    let signed = diagnosis.signed.as_ref().map(|signed| {
        json!({
            "key": signed.key,
            "fingerprint": signed.fingerprint,
            "algorithm": signed.algorithm,
            "digest": signed.digest,
        })
    });
    let difference = diagnosis.contents.difference(show_body).map(|difference| {
        json!({
            "expected": difference.expected,
            "signed": difference.signed,
            "byte": difference.at_byte,
            "character": difference.at_character,
        })
    });
    json!({
        "message": examined.name,
        "sender": if examined.sender == Sender::Own { "own" } else { "peer" },
        "right": diagnosis.is_right(),
        "causes": findings(&diagnosis.causes),
        "notes": findings(&diagnosis.notes),
        "signed": signed,
        "expected_digest": diagnosis.expected_digest.to_string(),
        "difference": difference,
        "hashed_bytes": diagnosis.hashed_bytes,
        "bound_reached": diagnosis.is_cut,
    })
}
