//! One exchange in full: headers, body and signing input of request and response.

use alipayplus_client::PublicKey;
use alipayplus_client::signing::{SignatureHeader, SigningInput};
use serde::Serialize;
use serde_json::Value;

/// An exchange to show.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    pub(crate) scenario: &'static str,
    pub(crate) request: Side,
    pub(crate) response: Side,
}

/// The request or the response.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Side {
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
    pub(crate) signed_content: String,
    /// Whether the signature in the head is valid for this signing input.
    pub(crate) verifies: bool,
}

impl Exchange {
    /// Reads an exchange of the sandbox's journal.
    pub(crate) fn new(scenario: &'static str, entry: &Value, client: &PublicKey, mpp: &PublicKey) -> Self {
        let (request, answer) = (&entry["request"], &entry["answer"]);
        let (method, uri) = (text(&request["method"]), text(&request["uri"]));
        let side = |first_line, message, time, key| Side::new(first_line, message, [method, uri, time], key);
        Self {
            scenario,
            request: side(format!("{method} {uri} HTTP/1.1"), request, "request-time", client),
            response: side(format!("HTTP/1.1 {}", answer["status"]), answer, "response-time", mpp),
        }
    }

    pub(crate) fn verifies(&self) -> bool {
        self.request.verifies && self.response.verifies
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the first value of a header.
fn header<'a>(message: &'a Value, name: &str) -> &'a str {
    let mut all = message["headers"].as_array().into_iter().flatten();
    all.find(|header| text(&header[0]).eq_ignore_ascii_case(name)).map_or("", |header| text(&header[1]))
}

impl Side {
    /// A response is signed with the method and path of its request.
    fn new(first_line: String, message: &Value, [method, uri, time]: [&str; 3], key: &PublicKey) -> Self {
        let body = text(&message["body"]["text"]);
        let (client_id, time) = (header(message, "client-id"), header(message, time));
        let content = SigningInput { method, uri, client_id, time, body: body.as_bytes() };
        let signature = SignatureHeader::from_values([header(message, "signature")]);
        let headers = message["headers"].as_array().into_iter().flatten();
        let headers = headers.map(|header| format!("{}: {}", text(&header[0]), text(&header[1])));
        Self {
            head: std::iter::once(first_line).chain(headers).collect(),
            body: body.to_owned(),
            signed_content: String::from_utf8_lossy(&content.to_bytes()).into_owned(),
            verifies: signature.is_ok_and(|header| key.verify(&content.digest(), &header).is_ok()),
        }
    }
}
