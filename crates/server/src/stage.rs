//! How far the shutdown of a server has come.

use std::sync::atomic::{AtomicU8, Ordering};

const RUNNING: u8 = 0;
const DRAINING: u8 = 1;
const STOPPING: u8 = 2;

/// How far the shutdown of a server has come. All connections share it, and read it for each request.
#[derive(Debug)]
pub(crate) struct Stage(AtomicU8);

impl Stage {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(RUNNING))
    }

    pub(crate) fn drain(&self) {
        self.0.store(DRAINING, Ordering::Relaxed);
    }

    pub(crate) fn stop(&self) {
        self.0.store(STOPPING, Ordering::Relaxed);
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.load(Ordering::Relaxed) == RUNNING
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.load(Ordering::Relaxed) == STOPPING
    }
}
