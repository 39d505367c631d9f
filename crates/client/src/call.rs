//! A call: one inquiry with retries, or inquiries on a schedule until the outcome is final.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use alipayplus_runtime::operation::{Finality, Operation, OutcomeInfo as _};
use alipayplus_signing::catch_panic::{CatchPanic, Panicked};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::Instrument as _;

use crate::attempt::{FailedAttempt, PreparedRequest};
use crate::error::{AttemptTimedOut, BuildError, Error, ErrorReason, FailedExchange, NotSentError, VerifiedResult};
use crate::header::header_value;
use crate::poll_schedule::PollSchedule;
use crate::reply::Reply;
use crate::retry::{Decision, Situation};
use crate::settings::Settings;
use crate::telemetry;
use crate::transport::{TransportError, TransportErrorKind};

/// A call of an operation, which is sent when it is awaited.
///
/// A plain `.await` makes one inquiry: it sends the request and, after a retryable error, sends it again within one
/// deadline, see [`RetryPolicy`](crate::RetryPolicy). [`wait_until_final`](Self::wait_until_final) makes inquiries on a
/// schedule. Both need a tokio runtime with time enabled. Dropping the future cancels the exchange.
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

    /// Compares the response with what the caller expects; a member that is `None` or that the response lacks is not
    /// compared, nor is anything beside a result of status "failure", where other members decide nothing.
    ///
    /// The signature does not prove which request a response belongs to. Without this check, a signed response about
    /// another payment is accepted if its time is accepted.
    pub fn expecting(self, expected: O::Expected) -> Self {
        Self { expected, ..self }
    }

    /// Sends this text as `Tracer-Id` and records it in the call's span, so that the logs of both sides can be
    /// correlated. It must be visible ASCII without spaces.
    pub fn tracer_id(self, tracer_id: impl Into<String>) -> Self {
        Self { tracer_id: Some(tracer_id.into()), ..self }
    }

    /// Repeats the inquiry on a schedule until the outcome is final.
    ///
    /// The call ends with a final outcome or with an error that is not retryable. A response that cannot be verified or
    /// read, such as a proxy's, ends it only after [a few in a row](PollSchedule::end_after_unreadable). If the schedule ends first, the call
    /// returns the last known outcome, so check it; or the last error, if no outcome was ever known. This compiles only
    /// for operations that may be repeated.
    pub fn wait_until_final(self, schedule: PollSchedule) -> Self {
        const { assert!(O::IDEMPOTENT, "this operation must not be repeated") };
        Self { schedule: Some(schedule), ..self }
    }

    async fn run(mut self) -> Result<Reply<O>, Error> {
        let schedule = self.schedule.take();
        let request = self.prepare().map_err(|error| Error::new::<O>(error.into(), 0, None, None))?;
        let state =
            CallState { request, attempts: 0, broken: false, not_before: None, failed: None, contradiction: None };
        match schedule {
            None => state.run_once().await,
            Some(schedule) => state.poll_until_final(&schedule).await,
        }
    }

    fn prepare(self) -> Result<PreparedRequest<'a, O>, NotSentError> {
        let tracer_id = self.tracer_id.as_deref();
        let tracer_id = tracer_id.map(|text| header_value(text).ok_or(BuildError::TracerId));
        PreparedRequest::new(self.settings, self.request, self.expected, tracer_id.transpose()?)
    }
}

