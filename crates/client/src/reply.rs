//! What an inquiry brings back.

use std::fmt;

use alipayplus_runtime::operation::Operation;
use alipayplus_runtime::violation::Violation;
use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

/// A verified answer: what it says, and the proof of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<O: Operation> {
    /// What is known about what was asked.
    pub outcome: O::Outcome,
    /// The message. Members that break the schema are left out: see [`violations`](Self::violations).
    pub response: O::Response,
    /// Members that were not due with this outcome, as JSON Pointers: a field of a payment that was not paid, or a
    /// member that is due only when it differs from another one. They show the operator that the other side reads the
    /// document in its own way. Members that the document lacks are not listed.
    pub ignored_members: Vec<String>,
    /// Where the response breaks the schema without a bearing on the outcome: an optional text that is empty, a result's
    /// message that is too long, and anything beside a result that decides on its own. Empty, as a rule.
    pub violations: Vec<Violation>,
    /// How many requests this call has sent, from 1.
    pub attempts: u32,
    pub(crate) evidence: Evidence,
}

impl<O: Operation> Reply<O> {
    /// The exact headers and bytes of the exchange, for disputes.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

/// The exact headers and bytes of one exchange, both ways: all that is needed to verify both signatures again.
///
/// It holds a customer's data. `Debug` prints lengths alone; what is done with the rest is up to the program.
#[derive(Clone)]
pub struct Evidence {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_body: Bytes,
    pub(crate) response_headers: HeaderMap,
    pub(crate) response_body: Bytes,
}

impl Evidence {
    /// The HTTP method of the request: the first of the parts that both signatures cover.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path of the request: the second of the parts that both signatures cover.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The whole URI of the request.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The headers that this client set. The transport added some of its own, such as `Host`; none that is signed.
    #[must_use]
    pub fn request_headers(&self) -> &HeaderMap {
        &self.request_headers
    }

    /// The bytes of the request.
    #[must_use]
    pub fn request_body(&self) -> &[u8] {
        &self.request_body
    }

    /// All headers of the answer.
    #[must_use]
    pub fn response_headers(&self) -> &HeaderMap {
        &self.response_headers
    }

    /// The bytes of the answer.
    #[must_use]
    pub fn response_body(&self) -> &[u8] {
        &self.response_body
    }
}

/// Prints lengths alone.
impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = |headers: &HeaderMap| Of(headers.len(), "headers");
        let bytes = |bytes: &Bytes| Of(bytes.len(), "bytes");
        f.debug_struct("Evidence")
            .field("request_headers", &headers(&self.request_headers))
            .field("request_body", &bytes(&self.request_body))
            .field("response_headers", &headers(&self.response_headers))
            .field("response_body", &bytes(&self.response_body))
            .finish_non_exhaustive()
    }
}

/// So many of something.
struct Of(usize, &'static str);

impl fmt::Debug for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}
