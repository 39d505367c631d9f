//! The connections of a server: each has a task, which ends with its connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_signing::catch_panic::CatchPanic;
use bytes::Buf;
use futures_util::future::{self, BoxFuture, Either};
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{Either as EitherBody, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service;

use crate::listener::{Accepted, Listener};
use crate::progress::Progress;
use crate::refusal::BoxError;
use crate::remote_addr::RemoteAddr;
use crate::request_body::RequestBody;
use crate::stage::Stage;
use crate::stream::{Stream, Timeouts};
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The maximum size of a request's head in bytes: many times what a client sends, and small enough to be stored for
/// every connection. hyper checks it between two reads, so that up to twice as much may arrive. hyper's own limit is
/// over 400 KB.
const HEAD_LIMIT: usize = 64 * 1024;
/// How long tasks that are aborted may take. A task whose handler blocks its thread is left behind.
const ABORT_TIME: Duration = Duration::from_millis(100);
/// How long a readiness check may take: longer than most probes wait.
const READY_TIME: Duration = Duration::from_secs(5);

/// The path at which the readiness is answered.
pub(crate) const READY_PATH: &str = "/ready";

/// Returns whether the program can answer requests.
pub(crate) type ReadyCheck = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// What the connections of a server have in common.
#[derive(Clone)]
struct Shared<S> {
    server: S,
    ready: Option<ReadyCheck>,
    stage: Arc<Stage>,
}

/// The response of the service, or one to a probe of the readiness.
type Answered<R> = Response<EitherBody<R, Empty<<R as Body>::Data>>>;

/// The connections of a server.
pub(crate) struct Connections<S> {
    shared: Shared<S>,
    http: http1::Builder,
    timeouts: Timeouts,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    tasks: JoinSet<()>,
    /// Whether the server stops. A change makes every task look at the stage.
    wake: watch::Sender<bool>,
}

impl<S, R> Connections<S>
where
    S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    R: Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    pub(crate) fn new(server: S, ready: Option<ReadyCheck>, timeouts: Timeouts) -> Self {
        let mut http = http1::Builder::new();
        // `Stream` limits the time. A client that sends no more after its request still waits for the response.
        http.header_read_timeout(None).half_close(true).max_buf_size(HEAD_LIMIT);
        let shared = Shared { server, ready, stage: Arc::new(Stage::new()) };
        Self {
            shared,
            http,
            timeouts,
            #[cfg(feature = "tls")]
            tls: None,
            tasks: JoinSet::new(),
            wake: watch::Sender::new(false),
        }
    }

    /// From now on, connections begin with a TLS handshake.
    #[cfg(feature = "tls")]
    pub(crate) fn with_tls(self, tls: Option<Tls>) -> Self {
        Self { tls, ..self }
    }

    /// From now on, the readiness fails, and each response closes its connection.
    pub(crate) fn drain(&self) {
        self.shared.stage.drain();
    }

    /// From now on, connections on which no request is under way are closed.
    pub(crate) fn stop(&self) {
        self.shared.stage.stop();
        self.wake.send_replace(true);
    }

    /// Accepts connections until the future resolves.
    pub(crate) async fn accept_until(&mut self, mut end: BoxFuture<'static, ()>, listener: &Listener) {
        // The end comes first: connections may come without a pause.
        while let Either::Right((accepted, _)) = future::select(&mut end, pin!(listener.accept())).await {
            self.open(accepted);
        }
    }

    /// Accepts the connections that wait in the backlog, and stops listening.
    pub(crate) async fn accept_rest(&mut self, listener: Listener) {
        let Ok(backlog) = listener.into_backlog() else { return };
        while let Some(accepted) = backlog.next().await {
            self.open(accepted);
        }
    }

    /// Serves a connection, in a task of its own. The permit is released with the connection.
    fn open(&mut self, (tcp, address, permit): Accepted) {
        // Responses are small and are sent at once.
        let _ = tcp.set_nodelay(true);
        let connection = Connection {
            shared: self.shared.clone(),
            http: self.http.clone(),
            timeouts: self.timeouts,
            address,
            wake: self.wake.subscribe(),
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            let handshake = tls.handshake(tcp, address, self.timeouts.head, self.wake.subscribe());
            self.spawn(permit, async move {
                if let Some(stream) = handshake.await {
                    connection.serve(stream).await;
                }
            });
            return;
        }
        self.spawn(permit, connection.serve(tcp));
    }

    fn spawn(&mut self, permit: OwnedSemaphorePermit, connection: impl Future<Output = ()> + Send + 'static) {
        // Another service may panic, with a payload that panics again when the task is joined.
        let connection = CatchPanic::new(connection);
        self.tasks.spawn(async move {
            let _ = connection.await;
            drop(permit);
        });
        while self.tasks.try_join_next().is_some() {}
    }

    /// Waits until the last connection is closed. Those that are left at the deadline are aborted.
    pub(crate) async fn close(mut self, deadline: Instant) {
        let closing = async { while self.tasks.join_next().await.is_some() {} };
        if timeout_at(deadline, closing).await.is_err() {
            while self.tasks.try_join_next().is_some() {}
            let open = self.tasks.len();
            tracing::warn!(target: "alipayplus_server", connections = open, "closed connections after the grace time");
            let _ = timeout(ABORT_TIME, self.tasks.shutdown()).await;
        }
    }
}

