//! The signals that ask a process to shut down.

use std::future::pending;
use std::io;

use futures_util::future::{self, BoxFuture, FutureExt as _};

/// Waits for Ctrl-C or, on Unix, SIGTERM. Pass it to
/// [`HttpServer::with_graceful_shutdown`](crate::HttpServer::with_graceful_shutdown).
///
/// The signal handlers are installed when the function is called, not when the future is polled. From then on these
/// signals no longer end the process, even if it is process 1 of a container. If the handlers can't be installed, that
/// is logged and the future never resolves.
///
/// # Panics
/// Panics if it is called outside of a tokio runtime with I/O enabled.
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let received = received();
    async {
        match received {
            Ok(received) => received.await,
            Err(error) => {
                tracing::error!(target: "alipayplus_server", %error, "failed to install signal handlers");
                pending::<()>().await;
            }
        }
    }
}

#[cfg(unix)]
fn received() -> io::Result<BoxFuture<'static, ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move { drop(future::select(Box::pin(terminate.recv()), Box::pin(interrupt.recv())).await) }.boxed())
}

#[cfg(not(unix))]
fn received() -> io::Result<BoxFuture<'static, ()>> {
    // On Windows, the only other system: `tokio::signal::ctrl_c` would install the handler when it is polled first.
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(ctrl_c.recv().await) }.boxed())
}
