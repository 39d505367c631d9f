//! Contains the panics of a user's signer, so that a panic ends only the message that was being signed.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::SignError;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A future that resolves to [`SignError::Panicked`] if the inner future panics. A panic in a destructor is caught, too.
pub(crate) struct CatchPanic<'a, T>(Option<BoxFuture<'a, T>>);

impl<'a, T> CatchPanic<'a, T> {
    /// Creates the inner future, which may panic, too.
    pub(crate) fn new(create: impl FnOnce() -> BoxFuture<'a, T>) -> Result<Self, SignError> {
        catch(create).map(|future| Self(Some(future)))
    }
}

impl<T> Future for CatchPanic<'_, T> {
    type Output = Result<T, SignError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        match catch(|| future.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}

/// The future is dropped before it is complete when its deadline has passed.
impl<T> Drop for CatchPanic<'_, T> {
    fn drop(&mut self) {
        let future = self.0.take();
        // No signature is waited for any more.
        let _ = catch(|| drop(future));
    }
}

fn catch<T>(work: impl FnOnce() -> T) -> Result<T, SignError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // Dropping the payload may panic again. The second payload is leaked: dropping it might panic, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(mem::forget);
        SignError::Panicked
    })
}
