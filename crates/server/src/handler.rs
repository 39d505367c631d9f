//! Runs handlers: from a verified body to an encoded answer.

use std::fmt;
use std::marker::PhantomData;

use alipayplus_runtime::message;
use alipayplus_runtime::operation::{Operation, OutcomeInfo as _};
use alipayplus_signing::catch_panic::{CatchPanic, Panicked};
use futures_util::future::BoxFuture;

use crate::caller::Caller;
use crate::deadline::StepTimeout;
use crate::message::{EncodedRefusal, HandlerOutput};
use crate::refusal::Refusal;
use crate::rejection::Rejection;
use crate::telemetry;

/// An operation that the handler `H` answers. Generated code implements it for each type that implements the
/// operation's trait.
pub trait Handler<H>: Operation + Sized {
    /// Answers a request that was verified and validated.
    fn handle(
        handler: &H,
        caller: &Caller,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Answer, Refusal<Self>>> + Send;
}

/// Connects the trait of an operation to its type in the module `op`, and implements it for [`Arc`](std::sync::Arc):
/// `handler!(InquiryPayment::inquiry_payment for op);`. The names of a trait's signature are those of its module.
#[macro_export]
#[doc(hidden)]
macro_rules! handler {
    ($operation:ident::$method:ident for $op:ident) => {
        impl<H: $operation> $crate::__private::Handler<H> for $op::$operation {
            fn handle(
                handler: &H,
                caller: &Caller,
                request: Request,
            ) -> impl Future<Output = Result<Answer, Refusal>> + Send {
                handler.$method(caller, request)
            }
        }

        /// Passes each request to the handler inside.
        impl<H: $operation> $operation for ::std::sync::Arc<H> {
            fn $method(
                &self,
                caller: &Caller,
                request: Request,
            ) -> impl Future<Output = Result<Answer, Refusal>> + Send {
                H::$method(self, caller, request)
            }
        }
    };
}

/// A handler at work.
pub(crate) type HandlerFuture<'a> = CatchPanic<BoxFuture<'a, Result<HandlerOutput, Rejection>>>;

/// A handler whose operation has been erased from its type.
pub(crate) trait ErasedHandler: Send + Sync {
    /// Decodes and validates the body, and returns the future that runs the handler.
    fn decode<'a>(&'a self, caller: &'a Caller, body: &[u8]) -> Result<HandlerFuture<'a>, Rejection>;
}

/// A handler of one operation.
pub(crate) struct TypedHandler<O, H> {
    handler: H,
    operation: PhantomData<fn() -> O>,
}

impl<O: Handler<H>, H> TypedHandler<O, H> {
    pub(crate) fn new(handler: H) -> Self {
        Self { handler, operation: PhantomData }
    }

    async fn handle(&self, caller: &Caller, request: O::Request) -> Result<HandlerOutput, Rejection> {
        match O::handle(&self.handler, caller, request).await {
            Ok(answer) => encode_answer::<O>(answer),
            Err(refusal) => encode_refusal(refusal),
        }
    }
}

impl<O: Handler<H>, H: Send + Sync> ErasedHandler for TypedHandler<O, H> {
    fn decode<'a>(&'a self, caller: &'a Caller, body: &[u8]) -> Result<HandlerFuture<'a>, Rejection> {
        let request = message::from_slice(body).map_err(Rejection::InvalidBody)?;
        Ok(CatchPanic::new(Box::pin(self.handle(caller, request))))
    }
}

fn encode_answer<O: Operation>(answer: O::Answer) -> Result<HandlerOutput, Rejection> {
    let mut omitted = Vec::new();
    let response = O::into_response(answer, &mut omitted).map_err(Rejection::InvalidAnswer)?;
    omitted.iter().for_each(telemetry::omitted);
    let body = message::to_vec(&response);
    // The client names the outcome of this response by the same function.
    let outcome = O::into_outcome(response).map_or("unnamed", |(outcome, _)| outcome.meta().name);
    Ok(HandlerOutput::Answer { body, outcome })
}

fn encode_refusal<O: Operation>(mut refusal: Refusal<O>) -> Result<HandlerOutput, Rejection> {
    let members = refusal.take_members();
    let encoded = match refusal.code() {
        Some(code) => EncodedRefusal::for_code::<O>(code, refusal.detail(), members)?,
        None => None,
    };
    match encoded {
        Some(encoded) => Ok(HandlerOutput::Refusal { refusal: encoded, cause: refusal.cause() }),
        None => Err(Rejection::HandlerFailed(refusal.cause().unwrap_or_default())),
    }
}

/// Runs the handler until it has an answer or its time is over. A panic ends the request, not the connection.
pub(crate) async fn run(handler: HandlerFuture<'_>, timeout: StepTimeout) -> Result<HandlerOutput, Rejection> {
    match timeout.run(handler).await {
        Ok(Ok(output)) => output,
        Ok(Err(Panicked)) => Err(Rejection::HandlerPanicked),
        Err(timeout) => Err(Rejection::HandlerTimeout(timeout)),
    }
}

impl fmt::Debug for dyn ErasedHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("handler")
    }
}
