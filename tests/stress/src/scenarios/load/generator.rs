//! Load: as much as is answered, or so much a second whatever is answered.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_server::{HttpServer, PublicKey};
use alipayplus_signing::VersionedSigner;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::connection::Connection;
use super::request::{Response, SignedRequest};
use super::setup::{Keys, TestServer, VERSION, Wallet};
use super::times::Times;
use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::runtime;

/// Enough connections for the handlers' pauses not to count.
const FEW: u32 = 16;
/// How many different questions are request.
const QUESTIONS: usize = 64;

/// Whom to ask, and what. The questions are signed before the load begins: whoever asks so often has no time to.
#[derive(Clone, Debug)]
pub(crate) struct LoadGenerator {
    pub(crate) address: SocketAddr,
    pub(crate) key: PublicKey,
    pub(crate) questions: Arc<[SignedRequest]>,
    pub(crate) connections: u32,
}

/// What was told, and how long each took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<Response, Times>);

impl Tally {
    pub(crate) fn add(&mut self, told: Response, took: Duration) {
        self.0.entry(told).or_default().add(took);
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (told, times) in other.0 {
            self.0.entry(told).or_default().join(&times);
        }
    }

    pub(crate) fn of(&self, told: &Response) -> Times {
        self.0.get(told).cloned().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.values().map(Times::total).sum()
    }

    /// Nothing but these was told.
    pub(crate) fn only(&self, expected: &[Response]) -> Result<(), Failure> {
        let other = self.0.iter().find(|(told, _)| !expected.contains(told));
        ensure(other.is_none(), || {
            let counts: Vec<String> =
                self.0.iter().map(|(told, times)| format!("{told:?}: {}", times.total())).collect();
            format!("told otherwise than expected: {}", counts.join(", "))
        })
    }
}

impl LoadGenerator {
    /// Questions that are all answered.
    pub(crate) async fn of_good_ones(server: &TestServer, keys: &Keys, connections: u32) -> Result<Self, Failure> {
        let key = VersionedSigner::new(VERSION, keys.client.clone());
        let mut questions = Vec::new();
        for n in 0..QUESTIONS {
            questions.push(SignedRequest::about(&format!("payment-{n}"), &key).await?);
        }
        Ok(Self::of(questions, server, keys, connections))
    }

    pub(crate) fn of(questions: Vec<SignedRequest>, server: &TestServer, keys: &Keys, connections: u32) -> Self {
        Self { address: server.address(), key: keys.server.public_key(), questions: questions.into(), connections }
    }

    /// As much as is answered: each connection asks again once it was told.
    pub(crate) async fn closed(&self, lasts: Duration) -> Result<Tally, Failure> {
        let end = Instant::now() + lasts;
        self.all(|load, number| async move {
            let mut connection = Connection::connect(load.address, &load.key).await?;
            let mut tally = Tally::default();
            for request in load.questions.iter().cycle().skip(number as usize) {
                let began = Instant::now();
                if began >= end {
                    break;
                }
                tally.add(connection.ask(request).await?, began.elapsed());
            }
            Ok(tally)
        })
        .await
    }

    /// So many a second, whatever is answered. Times count from the moment at which a question was due: one that
    /// had to wait for its connection was late for the one who asks, too.
    pub(crate) async fn open(&self, rate: u32, lasts: Duration) -> Result<Tally, Failure> {
        let begin = Instant::now();
        let pause = Duration::from_secs(1) / rate.max(1);
        self.all(|load, number| async move {
            let mut connection = Connection::connect(load.address, &load.key).await?;
            let mut tally = Tally::default();
            for (turn, request) in (0..).zip(load.questions.iter().cycle().skip(number as usize)) {
                let after = pause * (turn * load.connections + number);
                if after >= lasts {
                    break;
                }
                tokio::time::sleep_until(begin + after).await;
                tally.add(connection.ask(request).await?, (begin + after).elapsed());
            }
            Ok(tally)
        })
        .await
    }

    /// All connections at once.
    async fn all<F>(&self, one: impl Fn(Self, u32) -> F) -> Result<Tally, Failure>
    where
        F: Future<Output = Result<Tally, Failure>> + Send + 'static,
    {
        let mut asking: JoinSet<_> = (0..self.connections).map(|number| one(self.clone(), number)).collect();
        let mut tally = Tally::default();
        while let Some(one) = asking.join_next().await {
            tally.join(one??);
        }
        Ok(tally)
    }
}

/// How many requests a second a server answers that nobody else asks, when as many come as it answers.
pub(crate) fn capacity(keys: &Keys, takes: Duration, lasts: Duration) -> Result<u32, Failure> {
    let server = TestServer::start(keys.builder(&Signatures::default()), HttpServer::new(), Wallet::new(takes))?;
    let (tally, took) = runtime::real()?.block_on(async {
        let load = LoadGenerator::of_good_ones(&server, keys, FEW).await?;
        let began = Instant::now();
        Ok::<_, Failure>((load.closed(lasts).await?, began.elapsed()))
    })?;
    server.end()?;
    tally.only(&[Response::paid()])?;
    Ok(u32::try_from(per_second(tally.total(), took))?.max(1))
}

/// How many are so many in this time, in a second.
pub(crate) fn per_second(count: u64, time: Duration) -> u64 {
    count * 1000 / u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
