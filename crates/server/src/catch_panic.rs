//! Catches panics in code that the user wrote, so that a panic ends only the request in which it happened.

use std::fmt;
use std::future::pending;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

/// A future that resolves to an error if the inner future panics. A panic in a destructor is caught, too.
pub(crate) struct CatchPanic<'a, T: 'a>(BoxFuture<'a, T>);

/// The error of code that panicked.
///
/// The panic's payload may contain anything, so it is not kept. The panic hook has already received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Calls a closure and catches a panic in it.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // Dropping the payload may panic again. The second payload is leaked: dropping it might panic, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(mem::forget);
        Panicked
    })
}

impl<'a, T> CatchPanic<'a, T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'a) -> Self {
        Self(Box::pin(work))
    }
}

impl<T> Future for CatchPanic<'_, T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_panic(|| self.0.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}

/// The future is dropped before it is complete when its deadline has passed or when the client has disconnected.
impl<'a, T: 'a> Drop for CatchPanic<'a, T> {
    fn drop(&mut self) {
        let work = mem::replace(&mut self.0, Box::pin(pending()));
        // The request has been answered, or its client has disconnected: there is no response to change.
        let _ = catch_panic(|| drop(work));
    }
}

impl<T> fmt::Debug for CatchPanic<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CatchPanic")
    }
}
