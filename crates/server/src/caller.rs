//! The client that sent a request.

use std::fmt;

use alipayplus_signing::SigningInput;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method};

/// The client whose signature was verified: what a handler knows about who sent the request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    client_id: Box<str>,
    key_version: u64,
    tracer_id: Option<Box<str>>,
    request: SignedRequest,
}

/// What the client signed, and its signature. These are the received values, which are shared and not copied.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SignedRequest {
    pub(crate) method: Method,
    pub(crate) uri: PathAndQuery,
    pub(crate) time: HeaderValue,
    pub(crate) signature: HeaderValue,
    pub(crate) body: Bytes,
}

impl Caller {
    pub(crate) fn new(client_id: &str, key_version: u64, tracer_id: Option<&str>, request: SignedRequest) -> Self {
        Self { client_id: client_id.into(), key_version, tracer_id: tracer_id.map(Into::into), request }
    }

    /// Creates a caller for unit tests of a handler, with the key version 1. No signature was verified, and what was signed
    /// is empty.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn testing(client_id: &str) -> Self {
        let request = SignedRequest {
            method: Method::POST,
            uri: PathAndQuery::from_static("/"),
            time: HeaderValue::from_static(""),
            signature: HeaderValue::from_static(""),
            body: Bytes::new(),
        };
        Self::new(client_id, alipayplus_signing::testing::TestKeys::KEY_VERSION, None, request)
    }

    /// Returns the Client-Id whose key verified the signature.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the version of the key that verified the signature, even if the request named no version.
    #[must_use]
    pub fn key_version(&self) -> u64 {
        self.key_version
    }

    /// Returns what the client signed: the method, the path and the bytes of its request. Together with
    /// [`signature`](Self::signature), it is the evidence that the client sent this request.
    ///
    /// The body may hold a customer's data.
    ///
    /// ```
    /// use alipayplus_server::signing::SignatureHeader;
    /// use alipayplus_server::{Caller, PublicKey};
    ///
    /// /// Verifies a request again.
    /// fn is_of_client(caller: &Caller, key: &PublicKey) -> bool {
    ///     let digest = caller.signing_input().digest();
    ///     match SignatureHeader::from_values([caller.signature()]) {
    ///         Ok(signature) => key.verify(&digest, &signature).is_ok(),
    ///         Err(_) => false,
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn signing_input(&self) -> SigningInput<'_> {
        SigningInput {
            method: self.request.method.as_str(),
            uri: self.request.uri.as_str(),
            client_id: &self.client_id,
            // It was read as text before its signature was verified.
            time: self.request.time.to_str().unwrap_or_default(),
            body: &self.request.body,
        }
    }

    /// Returns the `Signature` header of the request.
    #[must_use]
    pub fn signature(&self) -> &str {
        self.request.signature.to_str().unwrap_or_default()
    }

    /// Returns the `Tracer-Id` of the request, which some gateways send. It is **not** signed: use it only for logs.
    #[must_use]
    pub fn tracer_id(&self) -> Option<&str> {
        self.tracer_id.as_deref()
    }
}

/// Prints nothing of the request.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("client_id", &self.client_id)
            .field("key_version", &self.key_version)
            .field("tracer_id", &self.tracer_id)
            .finish_non_exhaustive()
    }
}
