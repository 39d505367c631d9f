//! What an MPP with a fault accepts.

use std::fmt;

use alipayplus_signing::{SignatureHeader, SigningInput, Timestamp, format_time, media_type, parse_time};
use jiff::SignedDuration;
use serde_json::Value;

use super::mpp_fault::MppFault;
use crate::caller::request::Request;
use crate::inquiry_payment::OPERATION;
use crate::key::{RawKey, Scheme};

/// The furthest that a request's time may be off, in seconds.
const FRESH: u64 = 300;

/// A private key of a caller: signatures are verified by making them again.
pub(crate) struct CallerKey {
    pub(crate) client_id: &'static str,
    pub(crate) version: u64,
    pub(crate) key: RawKey,
}

impl fmt::Debug for CallerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerKey").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// A result code, and why.
pub(super) type Refused = (&'static str, &'static str);

/// A request whose head was read.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) client: String,
    pub(super) time: String,
    pub(super) body: Vec<u8>,
}

impl Asked {
    pub(super) fn new(request: &Request) -> Self {
        let one = |name: &str| {
            let is_single = request.values(name).count() == 1;
            if is_single { request.get(name).to_owned() } else { String::new() }
        };
        Self {
            method: request.method.clone(),
            uri: request.uri.clone(),
            client: one("client-id"),
            time: one("request-time"),
            body: request.body.clone(),
        }
    }
}

/// Checks requests but for what its fault leaves out.
pub(super) struct Lenient<'a> {
    pub(super) fault: &'static MppFault,
    pub(super) now: Timestamp,
    pub(super) callers: &'a [CallerKey],
}

