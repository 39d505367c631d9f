//! Closed load: each connection sends the next request after a response. Open load: a fixed rate of requests.

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

/// Enough connections to saturate the server despite the handlers' pauses.
const FEW: u32 = 16;
/// The number of different requests.
const QUESTIONS: usize = 64;

/// A server and the requests to send. They are signed before the load begins, since signing is too slow at this rate.
#[derive(Clone, Debug)]
pub(crate) struct LoadGenerator {
    pub(crate) address: SocketAddr,
    pub(crate) key: PublicKey,
    pub(crate) questions: Arc<[SignedRequest]>,
    pub(crate) connections: u32,
}

/// The responses, and their durations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<Response, Times>);

impl Tally {
    pub(crate) fn add(&mut self, response: Response, took: Duration) {
        self.0.entry(response).or_default().add(took);
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (response, times) in other.0 {
            self.0.entry(response).or_default().join(&times);
        }
    }

    pub(crate) fn of(&self, response: &Response) -> Times {
        self.0.get(response).cloned().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.values().map(Times::total).sum()
    }

    /// Checks that only these responses were received.
    pub(crate) fn only(&self, expected: &[Response]) -> Result<(), Failure> {
        let other = self.0.iter().find(|(response, _)| !expected.contains(response));
        ensure(other.is_none(), || {
            let counts: Vec<String> =
                self.0.iter().map(|(response, times)| format!("{response:?}: {}", times.total())).collect();
            format!("response otherwise than expected: {}", counts.join(", "))
        })
    }
}

impl LoadGenerator {
    /// Returns requests that are all valid.
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

    /// Runs a closed load: each connection sends the next request after a response.
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

    /// Runs an open load at this rate per second. Durations count from the moment at which a request was due, so that
    /// waiting for a connection counts too.
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

    /// Runs all connections at once.
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

/// Measures how many requests per second an otherwise idle server answers under closed load.
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

/// Converts a count in this time to a rate per second.
pub(crate) fn per_second(count: u64, time: Duration) -> u64 {
    count * 1000 / u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
