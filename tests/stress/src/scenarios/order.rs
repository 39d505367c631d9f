//! The order of the server's checks when a request fails several of them: the earlier one answers, and RSA comes after
//! all cheaper checks.

mod faults;

use std::future::poll_fn;
use std::task::Poll;

use alipayplus_server::{KeyRing, Server};
use alipayplus_signing::testing::{TestKeys, verifications};
use fastrand::Rng;
use tower::ServiceExt as _;

use crate::counting::Signatures;
use crate::failure::Failure;
use crate::log::Log;
use crate::mpp::{HandlerBehavior, ScriptedHandler, TestRequest, TestResponse};
use crate::progress::grouped;
use crate::repository;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;
use faults::{BARRED, BODY_LIMIT, Case, FAULTS, Fault, Spent};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "order",
    about: "requests with several faults: the earlier check answers, and RSA comes after the cheaper ones",
    run,
};

/// The file with the table of the checks.
const SOURCE: &str = "crates/server/src/service.rs";

/// A server with a concurrency limit of one, its parts, and how often each check answered.
struct Bench {
    parties: TestKeys,
    server: Server,
    signatures: Signatures,
    actor: ScriptedHandler,
    log: Log,
    runtime: tokio::runtime::Runtime,
    tally: Tally,
}

#[derive(Debug, Default)]
struct Tally {
    refused_for_free: u64,
    verified: u64,
    signed: u64,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let checks = checks()?;
    let mut bench = Bench::new()?;
    let pairs = pairs();
    run.cases("one fault", u64::try_from(FAULTS.len())?, |case, _| match FAULTS.get(usize::try_from(case)?) {
        Some(fault) => bench.first_answers(&[fault]),
        None => Ok(()),
    })?;
    run.cases("two faults", u64::try_from(pairs.len())?, |case, _| match pairs.get(usize::try_from(case)?) {
        Some(pair) => bench.first_answers(pair),
        None => Ok(()),
    })?;
    let sets = run.either(20_000, 1_000);
    run.cases("more faults", sets, |_, rng| bench.first_answers(&some(rng, &checks)))?;

    let Tally { refused_for_free, verified, signed } = bench.tally;
    run.found("checks, ways to fail them", format!("{}, {}", checks.len(), FAULTS.len()));
    run.found("requests with one fault, two, more", format!("{}, {}, {}", FAULTS.len(), pairs.len(), grouped(sets)));
    run.found("refused before any RSA", grouped(refused_for_free));
    run.found("signatures verified, made", format!("{}, {}", grouped(verified), grouped(signed)));
    Ok(())
}

/// Returns the checks of the server's own table; the faults must cover all of them in this order.
fn checks() -> Result<Vec<&'static str>, Failure> {
    let source = repository::text(SOURCE)?;
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! | ")?.split(" | ").next());
    let stated: Vec<&str> = rows.skip(1).collect();
    let mut tried: Vec<&'static str> = FAULTS.iter().map(|fault| fault.check).collect();
    tried.dedup();
    if tried == stated { Ok(tried) } else { Err(format!("the server checks {stated:?}; tried are {tried:?}").into()) }
}

/// Returns all pairs of faults of different checks.
fn pairs() -> Vec<[&'static Fault; 2]> {
    let later = |first: usize| FAULTS[first..].iter().filter(move |fault| fault.check != FAULTS[first].check);
    (0..FAULTS.len()).flat_map(|first| later(first).map(move |second| [&FAULTS[first], second])).collect()
}

/// Returns a fault of one check, and perhaps one of each later check.
fn some(rng: &mut Rng, checks: &[&str]) -> Vec<&'static Fault> {
    let first = rng.usize(..checks.len());
    let mut faults = Vec::new();
    for (n, check) in checks.iter().enumerate().skip(first) {
        if n == first || rng.bool() {
            faults.extend(rng.choice(FAULTS.iter().filter(|fault| fault.check == *check).collect::<Vec<_>>()));
        }
    }
    faults
}

