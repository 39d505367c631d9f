//! An HTTP/1.1 server over TCP, with limits on every resource that an unauthenticated client can occupy.

use std::convert::Infallible;
use std::fmt;
use std::future::{pending, poll_fn};
use std::io;
use std::mem;
use std::net::SocketAddr;
#[cfg(feature = "tls")]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{self, BoxFuture, FutureExt as _};
use http::{Request, Response};
use http_body::Body;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::time::{Instant, sleep, timeout_at};
use tower_service::Service;

use crate::connections::{Connections, READY_PATH, ReadyCheck};
use crate::listener::{Listener, listen};
use crate::refusal::BoxError;
use crate::request_body::RequestBody;
use crate::signal::shutdown_signal;
use crate::stream::Timeouts;
use crate::telemetry;
#[cfg(feature = "tls")]
use crate::tls::{Tls, TlsError, TlsFiles};

/// The maximum timeout, 30 years: adding a longer one to the current time may overflow.
const MAX_TIMEOUT: Duration = Duration::from_secs(946_080_000);

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
    HttpServer::new()
        .with_graceful_shutdown(shutdown_signal(), HttpServer::GRACE)
        .bind(address)
        .await?
        .run(server)
        .await
}

/// The settings of an HTTP/1.1 server over TCP. With the feature `tls`, it also serves TLS.
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
    pub(crate) address: String,
    pub(crate) header_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) max_connections: usize,
    pub(crate) drain: Duration,
    pub(crate) grace: Duration,
    #[cfg(feature = "tls")]
    tls: Option<TlsFiles>,
    shutdown: Option<BoxFuture<'static, ()>>,
    ready: Option<ReadyCheck>,
}

