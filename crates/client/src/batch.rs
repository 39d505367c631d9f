//! Calls of many servers at the same time, within limits for each server.

mod circuit;
mod limits;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::panic;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use self::circuit::{Circuit, State};
pub use self::limits::BatchLimits;
use crate::directory::{Directory, UnknownServer};
use crate::error::Error;
use crate::telemetry;

/// How far a server may fall behind its rate and catch up afterwards: a timer is never exact.
const CATCH_UP: Duration = Duration::from_millis(20);

/// Calls many servers: a stream of items in, a stream of their results out.
///
/// [`push`](Self::push) adds an item for a server, [`next`](Self::next) makes calls and returns the next result, in the
/// order in which calls end. Each server has its own [limits](BatchLimits): calls at the same time, calls per second, and a
/// circuit breaker. While a server is down, its items are returned at once with [`BatchError::Unavailable`], so they do
/// not delay others.
///
/// Nothing bounds the number of items that wait. Either push only while [`len`](Self::len) is small, or, if each server
/// has a queue of its own, push no more than the server has [`room`](Self::room) for, so that a slow one delays no other.
///
/// ```no_run
/// # use alipayplus_client::inquiry_payment::Request;
/// # async fn example(
/// #     mpps: alipayplus_client::Directory<alipayplus_client::Client>,
/// #     requests: Vec<Request>,
/// # ) {
/// use alipayplus_client::{Batch, BatchError, BatchLimits, Client};
///
/// let limits = BatchLimits::new().concurrency(16).rate(100);
/// let mut batch = Batch::new(mpps, limits, async |mpp: Client, request: Request| {
///     let result = mpp.inquiry_payment(&request).await;
///     (request, result)
/// });
/// let mut requests = requests.into_iter(); // or the rows of a file
/// loop {
///     while batch.len() < 1000 && let Some(request) = requests.next() {
///         batch.push(request.psp_id.to_string(), request);
///     }
///     let Some((request, result)) = batch.next().await else { break };
///     match result {
///         Ok(reply) => println!("{}: {:?}", request.payment_request_id, reply.outcome),
///         Err(BatchError::Unavailable { retry_in }) => println!("not asked, try in {retry_in:?}"),
///         Err(error) => println!("{}: {error}", request.payment_request_id),
///     }
/// }
/// # }
/// ```
///
/// Each call runs as a task of the current tokio runtime, so that calls use all its threads. Dropping the batch cancels
/// them.
pub struct Batch<C, T, R> {
    servers: Directory<C>,
    limits: BatchLimits,
    call: Arc<CallFn<C, T, R>>,
    lanes: HashMap<Arc<str>, Lane<T>>,
    running: JoinSet<(Arc<str>, T, Result<R, Error>)>,
    /// Items that are not asked about.
    refused: VecDeque<(T, BatchError)>,
    /// When a rate allows a server's next call.
    timers: BTreeSet<(Instant, Arc<str>)>,
    waiting: usize,
}

type CallFuture<T, R> = Pin<Box<dyn Future<Output = (T, Result<R, Error>)> + Send>>;
type CallFn<C, T, R> = dyn Fn(C, T) -> CallFuture<T, R> + Send + Sync;

/// The items of one server.
struct Lane<T> {
    limits: BatchLimits,
    waiting: VecDeque<T>,
    running: usize,
    /// When the rate allows the next call.
    not_before: Instant,
    circuit: Circuit,
}

