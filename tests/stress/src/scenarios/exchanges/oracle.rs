//! What may come of an exchange, and what may not.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::{Error, Evidence, Operation, Reply};
use alipayplus_server::signing::{format_time, parse_time};
use alipayplus_server::{Clock, Server};
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use http::{HeaderMap, Request};
use http_body::Frame;
use http_body_util::StreamBody;
use tower::ServiceExt as _;

use super::network_faults::{FaultyNetwork, NetworkFault, Stranger};
use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::test_bed::{CLIENT_ID, Decision, Wallet, told};

/// What freshness allows.
const WINDOW: Duration = Duration::from_secs(300);

/// A call that has ended.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) payment: String,
    pub(crate) result: Result<Reply<InquiryPayment>, Error>,
    pub(crate) took: Duration,
    pub(crate) limit: Duration,
}

/// What came of all calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    calls: u64,
    attempts: u64,
    /// The outcome is one that the wallet decided for this very payment.
    truths: BTreeMap<&'static str, u64>,
    /// An answer for another payment that is well signed, fresh and has no members to compare.
    indistinguishable: u64,
    /// Answers for other payments that `expecting` refused.
    unexpected: u64,
    errors: BTreeMap<String, u64>,
    faults: HashMap<NetworkFault, u64>,
}

impl Tally {
    /// One call, against what the wallet decided and what the weather did.
    pub(crate) fn judge(&mut self, call: &Call, wallet: &Wallet, weather: &FaultyNetwork) -> Result<(), Failure> {
        let Call { payment, result, took, limit } = call;
        self.calls += 1;
        // The clock has steps of a millisecond.
        if *took > *limit + Duration::from_millis(2) {
            return Err(format!("{payment}: took {took:?} of {limit:?}").into());
        }
        let strangers = weather.strangers(payment);
        match result {
            Ok(reply) => {
                let body = reply.evidence().response_body();
                if !weather.was_said(body) {
                    return Err(format!("{payment}: what was taken for an answer is not what the server said").into());
                }
                if !is_fresh(reply.evidence()) {
                    return Err(format!("{payment}: an answer from before the question was taken").into());
                }
                let told = told(&reply.outcome);
                if wallet.decided(payment).contains(&told) {
                    *self.truths.entry(name(&told)).or_default() += 1;
                    return Ok(());
                }
                let is_told_apart = matches!(told, Decision::Paid(..));
                let is_a_strangers = |stranger: &Stranger| !stranger.has_members && stranger.body == *body;
                if is_told_apart || !strangers.iter().any(is_a_strangers) {
                    let decided = wallet.decided(payment);
                    return Err(format!("{payment}: {told:?}, but the wallet decided {decided:?}").into());
                }
                self.indistinguishable += 1;
            }
            Err(Error::Mismatch { pointers }) => {
                if !strangers.iter().any(|stranger| stranger.has_members) {
                    return Err(
                        format!("{payment}: {pointers:?} was not expected, yet nobody else's was brought").into()
                    );
                }
                self.unexpected += 1;
            }
            Err(error) => *self.errors.entry(variant(error)).or_default() += 1,
        }
        Ok(())
    }

    pub(crate) fn count_weather(&mut self, weather: &FaultyNetwork) {
        for (fate, count) in weather.faults() {
            *self.faults.entry(fate).or_default() += count;
            self.attempts += count;
        }
    }

    pub(crate) fn tell(&self, run: &mut Run) {
        run.found(
            "exchanges on a paused clock, attempts",
            format!("{}, {}", grouped(self.calls), grouped(self.attempts)),
        );
        run.found("the wallet's own decisions", counts(&self.truths));
        run.found("past the deadline, tasks left, places left, false outcomes but for the next line", "0, 0, 0, 0");
        run.found(
            "of another payment, fresh, well signed, no members to compare: taken",
            grouped(self.indistinguishable),
        );
        run.found("of another payment, with members: refused", grouped(self.unexpected));
        run.found("no knowledge", counts(&self.errors));
        let faults: BTreeMap<_, _> = self.faults.iter().map(|(fate, count)| (format!("{fate:?}"), *count)).collect();
        run.found("the weather", counts(&faults));
    }

    /// Whether everything came up that is judged.
    pub(crate) fn is_complete(&self) -> Result<(), Failure> {
        let missing: Vec<_> = NetworkFault::ALL.iter().filter(|fate| !self.faults.contains_key(fate)).collect();
        if !missing.is_empty() || self.truths.len() < 5 || [self.indistinguishable, self.unexpected].contains(&0) {
            return Err(format!("something never came up: {missing:?} {self:?}").into());
        }
        Ok(())
    }
}

/// Whether the answer's time is no more than the window before the question's.
fn is_fresh(evidence: &Evidence) -> bool {
    let time = |headers: &HeaderMap, name| headers.get(name)?.to_str().ok().and_then(parse_time);
    let asked = time(evidence.request_headers(), "request-time");
    let answered = time(evidence.response_headers(), "response-time");
    asked.zip(answered).is_some_and(|(asked, answered)| answered >= asked - WINDOW)
}

fn counts<K: std::fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {}", grouped(*count))).collect();
    counts.join(", ")
}

fn name(decision: &Decision) -> &'static str {
    match decision {
        Decision::Paid(..) => "paid",
        Decision::Failed => "failed",
        Decision::Cancelled => "cancelled",
        Decision::InProgress => "in progress",
        Decision::NotFound => "not found",
        Decision::Nothing => "nothing",
    }
}

/// The name of the error's variant.
fn variant(error: &Error) -> String {
    let text = format!("{error:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// Takes all places by questions whose bodies never come, and sees that there were as many as there must be.
pub(crate) fn places_are_free(server: &Server, version: u64, clock: &Clock, places: usize) -> Result<(), Failure> {
    let mut held = Vec::new();
    for _ in 0..places {
        let mut question = Box::pin(server.clone().oneshot(endless(version, clock)?));
        if question.as_mut().now_or_never().is_some() {
            return Err(format!("{} of {places} places are free", held.len()).into());
        }
        held.push(question);
    }
    let one_more = server.clone().oneshot(endless(version, clock)?).now_or_never();
    if one_more.is_some() { Ok(()) } else { Err("there are more places than there should be".into()) }
}

/// Frames that never come.
type Never = stream::Pending<Result<Frame<Bytes>, Infallible>>;

/// A question with a good head.
fn endless(version: u64, clock: &Clock) -> Result<Request<StreamBody<Never>>, Failure> {
    let request = Request::builder()
        .method(InquiryPayment::METHOD)
        .uri(InquiryPayment::PATH)
        .header("client-id", CLIENT_ID)
        .header("request-time", format_time(clock.now()))
        .header("signature", format!("algorithm=RSA256, keyVersion={version}, signature=AAAA"));
    Ok(request.body(StreamBody::new(stream::pending()))?)
}
