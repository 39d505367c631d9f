//! The state of one exchange: a request and what is known about it so far.

use std::borrow::Cow;
use std::net::SocketAddr;

use alipayplus_signing::SigningInput;
use bytes::Bytes;
use http::HeaderValue;
use http::request::Parts;
use http::uri::PathAndQuery;

use crate::caller::SignedRequest;
use crate::deadline::Deadline;
use crate::header::{CLIENT_ID, REQUEST_TIME, SIGNATURE, TRACEPARENT, TRACER_ID, single_value};
use crate::message::RefusalEncoder;
use crate::receive::Permit;
use crate::rejection::Rejection;
use crate::remote_addr::RemoteAddr;
use crate::router::{Route, Router};
use crate::settings::Settings;

/// A request and what is known about it so far.
pub(crate) struct Exchange<'a> {
    router: &'a Router,
    pub(crate) parts: &'a Parts,
    route: Option<&'a Route>,
    /// The path and query that the client signed.
    signed_uri: Cow<'a, str>,
    /// The version of the key that verified the request's signature. The response is signed if it is `Some`.
    pub(crate) verified_by: Option<u64>,
    /// Held until the response is made.
    pub(crate) permit: Option<Permit>,
    pub(crate) deadline: Deadline,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(router: &'a Router, parts: &'a Parts) -> Self {
        let route = router.route(parts.uri.path());
        Self {
            router,
            parts,
            route,
            signed_uri: router.settings().signed_uri(route.map(|route| route.name), &parts.uri),
            verified_by: None,
            permit: None,
            deadline: Deadline::new(router.settings().request_deadline(route.map(|route| route.timeout))),
        }
    }

    /// Returns the route of the request's path, or why there is none.
    pub(crate) fn route(&self) -> Result<&'a Route, Rejection> {
        self.route.ok_or_else(|| self.router.not_found(self.parts.uri.path()))
    }

    /// Returns the operation's name.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.route.map(|route| route.name)
    }

    /// Returns what a signature of this exchange covers: the request's method and URI, with the time and the body of
    /// either the request or the response.
    pub(crate) fn signing_input<'c>(&'c self, client_id: &'c str, time: &'c str, body: &'c [u8]) -> SigningInput<'c> {
        SigningInput { method: self.parts.method.as_str(), uri: &self.signed_uri, client_id, time, body }
    }

    /// Returns what the client signed, once its signature was verified.
    pub(crate) fn signed_request(&self, body: Bytes) -> SignedRequest {
        let header = |name| self.parts.headers.get(name).cloned().unwrap_or(HeaderValue::from_static(""));
        let root = || PathAndQuery::from_static("/");
        let uri = match &self.signed_uri {
            Cow::Borrowed(_) => self.parts.uri.path_and_query().cloned().unwrap_or_else(root),
            // The settings that it was made of were checked.
            Cow::Owned(uri) => uri.parse().unwrap_or_else(|_| root()),
        };
        SignedRequest {
            method: self.parts.method.clone(),
            uri,
            time: header(REQUEST_TIME),
            signature: header(SIGNATURE),
            body,
        }
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.router.settings()
    }

    /// Returns the encoder of refusals: that of the operation, or the fallback for paths of no operation.
    pub(crate) fn refusal_encoder(&self) -> RefusalEncoder {
        self.route.map_or(self.router.fallback(), |route| route.refusal_encoder)
    }

    /// Returns the Client-Id if the header has exactly one readable value.
    pub(crate) fn client_id(&self) -> Option<&'a str> {
        single_value(&self.parts.headers, &CLIENT_ID).ok()
    }

    /// Returns the Client-Id if the key ring has it. The request may not be that client's, unless its signature was verified.
    #[cfg(feature = "metrics")]
    pub(crate) fn known_client(&self) -> Option<&'a str> {
        let is_known = |id: &&str| self.verified_by.is_some() || self.settings().callers.is_known(id);
        self.client_id().filter(is_known)
    }

    /// Returns the Tracer-Id if the header has exactly one readable value.
    pub(crate) fn tracer_id(&self) -> Option<&'a str> {
        single_value(&self.parts.headers, &TRACER_ID).ok()
    }

    /// Returns the `traceparent` of W3C Trace Context if the header has exactly one readable value.
    pub(crate) fn traceparent(&self) -> Option<&'a str> {
        single_value(&self.parts.headers, &TRACEPARENT).ok()
    }

    /// Returns where the request came from, if the HTTP server says so.
    pub(crate) fn remote_addr(&self) -> Option<SocketAddr> {
        self.parts.extensions.get::<RemoteAddr>().map(|address| address.0)
    }

    /// Returns whether the request has neither header of a caller. Most likely it is from a health check or a browser.
    pub(crate) fn is_probe(&self) -> bool {
        let headers = &self.parts.headers;
        !headers.contains_key(CLIENT_ID) && !headers.contains_key(SIGNATURE)
    }

    /// Returns whether a refusal is signed although the request was not verified: if the setting says so, and only for
    /// a known Client-Id. A signature over any other text could also be one over an answer to another client.
    pub(crate) fn signs_refusal(&self) -> bool {
        let settings = self.settings();
        settings.sign_refusals && self.client_id().is_some_and(|client_id| settings.callers.is_known(client_id))
    }
}