impl Bench {
    fn new() -> Result<Self, Failure> {
        let parties = TestKeys::new()?;
        let (signatures, actor) = (Signatures::default(), ScriptedHandler::default());
        let callers = KeyRing::new();
        for client in [parties.client_id.as_str(), BARRED] {
            callers.insert(client, TestKeys::KEY_VERSION, parties.client.public_key())?;
        }
        let server = Server::builder()
            .testing(&parties)
            .sign_with(TestKeys::KEY_VERSION, signatures.of(parties.server.clone()))
            .callers(callers)
            .authorize(|client, _| client != BARRED)
            .concurrency_limit(1)
            .body_limit(BODY_LIMIT)
            .build()?
            .inquiry_payment(actor.clone());
        let (log, runtime, tally) = (Log::start(), runtime::paused()?, Tally::default());
        Ok(Self { parties, server, signatures, actor, log, runtime, tally })
    }

    /// Applies the faults to a valid request; the first one must determine the response and the work done.
    fn first_answers(&mut self, faults: &[&Fault]) -> Result<(), Failure> {
        let first = *faults.first().ok_or("no fault to try")?;
        let mut case = Case::good(&self.parties);
        // The first fault is applied last, so that it wins where two change the same part.
        faults.iter().rev().for_each(|fault| (fault.spoil)(&mut case));
        let before = (verifications(), self.signatures.made(), self.actor.calls());
        let (response, causes) = self.runtime.block_on(self.respond(&case))?;
        // Read before the verification of the response below changes it.
        let verified = verifications() - before.0;
        let seen = Seen {
            code: response.code()?,
            causes,
            is_signed: response.is_signed(&case.ask, &self.parties.server.public_key())?,
            verified,
            signed: self.signatures.made() - before.1,
            asked: self.actor.calls() - before.2,
        };
        self.tally.refused_for_free += u64::from(seen.verified == 0);
        self.tally.verified += seen.verified;
        self.tally.signed += seen.signed;
        if seen.is_by(first) { Ok(()) } else { Err(format!("{seen:?} of {:?}", named(faults)).into()) }
    }

    /// Returns the response and the log, with another request in flight if the case is crowded.
    async fn respond(&self, case: &Case) -> Result<(TestResponse, Vec<String>), Failure> {
        let mut crowd = Box::pin(self.crowd(case.is_crowded));
        // The permit is taken at once, and kept while the server waits for the body.
        match poll_fn(|context| Poll::Ready(crowd.as_mut().poll(context))).await {
            Poll::Ready(ended) => ended?,
            Poll::Pending => {}
        }
        let response = case.ask.send(&self.server, &self.parties).await?;
        let causes = self.log.causes();
        drop(crowd);
        // The log entry of the other request is not part of this case.
        self.log.take();
        Ok((response, causes))
    }

    /// Returns a request that takes the only permit, because its body never ends.
    async fn crowd(&self, is_crowded: bool) -> Result<(), Failure> {
        if is_crowded {
            let ask = TestRequest { ends: None, ..TestRequest::for_act(HandlerBehavior::Open, &self.parties) };
            let Ok(_) = self.server.clone().oneshot(ask.request(&self.parties).await?).await;
        }
        Ok(())
    }
}

/// The result of a request.
#[derive(Debug)]
struct Seen {
    code: String,
    causes: Vec<String>,
    is_signed: bool,
    verified: u64,
    signed: u64,
    asked: u64,
}

impl Seen {
    /// Returns whether only this fault was reported, and no later check ran.
    fn is_by(&self, fault: &Fault) -> bool {
        let is_signed = fault.spent == Spent::Both;
        self.code == fault.code
            && matches!(self.causes.as_slice(), [cause] if cause.starts_with(fault.cause))
            && self.is_signed == is_signed
            && self.verified == u64::from(fault.spent != Spent::Nothing)
            && self.signed == u64::from(is_signed)
            && self.asked == u64::from(fault.reaches_the_handler())
    }
}

fn named(faults: &[&Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{}: {} {:?}", fault.check, fault.code, fault.cause)).collect()
}
