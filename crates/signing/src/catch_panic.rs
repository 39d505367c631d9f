//! Catches panics in code that the user wrote, so that a panic ends only the message in which it happened. For the client
//! and the server, too; not a part of the public API.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// The error of code that panicked.
///
/// The panic's payload may contain anything, so it is not kept. The panic hook has already received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the code panicked")]
pub struct Panicked;

/// Calls a closure and catches a panic in it.
///
/// # Errors
/// Returns [`Panicked`] if the closure panics.
pub fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // Dropping the payload may panic again. The second payload is leaked: dropping it might panic, too.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(mem::forget);
        Panicked
    })
}

pin_project! {
    /// A future that resolves to an error if the inner future panics. A panic in a destructor is caught, too.
    #[derive(Debug)]
    pub struct CatchPanic<F> {
        #[pin]
        inner: Option<F>,
    }

    /// A future is dropped before it is complete when its deadline has passed or when the client has disconnected.
    impl<F> PinnedDrop for CatchPanic<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut inner = this.project().inner;
            // Its result is not waited for any more.
            let _ = catch_panic(|| inner.set(None));
        }
    }
}

impl<F> CatchPanic<F> {
    /// Wraps a future.
    pub fn new(inner: F) -> Self {
        Self { inner: Some(inner) }
    }
}

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(inner) = self.project().inner.as_pin_mut() else { return Poll::Pending };
        match catch_panic(|| inner.poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}
