//! One request as it was sent, and what came back.

use std::time::Duration;

use alipayplus_signing::{SignatureHeader, SigningInput, parse_time};
use jiff::Timestamp;

use crate::message::Message;
use crate::target::Target;
use crate::wire::{RawAnswer, WireError};

/// What the signature of an answer has to cover besides the answer itself, and who asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The bytes that were sent.
    pub bytes: Vec<u8>,
    /// The method.
    pub method: String,
    /// The path and the query.
    pub uri: String,
    /// The Client-Id.
    pub client_id: String,
    /// The text of the time header.
    pub time: String,
    /// Whether every target has to accept the signature.
    pub genuine: bool,
    /// Shell commands that sign it anew and send it.
    pub repeat: Option<String>,
}

/// What an answer's signature is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// There is none.
    No,
    /// It verifies; the version that it names.
    Yes(Option<u64>),
    /// It is there and does not verify: why.
    Wrong(String),
}

/// An answer, with what it holds.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status, headers and bytes.
    pub raw: RawAnswer,
    /// Its signature.
    pub signed: Signed,
    /// The message in it, if there is one.
    pub message: Option<Message>,
}

impl Reply {
    pub(crate) fn new(raw: RawAnswer, asked: &Asked, target: &Target) -> Self {
        let message = Message::parse(&raw.body);
        Self { signed: signed(&raw, asked, target), message, raw }
    }

    /// Says what it is: status, result and whether it is signed.
    #[must_use]
    pub fn describe(&self) -> String {
        let signed = match &self.signed {
            Signed::No => "unsigned",
            Signed::Yes(_) => "signed",
            Signed::Wrong(_) => "with a signature that does not verify",
        };
        let status = self.raw.status;
        match &self.message {
            Some(message) => format!("HTTP {status}, {}, {signed}", message.result()),
            None => format!("HTTP {status}, no message, {} bytes, {signed}", self.raw.body.len()),
        }
    }

    /// Returns the only value of a header.
    #[must_use]
    pub fn only<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let mut values = self.raw.header(name);
        values.next().filter(|_| values.next().is_none())
    }

    /// Returns the time of the answer, if it can be read.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        parse_time(self.only("response-time")?)
    }
}

fn signed(raw: &RawAnswer, asked: &Asked, target: &Target) -> Signed {
    let mut values = raw.header("signature").peekable();
    if values.peek().is_none() {
        return Signed::No;
    }
    let header = match SignatureHeader::from_values(values) {
        Ok(header) => header,
        Err(error) => return Signed::Wrong(error.to_string()),
    };
    let [Some(time), None] = ({
        let mut times = raw.header("response-time");
        [times.next(), times.next()]
    }) else {
        return Signed::Wrong("there is no single Response-Time that it could cover".into());
    };
    let Asked { method, uri, client_id, .. } = asked;
    let digest = SigningInput { method, uri, client_id, time, body: &raw.body }.digest();
    if target.verifies(header.key_version(), &digest, header.signature()) {
        return Signed::Yes(header.key_version());
    }
    Signed::Wrong(why(raw, asked, time, &header, target))
}

/// Looks for the usual mistakes in what was signed.
fn why(raw: &RawAnswer, asked: &Asked, time: &str, header: &SignatureHeader, target: &Target) -> String {
    let Asked { method, uri, client_id, .. } = asked;
    let right = SigningInput { method, uri, client_id, time, body: &raw.body };
    let path = uri.split('?').next().unwrap_or_default();
    let trimmed = raw.body.trim_ascii();
    let compact = serde_json::from_slice::<serde_json::Value>(&raw.body).map(|value| value.to_string());
    let compact = compact.unwrap_or_default();
    let candidates = [
        ("the time of the request instead of the answer's", SigningInput { time: &asked.time, ..right }),
        ("the path without the query", SigningInput { uri: path, ..right }),
        ("the method GET", SigningInput { method: "GET", ..right }),
        ("a body without the white space around it", SigningInput { body: trimmed, ..right }),
        ("a body that was serialized again", SigningInput { body: compact.as_bytes(), ..right }),
        ("an empty body", SigningInput { body: b"", ..right }),
        ("another Client-Id: an empty one", SigningInput { client_id: "", ..right }),
    ];
    let any = |input: &SigningInput<'_>| target.verifies(None, &input.digest(), header.signature());
    if any(&right) {
        let version = header.key_version().unwrap_or_default();
        return format!("it names key version {version}, and was made by the key of another");
    }
    if target.own.key.public_key().verify(&right.digest(), header.signature()).is_ok() {
        return "it was made with the caller's own key".into();
    }
    match candidates.iter().find(|(_, input)| any(input)) {
        Some((what, _)) => format!("it covers {what}"),
        None => "it matches none of the target's keys over this content".into(),
    }
}

/// A request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The case that asked.
    pub case: String,
    /// What is particular about the request.
    pub label: String,
    /// The position of the subject that it asked about.
    pub subject: Option<usize>,
    /// The request.
    pub asked: Asked,
    /// The answer, or why there is none.
    pub reply: Result<Reply, WireError>,
    /// Whether the answer is one that only a verified request may get.
    pub served: bool,
    /// Whether the answer says that the target knows nothing of what was asked.
    pub unknown: bool,
    /// The members of the answer that only a verified request may get.
    pub payload: Vec<&'static str>,
    /// From the first byte sent to the last byte received.
    pub elapsed: Duration,
    /// The target's clock when the answer had come.
    pub target_time: Timestamp,
}

impl Exchange {
    /// Returns the answer's message.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.reply.as_ref().ok()?.message.as_ref()
    }

    /// Says what came back.
    #[must_use]
    pub fn describe(&self) -> String {
        let what = match &self.reply {
            Ok(reply) => reply.describe(),
            Err(error) => error.to_string(),
        };
        if self.label.is_empty() { what } else { format!("{}: {what}", self.label) }
    }
}
