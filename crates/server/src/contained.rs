//! Work of the user's own: a panic in it, or while it is given up, ends no more than its own request.

use std::fmt;
use std::future::pending;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

/// A future whose panics end here, also those of its destructors.
pub(crate) struct Contained<'a, T: 'a>(BoxFuture<'a, T>);

/// What it panicked with may hold anything, so it is not kept. The panic hook has had it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Does something; a panic in it ends here.
pub(crate) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        // What it panicked with may panic once more when it is dropped; what comes of that is let go.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload))).map_err(mem::forget);
        Panicked
    })
}

impl<'a, T> Contained<'a, T> {
    pub(crate) fn new(work: impl Future<Output = T> + Send + 'a) -> Self {
        Self(Box::pin(work))
    }
}

impl<T> Future for Contained<'_, T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match contain(|| self.0.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}

/// When it is late, and when the caller goes away.
impl<'a, T: 'a> Drop for Contained<'a, T> {
    fn drop(&mut self) {
        let work = mem::replace(&mut self.0, Box::pin(pending()));
        // Who asked is answered already, or gone.
        let _ = contain(|| drop(work));
    }
}

impl<T> fmt::Debug for Contained<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contained")
    }
}
