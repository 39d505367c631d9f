//! A question on its way: once with retries, or again and again until the outcome is final.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use alipayplus_runtime::operation::{Finality, Operation, OutcomeInfo as _};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::Instrument as _;

use crate::attempt::Question;
use crate::core::Settings;
use crate::error::TookLongerThan;
use crate::header::header_value;
use crate::observe;
use crate::reply::Reply;
use crate::retry::{Decision, Failed};
use crate::transport::{TransportError, TransportErrorKind};
use crate::{BuildError, Error, PollSchedule};

/// A question that is sent when it is awaited.
///
/// A plain `.await` makes one inquiry: one request, and, where that helps, the same one again within one deadline (see
/// [`RetryPolicy`](crate::RetryPolicy)). It needs a tokio runtime with time enabled. Dropping the future gives the exchange up.
#[must_use = "nothing is sent until the call is awaited"]
pub struct Call<'a, O: Operation> {
    settings: &'a Settings,
    request: &'a O::Request,
    expected: O::Expected,
    tracer_id: Option<String>,
    schedule: Option<PollSchedule>,
}

impl<'a, O: Operation> Call<'a, O> {
    pub(crate) fn new(settings: &'a Settings, request: &'a O::Request) -> Self {
        Self { settings, request, expected: O::Expected::default(), tracer_id: None, schedule: None }
    }

    /// Compares the answer with what the caller has in mind, as far as it is given.
    ///
    /// The signature does not say which question an answer belongs to: without this, a signed answer about another
    /// payment, not older than the freshness window allows, is taken. A member that the answer lacks is not compared.
    pub fn expecting(self, expected: O::Expected) -> Self {
        Self { expected, ..self }
    }

    /// Sends this text as `Tracer-Id`, and puts it into the call's span, so that both sides' logs can be brought
    /// together. Visible ASCII without spaces.
    pub fn tracer_id(self, tracer_id: impl Into<String>) -> Self {
        Self { tracer_id: Some(tracer_id.into()), ..self }
    }

    /// Asks again on a schedule until the outcome does not change any more.
    ///
    /// It ends with a final outcome, or with an error that asking again does not help. When the schedule ends before,
    /// the last outcome there was is returned, so look at it; or, if there never was one, the last error. Only
    /// operations that may be repeated have this: with others it does not compile.
    pub fn wait_until_final(self, schedule: PollSchedule) -> Self {
        const { assert!(O::IDEMPOTENT, "this operation must not be repeated") };
        Self { schedule: Some(schedule), ..self }
    }

    async fn run(mut self) -> Result<Reply<O>, Error> {
        let tracer_id = self.tracer_id.as_deref();
        let tracer_id = tracer_id.map(|text| header_value(text).ok_or(BuildError::TracerId));
        let schedule = self.schedule.take();
        let question = Question::new(self.settings, self.request, self.expected, tracer_id.transpose()?)?;
        let inquiries = Inquiries { question, attempts: 0, not_before: None };
        match schedule {
            None => inquiries.once().await,
            Some(schedule) => inquiries.until_final(&schedule).await,
        }
    }
}

impl<'a, O: Operation> IntoFuture for Call<'a, O> {
    type Output = Result<Reply<O>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let span = observe::call::<O>(&self.settings.client_id, self.tracer_id.as_deref());
        let inner = span.clone();
        let run = async move {
            let result = self.run().await;
            observe::ended::<O>(&inner, &result);
            result
        };
        Box::pin(run.instrument(span))
    }
}

/// Prints neither the request nor what is expected.
impl<O: Operation> fmt::Debug for Call<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &O::NAME)
            .field("tracer_id", &self.tracer_id)
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

/// The inquiries of one call.
struct Inquiries<'a, O: Operation> {
    question: Question<'a, O>,
    /// The requests sent so far.
    attempts: u32,
    /// When the last `RetryPolicy-After` lets the next request go out.
    not_before: Option<Instant>,
}

