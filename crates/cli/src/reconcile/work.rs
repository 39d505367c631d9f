//! Asks the MPPs about the payments of a journal until each has a result.
//!
//! One loop claims payments, makes the calls and learns from the answers; another one writes what was learned. Each claims
//! and writes many payments together.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Request};
use alipayplus_client::{Batch, BatchError, BatchLimits, Client, Directory, Error, Reply};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout_at};

use super::answer::{self, Patience};
use super::evidence;
use super::input::Payment;
use super::queue::{Claimed, Learned, Next, Queue, QueueError, Record};

/// How many results are written together, at most.
const MANY: usize = 1000;
/// How long results are collected before they are written.
const COLLECT: Duration = Duration::from_millis(100);
/// How often MPPs are looked at that have nothing under way.
const TICK: Duration = Duration::from_millis(50);
/// The longest time until an MPP is looked at again.
const LONGEST: Duration = Duration::from_secs(1);
/// How long a database may be away.
const AWAY: Duration = Duration::from_secs(120);

/// How to ask.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) mpps: Directory<Client>,
    pub(super) concurrency: usize,
    /// The inquiries per second of each MPP; `rates` are those of single MPPs.
    pub(super) rate: Option<u32>,
    pub(super) rates: HashMap<String, u32>,
    pub(super) patience: Patience,
    pub(super) lease: Duration,
    /// How long an MPP may be down.
    pub(super) give_up: Duration,
    pub(super) evidence: Option<PathBuf>,
}

/// What is left without a result.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The MPPs that were down for too long, or that the file of MPPs does not have.
    pub(super) mpps: Vec<String>,
    /// Whether it was stopped.
    pub(super) is_stopped: bool,
}

/// A payment to ask about.
struct Task {
    claimed: Claimed,
    request: Request,
    expected: Expected,
}

type Calls = Batch<Client, Task, Reply<InquiryPayment>>;
type Claims = JoinSet<(String, Result<Claim, QueueError>)>;

/// What was learned about a payment, and the number of inquiries that it took.
struct Work {
    learned: Learned,
    payment: Payment,
    inquiries: i64,
}

/// Payments, or if there are none, how long it is until one is due.
enum Claim {
    Payments(Vec<Claimed>),
    Due(Option<Duration>),
}

/// The state of an MPP.
struct Lane {
    /// When to claim payments; `None` while a claim is under way, and at the end.
    claim_at: Option<Instant>,
    in_flight: usize,
    /// The first failure since the last answer. Until then it may not have been asked for long.
    failing_since: Option<Instant>,
}

/// Works until each payment has a result that this process can get. `each` gets the results that are committed.
pub(super) async fn work(
    queue: &Queue,
    asking: &Asking,
    stop: impl Future<Output = ()>,
    each: impl FnMut(&[Record]) -> Result<(), String>,
) -> Result<Left, String> {
    let psp_ids = queue.mpps().await.map_err(|error| error.to_string())?;
    let (known, unknown): (Vec<_>, Vec<_>) = psp_ids.into_iter().partition(|psp_id| asking.mpps.get(psp_id).is_ok());
    let (sender, receiver) = channel(2 * MANY);
    let (asked, written) = tokio::join!(ask(queue, asking, known, stop, sender), write(queue, receiver, each));
    written?;
    let mut left = asked?;
    left.mpps.extend(unknown);
    Ok(left)
}

async fn ask(
    queue: &Queue,
    asking: &Asking,
    psp_ids: Vec<String>,
    stop: impl Future<Output = ()>,
    learned: Sender<Work>,
) -> Result<Left, String> {
    let mut worker = Worker {
        queue,
        asking,
        calls: calls(asking),
        claims: Claims::new(),
        lanes: psp_ids.into_iter().map(|psp_id| (psp_id, Lane::new())).collect(),
        away_since: None,
        left: Left::default(),
    };
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            Some((task, result)) = worker.calls.next(), if !worker.calls.is_empty() => {
                let what = worker.answered(task, result)?;
                if learned.send(what).await.is_err() {
                    break; // Its error is that of writing.
                }
            }
            Some(claimed) = worker.claims.join_next(), if !worker.claims.is_empty() => {
                let (psp_id, claim) = claimed.map_err(|error| error.to_string())?;
                worker.claimed(&psp_id, claim)?;
            }
            _ = tick.tick() => worker.claim_due(),
            () = &mut stop, if !worker.left.is_stopped => worker.left.is_stopped = true,
        }
        if worker.has_ended() {
            break;
        }
    }
    Ok(worker.left)
}