impl<'a, O: Operation> IntoFuture for Call<'a, O> {
    type Output = Result<Reply<O>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        let span = telemetry::call_span::<O>(self.settings, self.tracer_id.as_deref());
        let (inner, settings) = (span.clone(), self.settings);
        let run = async move {
            let result = self.run().await;
            telemetry::call_ended::<O>(settings, &inner, &result);
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

/// The state of a call between its attempts.
struct CallState<'a, O: Operation> {
    request: PreparedRequest<'a, O>,
    /// The number of attempts so far, over all inquiries.
    attempts: u32,
    /// Whether the last attempt failed in transit, so that the next one needs a new connection.
    broken: bool,
    /// When the last `Retry-After` allows the next request.
    not_before: Option<Instant>,
    /// The last exchange whose response was not accepted.
    failed: Option<FailedExchange>,
    /// The last contradiction. After it, the state of what was asked about is not known until a response states one that
    /// is final or pending: an undetermined outcome is no longer returned.
    contradiction: Option<Contradiction>,
}

struct Contradiction {
    result: VerifiedResult,
    pointer: String,
    exchange: Option<FailedExchange>,
}

impl<O: Operation> CallState<'_, O> {
    async fn run_once(mut self) -> Result<Reply<O>, Error> {
        let deadline = after(self.request.settings.deadline, Instant::now());
        let reply = match self.inquire(deadline).await {
            Ok(reply) => reply,
            Err(reason) => return Err(self.error(reason, None)),
        };
        match self.contradiction.take() {
            Some(contradiction) if finality(&reply) == Finality::Undetermined => Err(self.contradicted(contradiction)),
            _ => Ok(reply),
        }
    }

    /// Returns a contradiction as the error of the call.
    fn contradicted(self, Contradiction { result, pointer, exchange }: Contradiction) -> Error {
        Error::new::<O>(ErrorReason::Contradiction { result, pointer }, self.attempts, exchange, None)
    }

    /// Returns the error of the call, with the last reply if there is one.
    fn error(self, reason: ErrorReason, last_reply: Option<Reply<O>>) -> Error {
        Error::new(reason, self.attempts, self.failed, last_reply)
    }

    /// Makes one inquiry: attempts until a response is accepted, an error is not retryable, or the time is up.
    async fn inquire(&mut self, deadline: Instant) -> Result<Reply<O>, ErrorReason> {
        let retry = self.request.settings.retry;
        let mut last = None;
        for attempts in 1_u32.. {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                break;
            }
            let Some(result) = self.attempt(remaining).await else {
                break;
            };
            let error = match result {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            telemetry::attempt_failed::<O>(self.request.settings, &error);
            if let ErrorReason::Contradiction { result, pointer } = &error {
                let (result, pointer, exchange) = (result.clone(), pointer.clone(), self.failed.clone());
                self.contradiction = Some(Contradiction { result, pointer, exchange });
            }
            self.not_before = error.retry_after().map(|time| after(time, Instant::now()));
            let decision = retry.decide(Situation {
                is_idempotent: O::IDEMPOTENT,
                is_retryable: error.is_retryable(),
                attempts,
                remaining: deadline.saturating_duration_since(Instant::now()),
                retry_after: error.retry_after(),
                jitter: fastrand::f64(),
            });
            match decision {
                Decision::GiveUp => return Err(error),
                Decision::RetryAfter(pause) => {
                    telemetry::retry::<O>(self.request.settings, attempts, pause);
                    last = Some(Box::new(error));
                    sleep(pause).await;
                }
                Decision::OutOfTime => {
                    last = Some(Box::new(error));
                    break;
                }
            }
        }
        Err(ErrorReason::DeadlineExceeded { last })
    }

