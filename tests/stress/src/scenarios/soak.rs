//! Half of the capacity for a long time: memory stays as it was after the first minute.

mod mix;

use std::time::Duration;

use alipayplus_client::TrustedKeys;
use alipayplus_server::HttpServer;
use alipayplus_signing::VersionedSigner;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::load::{
    Keys, LoadGenerator, Response, Tally, TestServer, VERSION, Wallet, capacity, client, mib, no_task_left, per_second,
    resident,
};
use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::progress::{grouped, say};
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "soak",
    about: "half the capacity for ten minutes, with invalid requests and broken connections: memory stays flat",
    run,
};

/// The duration of a handler: a database query.
const TAKES: Duration = Duration::from_millis(5);
/// Enough for the rate. They are reopened every minute.
const CONNECTIONS: u32 = 32;
/// The duration in minutes.
const MINUTES: usize = 10;
/// The most additional memory in bytes after the first minute: what the allocator keeps.
const MARGIN: u64 = 8 << 20;

/// The measurements so far.
#[derive(Debug, Default)]
struct Soaked {
    tally: Tally,
    by_client: u64,
    broken_off: u64,
    memory: Vec<Option<u64>>,
    lasted: Duration,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let keys = Keys::read()?;
    let rate = capacity(&keys, TAKES, run.either(Duration::from_secs(3), Duration::from_millis(500)))?;
    let minute = run.either(Duration::from_secs(60), Duration::from_millis(300));
    let server = TestServer::start(keys.builder(&Signatures::default()), HttpServer::new(), Wallet::new(TAKES))?;
    let soaked = runtime::real()?.block_on(async {
        let soaked = soak(&server, &keys, rate / 2, minute).await?;
        no_task_left("the clients").await?;
        Ok::<_, Failure>(soaked)
    })?;
    server.end()?;
    report(run, rate, &soaked);
    let (first, last) = (soaked.memory.first().copied().flatten(), soaked.memory.last().copied().flatten());
    if let (Some(first), Some(last), true) = (first, last, run.either(true, false)) {
        ensure(last <= first + MARGIN, || format!("memory grew from {first} to {last} bytes"))?;
    }
    Ok(())
}

async fn soak(server: &TestServer, keys: &Keys, rate: u32, minute: Duration) -> Result<Soaked, Failure> {
    let trusted = TrustedKeys::new();
    trusted.insert(VERSION, keys.server.public_key());
    let client = client(server.address(), VersionedSigner::new(VERSION, keys.client.clone()), trusted)?;
    let mut soaked = Soaked::default();
    let began = Instant::now();
    for number in 1..=MINUTES {
        // Signed again, since a signature is fresh for five minutes.
        let load = LoadGenerator::of(mix::questions(keys).await?, server, keys, CONNECTIONS);
        let end = Instant::now() + minute;
        let mut beside = JoinSet::new();
        beside.spawn(mix::break_off(server.address(), load.questions[0].clone(), end));
        let (tally, request) = tokio::join!(load.open(rate, minute), mix::by_client(&client, end));
        let tally = tally?;
        tally.only(&mix::expected())?;
        soaked.tally.join(tally);
        soaked.by_client += request?;
        while let Some(broken_off) = beside.join_next().await {
            soaked.broken_off += broken_off??;
        }
        soaked.memory.push(resident());
        say(format!("  minute {number} of {MINUTES}: {}", mib(resident())));
    }
    soaked.lasted = began.elapsed();
    Ok(soaked)
}

fn report(run: &mut Run, rate: u32, soaked: &Soaked) {
    let Soaked { tally, by_client, broken_off, memory, lasted } = soaked;
    let offered = per_second(tally.total(), *lasted);
    run.found("capacity, offered requests per second, seconds", format!("{rate}, {offered}, {}", lasted.as_secs()));
    let (paid, refused) = (tally.of(&Response::paid()), tally.total() - tally.of(&Response::paid()).total());
    run.found("answered, refused as they should be", format!("{}, {}", grouped(paid.total()), grouped(refused)));
    run.found("answered: median, 99 %, slowest", paid);
    run.found(
        "requests of the real client, broken connections",
        format!("{}, {}", grouped(*by_client), grouped(*broken_off)),
    );
    let memory: Vec<String> = memory.iter().map(|bytes| mib(*bytes)).collect();
    run.found("memory after each tenth", memory.join(", "));
    run.found("tasks left, of server and clients", 0);
}
