//! From a verified body to what the handler makes of it.

use std::fmt;
use std::marker::PhantomData;

use alipayplus_runtime::message;
use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};

use crate::answer::Said;
use crate::caller::Caller;
use crate::contained::{Contained, Panicked, contain};
use crate::core::Route;
use crate::deadline::Limit;
use crate::observe;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// An operation that a handler answers. Generated code implements it for every type that implements the operation's own
/// trait.
pub trait Handle<H>: Operation + Sized {
    /// Answers a request that was verified and checked.
    fn handle(
        handler: &H,
        caller: &Caller,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Answer, Refusal<Self>>> + Send;
}

/// What the handler's answer or refusal became.
pub(crate) enum Handled {
    /// An answer, with the name of its outcome.
    Answered { body: Vec<u8>, outcome: &'static str },
    /// A refusal with a code, and the cause for the log.
    Refused { said: Said, cause: Option<String> },
}

/// A handler at work.
pub(crate) type Running<'a> = Contained<'a, Result<Handled, Reason>>;

/// An operation whose messages are no longer visible in its type.
pub(crate) trait Dispatch: Send + Sync {
    /// Reads and checks the body; then the handler can run.
    fn read<'a>(&'a self, caller: &'a Caller, body: &[u8]) -> Result<Running<'a>, Reason>;
}

/// A handler of one operation.
pub(crate) struct Mounted<O, H> {
    handler: H,
    operation: PhantomData<fn() -> O>,
}

impl<O: Handle<H>, H> Mounted<O, H> {
    pub(crate) fn new(handler: H) -> Self {
        Self { handler, operation: PhantomData }
    }

    async fn handle(&self, caller: &Caller, request: O::Request) -> Result<Handled, Reason> {
        match O::handle(&self.handler, caller, request).await {
            Ok(answer) => answered::<O>(answer),
            Err(refusal) => refused(&refusal),
        }
    }
}

impl<O: Handle<H>, H: Send + Sync> Dispatch for Mounted<O, H> {
    fn read<'a>(&'a self, caller: &'a Caller, body: &[u8]) -> Result<Running<'a>, Reason> {
        let request = message::from_slice(body).map_err(Reason::Body)?;
        Ok(Contained::new(self.handle(caller, request)))
    }
}

fn answered<O: Operation>(answer: O::Answer) -> Result<Handled, Reason> {
    let mut omitted = Vec::new();
    let mut response = O::into_response(answer, &mut omitted).map_err(Reason::AnswerError)?;
    omitted.iter().for_each(observe::omitted);
    let body = message::to_vec(&response);
    // The name that a caller's side gives the same answer.
    let outcome = O::into_outcome(&mut response).map_or("unnamed", |outcome| outcome.meta().name);
    Ok(Handled::Answered { body, outcome })
}

fn refused<O: Operation>(refusal: &Refusal<O>) -> Result<Handled, Reason> {
    let said = refusal.code().and_then(|code| Said::refusal::<O>(code, refusal.detail()));
    match said {
        Some(said) => Ok(Handled::Refused { said, cause: refusal.cause() }),
        None => Err(Reason::HandlerFailed(refusal.cause().unwrap_or_default())),
    }
}

/// Whether the client may call the operation.
pub(crate) fn access(settings: &Settings, route: &Route, caller: &Caller) -> Result<(), Reason> {
    let is_allowed = contain(|| (settings.access)(caller.client_id(), route.name));
    is_allowed.map_err(|Panicked| Reason::AccessPanicked)?.then_some(()).ok_or(Reason::Access)
}

/// Runs the handler until it is done or late. A panic ends the request, not the connection.
pub(crate) async fn run(running: Running<'_>, limit: Limit) -> Result<Handled, Reason> {
    match limit.wait(running).await {
        Ok(Ok(handled)) => handled,
        Ok(Err(Panicked)) => Err(Reason::HandlerPanicked),
        Err(limit) => Err(Reason::HandlerLate(limit)),
    }
}

impl fmt::Debug for dyn Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("handler")
    }
}
