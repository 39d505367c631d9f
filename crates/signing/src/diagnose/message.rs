//! A captured message.

use jiff::Timestamp;

use crate::signing_input::SigningInput;

/// Who sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The other side: its keys have to open the signature.
    Peer,
    /// This side: its own key has to open the signature.
    Own,
}

/// What the other side answered to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It calls the signature invalid.
    Signature,
    /// It refused for something that is checked before the signature, such as the path, the method or the Client-Id.
    BeforeTheSignature,
}

/// A captured message: what its signature covers, its `Signature` headers, and what is known about the capture.
///
/// The Debug text has no body.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    pub(super) input: SigningInput<'a>,
    pub(super) signatures: Vec<&'a [u8]>,
    pub(super) sender: Sender,
    pub(super) host: Option<&'a str>,
    pub(super) is_answer: bool,
    pub(super) request: Option<Box<Message<'a>>>,
    pub(super) refusal: Option<Refusal>,
    pub(super) captured_at: Option<Timestamp>,
    pub(super) is_exact: bool,
}

impl<'a> Message<'a> {
    /// Creates a request of the other side from what is on the wire.
    ///
    /// `signatures` are the values of all its `Signature` headers. All texts are those of the wire, also if they are
    /// wrong.
    pub fn request<S: AsRef<[u8]> + ?Sized + 'a>(
        input: SigningInput<'a>,
        signatures: impl IntoIterator<Item = &'a S>,
    ) -> Self {
        Self {
            input,
            signatures: signatures.into_iter().map(AsRef::as_ref).collect(),
            sender: Sender::Peer,
            host: None,
            is_answer: false,
            request: None,
            refusal: None,
            captured_at: None,
            is_exact: true,
        }
    }

    /// Creates an answer of the other side from what is on the wire, and from its request.
    pub fn answer<S: AsRef<[u8]> + ?Sized + 'a>(
        request: &Self,
        client_id: &'a str,
        time: &'a str,
        body: &'a [u8],
        signatures: impl IntoIterator<Item = &'a S>,
    ) -> Self {
        // An answer is signed over the method and the URI of its request.
        let input = SigningInput { client_id, time, body, ..request.input };
        let request = Some(Box::new(request.clone()));
        Self { is_answer: true, request, ..Self::request(input, signatures) }
    }

    /// Sets who sent the message.
    #[must_use]
    pub fn sent_by(self, sender: Sender) -> Self {
        Self { sender, ..self }
    }

    /// Sets the host that the request was sent to, as in its `Host` header.
    #[must_use]
    pub fn to_host(self, host: &'a str) -> Self {
        Self { host: Some(host), ..self }
    }

    /// Sets what the other side answered to this request.
    #[must_use]
    pub fn refused(self, refusal: Refusal) -> Self {
        Self { refusal: Some(refusal), ..self }
    }

    /// Sets the time at which the message was captured, by the receiver's clock.
    #[must_use]
    pub fn captured_at(self, time: Timestamp) -> Self {
        Self { captured_at: Some(time), ..self }
    }

    /// Marks a capture whose source does not keep the exact bytes.
    #[must_use]
    pub fn inexact(self) -> Self {
        Self { is_exact: false, ..self }
    }

    /// Returns what the signature has to cover.
    #[must_use]
    pub fn input(&self) -> SigningInput<'a> {
        self.input
    }
}