    /// Makes one attempt within its own time-out; `None` if the inquiry's remaining time ran out first.
    async fn attempt(&mut self, remaining: Duration) -> Option<Result<Reply<O>, ErrorReason>> {
        self.attempts = self.attempts.saturating_add(1);
        let limit = self.request.settings.attempt_timeout::<O>();
        let span = telemetry::attempt_span(self.attempts);
        let started = Instant::now();
        let attempt = CatchPanic::new(self.request.attempt(self.attempts, self.broken)).instrument(span);
        let result = timeout(limit.min(remaining), attempt).await;
        telemetry::attempt_ended::<O>(self.request.settings, started.elapsed());
        let result = result.map(|caught| match caught {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(FailedAttempt { reason, exchange })) => {
                self.failed = exchange.or(self.failed.take());
                Err(reason)
            }
            Err(Panicked) => Err(ErrorReason::Panicked),
        });
        self.broken = matches!(result, Err(_) | Ok(Err(ErrorReason::Transport(_))));
        match result {
            Ok(result) => Some(result),
            Err(_) if remaining < limit => None,
            Err(_) => Some(Err(attempt_timed_out(limit))),
        }
    }

    /// Makes inquiries on a schedule. After a retryable error, the next one may still succeed.
    async fn poll_until_final(mut self, schedule: &PollSchedule) -> Result<Reply<O>, Error> {
        let started_polling = Instant::now();
        let end = schedule.overall().map(|overall| after(overall, started_polling));
        let mut best = Err(ErrorReason::DeadlineExceeded { last: None });
        let mut unreadable = 0_u32;
        for n in 0.. {
            let started = Instant::now();
            let deadline = after(self.request.settings.deadline, started);
            let result = self.inquire(end.map_or(deadline, |end| end.min(deadline))).await;
            let is_unreadable = result.as_ref().is_err_and(ErrorReason::is_unreadable);
            unreadable = if is_unreadable { unreadable.saturating_add(1) } else { 0 };
            match result {
                Ok(reply) => match finality(&reply) {
                    Finality::Final => return Ok(reply),
                    // An undetermined outcome never replaces a pending one, nor is it believed after a contradiction.
                    Finality::Undetermined if is_pending(&best) || self.contradiction.is_some() => {}
                    Finality::Undetermined if schedule.stops_when_undetermined() => return Ok(reply),
                    Finality::Pending | Finality::Undetermined => best = Ok(reply),
                },
                Err(reason) if !reason.is_retryable() && !schedule.tolerates(&reason, unreadable) => {
                    return Err(self.error(reason, best.ok()));
                }
                // A known outcome is kept. Without one, the last error names why the state is unknown, unless the inquiry
                // was only cut short.
                Err(ErrorReason::DeadlineExceeded { last: None }) if n > 0 => {}
                Err(reason) if best.is_err() => best = Err(reason),
                Err(_) => {}
            }
            let Some(next) = self.next_inquiry(schedule, n, started, end) else {
                break;
            };
            sleep_until(next).await;
        }
        if let Some(contradiction) = self.contradiction.take_if(|_| !is_pending(&best)) {
            return Err(self.contradicted(contradiction));
        }
        match best {
            // The attempts after the last known outcome count too.
            Ok(reply) => Ok(Reply { attempts: self.attempts, ..reply }),
            Err(reason) => Err(self.error(reason, None)),
        }
    }

    /// Returns when the next inquiry starts; `None` if it would have no time left, which is not worth waiting for.
    fn next_inquiry(
        &mut self,
        schedule: &PollSchedule,
        n: u32,
        started: Instant,
        end: Option<Instant>,
    ) -> Option<Instant> {
        let interval = schedule.interval(n)?;
        let now = Instant::now();
        let not_before = self.not_before.take().map_or(now, |time| time.max(now));
        // After retries, part of the interval or all of it has passed.
        let next = after(interval, started).max(not_before).max(now + PollSchedule::MIN_INTERVAL);
        let is_past_the_list = schedule.remaining(n).is_some_and(|remaining| not_before - now > remaining);
        (!is_past_the_list && end.is_none_or(|end| next < end)).then_some(next)
    }
}

fn finality<O: Operation>(reply: &Reply<O>) -> Finality {
    reply.outcome.meta().finality
}

fn is_pending<O: Operation>(best: &Result<Reply<O>, ErrorReason>) -> bool {
    best.as_ref().is_ok_and(|reply| finality(reply) == Finality::Pending)
}

fn attempt_timed_out(limit: Duration) -> ErrorReason {
    let error = TransportError::new(TransportErrorKind::Timeout, AttemptTimedOut(limit));
    ErrorReason::Transport(error)
}

/// Adds a duration to an instant, or thirty years if the sum is out of range.
fn after(time: Duration, start: Instant) -> Instant {
    start.checked_add(time).unwrap_or_else(|| start + Duration::from_secs(946_080_000))
}
