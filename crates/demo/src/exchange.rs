//! One exchange in full: headers, body and signing input of request and response.

use alipayplus_client::PublicKey;
use alipayplus_client::signing::SignatureHeader;
use serde::Serialize;

use crate::proxy::RecordedExchange;
use crate::wire::Message;

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
    pub(crate) fn new(
        scenario: &'static str,
        recorded: &RecordedExchange,
        client: &PublicKey,
        mpp: &PublicKey,
    ) -> Self {
        let (sent, delivered) = (&recorded.sent, &recorded.delivered);
        Self {
            scenario,
            request: Side::new(sent, sent, "request-time", client),
            response: Side::new(sent, delivered, "response-time", mpp),
        }
    }

    pub(crate) fn verifies(&self) -> bool {
        self.request.verifies && self.response.verifies
    }
}

impl Side {
    fn new(request: &Message, message: &Message, time: &str, key: &PublicKey) -> Self {
        let content = message.signing_input(request, message.header(time).unwrap_or_default());
        let header = SignatureHeader::from_values(message.header("signature"));
        Self {
            head: message.head.clone(),
            body: message.body_text(),
            signed_content: String::from_utf8_lossy(&content.to_bytes()).into_owned(),
            verifies: header.is_ok_and(|header| key.verify(&content.digest(), &header).is_ok()),
        }
    }
}
