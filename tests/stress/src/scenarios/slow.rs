//! Those who send or read slowly, or not at all: honest requests are served beside them, and they are cut.

mod kind;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alipayplus_server::{HttpServer, PublicKey};
use alipayplus_signing::VersionedSigner;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::load::{Connection, Keys, Response, SignedRequest, TestServer, Times, VERSION, Wallet};
use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::progress::grouped;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;
use kind::{ALL, Cut, Deadlines, IN_FLIGHT, Kind, Slow};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "slow",
    about: "heads and bodies that stop or come byte by byte, answers that nobody reads: others are served, these are cut",
    run,
};

/// What the server may have seen before this side did.
const EARLY: Duration = Duration::from_millis(50);
/// What may be late on a machine that has other things to do.
const LATE: Duration = Duration::from_secs(1);
/// Longer than any deadline here: whoever is there still was not cut.
const FOR_EVER: Duration = Duration::from_secs(30);
/// How many ask honestly beside the slow ones.
const HONEST: usize = 4;

fn run(run: &mut Run) -> Result<(), Failure> {
    let keys = Keys::read()?;
    let second = run.either(Duration::from_secs(1), Duration::from_millis(400));
    let deadlines = Deadlines { head: second * 2, body: second, write: second * 2 };
    let each = run.either(24, 4);
    let (held, honest) = beside(&keys, deadlines, each)?;
    run.found("slow connections of each kind", each);
    run.found("honest requests while they were there, all served", grouped(honest.total()));
    run.found("their median, 99 %, slowest", &honest);
    for kind in ALL {
        let times = held.get(kind).ok_or("a kind that was not tried")?;
        let (least, most) = (times.iter().min().ok_or("none")?, times.iter().max().ok_or("none")?);
        let deadline = kind.deadline(deadlines);
        run.found(
            format!("cut: {}", kind.about()),
            format!("after {least:.1?} to {most:.1?}; the deadline is {deadline:.1?}"),
        );
        if run.either(true, false) {
            // When the server began to wait for a reader can't be seen from here.
            let is_early = kind != &Kind::Deaf && *least + EARLY < deadline;
            ensure(!is_early, || format!("cut early, after {least:?}: {}", kind.about()))?;
            ensure(*most <= deadline + LATE, || format!("cut late, after {most:?}: {}", kind.about()))?;
        }
    }
    for (what, limit) in [("all connections", Limit::Connections), ("all places in flight", Limit::Places)] {
        let waited = full(&keys, deadlines, limit)?;
        run.found(format!("{what} taken by slow ones: an honest request is served"), format!("after {waited:.1?}"));
    }
    Ok(())
}