impl<C, T, R> Batch<C, T, R>
where
    C: Clone + Send + 'static,
    T: Send + 'static,
    R: Send + 'static,
{
    /// Creates a batch. `call` makes the call of one item with the client of its server, and returns both the item and the
    /// result of the call.
    #[must_use]
    pub fn new<F, Fut>(servers: Directory<C>, limits: BatchLimits, call: F) -> Self
    where
        F: Fn(C, T) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = (T, Result<R, Error>)> + Send + 'static,
    {
        Self {
            servers,
            limits,
            call: Arc::new(move |client, item| Box::pin(call(client, item))),
            lanes: HashMap::new(),
            running: JoinSet::new(),
            refused: VecDeque::new(),
            timers: BTreeSet::new(),
            waiting: 0,
        }
    }

    /// Sets other limits for one server.
    pub fn limit(&mut self, key: impl Into<String>, limits: BatchLimits) {
        let key: Arc<str> = key.into().into();
        self.lane(&key).limits = limits;
    }

    /// Adds an item for the server of this key.
    pub fn push(&mut self, key: impl Into<String>, item: T) {
        let key: Arc<str> = key.into().into();
        if let Err(error) = self.servers.get(&key) {
            self.refused.push_back((item, error.into()));
            return;
        }
        self.waiting += 1;
        self.lane(&key).waiting.push_back(item);
        self.start(&key);
    }

    /// Returns how many more items a server can have in the batch so that its calls never wait for items, and its items
    /// wait only briefly. It is 0 while the server is down, and 1 when it is time to try it again.
    #[must_use]
    pub fn room(&self, key: &str) -> usize {
        let Some(lane) = self.lanes.get(key) else { return self.limits.room() };
        let most = match lane.circuit.state(Instant::now()) {
            State::Closed => lane.limits.room(),
            State::Open(_) => 0,
            State::HalfOpen => 1,
        };
        most.saturating_sub(lane.waiting.len() + lane.running)
    }

    /// Returns how many items have been pushed whose results have not been returned.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting + self.running.len() + self.refused.len()
    }

    /// Returns whether there are no such items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits for the next result; `None` if there are no items. Nothing is lost if the future is dropped.
    ///
    /// # Panics
    /// Panics if the function that makes the calls panics.
    pub async fn next(&mut self) -> Option<(T, Result<R, BatchError>)> {
        loop {
            self.start_due();
            if let Some((item, error)) = self.refused.pop_front() {
                return Some((item, Err(error)));
            }
            let timer = self.timers.first().map(|(time, _)| *time);
            let ended = match timer {
                None => self.running.join_next().await?,
                Some(timer) if self.running.is_empty() => {
                    sleep_until(timer).await;
                    continue;
                }
                Some(timer) => match timeout_at(timer, self.running.join_next()).await {
                    Ok(Some(ended)) => ended,
                    Ok(None) | Err(_) => continue,
                },
            };
            match ended {
                Ok((key, item, result)) => {
                    self.ended(&key, &result);
                    return Some((item, result.map_err(Into::into)));
                }
                Err(error) if error.is_panic() => panic::resume_unwind(error.into_panic()),
                // The runtime shuts down.
                Err(_) => {}
            }
        }
    }

    fn lane(&mut self, key: &Arc<str>) -> &mut Lane<T> {
        let limits = self.limits;
        self.lanes.entry(Arc::clone(key)).or_insert_with(|| Lane {
            limits,
            waiting: VecDeque::new(),
            running: 0,
            not_before: Instant::now(),
            circuit: Circuit::new(),
        })
    }

    /// Starts what the rates have allowed since.
    fn start_due(&mut self) {
        let now = Instant::now();
        while self.timers.first().is_some_and(|(time, _)| *time <= now) {
            if let Some((_, key)) = self.timers.pop_first() {
                self.start(&key);
            }
        }
    }

    /// Starts as many calls of a server as its limits allow, and refuses its items while it is down.
    fn start(&mut self, key: &Arc<str>) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        while !lane.waiting.is_empty() && lane.running < lane.limits.concurrency {
            let now = Instant::now();
            let is_probe = match lane.circuit.state(now) {
                State::Closed => false,
                State::HalfOpen if !lane.circuit.is_probing() => true,
                State::HalfOpen => break,
                State::Open(until) => {
                    let retry_in = until.saturating_duration_since(now);
                    self.waiting -= lane.waiting.len();
                    let refused = lane.waiting.drain(..).map(|item| (item, BatchError::Unavailable { retry_in }));
                    self.refused.extend(refused);
                    break;
                }
            };
            if let Some(interval) = lane.limits.interval() {
                if now < lane.not_before {
                    self.timers.insert((lane.not_before, Arc::clone(key)));
                    break;
                }
                lane.not_before = lane.not_before.max(now.checked_sub(CATCH_UP).unwrap_or(now)) + interval;
            }
            let Some(item) = lane.waiting.pop_front() else { break };
            self.waiting -= 1;
            let client = match self.servers.get(key) {
                Ok(client) => client,
                // The directory was replaced.
                Err(error) => {
                    self.refused.push_back((item, error.into()));
                    continue;
                }
            };
            if is_probe {
                lane.circuit.probe();
            }
            lane.running += 1;
            let (call, key) = (Arc::clone(&self.call), Arc::clone(key));
            self.running.spawn(async move {
                let (item, result) = call(client, item).await;
                (key, item, result)
            });
        }
    }

    /// Takes account of a result, and starts what it makes room for.
    fn ended(&mut self, key: &Arc<str>, result: &Result<R, Error>) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        lane.running -= 1;
        let now = Instant::now();
        match result {
            Err(error) if error.reason().is_outage() => {
                if let Some(pause) = lane.circuit.failed(&lane.limits, error.retry_after(), now) {
                    telemetry::circuit_opened(key, pause);
                }
            }
            _ => {
                if lane.circuit.succeeded() {
                    telemetry::circuit_closed(key);
                }
            }
        }
        self.start(key);
    }
}

/// Prints the numbers of items and calls.
impl<C, T, R> fmt::Debug for Batch<C, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("limits", &self.limits)
            .field("waiting", &self.waiting)
            .field("running", &self.running.len())
            .finish_non_exhaustive()
    }
}

/// The reason why an item of a [`Batch`] has no reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The call failed. The outcome is not known.
    #[error(transparent)]
    Call(#[from] Error),
    /// Nothing was sent: the last calls of this server found it down.
    #[error("the server is down and is not called for {} s", .retry_in.as_secs_f32().ceil())]
    Unavailable {
        /// When the server is tried again, from the time when the item was refused.
        retry_in: Duration,
    },
    /// Nothing was sent: the directory has no such server.
    #[error(transparent)]
    UnknownServer(#[from] UnknownServer),
}
