//! One request as it was sent, and what came back.

use std::time::Duration;

use alipayplus_signing::diagnose::{self, Doctor, Sender};
use alipayplus_signing::{SignatureHeader, SigningInput, parse_time};
use jiff::Timestamp;

use crate::message::Message;
use crate::target::Target;
use crate::wire::{RawAnswer, WireError};

/// What is hashed at most to find out why one signature is wrong: all answers of a run may be, and bodies are small.
const HASH_LIMIT: u64 = 4 * 1024 * 1024;

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
    /// The body, without the framing of chunks.
    pub body: Vec<u8>,
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
    let signatures: Vec<&str> = raw.header("signature").collect();
    if signatures.is_empty() {
        return Signed::No;
    }
    let mut times = raw.header("response-time");
    let (Some(time), None) = (times.next(), times.next()) else {
        return Signed::Wrong("there is no single Response-Time that it could cover".into());
    };
    let header = SignatureHeader::from_values(&signatures);
    let Asked { method, uri, client_id, .. } = asked;
    let digest = SigningInput { method, uri, client_id, time, body: &raw.body }.digest();
    match &header {
        Ok(header) if target.verifies(header.key_version(), &digest, header.signature()) => {
            Signed::Yes(header.key_version())
        }
        _ => Signed::Wrong(why(raw, asked, time, &signatures, target)),
    }
}

/// Says in one line why the signature of an answer does not verify.
fn why(raw: &RawAnswer, asked: &Asked, time: &str, signatures: &[&str], target: &Target) -> String {
    let Asked { method, uri, client_id, time: asked_time, body, .. } = asked;
    let named = SignatureHeader::from_values(signatures).ok().and_then(|header| header.key_version());
    let doctor = Doctor::new().hash_limit(HASH_LIMIT).own_key(target.own.key.public_key().clone());
    // A key without a version is one of the version that the answer names.
    let doctor = target
        .peer_keys
        .iter()
        .fold(doctor, |doctor, (version, key)| doctor.peer_key(None, version.or(named).unwrap_or(1), key.clone()));
    let request = SigningInput { method, uri, client_id, time: asked_time, body };
    let request = diagnose::Message::request::<str>(request, []).sent_by(Sender::Own).to_host(target.url.authority());
    let answered_client = raw.header("client-id").next().unwrap_or(client_id);
    let answer = diagnose::Message::answer(&request, answered_client, time, &raw.body, signatures.iter().copied());
    let diagnosis = doctor.diagnose(&answer, &[]);
    if diagnosis.is_right() { "it covers other content than was received".into() } else { diagnosis.to_string() }
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