/// Slow ones of all kinds, and honest ones who are all served while the slow ones hang.
fn beside(keys: &Keys, deadlines: Deadlines, each: usize) -> Result<(BTreeMap<Kind, Vec<Duration>>, Times), Failure> {
    let slow = each * ALL.len();
    let serve = HttpServer::new().header_timeout(deadlines.head).write_timeout(deadlines.write);
    let builder = keys.builder(&Signatures::default()).body_deadline(deadlines.body);
    // Room for all of them: a limit of its own is tried below.
    let builder = builder.concurrency_limit(slow + HONEST);
    let server =
        TestServer::start(builder, serve.max_connections(slow + HONEST), Wallet::new(Duration::from_millis(2)))?;
    let found = runtime::real()?.block_on(async {
        let (address, key) = (server.address(), keys.server.public_key());
        let slow_ones = hang(keys, address, ALL, each).await?;
        let is_over = Arc::new(AtomicBool::new(false));
        let request = SignedRequest::about("honest", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
        let mut honest = JoinSet::new();
        for _ in 0..HONEST {
            let (request, key) = (request.clone(), key.clone());
            honest.spawn(ask_until(address, key, request, Arc::clone(&is_over)));
        }
        let held = all_cut(slow_ones).await?;
        is_over.store(true, Ordering::SeqCst);
        let mut times = Times::default();
        while let Some(one) = honest.join_next().await {
            times.join(&one??);
        }
        Ok::<_, Failure>((held, times))
    })?;
    server.end()?;
    ensure(found.1.total() > 0, || "no honest request was made: nothing was tried".to_owned())?;
    Ok(found)
}

/// Connects the slow ones; each ends when it is cut.
async fn hang(
    keys: &Keys,
    address: SocketAddr,
    kinds: &[Kind],
    each: usize,
) -> Result<JoinSet<Result<Cut, Failure>>, Failure> {
    let request = SignedRequest::about("slow", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
    let stranger = SignedRequest::about("slow", &VersionedSigner::new(VERSION + 1, keys.client.clone())).await?;
    let mut slow = JoinSet::new();
    for kind in kinds.iter().copied() {
        for _ in 0..each {
            let request = if kind == Kind::StrangersBody { &stranger } else { &request };
            let one = Slow::connect(kind, address, request).await?;
            slow.spawn(async move {
                let Ok(cut) = timeout(FOR_EVER, one.until_cut()).await else {
                    return Err(format!("after {FOR_EVER:?} it still hangs: {}", kind.about()).into());
                };
                ensure(kind.is_told(&cut.told), || format!("{}, and it is told {:?}", kind.about(), cut.told))?;
                Ok(cut)
            });
        }
    }
    Ok(slow)
}

async fn all_cut(mut slow: JoinSet<Result<Cut, Failure>>) -> Result<BTreeMap<Kind, Vec<Duration>>, Failure> {
    let mut held: BTreeMap<Kind, Vec<Duration>> = BTreeMap::new();
    while let Some(one) = slow.join_next().await {
        let Cut { kind, after, .. } = one??;
        held.entry(kind).or_default().push(after);
    }
    Ok(held)
}

async fn ask_until(
    address: SocketAddr,
    key: PublicKey,
    request: SignedRequest,
    is_over: Arc<AtomicBool>,
) -> Result<Times, Failure> {
    let mut connection = Connection::connect(address, &key).await?;
    let mut times = Times::default();
    while !is_over.load(Ordering::SeqCst) {
        let began = Instant::now();
        let told = connection.ask(&request).await?;
        ensure(told == Response::paid(), || format!("beside slow ones an honest request is told {told:?}"))?;
        times.add(began.elapsed());
        sleep(Duration::from_millis(10)).await;
    }
    Ok(times)
}

/// What the slow ones have all of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Connections,
    Places,
}

/// Slow ones take all that a limit allows: an honest one is served as soon as they are cut.
fn full(keys: &Keys, deadlines: Deadlines, limit: Limit) -> Result<Duration, Failure> {
    let each = 2;
    let serve = HttpServer::new().header_timeout(deadlines.head).write_timeout(deadlines.write);
    let builder = keys.builder(&Signatures::default());
    let (kinds, serve, builder) = match limit {
        Limit::Connections => (ALL, serve.max_connections(each * ALL.len()), builder.body_deadline(deadlines.body)),
        // Time to see that all are taken.
        Limit::Places => {
            let builder = builder.body_deadline(deadlines.body * 4);
            (IN_FLIGHT, serve, builder.concurrency_limit(each * IN_FLIGHT.len()))
        }
    };
    let server = TestServer::start(builder, serve, Wallet::new(Duration::from_millis(2)))?;
    let waited = runtime::real()?.block_on(async {
        let (address, key) = (server.address(), keys.server.public_key());
        let slow_ones = hang(keys, address, kinds, each).await?;
        if limit == Limit::Places {
            timeout(FOR_EVER, no_place_left(address, keys)).await??;
        }
        let request = SignedRequest::about("honest", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
        let waited = timeout(FOR_EVER, served(address, &key, &request, limit)).await??;
        all_cut(slow_ones).await?;
        Ok::<_, Failure>(waited)
    })?;
    server.end()?;
    Ok(waited)
}

/// Asks under a key that is not known, which takes no place, until all are taken.
async fn no_place_left(address: SocketAddr, keys: &Keys) -> Result<(), Failure> {
    let stranger = SignedRequest::about("stranger", &VersionedSigner::new(VERSION + 1, keys.client.clone())).await?;
    let mut connection = Connection::connect(address, &keys.server.public_key()).await?;
    while connection.ask(&stranger).await? != Response::overload() {
        sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// How long it takes to be served: one waits for a connection, and asks again for a place.
async fn served(
    address: SocketAddr,
    key: &PublicKey,
    request: &SignedRequest,
    limit: Limit,
) -> Result<Duration, Failure> {
    let began = Instant::now();
    loop {
        let told = Connection::connect(address, key).await?.ask(request).await?;
        if told == Response::paid() {
            return Ok(began.elapsed());
        }
        let may_be_refused = limit == Limit::Places && told == Response::overload();
        ensure(may_be_refused, || format!("an honest request is told {told:?}"))?;
        sleep(Duration::from_millis(20)).await;
    }
}