impl<O: Operation> Inquiries<'_, O> {
    async fn once(mut self) -> Result<Reply<O>, Error> {
        let end = after(self.question.settings.deadline, Instant::now());
        self.inquire(end).await
    }

    /// One inquiry: attempts until one has an answer, an error stands, or the time is up.
    async fn inquire(&mut self, end: Instant) -> Result<Reply<O>, Error> {
        let retry = self.question.settings.retry;
        let mut last = None;
        for made in 1_u32.. {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let Some(result) = self.attempt(left).await else {
                break;
            };
            let error = match result {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            observe::attempt_failed::<O>(&error);
            self.not_before = error.retry_after().map(|time| after(time, Instant::now()));
            let decision = retry.decide(Failed {
                repeatable: O::IDEMPOTENT,
                is_retryable: error.is_retryable(),
                made,
                left: end.saturating_duration_since(Instant::now()),
                retry_after: error.retry_after(),
                chance: fastrand::f64(),
            });
            match decision {
                Decision::GiveUp => return Err(error),
                Decision::Again(pause) => {
                    observe::retry::<O>(made, pause);
                    last = Some(Box::new(error));
                    sleep(pause).await;
                }
                Decision::OutOfTime => {
                    last = Some(Box::new(error));
                    break;
                }
            }
        }
        Err(Error::DeadlineExceeded { last })
    }

    /// One attempt within its own time-out; nothing when the inquiry's time ran out first.
    async fn attempt(&mut self, left: Duration) -> Option<Result<Reply<O>, Error>> {
        self.attempts = self.attempts.saturating_add(1);
        let limit = self.question.settings.attempt_timeout::<O>();
        let span = observe::attempt(self.attempts);
        let started = Instant::now();
        let asked = self.question.ask(self.attempts).instrument(span);
        let result = timeout(limit.min(left), asked).await;
        observe::attempted::<O>(started.elapsed());
        match result {
            Ok(result) => Some(result),
            Err(_) if left < limit => None,
            Err(_) => Some(Err(took_longer_than(limit))),
        }
    }

    /// Inquiries on a schedule. What one of them could not find out, the next one may.
    async fn until_final(mut self, schedule: &PollSchedule) -> Result<Reply<O>, Error> {
        let begin = Instant::now();
        let end = schedule.overall().map(|overall| after(overall, begin));
        let mut best = Err(Error::DeadlineExceeded { last: None });
        for n in 0.. {
            let started = Instant::now();
            let inquiry_end = after(self.question.settings.deadline, started);
            match self.inquire(end.map_or(inquiry_end, |end| end.min(inquiry_end))).await {
                Ok(reply) => match waiting(&reply) {
                    Finality::Final => return Ok(reply),
                    // "Not known" never takes the place of a state that was known.
                    Finality::Undetermined if is_pending(&best) => {}
                    Finality::Undetermined if schedule.stops_when_undetermined() => return Ok(reply),
                    Finality::Pending | Finality::Undetermined => best = Ok(reply),
                },
                Err(error) if !error.is_retryable() => return Err(error),
                // What was known stays known, but for "not known" that is contradicted since. Without it, the last error
                // says why nothing is known.
                Err(error) if best.is_err() => best = Err(error),
                Err(error @ Error::Contradiction { .. }) if !is_pending(&best) => best = Err(error),
                Err(_) => {}
            }
            let Some(interval) = schedule.interval(n) else {
                break;
            };
            // The next inquiry must have time left; otherwise there is nothing to wait for.
            let now = Instant::now();
            let not_before = self.not_before.take().map_or(now, |time| time.max(now));
            let next = after(interval, started).max(not_before);
            let is_past_the_list = schedule.remaining(n).is_some_and(|left| not_before - now > left);
            if is_past_the_list || end.is_some_and(|end| next >= end) {
                break;
            }
            sleep_until(next).await;
        }
        // The requests after the last outcome count too.
        best.map(|reply| Reply { attempts: self.attempts, ..reply })
    }
}

fn waiting<O: Operation>(reply: &Reply<O>) -> Finality {
    reply.outcome.meta().finality
}

fn is_pending<O: Operation>(best: &Result<Reply<O>, Error>) -> bool {
    best.as_ref().is_ok_and(|reply| waiting(reply) == Finality::Pending)
}

fn took_longer_than(limit: Duration) -> Error {
    let error = TransportError::new(TransportErrorKind::Timeout, TookLongerThan(limit));
    Error::Transport(error)
}

/// This time after an instant; thirty years after it, for times that no clock can hold.
fn after(time: Duration, start: Instant) -> Instant {
    start.checked_add(time).unwrap_or_else(|| start + Duration::from_secs(946_080_000))
}