fn calls(asking: &Asking) -> Calls {
    // The rate is that of the journal, over all workers.
    let limits = BatchLimits::new().concurrency(asking.concurrency);
    Batch::new(asking.mpps.clone(), limits, async |mpp: Client, task: Task| {
        let result = mpp.inquiry_payment(&task.request).expecting(task.expected.clone()).await;
        (task, result)
    })
}

/// The state of the loop that asks.
struct Worker<'a> {
    queue: &'a Queue,
    asking: &'a Asking,
    calls: Calls,
    claims: Claims,
    lanes: HashMap<String, Lane>,
    /// Since when the database is away.
    away_since: Option<Instant>,
    left: Left,
}

impl Worker<'_> {
    fn has_ended(&self) -> bool {
        let is_idle = self.calls.is_empty() && self.claims.is_empty();
        is_idle && (self.left.is_stopped || self.lanes.values().all(|lane| lane.claim_at.is_none()))
    }

    /// Claims payments of each MPP that has room for them.
    fn claim_due(&mut self) {
        let now = Instant::now();
        let due = self.lanes.iter().filter(|(_, lane)| lane.claim_at.is_some_and(|time| time <= now));
        for psp_id in due.map(|(psp_id, _)| psp_id.clone()).collect::<Vec<_>>() {
            self.claim(&psp_id);
        }
    }

    fn claim(&mut self, psp_id: &str) {
        let Some(lane) = self.lanes.get_mut(psp_id) else { return };
        let now = Instant::now();
        if self.left.is_stopped || lane.claim_at.is_none_or(|time| time > now) {
            return;
        }
        let room = self.calls.room(psp_id);
        if room < self.asking.concurrency && (room == 0 || lane.in_flight > 0) {
            if lane.in_flight == 0 && lane.is_down(now, self.asking.give_up) {
                lane.claim_at = None;
                self.left.mpps.push(psp_id.to_owned());
            }
            return;
        }
        lane.claim_at = None;
        let (queue, psp_id, lease) = (self.queue.clone(), psp_id.to_owned(), self.asking.lease);
        let rate = self.asking.rates.get(&psp_id).copied().or(self.asking.rate);
        self.claims.spawn(async move {
            let claim = claim(&queue, &psp_id, room, rate, lease).await;
            (psp_id, claim)
        });
    }

    fn claimed(&mut self, psp_id: &str, claim: Result<Claim, QueueError>) -> Result<(), String> {
        let Some(lane) = self.lanes.get_mut(psp_id) else { return Ok(()) };
        let now = Instant::now();
        match claim {
            Ok(Claim::Payments(payments)) => {
                self.away_since = None;
                lane.claim_at = Some(now);
                lane.in_flight += payments.len();
                for claimed in payments {
                    let (request, expected) = answer::request(&claimed.payment)
                        .map_err(|why| format!("row {} of the journal is no payment: {why}", claimed.id))?;
                    self.calls.push(psp_id, Task { claimed, request, expected });
                }
            }
            // The last ones may still come back.
            Ok(Claim::Due(due)) => {
                self.away_since = None;
                let is_last = due.is_none() && lane.in_flight == 0;
                lane.claim_at = (!is_last).then(|| now + due.unwrap_or(LONGEST).clamp(TICK, LONGEST));
            }
            Err(error) => {
                let away = now - *self.away_since.get_or_insert(now);
                if !is_away(&error) || away > AWAY {
                    return Err(error.to_string());
                }
                lane.claim_at = Some(now + LONGEST);
            }
        }
        Ok(())
    }

    /// Returns what an answer means, with the payment and the number of its inquiries.
    fn answered(&mut self, task: Task, result: Result<Reply<InquiryPayment>, BatchError>) -> Result<Work, String> {
        let Claimed { id, lease, inquiries, payment } = task.claimed;
        let result = match result {
            Ok(reply) => Ok(reply),
            Err(BatchError::Call(error)) => Err(error),
            // Nothing was sent.
            Err(_) => {
                if let Some(lane) = self.lanes.get_mut(&payment.psp_id) {
                    lane.in_flight -= 1;
                }
                let next = Next::AskAgain(Duration::ZERO);
                return Ok(Work { learned: Learned { id, lease, asked: false, next }, payment, inquiries });
            }
        };
        if let Some(folder) = &self.asking.evidence {
            evidence::keep(folder, id, result.as_ref().map_or_else(Error::evidence, |reply| Some(reply.evidence())))?;
        }
        if let Some(lane) = self.lanes.get_mut(&payment.psp_id) {
            lane.in_flight -= 1;
            lane.learn(Instant::now(), result.as_ref().is_err_and(Error::is_retryable));
        }
        let inquiries = inquiries + 1;
        let next = answer::next(&result, u32::try_from(inquiries).unwrap_or(u32::MAX), self.asking.patience);
        self.claim(&payment.psp_id);
        Ok(Work { learned: Learned { id, lease, asked: true, next }, payment, inquiries })
    }
}

