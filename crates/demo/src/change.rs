//! What becomes of a message on its way.

use std::net::SocketAddr;

use alipayplus_client::VersionedSigner;

use crate::exchange::signed;
use crate::wire::Message;

/// What becomes of the request between the client and the MPP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    Method(&'static str),
    Path(&'static str),
    /// A header gets another value.
    Header(&'static str, &'static str),
    /// A text within a header.
    InHeader(&'static str, &'static str, &'static str),
    /// A text within the body, which was signed before.
    Body(&'static str, &'static str),
    /// Another body, signed with the caller's own key: a caller that makes its messages wrongly.
    SignedBody(&'static str),
}

impl Change {
    pub(crate) async fn apply(self, request: &Message, caller: &VersionedSigner) -> Result<Message, String> {
        let mut changed = request.clone();
        match self {
            Self::Nothing => {}
            Self::Method(method) => changed.set_word(0, method),
            Self::Path(path) => changed.set_word(1, path),
            Self::Header(name, value) => changed.set_header(name, value),
            Self::InHeader(name, from, to) => {
                let value = request.header(name).unwrap_or_default().replacen(from, to, 1);
                changed.set_header(name, &value);
            }
            Self::Body(from, to) => changed.replace_in_body(from, to),
            Self::SignedBody(body) => {
                changed.set_body(body.as_bytes());
                let time = request.header("request-time").unwrap_or_default();
                let content = signed(request, request, time, &changed.body);
                let signature = caller.sign(&content).await.map_err(|error| error.to_string())?;
                changed.set_header("signature", &signature.to_string());
            }
        }
        Ok(changed)
    }
}

/// What becomes of the answer between the MPP and the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    Nothing,
    /// A text within the body.
    Body(&'static str, &'static str),
    WithoutHeader(&'static str),
    /// The genuine answer that was given before about this payment. The MPP is not asked.
    EarlierAnswer(&'static str),
    /// To the MPP itself: who follows would get a genuine answer. The MPP is not asked.
    Redirect,
}

impl Twist {
    /// Whether the request goes on to the MPP.
    pub(crate) fn asks(self) -> bool {
        !matches!(self, Self::EarlierAnswer(_) | Self::Redirect)
    }

    /// Changes the MPP's answer.
    pub(crate) fn apply(self, answer: &Message) -> Message {
        let mut changed = answer.clone();
        match self {
            Self::Body(from, to) => changed.replace_in_body(from, to),
            Self::WithoutHeader(name) => changed.remove_header(name),
            Self::Nothing | Self::EarlierAnswer(_) | Self::Redirect => {}
        }
        changed
    }
}

/// The answer that sends a client elsewhere.
pub(crate) fn redirect(to: SocketAddr, request: &Message) -> Message {
    let location = format!("http://{to}{}", request.word(1));
    Message::new("HTTP/1.1 307 Temporary Redirect".to_owned(), &[("location", &location)], b"")
}
