//! How requests are sent: to a service in the same process, or with your own [`Transport`].

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use tower::{Service, ServiceExt as _};

// The crates whose types an implementation of `Transport` names.
pub use {bytes, http, http_body};

/// A boxed error, used as a source.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The future that [`Transport::send`] returns.
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Sends a request and returns its response.
///
/// The default is `HttpTransport`, with reqwest. [`InProcess`] passes requests to a service in the same process;
/// [`Builder::transport`](crate::Builder::transport) sets it or your own implementation. A transport sends each request
/// once. The client does the rest: retries, time-outs and all checks. A transport must not follow redirects, and must not
/// change or decompress a body, because signatures cover the exact bytes. When the future is dropped, the exchange must
/// be cancelled.
///
/// ```
/// use alipayplus_client::transport::{
///     SendFuture, Transport, TransportError, TransportErrorKind, bytes, http,
/// };
///
/// struct Unplugged;
///
/// impl Transport for Unplugged {
///     fn send(&self, _request: http::Request<bytes::Bytes>) -> SendFuture<'_> {
///         let kind = TransportErrorKind::Connect;
///         let error = TransportError::new(kind, "no network");
///         Box::pin(async { Err(error) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request, whose URI has a scheme and an authority. The future resolves when the headers of the response
    /// have arrived.
    ///
    /// # Errors
    /// The future resolves to a [`TransportError`] if the headers of the response never arrive.
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_>;
}

/// Lets many clients share a transport, whatever its type.
impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        (**self).send(request)
    }
}

/// An extension of a request that is repeated because its last attempt failed in transit.
///
/// A transport that keeps connections sends such a request on a new one: others that it kept may be broken in the same
/// way.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FreshConnection;

/// The body of a response, which is read in chunks, so that the body limit holds while reading; or of a request to a
/// service in the same process.
pub struct Body(UnsyncBoxBody<Bytes, BoxError>);

impl Body {
    /// Wraps any body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self(body.map_err(Into::into).boxed_unsync())
    }
}

/// Wraps a body that is complete.
impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::new(Full::new(bytes))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// An error of sending a request or of receiving its response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    source: BoxError,
}

impl TransportError {
    /// Creates an error. The source may be logged, so it must not hold a key, a body or a customer's data.
    pub fn new(kind: TransportErrorKind, source: impl Into<BoxError>) -> Self {
        Self { kind, source: source.into() }
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

/// The kind of a transport error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be made: name resolution, network or port, or the peer left while TLS began.
    Connect,
    /// TLS failed: the certificate, the name in it, or the protocol. Not retryable.
    Tls,
    /// The attempt took longer than its time-out.
    Timeout,
    /// The connection broke before the headers of the response arrived.
    Send,
    /// The connection broke within the body of the response.
    Receive,
    /// The transport cannot send the request because of its settings. Not retryable.
    Request,
}

impl TransportErrorKind {
    /// Returns whether a retry can help: `true` for every kind but [`Tls`](Self::Tls) and [`Request`](Self::Request).
    #[must_use]
    pub fn is_retryable(self) -> bool {
        !matches!(self, Self::Tls | Self::Request)
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection could not be made",
            Self::Tls => "TLS failed",
            Self::Timeout => "the attempt timed out",
            Self::Send => "the connection broke before the response",
            Self::Receive => "the connection broke within the response",
            Self::Request => "the transport cannot send the request",
        })
    }
}

/// Passes requests to a service in the same process. Everything but TCP and TLS takes place.
///
/// Each request goes to a clone of the service. As on a server, its URI has only the path, and `Host` names the
/// authority.
pub struct InProcess<S>(Mutex<S>);

impl<S> InProcess<S> {
    /// Passes requests to this service.
    pub fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S: Clone> InProcess<S> {
    fn service(&self) -> S {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S, B> Transport for InProcess<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<BoxError>, Future: Send> + Clone + Send + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        let request = in_origin_form(request).map(Body::from);
        let service = self.service();
        Box::pin(async move {
            match service.oneshot(request).await {
                Ok(response) => Ok(response.map(Body::new)),
                Err(error) => Err(TransportError::new(TransportErrorKind::Send, error)),
            }
        })
    }
}

/// Moves the authority of the URI to `Host`.
fn in_origin_form<T>(mut request: Request<T>) -> Request<T> {
    let uri = request.uri();
    let host = uri.authority().map(|host| HeaderValue::from_str(host.as_str()));
    let path = uri.path_and_query().cloned().map(Uri::from);
    if let Some(Ok(host)) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    if let Some(path) = path {
        *request.uri_mut() = path;
    }
    request
}

impl<S> fmt::Debug for InProcess<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}