impl Lane {
    fn new() -> Self {
        Self { claim_at: Some(Instant::now()), in_flight: 0, failing_since: None }
    }

    /// Learns that an inquiry has failed, or was answered.
    fn learn(&mut self, now: Instant, has_failed: bool) {
        self.failing_since = has_failed.then(|| self.failing_since.unwrap_or(now));
    }

    /// Returns whether every inquiry has failed for this long.
    fn is_down(&self, now: Instant, give_up: Duration) -> bool {
        self.failing_since.is_some_and(|since| now - since >= give_up)
    }
}

async fn claim(
    queue: &Queue,
    psp_id: &str,
    most: usize,
    rate: Option<u32>,
    lease: Duration,
) -> Result<Claim, QueueError> {
    let payments = queue.claim(psp_id, most, rate, lease).await?;
    if payments.is_empty() { queue.due(psp_id).await.map(Claim::Due) } else { Ok(Claim::Payments(payments)) }
}

/// Returns whether the database may come back.
fn is_away(error: &QueueError) -> bool {
    match error {
        QueueError::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
            // Connections that end, resources, and the operator.
            ["08", "53", "57"].iter().any(|class| code.starts_with(class))
        }),
        QueueError::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Protocol(_)) => true,
        _ => false,
    }
}

/// Writes what was learned until the other loop ends.
async fn write(
    queue: &Queue,
    mut receiver: Receiver<Work>,
    mut each: impl FnMut(&[Record]) -> Result<(), String>,
) -> Result<(), String> {
    let mut works = Vec::new();
    while receiver.recv_many(&mut works, MANY).await > 0 {
        let end = Instant::now() + COLLECT;
        while works.len() < MANY {
            match timeout_at(end, receiver.recv_many(&mut works, MANY)).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        let (learned, about): (Vec<_>, Vec<_>) =
            works.drain(..).map(|Work { learned, payment, inquiries }| (learned, (payment, inquiries))).unzip();
        let taken: HashSet<i64> = finish(queue, &learned).await?.into_iter().collect();
        let records = learned.into_iter().zip(about).filter_map(|(learned, (payment, inquiries))| match learned.next {
            Next::Result(found) if taken.contains(&learned.id) => {
                Some(Record { id: learned.id, payment, inquiries, found: Some(*found) })
            }
            _ => None,
        });
        each(&records.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Writes, and tries again while the database is away. What was committed before the connection broke is not taken twice.
async fn finish(queue: &Queue, learned: &[Learned]) -> Result<Vec<i64>, String> {
    let start = Instant::now();
    loop {
        match queue.finish(learned).await {
            Ok(taken) => return Ok(taken),
            Err(error) if is_away(&error) && start.elapsed() < AWAY => sleep(LONGEST).await,
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mpp_is_down_from_its_first_failure_and_not_from_its_last_answer() {
        let (start, minute) = (Instant::now(), Duration::from_secs(60));
        let mut lane = Lane::new();
        lane.learn(start, false);
        // Nothing was due for an hour.
        assert!(!lane.is_down(start + 60 * minute, minute));
        lane.learn(start + 60 * minute, true);
        assert!(!lane.is_down(start + 60 * minute, minute));
        lane.learn(start + 61 * minute, true);
        assert!(lane.is_down(start + 61 * minute, minute));
        lane.learn(start + 62 * minute, false);
        assert!(!lane.is_down(start + 63 * minute, minute));
    }
}
