//! Sends with reqwest.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use rustls::AlertDescription;

use crate::error::BuildError;
use crate::http_settings::HttpSettings;
use crate::transport::{Body, FreshConnection, SendFuture, Transport, TransportError, TransportErrorKind};

/// Sends over HTTP/1.1, with TLS by rustls: the default [`Transport`].
///
/// Clones share their connections and their certificates. To save both, pass clones of one transport to
/// [`Builder::transport`](crate::Builder::transport) of many clients. [`HttpSettings`] lists the settings and their
/// defaults.
///
/// Redirects are not followed and nothing is decompressed: a signature covers the path and the bytes on the wire. A request
/// whose last attempt failed in transit is sent on a new connection. Each request has a `User-Agent` with this crate's name
/// and version.
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
        Self::with_settings(&HttpSettings::new())
    }

    /// Creates a transport with these settings.
    ///
    /// # Errors
    /// Returns [`BuildError::HttpSetting`] if a setting cannot be used, and [`BuildError::Http`] if there is no certificate
    /// to trust.
    pub fn with_settings(settings: &HttpSettings) -> Result<Self, BuildError> {
        let build = |http: reqwest::ClientBuilder| http.build().map_err(|error| BuildError::Http(error.into()));
        let http = settings.client_builder()?;
        Ok(Self { pooled: build(http)?, fresh: build(settings.client_builder()?.pool_max_idle_per_host(0))? })
    }
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
