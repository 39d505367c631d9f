//! Exchanges with network faults: whatever happens to requests and responses, no outcome is false.

mod network_faults;
mod oracle;
mod sockets;

use std::sync::Arc;
use std::time::Duration;

use alipayplus_client::{Client, InProcess, PollSchedule};
use alipayplus_server::{Clock, Freshness, Server};
use fastrand::Rng;
use futures_util::future;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;
use crate::test_bed::{CLIENT_ID, TestBed, VERSION, Wallet, expected, inquiry};
use network_faults::FaultyNetwork;
use oracle::{Call, Tally};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "exchanges",
    about: "exchanges with network faults: no outcome that the wallet did not decide, no late call, no task left",
    run,
};

/// Bursts of exchanges per case, and exchanges per burst.
const BURSTS: usize = 5;
const AT_ONCE: usize = 10;
/// The pause between bursts: responses of the first one are stale when the last one begins.
const PAUSE: Duration = Duration::from_secs(120);
/// The concurrency limit of the server: fewer than may arrive.
const PERMITS: usize = 8;
/// The behaviour of payments, by the first word of their IDs.
const KINDS: [&str; 11] =
    ["paid", "paid", "failed", "closed", "open", "unknown", "settling", "shaky", "refused", "error", "late"];
/// How long calls wait for a final outcome.
const WAITS: Duration = Duration::from_secs(30);

fn run(run: &mut Run) -> Result<(), Failure> {
    let bed = TestBed::new()?;
    let cases = run.either(200, 10);
    let mut tally = Tally::default();
    run.cases("exchanges with network faults", cases, |_, rng| {
        // A paused clock advances when all tasks wait.
        runtime::paused()?.block_on(bursts(&bed, rng, &mut tally))
    })?;
    tally.report(run);
    if !run.is_one_case() {
        tally.is_complete()?;
    }
    let sockets = run.either(10_000, 0);
    if sockets > 0 && !run.is_one_case() {
        run.found(format!("{} exchanges over loopback, 16 at once", grouped(sockets)), sockets::times(&bed, sockets)?);
    }
    Ok(())
}

/// Runs bursts of exchanges, one after the other.
async fn bursts(bed: &TestBed, rng: &mut Rng, tally: &mut Tally) -> Result<(), Failure> {
    // The client draws its backoff from the thread's random numbers.
    fastrand::seed(rng.u64(..));
    let bed = bed.fresh();
    let wallet = Wallet::default();
    let clock = ticking(&bed);
    let freshness = Freshness::default().with_clock(clock.clone());
    let settings = bed.server().freshness(freshness.clone()).concurrency_limit(PERMITS);
    let server = settings.build()?.inquiry_payment(wallet.clone());
    let network = FaultyNetwork::new(server.clone(), rng.fork());
    // Enough for one and a half to three attempts.
    let deadline = Duration::from_millis(rng.u64(7000..15_000));
    let client = bed.client("http://127.0.0.1").freshness(freshness).deadline(deadline);
    let client = client.transport(InProcess::new(network.clone())).build()?;
    let mut calls = Vec::new();
    for burst in 0..BURSTS {
        let payments = (0..AT_ONCE).map(|n| payment(burst * AT_ONCE + n, rng)).collect();
        let rotation = rotate(&bed, burst, Duration::from_millis(rng.u64(..3000)));
        let (ended, ()) = future::join(at_once(&client, deadline, payments, rng), rotation).await;
        calls.extend(ended?);
        sleep(PAUSE).await;
    }
    for call in &calls {
        tally.judge(call, &wallet, &network)?;
    }
    tally.count_faults(&network);
    check_no_leaks(&server, &bed, &clock)
}

/// The time of the bed, which goes on as the paused clock does.
fn ticking(bed: &TestBed) -> Clock {
    let (begin, now) = (Instant::now(), bed.clock.now());
    Clock::from_fn(move || now + begin.elapsed())
}

fn payment(number: usize, rng: &mut Rng) -> String {
    // One in a hundred panics: enough, since all panics are the same.
    let kind = if rng.u32(..100) == 0 { "panic" } else { KINDS[rng.usize(..KINDS.len())] };
    format!("{kind}-{number}")
}

/// Sends requests about all payments, each in its own task, within two seconds.
async fn at_once(
    client: &Client,
    deadline: Duration,
    payments: Vec<String>,
    rng: &mut Rng,
) -> Result<Vec<Call>, Failure> {
    let client = Arc::new(client.clone());
    let calls = payments.into_iter().map(|payment| {
        let (client, begins, waits) = (Arc::clone(&client), rng.u64(..2000), rng.u32(..3) == 0);
        tokio::spawn(async move {
            sleep(Duration::from_millis(begins)).await;
            ask(&client, payment, if waits { WAITS } else { deadline }, waits).await
        })
    });
    // A task that panicked is an error.
    let ended = future::try_join_all(calls).await?;
    ended.into_iter().collect()
}

async fn ask(client: &Client, payment: String, limit: Duration, waits: bool) -> Result<Call, Failure> {
    let request = inquiry(&payment)?;
    let mut call = client.inquiry_payment(&request).expecting(expected(&payment)?);
    if waits {
        call = call.wait_until_final(PollSchedule::every(Duration::from_secs(3)).until(limit));
    }
    let begin = Instant::now();
    let result = call.await;
    Ok(Call { payment, result, took: begin.elapsed(), limit })
}

/// Replaces the keys of both sides during a burst. In the second burst both sides learn the new keys, and in the fourth
/// one the old ones are withdrawn.
async fn rotate(bed: &TestBed, burst: usize, after: Duration) {
    sleep(after).await;
    let new = &bed.untrusted_key;
    match burst {
        1 => {
            bed.trusted.insert(2, new.public_key());
            // The Client-Id is valid.
            let _ = bed.callers.insert(CLIENT_ID, 2, new.public_key());
            bed.server_signer.replace(2, new.clone());
            bed.client_signer.replace(2, new.clone());
        }
        3 => {
            bed.trusted.remove(VERSION);
            bed.callers.remove(CLIENT_ID, VERSION);
        }
        _ => {}
    }
}

/// Checks that no task is alive, and that all permits are free.
fn check_no_leaks(server: &Server, bed: &TestBed, clock: &Clock) -> Result<(), Failure> {
    let alive = Handle::current().metrics().num_alive_tasks();
    if alive != 0 {
        return Err(format!("{alive} tasks are left").into());
    }
    oracle::check_permits(server, bed.client_signer.version(), clock, PERMITS)
}
