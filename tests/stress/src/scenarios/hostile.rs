//! Hostile clients, servers and men in the middle on loopback: each kind of fault happens, and causes the one required
//! error.

mod between;
mod bomb;
mod connections;
mod ending;
mod flips;
mod message;
mod requests;
mod responses;
mod step;
mod tls;

use std::time::Duration;

use fastrand::Rng;
use futures_util::future;
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::scenario::Scenario;
use crate::test_bed::TestBed;
use requests::{LONG, SHORT, Victim};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "hostile",
    about: "hostile clients, servers and middlemen on loopback: each kind of fault causes the one required error",
    run,
};

/// Longer than each single test takes.
const PATIENCE: Duration = Duration::from_secs(120);

fn run(run: &mut Run) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let bed = TestBed::new()?;
    let kinds = [responses::all().count(), requests::prompt().chain(requests::late()).count(), between::FAULTS.len()];
    let rounds = run.either(20, 1);
    run.cases("faults", rounds, |_, rng| {
        let mut tried = hostile_server(&runtime, &bed, rng)?;
        tried.extend(hostile_client(&runtime, &bed, rng)?);
        tried.extend(between::FAULTS.iter().map(|fault| ended(&runtime, fault.name, fault.cause(&bed))));
        all_hold(tried)
    })?;
    for (kinds, of) in kinds.iter().zip(["a hostile server", "a hostile client", "a man in the middle"]) {
        run.found(format!("kinds of faults of {of}, rounds"), format!("{kinds}, {rounds}"));
    }
    let tls = ended(&runtime, "TLS", tls::all(&bed))?;
    let kept = ended(&runtime, "kept connections", connections::closed(&bed))?;
    ended(&runtime, "refused connections", connections::refused(&bed))?;
    run.found("TLS: one valid certificate, kinds of wrong ones", format!("{}", tls - 1));
    run.found("connections: refused, closed at the worst moment in so many ways", format!("1, {kept}"));
    if run.is_one_case() { Ok(()) } else { flipped_bits(run, &runtime, &bed) }
}

type Tried = Vec<Result<(), Failure>>;

fn hostile_server(runtime: &Runtime, bed: &TestBed, rng: &mut Rng) -> Result<Tried, Failure> {
    let (late, prompt): (Vec<_>, Vec<_>) = responses::all().partition(|fault| fault.is_late());
    let prompt = prompt.iter().map(|fault| ended(runtime, fault.name, fault.cause(bed, rng)));
    let mut tried: Vec<_> = prompt.collect();
    // All at once: each takes as long as its client's timeout.
    let mut chances: Vec<_> = late.iter().map(|_| rng.fork()).collect();
    let late = late.iter().zip(&mut chances).map(|(fault, rng)| fault.cause(bed, rng));
    tried.extend(ended(runtime, "clients that wait", async { Ok(future::join_all(late).await) })?);
    Ok(tried)
}

fn hostile_client(runtime: &Runtime, bed: &TestBed, rng: &mut Rng) -> Result<Tried, Failure> {
    let mut tried = Vec::new();
    let kinds: [(_, Vec<_>); 2] = [(LONG, requests::prompt().collect()), (SHORT, requests::late().collect())];
    for (patience, kinds) in kinds {
        let victim = runtime.block_on(Victim::start(bed, patience))?;
        tried.extend(kinds.iter().map(|fault| ended(runtime, fault.name, victim.suffer(fault, rng))));
        tried.push(ended(runtime, "shutdown", victim.stop()));
    }
    Ok(tried)
}

fn flipped_bits(run: &mut Run, runtime: &Runtime, bed: &TestBed) -> Result<(), Failure> {
    let victim = runtime.block_on(Victim::start(bed, SHORT))?;
    let all = run.either(true, false);
    let rng = &mut run.rng("bits");
    let answers = ended(runtime, "flipped bits", flips::of_answers(&victim, all, rng))?;
    let questions = ended(runtime, "flipped bits", flips::of_questions(&victim, all, rng))?;
    for (tally, of) in [(answers, "answers"), (questions, "requests")] {
        let flips::Tally { refused, harmless } = tally;
        run.found(
            format!("{of} with one flipped bit, at each byte: refused, harmless"),
            format!("{}, {}", grouped(refused), grouped(harmless)),
        );
    }
    runtime.block_on(victim.stop())
}

/// Waits with a timeout: after an unexpected reaction one side may wait for the other.
fn ended<T>(runtime: &Runtime, name: &str, tried: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let ended = runtime.block_on(async { timeout(PATIENCE, tried).await });
    ended.unwrap_or_else(|_| Err(format!("{name}: no end").into()))
}

/// Fails with the texts of all failures.
fn all_hold(tried: Tried) -> Result<(), Failure> {
    let failed: Vec<_> = tried.into_iter().filter_map(|tried| tried.err().map(|failure| failure.what)).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}
