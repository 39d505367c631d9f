//! The body of a request that `HttpServer` has received.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::progress::Progress;

/// The body of a request that [`HttpServer`](crate::HttpServer) has received.
#[derive(Debug)]
pub struct RequestBody {
    body: Incoming,
    /// `None` once the end has been read: what happens to this value later does not concern the connection.
    progress: Option<Arc<Progress>>,
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, progress: Arc<Progress>) -> Self {
        let is_complete = body.is_end_stream();
        progress.begin(is_complete);
        Self { body, progress: (!is_complete).then_some(progress) }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if (matches!(polled, Poll::Ready(None)) || self.body.is_end_stream())
            && let Some(progress) = self.progress.take()
        {
            progress.body_ended();
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.body_dropped();
        }
    }
}
