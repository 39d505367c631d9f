//! An HTTP/1.1 server over TCP, with limits on every resource that an unauthenticated client can occupy.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, Either, poll_fn};
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream, ToSocketAddrs, lookup_host};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::catch_panic::CatchPanic;
use crate::progress::Progress;
use crate::refusal::BoxError;
use crate::request_body::RequestBody;
use crate::signal::shutdown_signal;
use crate::stream::{Stream, Timeouts};

/// The maximum size of a request's head in bytes: many times what a client sends, and small enough to be stored for
/// every connection. hyper checks it between two reads, so that up to twice as much may arrive. hyper's own limit is
/// over 400 KB.
const HEAD_LIMIT: usize = 64 * 1024;
/// The maximum timeout, 30 years: adding a longer one to the current time may overflow.
const MAX_TIMEOUT: Duration = Duration::from_secs(946_080_000);

/// How long requests in flight may take to finish at a shutdown: more than any response may take, and less than the
/// 30 s after which Kubernetes kills a process.
const GRACE_PERIOD: Duration = Duration::from_secs(10);
/// How many connections may wait to be accepted. The standard library's 128 overflow when many clients connect at once
/// to a busy machine; each client over the limit waits a second before it tries again.
const BACKLOG: u32 = 1024;

/// Serves at an address, with the defaults of [`HttpServer`], until Ctrl-C or SIGTERM.
///
/// Requests in flight then have up to 10 s to finish. `server` is a [`Server`](crate::Server), or an axum `Router`
/// around one.
///
/// # Errors
/// Returns [`ServeError::Bind`] if the address can't be bound.
pub async fn serve<S, R>(address: impl ToSocketAddrs + fmt::Debug, server: S) -> Result<(), ServeError>
where
    S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    R: Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    HttpServer::new().with_graceful_shutdown(shutdown_signal(), GRACE_PERIOD).bind(address).await?.run(server).await
}

type Shutdown = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The settings of an HTTP/1.1 server over TCP. TLS is left to a proxy in front of it.
///
/// ```no_run
/// # use alipayplus_server::{ServeError, Server};
/// # async fn run(server: Server) -> Result<(), ServeError> {
/// use std::time::Duration;
///
/// use alipayplus_server::{HttpServer, shutdown_signal};
///
/// let bound = HttpServer::new()
///     .with_graceful_shutdown(shutdown_signal(), Duration::from_secs(10))
///     .bind("127.0.0.1:0")
///     .await?;
/// println!("listening at {}", bound.local_addr());
/// bound.run(server).await
/// # }
/// ```
#[must_use = "a server does nothing until `bind` and `run` are called"]
pub struct HttpServer {
    header_timeout: Duration,
    idle_timeout: Duration,
    write_timeout: Duration,
    max_connections: usize,
    shutdown: Option<Shutdown>,
    grace: Duration,
}

