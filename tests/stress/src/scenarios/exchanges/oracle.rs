//! Which results of an exchange are allowed.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::{Error, ErrorReason, Evidence, Operation, Reply};
use alipayplus_server::signing::{format_time, parse_time};
use alipayplus_server::{Clock, Server};
use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use http::{HeaderMap, Request};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use tower::ServiceExt as _;

use super::network_faults::{FaultyNetwork, NetworkFault, OtherResponse};
use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::test_bed::{CLIENT_ID, Decision, Wallet, decision_of};

/// How far a response may be before its request.
const SKEW: Duration = Duration::from_secs(30);

/// A completed call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) payment: String,
    pub(crate) result: Result<Reply<InquiryPayment>, Error>,
    pub(crate) took: Duration,
    pub(crate) limit: Duration,
}

/// The results of all calls.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    calls: u64,
    attempts: u64,
    /// The outcome is one that the wallet decided for this payment.
    truths: BTreeMap<&'static str, u64>,
    /// A response about another payment that is validly signed, fresh and has no members to compare.
    indistinguishable: u64,
    /// Responses about other payments that `expecting` refused.
    unexpected: u64,
    errors: BTreeMap<&'static str, u64>,
    faults: HashMap<NetworkFault, u64>,
}

impl Tally {
    /// Checks one call against the wallet's decisions and the network faults.
    pub(crate) fn judge(&mut self, call: &Call, wallet: &Wallet, network: &FaultyNetwork) -> Result<(), Failure> {
        let Call { payment, result, took, limit } = call;
        self.calls += 1;
        // Timers have a resolution of one millisecond.
        if *took > *limit + Duration::from_millis(2) {
            return Err(format!("{payment}: took {took:?} of {limit:?}").into());
        }
        let others = network.others(payment);
        match result {
            Ok(reply) => {
                let body = reply.evidence().response_body();
                if !network.was_sent(body) {
                    return Err(format!("{payment}: the accepted response is not one that the server sent").into());
                }
                if !is_fresh(reply.evidence()) {
                    return Err(format!("{payment}: an older response than the request was accepted").into());
                }
                let found = decision_of(&reply.outcome);
                if wallet.decided(payment).contains(&found) {
                    *self.truths.entry(name(&found)).or_default() += 1;
                    return Ok(());
                }
                let has_members = matches!(found, Decision::Paid(..));
                let is_other = |other: &OtherResponse| !other.has_members && other.body == *body;
                if has_members || !others.iter().any(is_other) {
                    let decided = wallet.decided(payment);
                    return Err(format!("{payment}: {found:?}, but the wallet decided {decided:?}").into());
                }
                self.indistinguishable += 1;
            }
            Err(error) if matches!(error.reason(), ErrorReason::Mismatch { .. }) => {
                if !others.iter().any(|other| other.has_members) {
                    return Err(format!("{payment}: {error}, but no other payment was delivered").into());
                }
                self.unexpected += 1;
            }
            Err(error) => *self.errors.entry(error.kind()).or_default() += 1,
        }
        Ok(())
    }

    pub(crate) fn count_faults(&mut self, network: &FaultyNetwork) {
        for (fault, count) in network.faults() {
            *self.faults.entry(fault).or_default() += count;
            self.attempts += count;
        }
    }

    pub(crate) fn report(&self, run: &mut Run) {
        run.found(
            "exchanges on a paused clock, attempts",
            format!("{}, {}", grouped(self.calls), grouped(self.attempts)),
        );
        run.found("the wallet's own decisions", counts(&self.truths));
        run.found("late calls, tasks left, permits left, false outcomes except those of the next line", "0, 0, 0, 0");
        run.found(
            "responses about another payment, fresh, validly signed, no members to compare: accepted",
            grouped(self.indistinguishable),
        );
        run.found("responses about another payment, with members: refused", grouped(self.unexpected));
        run.found("errors", counts(&self.errors));
        let faults: BTreeMap<_, _> = self.faults.iter().map(|(fault, count)| (format!("{fault:?}"), *count)).collect();
        run.found("network faults", counts(&faults));
    }

    /// Checks that everything occurred at least once.
    pub(crate) fn is_complete(&self) -> Result<(), Failure> {
        let missing: Vec<_> = NetworkFault::ALL.iter().filter(|fault| !self.faults.contains_key(fault)).collect();
        if !missing.is_empty() || self.truths.len() < 5 || [self.indistinguishable, self.unexpected].contains(&0) {
            return Err(format!("something never occurred: {missing:?} {self:?}").into());
        }
        Ok(())
    }
}

/// Returns whether the response's time is at most the skew before the request's.
fn is_fresh(evidence: &Evidence) -> bool {
    let time = |headers: &HeaderMap, name| headers.get(name)?.to_str().ok().and_then(parse_time);
    let asked = time(evidence.request_headers(), "request-time");
    let answered = time(evidence.response_headers(), "response-time");
    asked.zip(answered).is_some_and(|(asked, answered)| answered >= asked - SKEW)
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

/// Takes all permits with requests whose bodies never end, and checks their number.
pub(crate) fn check_permits(server: &Server, version: u64, clock: &Clock, permits: usize) -> Result<(), Failure> {
    let mut held = Vec::new();
    for _ in 0..permits {
        let mut question = Box::pin(server.clone().oneshot(endless(version, clock)?));
        if question.as_mut().now_or_never().is_some() {
            return Err(format!("{} of {permits} permits are free", held.len()).into());
        }
        held.push(question);
    }
    // What is refused is answered once its body has ended.
    let complete = head(version, clock).body(Full::<Bytes>::default())?;
    let answered = server.clone().oneshot(complete).now_or_never().ok_or("a refusal waits")?;
    let body = answered?.into_body().collect().now_or_never().ok_or("the body of a refusal waits")?;
    let is_overload = String::from_utf8_lossy(&body?.to_bytes()).contains("REQUEST_TRAFFIC_EXCEED_LIMIT");
    if is_overload { Ok(()) } else { Err("more permits are free than the limit".into()) }
}

/// Frames that never arrive.
type Never = stream::Pending<Result<Frame<Bytes>, Infallible>>;

/// Returns a request with a valid head, and a body that never ends.
fn endless(version: u64, clock: &Clock) -> Result<Request<StreamBody<Never>>, Failure> {
    Ok(head(version, clock).body(StreamBody::new(stream::pending()))?)
}

/// Returns a valid head.
fn head(version: u64, clock: &Clock) -> http::request::Builder {
    Request::builder()
        .method(InquiryPayment::METHOD)
        .uri(InquiryPayment::PATH)
        .header("client-id", CLIENT_ID)
        .header("request-time", format_time(clock.now()))
        .header("signature", format!("algorithm=RSA256, keyVersion={version}, signature=AAAA"))
}
