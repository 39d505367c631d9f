//! Rules that hold in every fault: what the caller sends, when, and what it prints.

use std::time::Duration;

use alipayplus_signing::{PublicKey, SignatureHeader, SigningInput, Timestamp, parse_time};
use serde_json::Value;

use super::fault::Fault;
use super::outcome::Outcome;
use super::request::Request;
use super::scene::Payment;
use super::server::Record;
use super::task::Ended;
use crate::finding::{Finding, Level};
use crate::source;

/// A rule of the catalogue that is judged in every fault.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Its name, by section.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Where the rule is written.
    pub source: &'static str,
    /// What a caller does, in one sentence.
    pub about: &'static str,
    /// Returns what is wrong, if anything.
    breach: fn(&Seen<'_>) -> Option<String>,
}

/// What was seen in one fault.
pub(super) struct Seen<'a> {
    pub(super) fault: &'static Fault,
    pub(super) payment: &'a Payment,
    pub(super) caller: &'a PublicKey,
    pub(super) client_id: &'a str,
    pub(super) path: &'a str,
    pub(super) canary: &'a str,
    pub(super) deadline: Duration,
    pub(super) record: &'a Record,
    pub(super) ended: &'a Ended,
    /// When the adapter had ended.
    pub(super) now: Timestamp,
}

/// The pauses that count as a loop without a pause.
const TIGHT: Duration = Duration::from_millis(300);
/// The most requests about one payment within a run.
const MOST: usize = 20;
/// How late a caller may end.
const LATE: Duration = Duration::from_secs(2);
/// How far a request's time may be off, in seconds.
const OFF: i64 = 60;

/// All rules, in the order in which they are shown.
pub static RULES: &[Rule] = &[
    must("request/signature", source::SIGNATURE, "The signature verifies over the exact bytes.", |seen| {
        seen.each(signature)
    }),
    must("request/headers", source::HTTP, "Signature, Client-Id and Request-Time are there once each.", |seen| {
        seen.each(headers)
    }),
    must("request/time", source::TIME, "Request-Time is readable, and within 60 s of the time.", |seen| {
        seen.each(time)
    }),
    must(
        "request/body",
        source::REQUEST,
        "The body is JSON and has the three IDs that were given, as strings.",
        |seen| seen.each(body),
    ),
    must("request/method-and-path", source::HTTP, "It is a POST to the path that was given.", |seen| seen.each(target)),
    should("request/media-type", source::HTTP, "The media type is application/json in UTF-8.", |seen| {
        seen.each(media_type)
    }),
    should(
        "request/encoding",
        source::ENCODING,
        "The signature is percent-encoded standard base64, which every SDK reads.",
        |seen| seen.each(encoding),
    ),
    should("request/signed-anew", source::TIME, "A repetition has a time and a signature of its own.", signed_anew),
    must(
        "pace/no-tight-loop",
        source::PACE,
        "Never three requests within 300 ms, and at most 20 in a run.",
        tight_loop,
    ),
    should("pace/grows", source::PACE, "The third pause is not shorter than the first.", grows),
    must("pace/ends", source::PACE, "It ends within its deadline and 2 s.", ends),
    should("pace/stops-when-final", source::PACE, "It does not ask again after a final answer.", stops),
    must("quiet/no-key-in-output", source::SECRECY, "The private key is in nothing that it printed.", key_in_output),
    should(
        "quiet/no-customer-in-output",
        source::SECRECY,
        "The customer's ID is in nothing but the answer's own line.",
        customer_in_output,
    ),
];

