//! Binds an address and accepts connections, up to a limit.

use std::future::pending;
use std::io;
use std::net::{self, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream, ToSocketAddrs, lookup_host};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// How many connections may wait to be accepted. The standard library's 128 overflow when many clients connect at once
/// to a busy machine; each client over the limit waits a second before it tries again.
const BACKLOG: u32 = 1024;

/// Binds like [`TcpListener::bind`], with a larger backlog.
pub(crate) async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut last_error = None;
    for address in lookup_host(address).await? {
        match listen_at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last_error = Some(error),
        }
    }
    Err(last_error.unwrap_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the name has no address")))
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Unix, a port can be bound again right after its server has ended. Elsewhere, two servers would share it.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections while there are permits for them.
pub(crate) struct Listener {
    tcp: TcpListener,
    permits: Permits,
}

/// A connection, where it came from, and its permit.
pub(crate) type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// How many more connections may be open.
struct Permits(Arc<Semaphore>);

impl Permits {
    async fn acquire(&self) -> OwnedSemaphorePermit {
        match Arc::clone(&self.0).acquire_owned().await {
            Ok(permit) => permit,
            // It fails only if the semaphore is closed, which never happens.
            Err(_) => pending().await,
        }
    }
}

impl Listener {
    pub(crate) fn new(tcp: TcpListener, max_connections: usize) -> Self {
        let permits = Semaphore::new(max_connections.min(Semaphore::MAX_PERMITS));
        Self { tcp, permits: Permits(Arc::new(permits)) }
    }

    /// Waits for a permit, then for a connection.
    pub(crate) async fn accept(&self) -> Accepted {
        let permit = self.permits.acquire().await;
        loop {
            match self.tcp.accept().await {
                Ok((stream, address)) => return (stream, address, permit),
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    // Most likely the process is out of file descriptors. They are released when connections end.
                    tracing::error!(target: "alipayplus_server", %error, "failed to accept a connection");
                    sleep(Duration::from_millis(200)).await;
                }
            }
        }
    }

    /// Stops listening, once no connection waits in the backlog.
    ///
    /// # Errors
    /// Returns the error of the listener.
    pub(crate) fn into_backlog(self) -> io::Result<Backlog> {
        Ok(Backlog { tcp: self.tcp.into_std()?, permits: self.permits })
    }
}

/// The connections that wait to be accepted when a server stops. Clients take them for accepted.
pub(crate) struct Backlog {
    /// It is asked without tokio, which may not know yet of the last connections.
    tcp: net::TcpListener,
    permits: Permits,
}

impl Backlog {
    /// Returns the next connection, or `None` if none is left.
    pub(crate) async fn next(&self) -> Option<Accepted> {
        let permit = self.permits.acquire().await;
        loop {
            match self.tcp.accept() {
                Ok((stream, address)) => {
                    stream.set_nonblocking(true).ok()?;
                    return Some((TcpStream::from_std(stream).ok()?, address, permit));
                }
                Err(error) if is_connection_error(&error) => {}
                Err(_) => return None,
            }
        }
    }
}

/// Returns whether the error is that of a single connection, not of the listener.
fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}
