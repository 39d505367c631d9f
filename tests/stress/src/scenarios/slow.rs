//! Slow clients: their connections are closed in time, and other requests are served meanwhile.

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
    about: "heads and bodies that stop or come byte by byte, unread responses: closed in time, others are served",
    run,
};

/// How much earlier the server may have started its timer.
const EARLY: Duration = Duration::from_millis(50);
/// Tolerance for a busy machine.
const LATE: Duration = Duration::from_secs(1);
/// Longer than any deadline here.
const FOR_EVER: Duration = Duration::from_secs(30);
/// The number of clients that are not slow.
const OTHERS: usize = 4;

fn run(run: &mut Run) -> Result<(), Failure> {
    let keys = Keys::read()?;
    let second = run.either(Duration::from_secs(1), Duration::from_millis(400));
    let deadlines = Deadlines { head: second * 2, body: second, write: second * 2 };
    let each = run.either(24, 4);
    let (held, others) = beside(&keys, deadlines, each)?;
    run.found("slow connections of each kind", each);
    run.found("valid requests meanwhile, all served", grouped(others.total()));
    run.found("their median, 99 %, slowest", &others);
    for kind in ALL {
        let times = held.get(kind).ok_or("a kind that was not tested")?;
        let (least, most) = (times.iter().min().ok_or("none")?, times.iter().max().ok_or("none")?);
        let deadline = kind.deadline(deadlines);
        run.found(
            format!("cut: {}", kind.about()),
            format!("after {least:.1?} to {most:.1?}; the deadline is {deadline:.1?}"),
        );
        if run.either(true, false) {
            // The client cannot see when the server began to wait for it.
            let is_early = kind != &Kind::Deaf && *least + EARLY < deadline;
            ensure(!is_early, || format!("cut early, after {least:?}: {}", kind.about()))?;
            ensure(*most <= deadline + LATE, || format!("cut late, after {most:?}: {}", kind.about()))?;
        }
    }
    for (what, limit) in [("all connections", Limit::Connections), ("all permits", Limit::Permits)] {
        let waited = full(&keys, deadlines, limit)?;
        run.found(format!("{what} taken by slow clients: a valid request is served"), format!("after {waited:.1?}"));
    }
    Ok(())
}

