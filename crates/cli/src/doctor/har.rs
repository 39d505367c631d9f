//! Reads an entry of an HTTP archive.

use alipayplus_signing::{header_name, parse_time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::capture::{Captured, Exchange, host_and_uri};

const REMARK: &str = "an HTTP archive keeps texts, not the exact bytes of a body: white space, escapes, line ends, a byte \
                      order mark or the character set may be another on the wire";

/// Reads the entry of this number, or the only one that is signed.
pub(crate) fn read(bytes: &[u8], number: Option<usize>) -> Result<Exchange, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|error| format!("it is no JSON: {error}"))?;
    let entries = document["log"]["entries"].as_array().ok_or("it has no log.entries")?;
    let entry = match number {
        Some(number) => entries
            .get(number)
            .ok_or_else(|| format!("it has {} entries, from 0; there is no {number}", entries.len()))?,
        None => only_signed(entries)?,
    };
    let (request, response) = (&entry["request"], &entry["response"]);
    let (host, uri) = host_and_uri(text(&request["url"]));
    let captured = Captured {
        method: text(&request["method"]).to_owned(),
        uri,
        host,
        headers: headers(request),
        body: text(&request["postData"]["text"]).as_bytes().to_vec(),
    };
    let answer = Captured { headers: headers(response), body: content(&response["content"])?, ..Captured::default() };
    // An entry without an answer has status 0.
    let is_answered = response["status"].as_u64().is_some_and(|status| status > 0);
    Ok(Exchange {
        request: Some(captured),
        response: is_answered.then_some(answer),
        others: Vec::new(),
        at: parse_time(text(&entry["startedDateTime"])),
        remarks: vec![REMARK.to_owned()],
        is_exact: false,
    })
}

fn only_signed(entries: &[Value]) -> Result<&Value, String> {
    let is_signed = |entry: &&Value| {
        let mut names = headers(&entry["request"]).into_iter().map(|(name, _)| name);
        names.any(|name| name.eq_ignore_ascii_case(header_name::SIGNATURE))
    };
    match (&*entries.iter().filter(is_signed).collect::<Vec<_>>(), entries) {
        (&[only], _) | ([], [only]) => Ok(only),
        (signed, _) => {
            Err(format!("{} of {} entries are signed: choose one with --entry", signed.len(), entries.len()))
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn headers(message: &Value) -> Vec<(String, String)> {
    let headers = message["headers"].as_array().into_iter().flatten();
    headers.map(|header| (text(&header["name"]).to_owned(), text(&header["value"]).to_owned())).collect()
}

fn content(content: &Value) -> Result<Vec<u8>, String> {
    let body = text(&content["text"]);
    match text(&content["encoding"]) {
        "base64" => STANDARD.decode(body).map_err(|error| format!("the content of the response is no base64: {error}")),
        _ => Ok(body.as_bytes().to_vec()),
    }
}
