//! A server for those who have none yet: HTTP/1.1 over TCP, with limits on whatever a stranger can hold on to.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, Either};
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream, ToSocketAddrs, lookup_host};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tower_service::Service;

use crate::contained::Contained;
use crate::refusal::BoxError;
use crate::signal::shutdown_signal;

/// How large the head of a request may be: many times what any caller sends, and little enough to be held for every
/// connection. hyper looks at it between two reads, so up to twice as much may come. Its own limit is over 400 KB.
const HEAD_LIMIT: usize = 64 * 1024;
/// Thirty years: a longer time-out is no other, and its end may be one that no clock can hold.
const LONGEST: Duration = Duration::from_secs(946_080_000);

/// How long requests that are being answered get to end: above what any answer may take, and below the 30 s after which
/// Kubernetes ends a process that was asked to.
const GRACE: Duration = Duration::from_secs(10);
/// How many connections may wait to be accepted. The standard library's 128 overflow when many callers come at once on a
/// busy machine: each one too many waits a second before it knocks again.
const QUEUE: u32 = 1024;

/// Serves at an address, with the defaults of [`HttpServer`], until the process is asked to end by Ctrl-C or SIGTERM.
///
/// Then requests that are being answered get up to 10 s to end. The server is a [`Server`](crate::Server), or an axum `Router` around one.
///
/// # Errors
/// [`ServeError::Bind`] when the address can't be had.
pub async fn serve<S, R>(address: impl ToSocketAddrs + fmt::Debug, server: S) -> Result<(), ServeError>
where
    S: Service<Request<Incoming>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    R: Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    HttpServer::new().with_graceful_shutdown(shutdown_signal(), GRACE).bind(address).await?.run(server).await
}

type Shutdown = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The settings of a TCP server. TLS is left to a proxy in front of it.
///
/// ```no_run
/// # async fn run(server: alipayplus_server::Server, stop: impl Future<Output = ()> + Send + 'static)
/// # -> Result<(), alipayplus_server::ServeError> {
/// use std::time::Duration;
/// use alipayplus_server::HttpServer;
///
/// let bound = HttpServer::new().with_graceful_shutdown(stop, Duration::from_secs(10)).bind("127.0.0.1:0").await?;
/// println!("listening at {}", bound.local_addr());
/// bound.run(server).await
/// # }
/// ```
#[must_use = "nothing is served before `bind` and `run`"]
pub struct HttpServer {
    header_timeout: Duration,
    write_timeout: Duration,
    max_connections: usize,
    shutdown: Option<Shutdown>,
    grace: Duration,
}

impl HttpServer {
    /// The default of [`header_timeout`](Self::header_timeout).
    pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`write_timeout`](Self::write_timeout).
    pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`max_connections`](Self::max_connections).
    pub const MAX_CONNECTIONS: usize = 1024;

    /// The defaults.
    #[expect(clippy::new_without_default, reason = "a plain `new` reads better in a chain")]
    pub fn new() -> Self {
        Self {
            header_timeout: Self::HEADER_TIMEOUT,
            write_timeout: Self::WRITE_TIMEOUT,
            max_connections: Self::MAX_CONNECTIONS,
            shutdown: None,
            grace: Duration::ZERO,
        }
    }

    /// How long the head of a request may take to come, and how long a connection may idle between two requests.
    /// Default: 10 s. Then the connection is closed.
    pub fn header_timeout(self, timeout: Duration) -> Self {
        Self { header_timeout: timeout, ..self }
    }

    /// How long a peer may take nothing of what is written to it. Default: 10 s. Then the connection is closed: one
    /// that asks and never reads would keep its place for ever.
    pub fn write_timeout(self, timeout: Duration) -> Self {
        Self { write_timeout: timeout, ..self }
    }

    /// How many connections may be open at once. Default: 1024. As many more wait in the listener's queue, where the
    /// system allows that.
    pub fn max_connections(self, connections: usize) -> Self {
        Self { max_connections: connections, ..self }
    }

    /// Ends serving when `shutdown` resolves, such as [`shutdown_signal`]. Default: never.
    ///
    /// Then no connection is accepted any more, idle ones are closed, and requests that are being answered get up to
    /// `grace` to end (10 s is a good value: it is above what any answer may take). What is left then is cut.
    pub fn with_graceful_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static, grace: Duration) -> Self {
        Self { shutdown: Some(Box::pin(shutdown)), grace, ..self }
    }

    /// Takes the address; port 0 takes a free one. Connections queue up until [`BoundServer::run`].
    ///
    /// # Errors
    /// [`ServeError::Zero`] for a limit of nothing, [`ServeError::Bind`] when the address can't be had.
    pub async fn bind(self, address: impl ToSocketAddrs + fmt::Debug) -> Result<BoundServer, ServeError> {
        let limits = [
            ("header_timeout", self.header_timeout.is_zero()),
            ("write_timeout", self.write_timeout.is_zero()),
            ("max_connections", self.max_connections == 0),
        ];
        if let Some((setting, _)) = limits.into_iter().find(|(_, is_zero)| *is_zero) {
            return Err(ServeError::Zero { setting });
        }
        let text = format!("{address:?}");
        let bind = async {
            let listener = listen(address).await?;
            let address = listener.local_addr()?;
            Ok((listener, address))
        };
        let (listener, address) = bind.await.map_err(|source| ServeError::Bind { address: text, source })?;
        Ok(BoundServer { settings: self, listener, address })
    }
}