type Breach = fn(&Seen<'_>) -> Option<String>;

const fn must(id: &'static str, source: &'static str, about: &'static str, breach: Breach) -> Rule {
    Rule { id, level: Level::Must, source, about, breach }
}

const fn should(id: &'static str, source: &'static str, about: &'static str, breach: Breach) -> Rule {
    Rule { level: Level::Should, ..must(id, source, about, breach) }
}

impl Rule {
    /// Judges all faults of a run.
    pub(super) fn judge(&self, all: &[Tried]) -> Finding {
        let judged = all.iter().filter(|tried| tried.was_asked || !self.id.starts_with("request/")).count();
        let mut breaches = self.breaches(all);
        match (breaches.next(), breaches.count()) {
            _ if judged == 0 => Finding::not_run("no request came"),
            (None, _) => Finding::pass(format!("in all {judged} faults that were tried")),
            (Some((fault, what)), more) => {
                Finding::fail(format!("in {} of {judged}, such as {fault}: {what}", more + 1))
            }
        }
    }

    /// Returns the first fault in which it was broken.
    pub(super) fn first_breach(&self, all: &[Tried]) -> Option<&'static str> {
        self.breaches(all).next().map(|(fault, _)| fault)
    }

    fn breaches<'a>(&self, all: &'a [Tried]) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        let id = self.id;
        all.iter().filter_map(move |tried| {
            let (_, what) = tried.breaches.iter().find(|(rule, _)| *rule == id)?;
            Some((tried.fault, what.as_str()))
        })
    }
}

/// A fault that was tried.
pub(super) struct Tried {
    pub(super) fault: &'static str,
    /// Whether a request came.
    pub(super) was_asked: bool,
    /// The rules that were broken, each with how.
    pub(super) breaches: Vec<(&'static str, String)>,
}

/// Judges all rules in one fault.
pub(super) fn tried(seen: &Seen<'_>) -> Tried {
    let breaches = RULES.iter().filter_map(|rule| Some((rule.id, (rule.breach)(seen)?))).collect();
    Tried { fault: seen.fault.id, was_asked: !seen.record.requests.is_empty(), breaches }
}

impl Seen<'_> {
    /// Returns the first breach of a request.
    fn each(&self, breach: impl Fn(&Self, &Request) -> Option<String>) -> Option<String> {
        self.record.requests.iter().find_map(|request| breach(self, request))
    }

    fn pauses(&self) -> Vec<Duration> {
        self.record.requests.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
    }
}

fn signature(seen: &Seen<'_>, request: &Request) -> Option<String> {
    let input = SigningInput {
        method: &request.method,
        uri: &request.uri,
        client_id: request.get("client-id"),
        time: request.get("request-time"),
        body: &request.body,
    };
    let header = match SignatureHeader::from_values(request.values("signature")) {
        Ok(header) => header,
        Err(error) => return Some(error.to_string()),
    };
    seen.caller.verify(&input.digest(), &header).err().map(|error| error.to_string())
}

fn headers(seen: &Seen<'_>, request: &Request) -> Option<String> {
    let names = ["Signature", "Client-Id", "Request-Time"];
    if let Some(name) = names.into_iter().find(|name| request.values(name).count() != 1) {
        return Some(format!("{name} is there {} times", request.values(name).count()));
    }
    (request.get("client-id") != seen.client_id).then(|| "Client-Id is another than was given".to_owned())
}

fn time(seen: &Seen<'_>, request: &Request) -> Option<String> {
    let Some(time) = parse_time(request.get("request-time")) else {
        return Some("Request-Time can't be read".to_owned());
    };
    // The adapter ran for so long.
    let late = i64::try_from((seen.ended.at - seen.ended.started).as_secs()).unwrap_or(i64::MAX);
    let off = seen.now.as_second() - time.as_second();
    (off < -OFF || off > OFF + late).then(|| format!("Request-Time is {off} s before the kit's clock"))
}

fn body(seen: &Seen<'_>, request: &Request) -> Option<String> {
    let Payment { acquirer_id, psp_id, payment_request_id, .. } = seen.payment;
    let body: Value = match serde_json::from_slice(&request.body) {
        Ok(body) => body,
        Err(error) => return Some(format!("the body is no JSON: {error}")),
    };
    let ids = [("acquirerId", acquirer_id), ("pspId", psp_id), ("paymentRequestId", payment_request_id)];
    ids.into_iter()
        .find(|(name, id)| body[name] != **id)
        .map(|(name, _)| format!("{name} is not the text that was given"))
}

