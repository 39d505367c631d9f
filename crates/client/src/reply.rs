//! The verified response of a call.

use std::fmt;

use alipayplus_runtime::operation::Operation;
use alipayplus_runtime::violation::Violation;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, StatusCode, Uri};

/// A verified response: its outcome, its members, and the evidence for both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<O: Operation> {
    /// The outcome.
    pub outcome: O::Outcome,
    /// The decoded message, without the members that break the schema, see [`violations`](Self::violations).
    pub response: O::Response,
    /// Members that do not belong to this outcome, as JSON Pointers: a member of a payment that was not paid, or one that
    /// is sent only when it differs from another member. They show the operator that the server reads the document
    /// differently. Members that the schema does not know are not listed.
    pub ignored_members: Vec<String>,
    /// Where the response breaks the schema without changing the outcome: an empty optional text, a result message that
    /// is too long, and everything beside a result that decides by itself. Usually there is none.
    pub violations: Vec<Violation>,
    /// The number of requests that this call has sent, from 1.
    pub attempts: u32,
    pub(crate) evidence: Evidence,
}

impl<O: Operation> Reply<O> {
    /// Returns the exact headers and bytes of the exchange, for disputes.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

/// The exact headers and bytes of a request and its response: all that is needed to verify both signatures again.
///
/// It holds a customer's data. `Debug` prints only lengths; protect the rest where you store it.
#[derive(Clone)]
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

impl Evidence {
    /// Returns the HTTP method of the request, which both signatures cover.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the path that both signatures cover: that of the request, unless a proxy changes it, see
    /// [`signed_prefix`](crate::Builder::signed_prefix).
    #[must_use]
    pub fn path(&self) -> &str {
        self.signed_path.path()
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
