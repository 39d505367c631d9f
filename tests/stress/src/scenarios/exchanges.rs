//! Exchanges in bad weather: whatever becomes of questions and answers on their way, no outcome is false.

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
use crate::test_bed::{CLIENT_ID, TestBed, VERSION, Wallet, expected, question};
use network_faults::FaultyNetwork;
use oracle::{Call, Tally};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "exchanges",
    about: "exchanges in bad weather: no outcome that the wallet did not decide, none late, nothing left behind",
    run,
};

/// Exchanges in one run of the weather, in gusts of so many at once.
const GUSTS: usize = 5;
const AT_ONCE: usize = 10;
/// From one gust to the next: what came with the first is stale when the last begins.
const CALM: Duration = Duration::from_secs(120);
/// How many the server takes at once: fewer than may come.
const PLACES: usize = 8;
/// What the payments do, by the word in front of their ids.
const KINDS: [&str; 11] =
    ["paid", "paid", "failed", "closed", "open", "unknown", "settling", "shaky", "refused", "error", "late"];
/// How long those wait who wait until an outcome is final.
const WAITS: Duration = Duration::from_secs(30);

fn run(run: &mut Run) -> Result<(), Failure> {
    let bed = TestBed::new()?;
    let days = run.either(200, 10);
    let mut tally = Tally::default();
    run.cases("days of bad weather", days, |_, rng| {
        // A paused clock: it moves on when nothing is left to do but wait.
        runtime::paused()?.block_on(day(&bed, rng, &mut tally))
    })?;
    tally.tell(run);
    if !run.is_one_case() {
        tally.is_complete()?;
    }
    let sockets = run.either(10_000, 0);
    if sockets > 0 && !run.is_one_case() {
        run.found(format!("{} exchanges over loopback, 16 at once", grouped(sockets)), sockets::times(&bed, sockets)?);
    }
    Ok(())
}

/// Gusts of exchanges, one after the other, each with weather of its own.
async fn day(bed: &TestBed, rng: &mut Rng, tally: &mut Tally) -> Result<(), Failure> {
    // The pauses between a client's attempts are drawn from the thread's own chance.
    fastrand::seed(rng.u64(..));
    let bed = bed.fresh();
    let wallet = Wallet::default();
    let clock = ticking(&bed);
    let freshness = Freshness::default().with_clock(clock.clone());
    let settings = bed.server().freshness(freshness.clone()).concurrency_limit(PLACES);
    let server = settings.build()?.inquiry_payment(wallet.clone());
    let weather = FaultyNetwork::new(server.clone(), rng.fork());
    // For one attempt and a half to for three.
    let deadline = Duration::from_millis(rng.u64(7000..15_000));
    let client = bed.client("http://127.0.0.1").freshness(freshness).deadline(deadline);
    let client = client.transport(InProcess::new(weather.clone())).build()?;
    let mut calls = Vec::new();
    for gust in 0..GUSTS {
        let payments = (0..AT_ONCE).map(|n| payment(gust * AT_ONCE + n, rng)).collect();
        let rotation = rotate(&bed, gust, Duration::from_millis(rng.u64(..3000)));
        let (ended, ()) = future::join(at_once(&client, deadline, payments, rng), rotation).await;
        calls.extend(ended?);
        sleep(CALM).await;
    }
    for call in &calls {
        tally.judge(call, &wallet, &weather)?;
    }
    tally.count_weather(&weather);
    nothing_is_left(&server, &bed, &clock)
}

/// The time of the bed, which goes on as the paused clock does.
fn ticking(bed: &TestBed) -> Clock {
    let (begin, now) = (Instant::now(), bed.clock.now());
    Clock::from_fn(move || now + begin.elapsed())
}

fn payment(number: usize, rng: &mut Rng) -> String {
    // One in a hundred has a handler that panics: enough, as each such panic is the same.
    let kind = if rng.u32(..100) == 0 { "panic" } else { KINDS[rng.usize(..KINDS.len())] };
    format!("{kind}-{number}")
}

/// Asks about all of them, each in a task of its own, beginning within two seconds.
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
    // A task that panicked is an error here.
    let ended = future::try_join_all(calls).await?;
    ended.into_iter().collect()
}

async fn ask(client: &Client, payment: String, limit: Duration, waits: bool) -> Result<Call, Failure> {
    let request = question(&payment)?;
    let mut call = client.inquiry_payment(&request).expecting(expected(&payment)?);
    if waits {
        call = call.wait_until_final(PollSchedule::every(Duration::from_secs(3)).until(limit));
    }
    let begin = Instant::now();
    let result = call.await;
    Ok(Call { payment, result, took: begin.elapsed(), limit })
}

/// In mid-flight, both sides go on with other keys. In the second gust the new ones are known to all, and in the fourth
/// the old ones are withdrawn.
async fn rotate(bed: &TestBed, gust: usize, after: Duration) {
    sleep(after).await;
    let new = &bed.stranger;
    match gust {
        1 => {
            bed.trusted.insert(2, new.public_key());
            // Always a Client-Id that a ring takes.
            let _ = bed.callers.insert(CLIENT_ID, 2, new.public_key());
            bed.answers_with.replace(2, new.clone());
            bed.asks_with.replace(2, new.clone());
        }
        3 => {
            bed.trusted.remove(VERSION);
            bed.callers.remove(CLIENT_ID, VERSION);
        }
        _ => {}
    }
}

/// No task is alive, and all places are free again.
fn nothing_is_left(server: &Server, bed: &TestBed, clock: &Clock) -> Result<(), Failure> {
    let alive = Handle::current().metrics().num_alive_tasks();
    if alive != 0 {
        return Err(format!("{alive} tasks are left").into());
    }
    oracle::places_are_free(server, bed.asks_with.version(), clock, PLACES)
}
