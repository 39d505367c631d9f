//! What carries requests: reqwest, a service in the same process, or something of one's own.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use tower::{Service, ServiceExt as _};

// What a transport of one's own needs to name.
pub use {bytes, http, http_body};

/// Any error, as a source.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What [`Transport::send`] returns.
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Carries one request to the service and brings its answer.
///
/// reqwest does so unless the [builder](crate::Builder::transport) is told otherwise; [`InProcess`] hands requests to
/// a service in the same process. A transport sends once: repeating, time-outs, redirects (none) and all checks are
/// the client's. It must not change a body, nor un-compress one, as signatures cover the exact bytes. When its future
/// is dropped, the exchange is to be given up.
///
/// ```
/// use alipayplus_client::transport::{SendFuture, Transport, TransportError, TransportErrorKind, bytes, http};
///
/// struct Unplugged;
///
/// impl Transport for Unplugged {
///     fn send(&self, _request: http::Request<bytes::Bytes>) -> SendFuture<'_> {
///         Box::pin(async { Err(TransportError::new(TransportErrorKind::Connect, "no cable")) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request, whose URI has scheme and authority, and returns when the headers of the answer are there.
    ///
    /// # Errors
    /// The future resolves to a [`TransportError`] when no answer was had.
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_>;
}

/// The body of an answer, read piece by piece, so that a limit holds while reading.
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

/// A body that is there already.
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

/// Why no answer was had.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct TransportError {
    kind: TransportErrorKind,
    source: BoxError,
}

impl TransportError {
    /// An error of this kind. The source may be logged: it must hold no key, no body and no customer's data.
    pub fn new(kind: TransportErrorKind, source: impl Into<BoxError>) -> Self {
        Self { kind, source: source.into() }
    }

    /// What sort of error it is.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

/// The sorts of transport errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made: the name, the network, the port, or TLS.
    Connect,
    /// One attempt took longer than it may.
    Timeout,
    /// The connection broke before the headers of the answer were there.
    Send,
    /// The connection broke within the body of the answer.
    Receive,
    /// The request can't be made at all: the settings of the transport don't allow it. The only kind that asking again
    /// does not help.
    Request,
}

impl TransportErrorKind {
    /// Whether asking again can help: for each kind but [`Request`](Self::Request).
    #[must_use]
    pub fn is_retryable(self) -> bool {
        self != Self::Request
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection was made",
            Self::Timeout => "an attempt took too long",
            Self::Send => "the connection broke before the answer",
            Self::Receive => "the connection broke within the answer",
            Self::Request => "the request can't be made",
        })
    }
}

/// Sends by reqwest.
pub(crate) struct Reqwest(reqwest::Client);

impl Reqwest {
    /// Redirects are turned off, as a signature is for one path; so is un-compressing, as a signature covers the bytes
    /// on the wire. Another crate of the program can have switched the latter on.
    pub(crate) fn new(builder: reqwest::ClientBuilder) -> Result<Self, reqwest::Error> {
        let plain = builder.no_gzip().no_brotli().no_zstd().no_deflate();
        plain.redirect(reqwest::redirect::Policy::none()).build().map(Self)
    }
}

impl Transport for Reqwest {
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(from_reqwest)?;
            let response = self.0.execute(request).await.map_err(from_reqwest)?;
            Ok(Response::<reqwest::Body>::from(response).map(Body::new))
        })
    }
}

fn from_reqwest(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Request
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Send
    };
    // The operator knows the address; a proxy's, in the same place, can hold a password.
    TransportError::new(kind, error.without_url())
}

/// Hands requests to a service in the same process: everything but TCP and TLS takes place.
///
/// Each request goes to a clone of the service. As on a server, its URI is the path alone and `Host` names the
/// authority.
pub struct InProcess<S>(Mutex<S>);

impl<S> InProcess<S> {
    /// Hands requests to this service.
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
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        let request = in_origin_form(request).map(Full::new);
        let service = self.service();
        Box::pin(async move {
            match service.oneshot(request).await {
                Ok(response) => Ok(response.map(Body::new)),
                Err(error) => Err(TransportError::new(TransportErrorKind::Send, error)),
            }
        })
    }
}

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
