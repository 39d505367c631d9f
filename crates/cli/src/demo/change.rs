//! Changes of a request between the client and the sandbox.

use std::fmt;

use alipayplus_client::signing::SigningInput;
use alipayplus_client::transport::{BoxError, SendFuture};
use alipayplus_client::{HttpTransport, Transport, TransportError, TransportErrorKind, VersionedSigner};
use bytes::Bytes;
use http::{HeaderValue, Request, Uri};

/// A change of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    Method(&'static str),
    Path(&'static str),
    /// Replaces the value of a header.
    Header(&'static str, &'static str),
    /// Replaces a text in a header.
    InHeader(&'static str, &'static str, &'static str),
    /// Replaces a text in the body, after it was signed.
    Body(&'static str, &'static str),
    /// Replaces the body, and signs it with the client's key.
    SignedBody(&'static str),
}

impl Change {
    async fn apply(self, mut request: Request<Bytes>, signer: &VersionedSigner) -> Result<Request<Bytes>, BoxError> {
        match self {
            Self::Nothing => {}
            Self::Method(method) => *request.method_mut() = method.parse()?,
            Self::Path(path) => {
                let mut parts = request.uri().clone().into_parts();
                parts.path_and_query = Some(path.parse()?);
                *request.uri_mut() = Uri::from_parts(parts)?;
            }
            Self::Header(name, value) => {
                request.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            Self::InHeader(name, from, to) => {
                let value = header(&request, name)?.replacen(from, to, 1);
                request.headers_mut().insert(name, value.parse()?);
            }
            Self::Body(from, to) => {
                let body = String::from_utf8_lossy(request.body()).replacen(from, to, 1);
                *request.body_mut() = body.into();
            }
            Self::SignedBody(body) => {
                let input = SigningInput {
                    method: request.method().as_str(),
                    uri: request.uri().path(),
                    client_id: header(&request, "client-id")?,
                    time: header(&request, "request-time")?,
                    body: body.as_bytes(),
                };
                let signature = signer.sign(&input).await?.to_string();
                request.headers_mut().insert("signature", signature.parse()?);
                *request.body_mut() = Bytes::from_static(body.as_bytes());
            }
        }
        Ok(request)
    }
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Result<&'a str, BoxError> {
    let value = request.headers().get(name).ok_or_else(|| format!("the request has no {name}"))?;
    Ok(value.to_str()?)
}

/// Sends requests with a change.
pub(crate) struct ChangingTransport {
    pub(crate) http: HttpTransport,
    pub(crate) change: Change,
    /// The key of the client.
    pub(crate) signer: VersionedSigner,
}

impl fmt::Debug for ChangingTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangingTransport").field("change", &self.change).finish_non_exhaustive()
    }
}

impl Transport for ChangingTransport {
    fn send(&self, request: Request<Bytes>) -> SendFuture<'_> {
        Box::pin(async move {
            let changed = self.change.apply(request, &self.signer).await;
            let changed = changed.map_err(|error| TransportError::new(TransportErrorKind::Request, error))?;
            self.http.send(changed).await
        })
    }
}
