//! How far the exchange on a connection has come: what the service knows and the stream needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::stage::Stage;

/// How far the exchange on a connection has come. One task uses it, except for a body that another task reads, so that
/// no ordering is needed.
#[derive(Debug)]
pub(crate) struct Progress {
    stage: Arc<Stage>,
    /// How many requests have been received.
    requests: AtomicU64,
    /// Whether the service has not yet responded to the last request.
    is_answering: AtomicBool,
    /// Whether the service still has a body that has not ended.
    is_body_open: AtomicBool,
    /// Whether bytes have arrived since the end of the last request that was read to its end.
    is_unread: AtomicBool,
}

impl Progress {
    pub(crate) fn new(stage: Arc<Stage>) -> Self {
        Self {
            stage,
            requests: AtomicU64::new(0),
            is_answering: AtomicBool::new(false),
            is_body_open: AtomicBool::new(false),
            is_unread: AtomicBool::new(false),
        }
    }

    /// A request has been received.
    pub(crate) fn begin(&self, is_complete: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_answering.store(true, Ordering::Relaxed);
        self.is_body_open.store(!is_complete, Ordering::Relaxed);
        if is_complete {
            self.is_unread.store(false, Ordering::Relaxed);
        }
    }

    /// The end of the body has been read.
    pub(crate) fn body_ended(&self) {
        self.is_body_open.store(false, Ordering::Relaxed);
        self.is_unread.store(false, Ordering::Relaxed);
    }

    /// The body has been dropped. hyper reads no more of it.
    pub(crate) fn body_dropped(&self) {
        self.is_body_open.store(false, Ordering::Relaxed);
    }

    /// The service has responded.
    pub(crate) fn answered(&self) {
        self.is_answering.store(false, Ordering::Relaxed);
    }

    /// Bytes have arrived.
    pub(crate) fn received(&self) {
        self.is_unread.store(true, Ordering::Relaxed);
    }

    /// Returns whether the server stops, so that no other request is waited for.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stage.is_stopping()
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Returns whether the connection waits for the head of a request.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.is_answering.load(Ordering::Relaxed) && !self.is_body_open.load(Ordering::Relaxed)
    }

    /// Returns whether more of a request may come, or has come and was not read.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread.load(Ordering::Relaxed)
    }
}
