//! The runtimes of the scenarios: one thread each.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Returns a runtime with sockets and real time.
pub(crate) fn real() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Returns a runtime with a paused clock, which advances to the next timer when all tasks wait.
pub(crate) fn paused() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_time().start_paused(true).build()
}