fn target(seen: &Seen<'_>, request: &Request) -> Option<String> {
    let right = request.method == "POST" && request.uri == seen.path;
    (!right).then(|| format!("it was {} {}", request.method, request.uri.chars().take(100).collect::<String>()))
}

fn media_type(_: &Seen<'_>, request: &Request) -> Option<String> {
    let found = request.get("content-type").to_ascii_lowercase().replace([' ', '"'], "");
    let right = ["application/json", "application/json;charset=utf-8"].contains(&found.as_str());
    (!right).then(|| format!("Content-Type is {found:?}"))
}

fn encoding(_: &Seen<'_>, request: &Request) -> Option<String> {
    // What can't be read is the business of another rule.
    let header = SignatureHeader::from_values(request.values("signature")).ok()?;
    let sent = |text: &str| {
        text.split("signature=").nth(1).map(|text| text.split([',', ' ']).next().unwrap_or_default().to_owned())
    };
    let (found, right) = (sent(request.get("signature")), sent(&header.to_string()));
    (found != right).then(|| "the signature is encoded in another way".to_owned())
}

fn signed_anew(seen: &Seen<'_>) -> Option<String> {
    let apart = |pair: &&[Request]| pair[1].at - pair[0].at > LATE;
    let same = |pair: &[Request]| pair[0].get("request-time") == pair[1].get("request-time");
    let found = seen.record.requests.windows(2).filter(apart).any(same);
    found.then(|| "a later request has the time of an earlier one".to_owned())
}

fn tight_loop(seen: &Seen<'_>) -> Option<String> {
    let requests = &seen.record.requests;
    if requests.len() > MOST {
        return Some(format!("{} requests", requests.len()));
    }
    let tight = requests.windows(3).any(|three| three[2].at - three[0].at < TIGHT);
    tight.then(|| "three requests within 300 ms".to_owned())
}

fn grows(seen: &Seen<'_>) -> Option<String> {
    let [first, _, third, ..] = seen.pauses()[..] else { return None };
    // Randomness that spreads callers is no fault.
    (third < first / 2).then(|| format!("pauses of {} ms and then {} ms", first.as_millis(), third.as_millis()))
}

fn ends(seen: &Seen<'_>) -> Option<String> {
    // How long the adapter takes to start is not the caller's.
    let begun = seen.record.requests.first().map_or(seen.ended.started, |request| request.at);
    let took = seen.ended.at - begun;
    (took > seen.deadline + LATE).then(|| format!("{:.1} s after its first request", took.as_secs_f64()))
}

fn stops(seen: &Seen<'_>) -> Option<String> {
    let is_final = matches!(seen.fault.right, [Outcome::Paid | Outcome::Failed]);
    let understood = seen.ended.concluded.as_ref().is_ok_and(|found| seen.fault.right.contains(&found.outcome));
    let asked = seen.record.requests.len();
    (is_final && understood && asked > 1).then(|| format!("{asked} requests"))
}

fn key_in_output(seen: &Seen<'_>) -> Option<String> {
    let Ended { printed, complained, .. } = seen.ended;
    [printed, complained].into_iter().any(|text| text.contains(seen.canary)).then(|| "the key is printed".to_owned())
}

fn customer_in_output(seen: &Seen<'_>) -> Option<String> {
    let Ended { printed, complained, .. } = seen.ended;
    let before = printed.trim_end().rsplit_once('\n').map_or("", |(before, _)| before);
    let found = [before, complained].into_iter().any(|text| text.contains(&seen.payment.customer_id));
    found.then(|| "the customer's ID is printed".to_owned())
}