/// As [`TcpListener::bind`], but for the queue.
async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut failed = None;
    for address in lookup_host(address).await? {
        match listen_at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the name has no address")))
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The port that a server has just left can be taken again. Elsewhere it would be shared.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// A server that has its address.
pub struct BoundServer {
    settings: HttpServer,
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundServer {
    /// The address, with the port that was taken.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the shutdown that [`HttpServer::with_graceful_shutdown`] was given, or until the process ends.
    ///
    /// A connection that can't be accepted is logged, and serving goes on.
    ///
    /// # Errors
    /// None today.
    pub async fn run<S, R>(self, server: S) -> Result<(), ServeError>
    where
        S: Service<Request<Incoming>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let Self { settings, listener, .. } = self;
        let mut shutdown = settings.shutdown.unwrap_or_else(|| Box::pin(future::pending()));
        let free = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(settings.header_timeout.min(LONGEST))
            .max_buf_size(HEAD_LIMIT);

        loop {
            let next = pin!(next_connection(&listener, &free));
            let Either::Left(((stream, place), _)) = future::select(next, &mut shutdown).await else {
                break;
            };
            let service = TowerToHyperService::new(server.clone());
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(settings.write_timeout.min(LONGEST)));
            let connection = graceful.watch(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
            // A service beside ours may panic, and with something that panics again where the task is looked at.
            let connection = Contained::new(connection);
            connections.spawn(async move {
                // A peer that goes away or talks nonsense is no news.
                let _ = connection.await;
                drop(place);
            });
            while connections.try_join_next().is_some() {}
        }

        drop(listener);
        if tokio::time::timeout(settings.grace, graceful.shutdown()).await.is_err() {
            while connections.try_join_next().is_some() {}
            tracing::warn!(target: "alipayplus_server", connections = connections.len(), "cut at the end of the grace");
        }
        connections.shutdown().await;
        Ok(())
    }
}

/// Waits for a free place, then for a connection to put there.
async fn next_connection(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    // It fails only when closed, which nobody does.
    let place = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small and go out at once.
                let _ = stream.set_nodelay(true);
                return (stream, place);
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: it passes when connections end.
                tracing::error!(target: "alipayplus_server", %error, "no connection can be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can't be had: it is taken, not this machine's, or needs more rights.
    #[error("can't listen at {address}")]
    Bind {
        /// The address as given.
        address: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A limit of nothing.
    #[error("`{setting}` must be more than zero")]
    Zero {
        /// The setting.
        setting: &'static str,
    },
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer")
            .field("header_timeout", &self.header_timeout)
            .field("write_timeout", &self.write_timeout)
            .field("max_connections", &self.max_connections)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BoundServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundServer")
            .field("address", &self.address)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
