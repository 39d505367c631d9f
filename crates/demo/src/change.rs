//! How the proxy changes messages.

use std::net::SocketAddr;

use alipayplus_client::VersionedSigner;

use crate::wire::Message;

/// A change of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    Method(&'static str),
    Path(&'static str),
    /// Replaces the value of a header.
    Header(&'static str, &'static str),
    /// Replaces a text in a header.
    InHeader(&'static str, &'static str, &'static str),
    /// Replaces a text in the body, after it was signed.
    Body(&'static str, &'static str),
    /// Replaces the body, and signs it with the client's key.
    SignedBody(&'static str),
}

impl Change {
    pub(crate) async fn apply(self, request: &Message, signer: &VersionedSigner) -> Result<Message, String> {
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
                let signature =
                    signer.sign(&changed.signing_input(request, time)).await.map_err(|error| error.to_string())?;
                changed.set_header("signature", &signature.to_string());
            }
        }
        Ok(changed)
    }
}

/// A change of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tamper {
    Nothing,
    /// Replaces a text in the body.
    Body(&'static str, &'static str),
    WithoutHeader(&'static str),
    /// Repeats an earlier genuine response about this payment. The request is not forwarded.
    EarlierResponse(&'static str),
    /// Redirects to the MPP itself, which would send a genuine response. The request is not forwarded.
    Redirect,
}

impl Tamper {
    /// Returns whether the request is forwarded to the MPP.
    pub(crate) fn forwards(self) -> bool {
        !matches!(self, Self::EarlierResponse(_) | Self::Redirect)
    }

    /// Changes the MPP's response.
    pub(crate) fn apply(self, response: &Message) -> Message {
        let mut changed = response.clone();
        match self {
            Self::Body(from, to) => changed.replace_in_body(from, to),
            Self::WithoutHeader(name) => changed.remove_header(name),
            Self::Nothing | Self::EarlierResponse(_) | Self::Redirect => {}
        }
        changed
    }
}

/// Returns a redirect to this address.
pub(crate) fn redirect(to: SocketAddr, request: &Message) -> Message {
    let location = format!("http://{to}{}", request.word(1));
    Message::new("HTTP/1.1 307 Temporary Redirect".to_owned(), &[("location", &location)], b"")
}
