//! Load: as much as is answered, or so much a second whatever is answered.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_server::{HttpServer, PublicKey};
use alipayplus_signing::VersionedSigner;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ask::{Asked, Told};
use super::peer::Peer;
use super::stage::{Keys, Stage, VERSION, Wallet};
use super::{Times, ensure};
use crate::counting::Signatures;
use crate::part::Disproof;
use crate::runtime;

/// Enough connections for the handlers' pauses not to count.
const FEW: u32 = 16;
/// How many different questions are asked.
const QUESTIONS: usize = 64;

/// Whom to ask, and what. The questions are signed before the load begins: whoever asks so often has no time to.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) address: SocketAddr,
    pub(crate) key: PublicKey,
    pub(crate) questions: Arc<[Asked]>,
    pub(crate) connections: u32,
}

/// What was told, and how long each took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<Told, Times>);

impl Tally {
    pub(crate) fn add(&mut self, told: Told, took: Duration) {
        self.0.entry(told).or_default().add(took);
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (told, times) in other.0 {
            self.0.entry(told).or_default().join(&times);
        }
    }

    pub(crate) fn of(&self, told: &Told) -> Times {
        self.0.get(told).cloned().unwrap_or_default()
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.values().map(Times::total).sum()
    }

    /// Nothing but these was told.
    pub(crate) fn only(&self, expected: &[Told]) -> Result<(), Disproof> {
        let other = self.0.iter().find(|(told, _)| !expected.contains(told));
        ensure(other.is_none(), || {
            let counts: Vec<String> =
                self.0.iter().map(|(told, times)| format!("{told:?}: {}", times.total())).collect();
            format!("told otherwise than expected: {}", counts.join(", "))
        })
    }
}

impl Offer {
    /// Questions that are all answered.
    pub(crate) async fn of_good_ones(stage: &Stage, keys: &Keys, connections: u32) -> Result<Self, Disproof> {
        let key = VersionedSigner::new(VERSION, keys.client.clone());
        let mut questions = Vec::new();
        for n in 0..QUESTIONS {
            questions.push(Asked::about(&format!("payment-{n}"), &key).await?);
        }
        Ok(Self::of(questions, stage, keys, connections))
    }

    pub(crate) fn of(questions: Vec<Asked>, stage: &Stage, keys: &Keys, connections: u32) -> Self {
        Self { address: stage.address(), key: keys.server.public_key(), questions: questions.into(), connections }
    }

    /// As much as is answered: each connection asks again once it was told.
    pub(crate) async fn closed(&self, lasts: Duration) -> Result<Tally, Disproof> {
        let end = Instant::now() + lasts;
        self.all(|offer, number| async move {
            let mut peer = Peer::connect(offer.address, &offer.key).await?;
            let mut tally = Tally::default();
            for asked in offer.questions.iter().cycle().skip(number as usize) {
                let began = Instant::now();
                if began >= end {
                    break;
                }
                tally.add(peer.ask(asked).await?, began.elapsed());
            }
            Ok(tally)
        })
        .await
    }

    /// So many a second, whatever is answered. Times count from the moment at which a question was due: one that
    /// had to wait for its connection was late for the one who asks, too.
    pub(crate) async fn open(&self, each_second: u32, lasts: Duration) -> Result<Tally, Disproof> {
        let begin = Instant::now();
        let pause = Duration::from_secs(1) / each_second.max(1);
        self.all(|offer, number| async move {
            let mut peer = Peer::connect(offer.address, &offer.key).await?;
            let mut tally = Tally::default();
            for (turn, asked) in (0..).zip(offer.questions.iter().cycle().skip(number as usize)) {
                let after = pause * (turn * offer.connections + number);
                if after >= lasts {
                    break;
                }
                tokio::time::sleep_until(begin + after).await;
                tally.add(peer.ask(asked).await?, (begin + after).elapsed());
            }
            Ok(tally)
        })
        .await
    }

    /// All connections at once.
    async fn all<F>(&self, one: impl Fn(Self, u32) -> F) -> Result<Tally, Disproof>
    where
        F: Future<Output = Result<Tally, Disproof>> + Send + 'static,
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
pub(crate) fn capacity(keys: &Keys, takes: Duration, lasts: Duration) -> Result<u32, Disproof> {
    let stage = Stage::start(keys.builder(&Signatures::default()), HttpServer::new(), Wallet::new(takes))?;
    let (tally, took) = runtime::real()?.block_on(async {
        let offer = Offer::of_good_ones(&stage, keys, FEW).await?;
        let began = Instant::now();
        Ok::<_, Disproof>((offer.closed(lasts).await?, began.elapsed()))
    })?;
    stage.end()?;
    tally.only(&[Told::paid()])?;
    Ok(u32::try_from(a_second(tally.total(), took))?.max(1))
}

/// How many are so many in this time, in a second.
pub(crate) fn a_second(count: u64, time: Duration) -> u64 {
    count * 1000 / u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