impl HttpServer {
    /// The default of [`address`](Self::address).
    pub const ADDRESS: &str = "127.0.0.1:8080";
    /// The default of [`grace`](Self::grace).
    pub const GRACE: Duration = Duration::from_secs(10);
    /// The default of [`header_timeout`](Self::header_timeout).
    pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`idle_timeout`](Self::idle_timeout).
    pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);
    /// The default of [`write_timeout`](Self::write_timeout).
    pub const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
    /// The default of [`max_connections`](Self::max_connections).
    pub const MAX_CONNECTIONS: usize = 1024;

    /// The path of [`ready`](Self::ready).
    pub const READY_PATH: &str = READY_PATH;

    /// Creates a server with the default settings.
    #[expect(clippy::new_without_default, reason = "a plain `new` reads better in a chain")]
    pub fn new() -> Self {
        Self {
            header_timeout: Self::HEADER_TIMEOUT,
            idle_timeout: Self::IDLE_TIMEOUT,
            write_timeout: Self::WRITE_TIMEOUT,
            max_connections: Self::MAX_CONNECTIONS,
            address: Self::ADDRESS.to_owned(),
            drain: Duration::ZERO,
            grace: Self::GRACE,
            #[cfg(feature = "tls")]
            tls: None,
            shutdown: None,
            ready: None,
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

    /// Sets the address of [`serve`](Self::serve). Default: `127.0.0.1:8080`, which other machines can't reach.
    pub fn address(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// Sets how long requests in flight may take to finish at a shutdown. Default: 10 s, because no response takes longer.
    /// Platforms kill a process after some time: Kubernetes after 30 s.
    pub fn grace(self, time: Duration) -> Self {
        Self { grace: time, ..self }
    }

    /// Accepts only TLS connections, with the certificate chain and the private key of two PEM files. Default: plain HTTP.
    ///
    /// The chain begins with the server's own certificate, and the key is not encrypted. [`bind`](Self::bind) reads both.
    /// While the server runs, a task reads them every 5 s: new connections get a certificate that was replaced, and the log
    /// says so. Files that can't be used, such as a key that is not yet that of the certificate, change nothing; the log
    /// has one warning.
    ///
    /// rustls serves TLS 1.2 and 1.3, and ALPN offers only HTTP/1.1. A handshake may take as long as the head of a request
    /// ([`header_timeout`](Self::header_timeout)), and counts as a connection ([`max_connections`](Self::max_connections)).
    /// Why one failed is logged at the level DEBUG, because anyone can cause it.
    #[cfg(feature = "tls")]
    pub fn tls(self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { tls: Some(TlsFiles { certificate: certificate.into(), key: key.into(), client_ca: None }), ..self }
    }

    /// Accepts only TLS connections, as [`tls`](Self::tls) does, and only of clients with a certificate of an authority in
    /// a third PEM file.
    ///
    /// Such a certificate only admits a connection: the request's signature says who sent it.
    #[cfg(feature = "tls")]
    pub fn mutual_tls(
        self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
        client_ca: impl Into<PathBuf>,
    ) -> Self {
        let client_ca = Some(client_ca.into());
        Self { tls: Some(TlsFiles { certificate: certificate.into(), key: key.into(), client_ca }), ..self }
    }

    /// Shuts down when `shutdown` resolves, such as [`shutdown_signal`]. Default: never.
    ///
    /// When the time of [`drain`](Self::drain) is over, the server serves the connections that clients have made, accepts
    /// no more and closes idle ones. Requests in flight have up to `grace` to finish; 10 s is a good value, because no
    /// response takes longer. Connections that are left then are closed.
    ///
    /// A handler that blocks its thread does not delay [`BoundServer::run`], but the tokio runtime, which waits for its
    /// threads when it is dropped. A program that may have such handlers ends by
    /// [`Runtime::shutdown_background`](tokio::runtime::Runtime::shutdown_background) or
    /// [`std::process::exit`].
    pub fn with_graceful_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static, grace: Duration) -> Self {
        Self { shutdown: Some(shutdown.boxed()), grace, ..self }
    }

    /// Answers `GET` at [`READY_PATH`](Self::READY_PATH), `/ready`, by status 200 if the program can answer requests, and by 503 if not. Default: the path is
    /// passed to the service like any other.
    ///
    /// The status is 503, too, if the check takes longer than 5 s, and from the moment of a shutdown: set
    /// [`drain`](Self::drain), so that whatever asks has time to see it.
    ///
    /// ```
    /// # use alipayplus_server::HttpServer;
    /// # async fn database_answers() -> bool { true }
    /// let settings = HttpServer::new().ready(database_answers);
    /// ```
    pub fn ready<F>(self, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self { ready: Some(Arc::new(move || check().boxed())), ..self }
    }

    /// Sets how long a shutdown waits before it begins to close connections. Default: no time.
    ///
    /// In this time the server serves as before, except that [`ready`](Self::ready) fails and each response closes its
    /// connection. Behind a balancer, set it to the time that the balancer takes to send no more requests, which is a
    /// few probes: 5 s or more.
    pub fn drain(self, time: Duration) -> Self {
        Self { drain: time, ..self }
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
        #[cfg(feature = "tls")]
        let tls = match &self.tls {
            Some(files) => Some(Tls::start(files.clone()).await?),
            None => None,
        };
        Ok(BoundServer {
            settings: self,
            listener,
            address,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// Binds the [address](Self::address), and serves until the future of
    /// [`with_graceful_shutdown`](Self::with_graceful_shutdown) resolves; without one, until Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// Returns an error in the same cases as [`bind`](Self::bind).
    pub async fn serve<S, R>(mut self, server: S) -> Result<(), ServeError>
    where
        S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let address = mem::take(&mut self.address);
        self.shutdown.get_or_insert_with(|| shutdown_signal().boxed());
        self.bind(address).await?.run(server).await
    }
}

/// A server that is bound to its address.
pub struct BoundServer {
    settings: HttpServer,
    listener: TcpListener,
    address: SocketAddr,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl BoundServer {
    /// Returns the address, with the port that was selected.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future of [`HttpServer::with_graceful_shutdown`] resolves, or until the process ends. The first
    /// connection is accepted once the service is ready: a [`Server`](crate::Server), when its signer has been
    /// [checked](crate::Builder::build).
    ///
    /// An error of accepting a connection is logged, and serving continues.
    ///
    /// # Errors
    /// Returns no error at present.
    pub async fn run<S, R>(self, mut server: S) -> Result<(), ServeError>
    where
        S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        R: Body + Send + 'static,
        R::Data: Send,
        R::Error: Into<BoxError>,
    {
        let (settings, listener) = (self.settings, self.listener);
        let shutdown = settings.shutdown.unwrap_or_else(|| pending().boxed()).shared();
        // Until the service is ready for a first request, connections wait in the backlog, and so do probes.
        let is_ready = poll_fn(|context| server.poll_ready(context));
        future::select(shutdown.clone(), is_ready).await;
        telemetry::listening(self.address);
        let timeouts = Timeouts {
            head: settings.header_timeout.min(MAX_TIMEOUT),
            idle: settings.idle_timeout.min(MAX_TIMEOUT),
            write: settings.write_timeout.min(MAX_TIMEOUT),
        };
        let listener = Listener::new(listener, settings.max_connections);
        let connections = Connections::new(server, settings.ready, timeouts);
        #[cfg(feature = "tls")]
        let connections = connections.with_tls(self.tls);
        let mut connections = connections;
        connections.accept_until(shutdown.boxed(), &listener).await;
        telemetry::shutting_down(settings.drain, settings.grace);
        connections.drain();
        connections.accept_until(sleep(settings.drain.min(MAX_TIMEOUT)).boxed(), &listener).await;
        connections.stop();
        let deadline = Instant::now() + settings.grace.min(MAX_TIMEOUT);
        // An error is a time-out: there was no permit for all.
        let _ = timeout_at(deadline, connections.accept_rest(listener)).await;
        connections.close(deadline).await;
        Ok(())
    }
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
    /// The files for TLS can't be used.
    #[cfg(feature = "tls")]
    #[error("can't serve TLS")]
    Tls(#[from] TlsError),
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("HttpServer");
        debug
            .field("address", &self.address)
            .field("header_timeout", &self.header_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("write_timeout", &self.write_timeout)
            .field("max_connections", &self.max_connections)
            .field("drain", &self.drain)
            .field("grace", &self.grace);
        #[cfg(feature = "tls")]
        debug.field("tls", &self.tls);
        debug.finish_non_exhaustive()
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
