//! Half of what can be served, for a long time: memory stays where it was after the first minute.

mod mix;

use std::time::Duration;

use alipayplus_client::TrustedKeys;
use alipayplus_server::HttpServer;
use alipayplus_signing::VersionedSigner;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::load::{
    Keys, Offer, Stage, Tally, Told, VERSION, Wallet, a_second, capacity, client, ensure, mib, no_task_left, resident,
};
use crate::counting::Signatures;
use crate::part::{Disproof, Part};
use crate::progress::{grouped, say};
use crate::run::Run;
use crate::runtime;

pub(crate) const PART: Part = Part {
    name: "soak",
    about: "half of what can be served, for ten minutes, with bad requests and broken connections: memory stays flat",
    prove,
};

/// How long a handler takes: a look into a database.
const TAKES: Duration = Duration::from_millis(5);
/// Enough for the rate. They are opened anew with each minute.
const CONNECTIONS: u32 = 32;
/// How long it goes on, in minutes.
const MINUTES: usize = 10;
/// What the end may hold more than there was after the first minute: what the allocator keeps for itself.
const MARGIN: u64 = 8 << 20;

/// What came of the minutes so far.
#[derive(Debug, Default)]
struct Soaked {
    tally: Tally,
    by_client: u64,
    broken_off: u64,
    memory: Vec<Option<u64>>,
    lasted: Duration,
}

fn prove(run: &mut Run) -> Result<(), Disproof> {
    let keys = Keys::read()?;
    let served = capacity(&keys, TAKES, run.either(Duration::from_secs(3), Duration::from_millis(500)))?;
    let minute = run.either(Duration::from_secs(60), Duration::from_millis(300));
    let stage = Stage::start(keys.builder(&Signatures::default()), HttpServer::new(), Wallet::new(TAKES))?;
    let soaked = runtime::real()?.block_on(async {
        let soaked = soak(&stage, &keys, served / 2, minute).await?;
        no_task_left("whoever asked").await?;
        Ok::<_, Disproof>(soaked)
    })?;
    stage.end()?;
    tell(run, served, &soaked);
    let (first, last) = (soaked.memory.first().copied().flatten(), soaked.memory.last().copied().flatten());
    if let (Some(first), Some(last), true) = (first, last, run.either(true, false)) {
        ensure(last <= first + MARGIN, || format!("memory grew from {first} to {last} bytes"))?;
    }
    Ok(())
}

async fn soak(stage: &Stage, keys: &Keys, each_second: u32, minute: Duration) -> Result<Soaked, Disproof> {
    let trusted = TrustedKeys::new();
    trusted.insert(VERSION, keys.server.public_key());
    let client = client(stage.address(), VersionedSigner::new(VERSION, keys.client.clone()), trusted)?;
    let mut soaked = Soaked::default();
    let began = Instant::now();
    for number in 1..=MINUTES {
        // Signed anew: they are good for five minutes.
        let offer = Offer::of(mix::questions(keys).await?, stage, keys, CONNECTIONS);
        let end = Instant::now() + minute;
        let mut beside = JoinSet::new();
        beside.spawn(mix::break_off(stage.address(), offer.questions[0].clone(), end));
        let (tally, asked) = tokio::join!(offer.open(each_second, minute), mix::by_client(&client, end));
        let tally = tally?;
        tally.only(&mix::expected())?;
        soaked.tally.join(tally);
        soaked.by_client += asked?;
        while let Some(broken_off) = beside.join_next().await {
            soaked.broken_off += broken_off??;
        }
        soaked.memory.push(resident());
        say(format!("  minute {number} of {MINUTES}: {}", mib(resident())));
    }
    soaked.lasted = began.elapsed();
    Ok(soaked)
}

fn tell(run: &mut Run, served: u32, soaked: &Soaked) {
    let Soaked { tally, by_client, broken_off, memory, lasted } = soaked;
    let offered = a_second(tally.total(), *lasted);
    run.found("served in a second, offered in a second, seconds", format!("{served}, {offered}, {}", lasted.as_secs()));
    let (paid, refused) = (tally.of(&Told::paid()), tally.total() - tally.of(&Told::paid()).total());
    run.found("answered, refused as they should be", format!("{}, {}", grouped(paid.total()), grouped(refused)));
    run.found("answered: median, 99 %, slowest", paid);
    run.found("asked by the client, broken off", format!("{}, {}", grouped(*by_client), grouped(*broken_off)));
    let memory: Vec<String> = memory.iter().map(|bytes| mib(*bytes)).collect();
    run.found("memory after each tenth", memory.join(", "));
    run.found("tasks left, of the server and of those who asked", 0);
}