/// Connects slow clients of all kinds, and checks that other clients are served meanwhile.
fn beside(keys: &Keys, deadlines: Deadlines, each: usize) -> Result<(BTreeMap<Kind, Vec<Duration>>, Times), Failure> {
    let slow = each * ALL.len();
    let serve = HttpServer::new().header_timeout(deadlines.head).write_timeout(deadlines.write);
    let builder = keys.builder(&Signatures::default()).body_deadline(deadlines.body);
    // Room for all of them: the limit is tested below.
    let builder = builder.concurrency_limit(slow + OTHERS);
    let server =
        TestServer::start(builder, serve.max_connections(slow + OTHERS), Wallet::new(Duration::from_millis(2)))?;
    let found = runtime::real()?.block_on(async {
        let (address, key) = (server.address(), keys.server.public_key());
        let slow_ones = hang(keys, address, ALL, each).await?;
        let is_over = Arc::new(AtomicBool::new(false));
        let request = SignedRequest::about("others", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
        let mut others = JoinSet::new();
        for _ in 0..OTHERS {
            let (request, key) = (request.clone(), key.clone());
            others.spawn(ask_until(address, key, request, Arc::clone(&is_over)));
        }
        let held = all_cut(slow_ones).await?;
        is_over.store(true, Ordering::SeqCst);
        let mut times = Times::default();
        while let Some(one) = others.join_next().await {
            times.join(&one??);
        }
        Ok::<_, Failure>((held, times))
    })?;
    server.end()?;
    ensure(found.1.total() > 0, || "no valid request was made: nothing was tested".to_owned())?;
    Ok(found)
}

/// Connects slow clients; each task ends when its connection is closed.
async fn hang(
    keys: &Keys,
    address: SocketAddr,
    kinds: &[Kind],
    each: usize,
) -> Result<JoinSet<Result<Cut, Failure>>, Failure> {
    let request = SignedRequest::about("slow", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
    let unknown_key = SignedRequest::about("slow", &VersionedSigner::new(VERSION + 1, keys.client.clone())).await?;
    let mut slow = JoinSet::new();
    for kind in kinds.iter().copied() {
        for _ in 0..each {
            let request = if kind == Kind::UnknownKeyBody { &unknown_key } else { &request };
            let one = Slow::connect(kind, address, request).await?;
            slow.spawn(async move {
                let Ok(cut) = timeout(FOR_EVER, one.until_cut()).await else {
                    return Err(format!("after {FOR_EVER:?} it is still open: {}", kind.about()).into());
                };
                ensure(kind.is_expected(&cut.received), || {
                    format!("{}, and it receives {:?}", kind.about(), cut.received)
                })?;
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
        let response = connection.ask(&request).await?;
        ensure(response == Response::paid(), || format!("beside slow clients a valid request receives {response:?}"))?;
        times.add(began.elapsed());
        sleep(Duration::from_millis(10)).await;
    }
    Ok(times)
}

/// What slow clients exhaust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Connections,
    Permits,
}

/// Exhausts a limit with slow clients: a valid request is served as soon as they are disconnected.
fn full(keys: &Keys, deadlines: Deadlines, limit: Limit) -> Result<Duration, Failure> {
    let each = 2;
    let serve = HttpServer::new().header_timeout(deadlines.head).write_timeout(deadlines.write);
    let builder = keys.builder(&Signatures::default());
    let (kinds, serve, builder) = match limit {
        Limit::Connections => (ALL, serve.max_connections(each * ALL.len()), builder.body_deadline(deadlines.body)),
        // Time to check that all are taken.
        Limit::Permits => {
            let builder = builder.body_deadline(deadlines.body * 4);
            (IN_FLIGHT, serve, builder.concurrency_limit(each * IN_FLIGHT.len()))
        }
    };
    let server = TestServer::start(builder, serve, Wallet::new(Duration::from_millis(2)))?;
    let waited = runtime::real()?.block_on(async {
        let (address, key) = (server.address(), keys.server.public_key());
        let slow_ones = hang(keys, address, kinds, each).await?;
        if limit == Limit::Permits {
            timeout(FOR_EVER, no_permit_left(address, keys)).await??;
        }
        let request = SignedRequest::about("others", &VersionedSigner::new(VERSION, keys.client.clone())).await?;
        let waited = timeout(FOR_EVER, served(address, &key, &request, limit)).await??;
        all_cut(slow_ones).await?;
        Ok::<_, Failure>(waited)
    })?;
    server.end()?;
    Ok(waited)
}

/// Sends requests with an unknown key version, which take no permit, until all permits are taken.
async fn no_permit_left(address: SocketAddr, keys: &Keys) -> Result<(), Failure> {
    let unknown_key = SignedRequest::about("unknown", &VersionedSigner::new(VERSION + 1, keys.client.clone())).await?;
    let mut connection = Connection::connect(address, &keys.server.public_key()).await?;
    while connection.ask(&unknown_key).await? != Response::overload() {
        sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

/// Measures how long a valid request takes: it waits for a connection, and is repeated for a permit.
async fn served(
    address: SocketAddr,
    key: &PublicKey,
    request: &SignedRequest,
    limit: Limit,
) -> Result<Duration, Failure> {
    let began = Instant::now();
    loop {
        let response = Connection::connect(address, key).await?.ask(request).await?;
        if response == Response::paid() {
            return Ok(began.elapsed());
        }
        let may_be_refused = limit == Limit::Permits && response == Response::overload();
        ensure(may_be_refused, || format!("a valid request receives {response:?}"))?;
        sleep(Duration::from_millis(20)).await;
    }
}
