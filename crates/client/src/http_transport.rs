//! Sends with reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};
use reqwest::ClientBuilder;
use rustls::AlertDescription;

use crate::error::BuildError;
use crate::transport::{Body, FreshConnection, SendFuture, Transport, TransportError, TransportErrorKind};

/// The default limit of one connection, below the 5 s of an attempt, so that a retry has time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Firewalls and load balancers forget idle connections without a word, the strictest of them after some ten seconds.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// As many as a busy client has in use at once.
const MAX_IDLE: usize = 256;
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));

/// Sends with reqwest: the default [`Transport`].
///
/// Clones share their connections and their certificates. To save both, pass clones of one transport to
/// [`Builder::transport`](crate::Builder::transport) of many clients.
///
/// These are the defaults, in place of reqwest's own:
///
/// | setting | default |
/// |---|---|
/// | `default_headers` | a `User-Agent` with this crate's name and version |
/// | `connect_timeout` | 3 s for name resolution, TCP and TLS; each address of the server gets an equal part for TCP |
/// | `pool_idle_timeout` | 10 s, so that no connection is used that a firewall has forgotten |
/// | `pool_max_idle_per_host` | 256 |
///
/// Redirects and decompression are always turned off: a signature covers the path and the bytes on the wire. A request
/// whose last attempt failed in transit is sent on a new connection.
#[derive(Clone)]
pub struct HttpTransport {
    pooled: reqwest::Client,
    /// Keeps no connection, so that each request gets a new one.
    fresh: reqwest::Client,
}

impl HttpTransport {
    /// Creates a transport with the default settings and the system's certificates.
    ///
    /// # Errors
    /// Returns [`BuildError::Http`] if the system has no certificates.
    pub fn new() -> Result<Self, BuildError> {
        Self::with_settings(|http| http)
    }

    /// Creates a transport with more settings than the default ones: a proxy, a private CA, a client certificate. The
    /// closure is called more than once.
    ///
    /// # Errors
    /// Returns [`BuildError::Http`] if reqwest does not accept the settings.
    pub fn with_settings(settings: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Self, BuildError> {
        let client = |adjust: fn(ClientBuilder) -> ClientBuilder| {
            let http = adjust(settings(default_settings())).no_gzip().no_brotli().no_zstd().no_deflate();
            http.redirect(reqwest::redirect::Policy::none()).build().map_err(BuildError::Http)
        };
        Ok(Self { pooled: client(|http| http)?, fresh: client(|http| http.pool_max_idle_per_host(0))? })
    }
}

/// Another crate of the program may have enabled reqwest's decompression, so it is turned off by name.
fn default_settings() -> ClientBuilder {
    reqwest::Client::builder()
        .default_headers(HeaderMap::from_iter([(header::USER_AGENT, USER_AGENT)]))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(MAX_IDLE)
}

/// Returns the limit of one connection within an attempt of this length.
pub(crate) fn connect_timeout(attempt: Duration) -> Duration {
    (attempt / 5 * 3).min(CONNECT_TIMEOUT)
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        Box::pin(async move {
            let is_fresh = request.extensions().get::<FreshConnection>().is_some();
            let http = if is_fresh { &self.fresh } else { &self.pooled };
            let request = reqwest::Request::try_from(request).map_err(from_reqwest)?;
            let response = http.execute(request).await.map_err(from_reqwest)?;
            Ok(Response::<reqwest::Body>::from(response).map(Body::new))
        })
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}

fn from_reqwest(error: reqwest::Error) -> TransportError {
    let kind = if error.is_builder() {
        TransportErrorKind::Request
    } else if is_final_tls_error(&error) {
        TransportErrorKind::Tls
    } else if error.is_connect() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Send
    };
    // The URL may be a proxy's, which can hold a password. The operator knows the server's.
    TransportError::new(kind, error.without_url())
}

/// Returns whether TLS failed in a way that another attempt does not change. A record that was damaged on its way, and
/// a peer with trouble of its own, can be different the next time.
fn is_final_tls_error(error: &(dyn StdError + 'static)) -> bool {
    find_tls_error(error).is_some_and(|error| {
        !matches!(
            error,
            rustls::Error::DecryptError
                | rustls::Error::AlertReceived(
                    AlertDescription::InternalError | AlertDescription::UserCanceled | AlertDescription::BadRecordMac
                )
        )
    })
}

/// Returns the TLS error among the causes. The source of an I/O error leaves out the error that it wraps.
fn find_tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(error) = error.downcast_ref() {
        return Some(error);
    }
    let wrapped = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => wrapped,
        None => error.source()?,
    };
    find_tls_error(wrapped)
}