/// A connection that has been accepted.
struct Connection<S> {
    shared: Shared<S>,
    http: http1::Builder,
    timeouts: Timeouts,
    address: SocketAddr,
    wake: watch::Receiver<bool>,
}

impl<S, R> Connection<S>
where
    S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    R: Body + Send + 'static,
    R::Data: Send,
    R::Error: Into<BoxError>,
{
    /// Serves the requests on a stream until it is closed.
    ///
    /// This is not an `async fn`, because such a function stores its arguments beside what they become.
    fn serve<T>(self, stream: T) -> impl Future<Output = ()> + Send
    where
        T: AsyncRead + AsyncWrite + Send + 'static,
    {
        let Self { shared, http, timeouts, address, mut wake } = self;
        let progress = Arc::new(Progress::new(Arc::clone(&shared.stage)));
        let stream = Stream::new(stream, Arc::clone(&progress), timeouts);
        let service = service_fn(move |request| shared.answer(address, Arc::clone(&progress), request));
        let connection = http.serve_connection(TokioIo::new(stream), service);
        async move {
            let mut connection = pin!(connection);
            let is_open = match future::select(pin!(wake.changed()), connection.as_mut()).await {
                Either::Left(_) => true,
                Either::Right(_) => false,
            };
            if is_open {
                // A client that disconnects or sends no HTTP is not worth a log line.
                let _ = connection.await;
            }
        }
    }
}

impl<S, R> Shared<S>
where
    S: Service<Request<RequestBody>, Response = Response<R>, Error = Infallible> + Clone,
    R: Body,
{
    /// Passes a request to the service.
    ///
    /// This is not an `async fn`, so that `Progress` knows of the request before hyper reads more.
    fn answer(
        &self,
        address: SocketAddr,
        progress: Arc<Progress>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Answered<R>, Infallible>> + use<S, R> {
        let mut request = request.map(|body| RequestBody::new(body, Arc::clone(&progress)));
        request.extensions_mut().insert(RemoteAddr(address));
        let mut shared = self.clone();
        async move {
            let mut response = if let Some(ready) = shared.ready.take_if(|_| is_probe(&request)) {
                readiness(&shared.stage, ready).await.map(EitherBody::Right)
            } else {
                poll_fn(|context| shared.server.poll_ready(context)).await?;
                shared.server.call(request).await?.map(EitherBody::Left)
            };
            progress.answered();
            // hyper closes a connection on which the service has not read the whole body.
            let is_last = progress.is_waiting() && progress.is_unread();
            if is_last || !shared.stage.is_running() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        }
    }
}

/// Answers a probe of the readiness.
async fn readiness<D: Buf>(stage: &Stage, ready: ReadyCheck) -> Response<Empty<D>> {
    // A check that panics fails.
    let check = CatchPanic::new(async { ready().await });
    let is_ready = stage.is_running() && matches!(timeout(READY_TIME, check).await, Ok(Ok(true)));
    let mut response = Response::new(Empty::new());
    if !(is_ready && stage.is_running()) {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}

fn is_probe<B>(request: &Request<B>) -> bool {
    request.uri().path() == READY_PATH && matches!(*request.method(), Method::GET | Method::HEAD)
}
