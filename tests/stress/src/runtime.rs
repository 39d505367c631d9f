//! The runtimes that parts run on: one thread each.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// For sockets and real time.
pub(crate) fn real() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Its clock stands, and jumps to the next thing that is waited for.
pub(crate) fn paused() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_time().start_paused(true).build()
}
