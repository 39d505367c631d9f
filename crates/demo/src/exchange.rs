//! One exchange in full: headers, body, and the content that was signed, both ways.

use alipayplus_client::PublicKey;
use alipayplus_client::signing::{SignatureHeader, SigningInput};
use serde::Serialize;

use crate::line::Carried;
use crate::wire::Message;

/// The content that a message's signature covers: a response is signed over the method and path of its request.
pub(crate) fn signed<'a>(
    request: &'a Message,
    message: &'a Message,
    time: &'a str,
    body: &'a [u8],
) -> SigningInput<'a> {
    let client_id = message.header("client-id").unwrap_or_default();
    SigningInput { method: request.word(0), uri: request.word(1), client_id, time, body }
}

/// An exchange for people and machines.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    pub(crate) scenario: &'static str,
    pub(crate) request: Side,
    pub(crate) response: Side,
}

/// One direction of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Side {
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
    pub(crate) signed_content: String,
    /// Whether the signature in the head verifies over exactly this content.
    pub(crate) verifies: bool,
}

impl Exchange {
    pub(crate) fn new(scenario: &'static str, carried: &Carried, caller: &PublicKey, mpp: &PublicKey) -> Self {
        let (sent, delivered) = (&carried.sent, &carried.delivered);
        Self {
            scenario,
            request: Side::new(sent, sent, "request-time", caller),
            response: Side::new(sent, delivered, "response-time", mpp),
        }
    }

    pub(crate) fn verifies(&self) -> bool {
        self.request.verifies && self.response.verifies
    }
}

impl Side {
    fn new(request: &Message, message: &Message, time: &str, key: &PublicKey) -> Self {
        let content = signed(request, message, message.header(time).unwrap_or_default(), &message.body);
        let header = SignatureHeader::from_values(message.header("signature"));
        Self {
            head: message.head.clone(),
            body: message.body_text(),
            signed_content: String::from_utf8_lossy(&content.to_bytes()).into_owned(),
            verifies: header.is_ok_and(|header| key.verify(&content.digest(), &header).is_ok()),
        }
    }
}
