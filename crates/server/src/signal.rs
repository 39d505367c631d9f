//! The signals by which a process is asked to end.

use std::future::pending;
use std::io;

use futures_util::future::{self, BoxFuture, FutureExt as _};

/// Waits for Ctrl-C or, on Unix, SIGTERM: what to give to [`HttpServer::with_graceful_shutdown`](crate::HttpServer::with_graceful_shutdown).
///
/// Both signals are taken over at the call, so that the process no longer ends at once when one comes, also as
/// process 1 of a container. Where they can't be, that is logged, and the future never resolves.
///
/// # Panics
/// Outside of a tokio runtime with I/O enabled.
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let received = received();
    async {
        match received {
            Ok(received) => received.await,
            Err(error) => {
                tracing::error!(target: "alipayplus_server", %error, "no signal can be waited for");
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
    Ok(tokio::signal::ctrl_c().map(drop).boxed())
}
