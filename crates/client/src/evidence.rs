//! The exact headers and bytes of an exchange, to keep and to verify again.

use std::fmt;

use alipayplus_signing::{
    Clock, Freshness, FreshnessError, Timestamp, TrustedKeys, is_ambiguous_client_id, parse_time,
};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri};

use crate::error::detail::{SignatureError, UnverifiedError};
use crate::header::{CLIENT_ID, REQUEST_TIME, single_value};
use crate::verify::{SentRequest, response_time};

/// The exact headers and bytes of a request and its response: all that is needed to verify both signatures again.
///
/// Store it as its [text](Self::to_text), which [`FromStr`](std::str::FromStr) reads back; serde uses the same text.
/// [`verify`](Self::verify) checks it years later, by the times that it holds.
///
/// ```
/// # fn example(
/// #     stored: &str,
/// #     ours: &alipayplus_client::TrustedKeys,
/// #     mpp: &alipayplus_client::TrustedKeys,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use alipayplus_client::{Evidence, Freshness};
///
/// let evidence: Evidence = stored.parse()?;
/// let verified = evidence.verify(ours, mpp, &Freshness::default())?;
/// println!("asked at {}", verified.request_time);
/// println!("answered at {}", verified.response_time);
/// # Ok(())
/// # }
/// ```
///
/// It holds a customer's data. `Debug` prints only lengths; protect the rest where you store it.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) signed_path: PathAndQuery,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_body: Bytes,
    pub(crate) status: StatusCode,
    pub(crate) response_headers: HeaderMap,
    pub(crate) response_body: Bytes,
}

/// What [`Evidence::verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedEvidence {
    /// The version of the client's key that signed the request.
    pub request_key_version: u64,
    /// The time of the request, by the client's clock.
    pub request_time: Timestamp,
    /// The version of the server's key that signed the response.
    pub response_key_version: u64,
    /// The time of the response, by the server's clock.
    pub response_time: Timestamp,
}

/// The reason why [`Evidence::verify`] does not accept an exchange: which of the two messages is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A header of the request that both signatures cover is missing, repeated or not valid, so that neither can be
    /// verified.
    #[error("the {name} of the request is missing, repeated or not valid")]
    RequestHeader {
        /// The name of the header.
        name: &'static str,
    },
    /// The response is not verified.
    #[error("the response is not verified")]
    Response(#[from] UnverifiedError),
    /// The signature of the request is not accepted. That of the response is.
    #[error("the signature of the request is not accepted")]
    Request(#[from] SignatureError),
}

impl Evidence {
    /// Creates evidence of an exchange that was made without a [`Client`](crate::Client), or was kept in another form.
    /// The signed path is that of the request, unless [`with_signed_path`](Self::with_signed_path) sets another.
    #[must_use]
    pub fn new(request: Request<Bytes>, response: Response<Bytes>) -> Self {
        let (request, request_body) = request.into_parts();
        let (response, response_body) = response.into_parts();
        let signed_path = request.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
        Self {
            method: request.method,
            uri: request.uri,
            signed_path,
            request_headers: request.headers,
            request_body,
            status: response.status,
            response_headers: response.headers,
            response_body,
        }
    }

    /// Sets the path that both signatures cover, with its query if it has one.
    #[must_use]
    pub fn with_signed_path(self, path: PathAndQuery) -> Self {
        Self { signed_path: path, ..self }
    }

    /// Verifies both signatures, with the public keys that the client and the server had at the time.
    ///
    /// The response is verified first, as a client does: after [`EvidenceError::Request`], it is still proven what the
    /// server answered. Nothing is compared with the time now: the window of `freshness` is around the time of the request,
    /// and its clock is not used. The status is not signed, and the bodies are not decoded.
    ///
    /// # Errors
    /// Returns an [`EvidenceError`] if one of the messages is unsigned, was changed, or was signed with another key, if the
    /// response is for another client, or if its time does not fit that of the request.
    pub fn verify(
        &self,
        client_keys: &TrustedKeys,
        server_keys: &TrustedKeys,
        freshness: &Freshness,
    ) -> Result<VerifiedEvidence, EvidenceError> {
        let (sent, request_time) = self.sent()?;
        let freshness = freshness.clone().with_clock(Clock::from_fn(move || request_time));
        let response_key_version = sent.verify(&self.response_headers, &self.response_body, server_keys, &freshness)?;
        let response_time = response_time(&self.response_headers).and_then(parse_time);
        let response_time = response_time.ok_or(UnverifiedError::Freshness(FreshnessError::Unreadable))?;
        let request_key_version = sent.verify_request(&self.request_headers, &self.request_body, client_keys)?;
        Ok(VerifiedEvidence { request_key_version, request_time, response_key_version, response_time })
    }

    /// Returns what both signatures cover of the request, and its time. A Client-Id that contains a time is not valid: a
    /// signature over it could be one over other bytes of another client.
    fn sent(&self) -> Result<(SentRequest<'_>, Timestamp), EvidenceError> {
        let text =
            |name: HeaderName| single_value(&self.request_headers, &name).and_then(|value| str::from_utf8(value).ok());
        let client_id = text(CLIENT_ID).filter(|client_id| !is_ambiguous_client_id(client_id));
        let client_id = client_id.ok_or(EvidenceError::RequestHeader { name: "Client-Id" })?;
        let time = text(REQUEST_TIME).and_then(|time| Some((time, parse_time(time)?)));
        let (time, parsed) = time.ok_or(EvidenceError::RequestHeader { name: "Request-Time" })?;
        Ok((SentRequest { method: self.method(), uri: self.path(), client_id, time }, parsed))
    }

    /// Returns the HTTP method of the request, which both signatures cover.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the path that both signatures cover, with its query if it has one: that of the request, unless a proxy
    /// changes it, see [`signed_prefix`](crate::Builder::signed_prefix).
    #[must_use]
    pub fn path(&self) -> &str {
        self.signed_path.as_str()
    }

    /// Returns the full URI to which the request was sent.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the headers that this client set. The transport adds others, such as `Host`, which are not signed.
    #[must_use]
    pub fn request_headers(&self) -> &HeaderMap {
        &self.request_headers
    }

    /// Returns the body of the request.
    #[must_use]
    pub fn request_body(&self) -> &[u8] {
        &self.request_body
    }

    /// Returns the HTTP status of the response.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Returns all headers of the response.
    #[must_use]
    pub fn response_headers(&self) -> &HeaderMap {
        &self.response_headers
    }

    /// Returns the body of the response.
    #[must_use]
    pub fn response_body(&self) -> &[u8] {
        &self.response_body
    }
}

/// Prints only lengths.
impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = |headers: &HeaderMap| WithUnit(headers.len(), "headers");
        let bytes = |bytes: &Bytes| WithUnit(bytes.len(), "bytes");
        f.debug_struct("Evidence")
            .field("request_headers", &headers(&self.request_headers))
            .field("request_body", &bytes(&self.request_body))
            .field("status", &self.status())
            .field("response_headers", &headers(&self.response_headers))
            .field("response_body", &bytes(&self.response_body))
            .finish_non_exhaustive()
    }
}

/// A number with its unit.
struct WithUnit(usize, &'static str);

impl fmt::Debug for WithUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}