impl HttpServer {
    /// The default of [`header_timeout`](Self::header_timeout).
    pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`idle_timeout`](Self::idle_timeout).
    pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);
    /// The default of [`write_timeout`](Self::write_timeout).
    pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`max_connections`](Self::max_connections).
    pub const MAX_CONNECTIONS: usize = 1024;

    /// Creates a server with the default settings.
    #[expect(clippy::new_without_default, reason = "a plain `new` reads better in a chain")]
    pub fn new() -> Self {
        Self {
            header_timeout: Self::HEADER_TIMEOUT,
            idle_timeout: Self::IDLE_TIMEOUT,
            write_timeout: Self::WRITE_TIMEOUT,
            max_connections: Self::MAX_CONNECTIONS,
            shutdown: None,
            grace: Duration::ZERO,
        }
    }

    /// Sets how long reading the head of a request may take, from its first byte; that of the first request, from when
    /// the connection was accepted. Default: 10 s. After that, the connection is closed.
    pub fn header_timeout(self, timeout: Duration) -> Self {
        Self { header_timeout: timeout, ..self }
    }

    /// Sets how long a connection may be idle between two requests. Default: 75 s. After that, the connection is
    /// closed.
    ///
    /// Keep it longer than that of the balancer in front, which is 60 s for most: otherwise some of its requests arrive
    /// at a connection that is being closed, and it answers them with an error of its own.
    pub fn idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: timeout, ..self }
    }

    /// Sets how long a write may make no progress. Default: 10 s. After that, the connection is closed: a client that
    /// sends requests and never reads the responses would occupy it forever.
    pub fn write_timeout(self, timeout: Duration) -> Self {
        Self { write_timeout: timeout, ..self }
    }

    /// Sets how many connections may be open at once. Default: 1024. Up to 1024 more wait in the listener's backlog, if
    /// the operating system permits it.
    pub fn max_connections(self, connections: usize) -> Self {
        Self { max_connections: connections, ..self }
    }

    /// Shuts down when `shutdown` resolves, such as [`shutdown_signal`]. Default: never.
    ///
    /// The server then accepts no more connections and closes idle ones. Requests in flight have up to `grace` to
    /// finish; 10 s is a good value, because no response takes longer. Connections that are left then are closed.
    pub fn with_graceful_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static, grace: Duration) -> Self {
        Self { shutdown: Some(Box::pin(shutdown)), grace, ..self }
    }

    /// Binds the address. Port 0 selects a free port. Connections wait in the backlog until [`BoundServer::run`].
    ///
    /// # Errors
    /// Returns [`ServeError::Zero`] if a limit is zero, and [`ServeError::Bind`] if the address can't be bound.
    pub async fn bind(self, address: impl ToSocketAddrs + fmt::Debug) -> Result<BoundServer, ServeError> {
        let limits = [
            ("header_timeout", self.header_timeout.is_zero()),
            ("idle_timeout", self.idle_timeout.is_zero()),
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

/// Binds like [`TcpListener::bind`], with a larger backlog.
async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
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

/// A server that is bound to its address.
pub struct BoundServer {
    settings: HttpServer,
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundServer {
    /// Returns the address, with the port that was selected.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future of [`HttpServer::with_graceful_shutdown`] resolves, or until the process ends.
    ///
    /// An error of accepting a connection is logged, and serving continues.
    ///
    /// # Errors
    /// Returns no error at present.
    pub async fn run<S, R>(self, server: S) -> Result<(), ServeError>
    where
        S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let Self { settings, listener, .. } = self;
        let mut shutdown = settings.shutdown.unwrap_or_else(|| Box::pin(future::pending()));
        let permits = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut http = http1::Builder::new();
        // `Stream` limits the time. A client that sends no more after its request still waits for the response.
        http.header_read_timeout(None).half_close(true).max_buf_size(HEAD_LIMIT);
        let timeouts = Timeouts {
            head: settings.header_timeout.min(MAX_TIMEOUT),
            idle: settings.idle_timeout.min(MAX_TIMEOUT),
            write: settings.write_timeout.min(MAX_TIMEOUT),
        };

        loop {
            let next = pin!(next_connection(&listener, &permits));
            let Either::Left(((stream, permit), _)) = future::select(next, &mut shutdown).await else {
                break;
            };
            let progress = Arc::new(Progress::default());
            let stream = Stream::new(stream, Arc::clone(&progress), timeouts);
            let server = server.clone();
            let service = service_fn(move |request| answer(server.clone(), Arc::clone(&progress), request));
            let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
            // Another service may panic, with a payload that panics again when the task is joined.
            let connection = CatchPanic::new(connection);
            connections.spawn(async move {
                // A client that disconnects or sends no HTTP is not worth a log line.
                let _ = connection.await;
                drop(permit);
            });
            while connections.try_join_next().is_some() {}
        }

        drop(listener);
        if tokio::time::timeout(settings.grace, graceful.shutdown()).await.is_err() {
            while connections.try_join_next().is_some() {}
            let open = connections.len();
            tracing::warn!(target: "alipayplus_server", connections = open, "closed connections after the grace time");
        }
        connections.shutdown().await;
        Ok(())
    }
}

/// Passes a request to the service.
///
/// This is not an `async fn`, so that `Progress` knows of the request before hyper reads more.
fn answer<S, R>(
    mut server: S,
    progress: Arc<Progress>,
    request: Request<Incoming>,
) -> impl Future<Output = Result<Response<R>, Infallible>>
where
    S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible>,
{
    let request = request.map(|body| RequestBody::new(body, Arc::clone(&progress)));
    async move {
        poll_fn(|context| server.poll_ready(context)).await?;
        let mut response = server.call(request).await?;
        progress.answered();
        if progress.is_waiting() && progress.is_unread() {
            // The service has not read the whole body, so that the connection is closed after this response.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

/// Waits for a permit, then for a connection.
async fn next_connection(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    // It fails only if the semaphore is closed, which never happens.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Responses are small and are sent at once.
                let _ = stream.set_nodelay(true);
                return (stream, permit);
            }
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                // Most likely the process is out of file descriptors. They are released when connections end.
                tracing::error!(target: "alipayplus_server", %error, "failed to accept a connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
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

/// The error of [`serve`] and [`HttpServer`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can't be bound: it is in use, not an address of this machine, or needs more privileges.
    #[error("can't listen at {address}")]
    Bind {
        /// The address as given.
        address: String,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A limit is zero.
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
            .field("idle_timeout", &self.idle_timeout)
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
