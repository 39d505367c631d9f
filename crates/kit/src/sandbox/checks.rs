//! The checks of the server, and which of them an exchange failed.

use alipayplus_signing::diagnose::{Doctor, Message};
use alipayplus_signing::{Freshness, KeyRing, PublicKey, SignatureHeader, SigningInput};
use serde_json::{Value, json};

use super::clock::ShiftedClock;
use crate::caller::request::Request;

/// In the order in which the server makes them.
const CHECKS: [&str; 13] = [
    "path",
    "method",
    "media type",
    "load",
    "size",
    "Client-Id header",
    "Signature and time headers",
    "client",
    "key version",
    "time",
    "signature",
    "access",
    "body",
];

/// What the sandbox knows of its callers.
#[derive(Debug)]
pub(crate) struct Examiner {
    pub(crate) callers: KeyRing,
    pub(crate) own: PublicKey,
    pub(crate) clock: ShiftedClock,
}

/// What was found out about a refused request.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The check that failed.
    pub(crate) failed: Option<&'static str>,
    /// Why, in one line.
    pub(crate) cause: Option<String>,
    /// The content that the caller signed, if the signature opened to it.
    pub(crate) signed: Option<Vec<u8>>,
}

/// Returns what the signature of a request has to cover.
pub(crate) fn content(request: &Request) -> SigningInput<'_> {
    SigningInput {
        method: &request.method,
        uri: &request.uri,
        client_id: request.get("client-id"),
        time: request.get("request-time"),
        body: &request.body,
    }
}

/// Returns the verdicts: those behind the one that failed were not reached.
pub(crate) fn verdicts(failed: Option<&str>) -> Value {
    let at = failed.and_then(|failed| CHECKS.iter().position(|check| *check == failed)).unwrap_or(CHECKS.len());
    let verdict = |n: usize| match n.cmp(&at) {
        std::cmp::Ordering::Less => "pass",
        std::cmp::Ordering::Equal => "fail",
        std::cmp::Ordering::Greater => "not reached",
    };
    CHECKS.iter().enumerate().map(|(n, check)| json!({ "check": check, "verdict": verdict(n) })).collect()
}

impl Examiner {
    /// Finds out why the server refused a request before its handler. Takes up to some hundred milliseconds.
    pub(crate) fn examine(&self, request: &Request, status: u16, answer: &Value) -> Findings {
        let code = answer["result"]["resultCode"].as_str();
        let failed = self.failed(request, status, code);
        let Some(failed) = failed else { return Findings::default() };
        if !is_of_the_signature(failed) {
            let message = answer["result"]["resultMessage"].as_str().map(|message| format!("{failed}: {message}"));
            return Findings { failed: Some(failed), cause: message.or(Some(failed.to_owned())), signed: None };
        }
        let message = Message::request(content(request), request.values("signature")).to_host(request.get("host"));
        let message = message.captured_at(self.clock.now());
        let diagnosis = self.doctor().diagnose(&message, &[]);
        let cause = if diagnosis.is_right() { self.plain(request, failed) } else { diagnosis.to_string() };
        let signed = diagnosis.contents.signed().map(<[u8]>::to_vec);
        Findings { failed: Some(failed), cause: Some(cause), signed }
    }

    /// Returns the check that an answer speaks of.
    fn failed(&self, request: &Request, status: u16, code: Option<&str>) -> Option<&'static str> {
        Some(match (status, code?) {
            (408 | 413, _) => "size",
            (_, "NO_INTERFACE_DEF") => "path",
            (_, "METHOD_NOT_SUPPORTED") => "method",
            (_, "MEDIA_TYPE_NOT_ACCEPTABLE") => "media type",
            (_, "REQUEST_TRAFFIC_EXCEED_LIMIT") => "load",
            (_, "INVALID_CLIENT") if self.callers.is_known(request.get("client-id")) => "Client-Id header",
            (_, "INVALID_CLIENT") if request.values("client-id").count() != 1 => "Client-Id header",
            (_, "INVALID_CLIENT") => "client",
            (_, "KEY_NOT_FOUND") => "key version",
            (_, "INVALID_SIGNATURE") => self.failed_of_the_signature(request),
            (_, "ACCESS_DENIED") => "access",
            (_, "PARAM_ILLEGAL") => "body",
            _ => return None,
        })
    }

    fn failed_of_the_signature(&self, request: &Request) -> &'static str {
        let has_headers = SignatureHeader::from_values(request.values("signature")).is_ok()
            && request.values("request-time").count() == 1;
        if !has_headers {
            return "Signature and time headers";
        }
        let freshness = Freshness::default().with_clock(self.clock.clock());
        if freshness.check(request.get("request-time")).is_err() { "time" } else { "signature" }
    }

    /// Returns a doctor with the keys of all callers, as far as it takes them.
    fn doctor(&self) -> Doctor {
        let clients = self.callers.clients();
        let versions =
            clients.iter().flat_map(|(client, versions)| versions.iter().map(move |version| (client, *version)));
        let keys =
            versions.filter_map(|(client, version)| Some((client, version, self.callers.key(client, version).ok()?)));
        let doctor = Doctor::new().own_key(self.own.clone()).at(self.clock.now());
        keys.take(Doctor::MAX_KEYS - 1)
            .fold(doctor, |doctor, (client, version, key)| doctor.peer_key(Some(client), version, key))
    }

    /// Returns what is wrong where the signature itself is right.
    fn plain(&self, request: &Request, failed: &str) -> String {
        let version =
            SignatureHeader::from_values(request.values("signature")).ok().and_then(|header| header.key_version());
        match self.callers.candidates(request.get("client-id"), version) {
            Err(error) => error.to_string(),
            Ok(_) => format!("the check of the {failed} failed"),
        }
    }
}

fn is_of_the_signature(check: &str) -> bool {
    ["Client-Id header", "Signature and time headers", "client", "key version", "time", "signature"].contains(&check)
}