impl Lenient<'_> {
    pub(super) fn has(&self, fault: &str) -> bool {
        self.fault.name() == fault
    }

    /// Checks everything but the body.
    pub(super) fn check(&self, request: &Request, asked: &mut Asked) -> Result<(), Refused> {
        if asked.uri.split('?').next() != Some(OPERATION.path) {
            return Err(("NO_INTERFACE_DEF", "no such path"));
        }
        if asked.method != OPERATION.method {
            return Err(("METHOD_NOT_SUPPORTED", "no such method"));
        }
        if !media_type::are_json(request.values("content-type")) {
            return Err(("MEDIA_TYPE_NOT_ACCEPTABLE", "no JSON"));
        }
        if asked.client.is_empty() && self.has("takes-a-default-client") {
            self.first_client().clone_into(&mut asked.client);
        }
        if asked.client.is_empty() {
            return Err(("INVALID_CLIENT", "no client"));
        }
        let is_unsigned = request.values("signature").next().is_none();
        if self.has("verifies-nothing") || (self.has("needs-no-signature") && is_unsigned) {
            return Ok(());
        }
        self.check_time(&asked.time)?;
        self.check_signature(request, asked)
    }

    fn first_client(&self) -> &'static str {
        self.callers.first().map_or("", |caller| caller.client_id)
    }

    fn check_time(&self, text: &str) -> Result<(), Refused> {
        let wrong = Err(("INVALID_SIGNATURE", "time"));
        let text = match self.fault.name() {
            "reads-a-time-up-to-its-Z" => text.split_inclusive('Z').next().unwrap_or_default(),
            "knows-UTC-only" if !text.ends_with('Z') => return wrong,
            "knows-no-fractions" if text.contains('.') => return wrong,
            "needs-no-time" if text.is_empty() => return Ok(()),
            "skips-a-time-that-is-unreadable" | "reads-a-Client-Id-up-to-a-point" if parse_time(text).is_none() => {
                return Ok(());
            }
            _ => text,
        };
        match parse_time(text) {
            Some(time) if time.duration_since(self.now).abs().as_secs().unsigned_abs() <= FRESH => Ok(()),
            _ => wrong,
        }
    }

    fn check_signature(&self, request: &Request, asked: &Asked) -> Result<(), Refused> {
        let is_in_capitals = request.headers.iter().any(|(name, _)| name == "SIGNATURE");
        if self.has("knows-no-names-in-capitals") && is_in_capitals {
            return Err(("INVALID_SIGNATURE", "header"));
        }
        let values = request.values("signature").map(String::from_utf8_lossy);
        let mut values: Vec<String> = values.map(std::borrow::Cow::into_owned).collect();
        let first = values.first().cloned().unwrap_or_default();
        if self.has("reads-no-header-without-blanks") && !first.contains(", ") {
            return Err(("INVALID_SIGNATURE", "header"));
        }
        if self.has("knows-the-algorithm-none") && first.contains("algorithm=none") {
            return Ok(());
        }
        if self.has("ignores-the-algorithm") {
            for value in &mut values {
                *value = value.replace("algorithm=none", "algorithm=RSA256");
            }
        }
        let Ok(header) = SignatureHeader::from_values(&values) else {
            let skips = self.has("skips-a-signature-that-is-unreadable") && !values.is_empty();
            return if skips { Ok(()) } else { Err(("INVALID_SIGNATURE", "header")) };
        };
        let keys = self.keys(&asked.client, header.key_version())?;
        let contents = self.contents(asked);
        let matches = |key: &&RawKey| contents.iter().any(|content| self.verifies(key, content, header.signature()));
        if keys.iter().any(matches) { Ok(()) } else { Err(("INVALID_SIGNATURE", "signature")) }
    }

    /// Returns the keys that a signature may be by.
    fn keys(&self, client: &str, version: Option<u64>) -> Result<Vec<&RawKey>, Refused> {
        let is_known = self.callers.iter().any(|caller| caller.client_id == client);
        let client = match self.fault.name() {
            "reads-a-Client-Id-up-to-a-point" => client.split('.').next().unwrap_or_default(),
            "gives-unknown-clients-a-key" if !is_known => self.first_client(),
            _ => client,
        };
        let of_client: Vec<_> = self.callers.iter().filter(|caller| caller.client_id == client).collect();
        if of_client.is_empty() {
            return Err(("INVALID_CLIENT", "unknown"));
        }
        let is_meant = |caller: &&&CallerKey| {
            self.has("ignores-the-key-version") || version.is_none_or(|version| version == caller.version)
        };
        let keys: Vec<_> = of_client.iter().filter(is_meant).map(|caller| &caller.key).collect();
        if keys.is_empty() {
            return Err(("KEY_NOT_FOUND", "unknown"));
        }
        let of_others = self.callers.iter().filter(|caller| caller.client_id != client).map(|caller| &caller.key);
        let tries_others = self.has("tries-the-keys-of-all-clients");
        Ok(keys.into_iter().chain(of_others.filter(|_| tries_others)).collect())
    }

    /// Returns the contents that a signature may cover: one, but for faults.
    fn contents(&self, asked: &Asked) -> Vec<Vec<u8>> {
        let Asked { method, uri, client, time, body } = asked;
        let input = SigningInput { method, uri, client_id: client, time, body };
        let compact = without_blanks(body);
        let longer = format!("{client}0");
        let other_uri = format!("{uri}/other");
        let shifted = |seconds| {
            let time = parse_time(time).and_then(|time| time.checked_add(SignedDuration::from_secs(seconds)).ok());
            time.map(format_time).unwrap_or_default()
        };
        let (utc, before) = (shifted(0), shifted(-1));
        let instead = match self.fault.name() {
            "serializes-the-body-again" => SigningInput { body: &compact, ..input },
            "trims-the-body" => SigningInput { body: body.trim_ascii(), ..input },
            "trims-the-path" => SigningInput { uri: "/inquiryPayment", ..input },
            "writes-the-time-again" => SigningInput { time: &utc, ..input },
            _ => input,
        };
        let more = match self.fault.name() {
            "allows-a-second-of-difference" => Some(SigningInput { time: &before, ..input }),
            "verifies-over-another-client-too" => Some(SigningInput { client_id: &longer, ..input }),
            "verifies-over-another-path-too" => Some(SigningInput { uri: &other_uri, ..input }),
            "verifies-over-another-method-too" => Some(SigningInput { method: "PUT", ..input }),
            _ => None,
        };
        std::iter::once(instead).chain(more).map(|input| input.to_bytes()).collect()
    }

    /// A signature by PKCS#1 v1.5 is the same each time, so that it can be compared.
    fn verifies(&self, key: &RawKey, content: &[u8], signature: &[u8]) -> bool {
        let right = key.sign(Scheme::Sha256, content);
        match self.fault.name() {
            "cuts-a-long-signature" => signature.get(..right.len()) == Some(&right),
            "compares-the-start-of-a-signature" => right.starts_with(&signature[..signature.len().min(255)]),
            "knows-MD5" if key.sign(Scheme::Md5, content) == signature => true,
            "knows-SHA-1" if key.sign(Scheme::Sha1, content) == signature => true,
            _ => right == signature,
        }
    }

    /// Reads a body and returns the ID that it asks about.
    pub(super) fn id(&self, body: &[u8]) -> Result<String, &'static str> {
        if self.has("reads-no-escapes") && body.windows(2).any(|pair| pair == b"\\u") {
            return Err("an escape");
        }
        let Ok(parsed) = serde_json::from_slice(body) else {
            let skips = (self.has("takes-any-text-for-a-request") && !body.is_empty())
                || (self.has("takes-an-empty-body") && body.is_empty());
            return if skips { Ok("?".into()) } else { Err("no JSON") };
        };
        let Value::Object(members) = parsed else {
            return if self.has("takes-any-JSON-for-a-request") { Ok("?".into()) } else { Err("no object") };
        };
        if String::from_utf8_lossy(body).matches("\"paymentRequestId\"").count() > 1 {
            return Err("a name twice");
        }
        for name in ["acquirerId", "pspId", "paymentRequestId"] {
            let is_due = self.fault.name().strip_prefix("needs-no-") != Some(name);
            match members.get(name) {
                None if !is_due => {}
                Some(Value::Null) if self.has("takes-null-for-an-ID") => {}
                Some(Value::String(text)) if text.is_empty() && self.has("takes-an-empty-ID") => {}
                Some(Value::String(text)) if text.len() == 64 && self.has("counts-to-63") => return Err("too long"),
                Some(Value::String(text)) if (1..=64).contains(&text.chars().count()) => {}
                _ => return Err("an ID"),
            }
        }
        let id = members.get("paymentRequestId").and_then(Value::as_str).filter(|id| !id.is_empty());
        Ok(id.unwrap_or("?").to_owned())
    }
}

/// Returns JSON without white space between its tokens.
fn without_blanks(body: &[u8]) -> Vec<u8> {
    let mut is_quoted = false;
    let mut kept = Vec::new();
    for &byte in body {
        is_quoted ^= byte == b'"';
        if is_quoted || !byte.is_ascii_whitespace() {
            kept.push(byte);
        }
    }
    kept
}
