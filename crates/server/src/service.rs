//! One exchange: the order of checks.
//!
//! Cheap before dear, and each with its own answer:
//!
//! | check, in order | step | answered by the code for |
//! |---|---|---|
//! | path of no operation | [`Exchange::route`] | the path |
//! | method | [`receive::method`] | the method |
//! | media type | [`receive::media_type`] | the media type |
//! | in-flight limit | [`receive::admit`] | overload |
//! | size | [`receive::body`] | HTTP 413 alone; 408 when it comes too slowly |
//! | Client-Id missing or doubled | [`verify::client_id`] | the client |
//! | Signature or time header missing or doubled, grammar, algorithm | [`verify::headers`] | the signature |
//! | Client-Id unknown | [`verify::keys`] | the client |
//! | key version unknown | [`verify::keys`] | the key |
//! | time unreadable or not fresh | [`verify::time`] | the signature |
//! | RSA | [`verify::signature`] | the signature |
//! | client not allowed this operation | [`handle::access`] | access |
//! | JSON, schema | [`Dispatch::read`](handle::Dispatch::read) | what is illegal, with the places |
//! | handler fails, panics, is late | [`handle::run`] | the unexpected |
//! | by the handler | [`handle::run`] | its answer, or its refusal's own code |
//!
//! What the head alone is refused for is known before the body comes, and answered after it, in the order above. In
//! between such a request holds no place in flight and its body is counted, not kept: a stranger who sends slowly takes
//! a connection, and nothing else.
//!
//! From RSA on, answers are signed. A setting signs refusals before it, too, but only for a Client-Id that is known.
//!
//! All of it together has one deadline, and the steps that wait (body, handler, signing) have theirs within it.

use std::borrow::Cow;

use alipayplus_signing::{CandidateKeys, SignatureHeader, SigningInput};
use http::Request;
use http::request::Parts;
use http_body::Body;
use tracing::Instrument as _;

use crate::answer::{self, Refuser, Response};
use crate::caller::Caller;
use crate::core::{Core, Route};
use crate::deadline::Deadline;
use crate::handle::{self, Handled};
use crate::header::{CLIENT_ID, TRACER_ID};
use crate::observe::{self, Awaited};
use crate::reason::Reason;
use crate::receive::{self, Keep, Place, single};
use crate::refusal::BoxError;
use crate::settings::Settings;
use crate::verify;

/// What is known about one request so far.
pub(crate) struct Exchange<'a> {
    core: &'a Core,
    pub(crate) parts: &'a Parts,
    route: Option<&'a Route>,
    /// The path and query that the caller signed.
    pub(crate) signed_uri: Cow<'a, str>,
    /// The version of the key that verified the request's signature: if there is one, and only then, the answer is
    /// signed.
    pub(crate) verified_by: Option<u64>,
    /// Held until the answer is made.
    place: Option<Place>,
    pub(crate) deadline: Deadline,
}

/// Answers one request.
///
/// No `async fn`: such a one keeps its arguments beside what becomes of them, which doubled the future's size.
pub(crate) fn answer<B>(core: Core, request: Request<B>) -> impl Future<Output = Response>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    async move {
        let mut exchange = Exchange::new(&core, &parts);
        let name = exchange.route.map(|route| route.name);
        let span = observe::span(name, exchange.client_id(), exchange.tracer_id());
        let answering = async {
            let awaited = Awaited::new(name, exchange.deadline);
            let handled = check(&mut exchange, body).await;
            let (response, mut told) = answer::give(&exchange, handled).await;
            told.key_version = exchange.verified_by;
            awaited.tell(&told);
            response
        };
        answering.instrument(span).await
    }
}

/// The checks, one a line, in the order of the table above.
async fn check<B>(exchange: &mut Exchange<'_>, body: B) -> Result<Handled, Reason>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (settings, parts) = (exchange.core.settings(), exchange.parts);
    let route = exchange.route()?;
    receive::method(route, parts)?;
    receive::media_type(parts)?;
    let place = receive::admit(settings)?;
    let head = head(settings, parts);
    // To sign a refusal is work, which needs a place.
    exchange.place = (head.is_ok() || exchange.signs_refusal()).then_some(place);
    let keep = if head.is_ok() { Keep::Bytes } else { Keep::Nothing };
    let body = receive::body(settings, parts, body, keep, exchange.deadline.body(settings)).await?;

    let Head { client_id, signature, time, keys } = head?;
    let key_version = verify::signature(&keys, &signature, &exchange.content(client_id, time, &body))?;
    exchange.verified_by = Some(key_version);

    let caller = Caller::new(client_id, key_version, exchange.tracer_id());
    handle::access(settings, route, &caller)?;
    let handler = route.operation.read(&caller, &body)?;
    handle::run(handler, exchange.deadline.handler(settings)).await
}

/// What the head says and is checked for without the body.
struct Head<'a> {
    client_id: &'a str,
    signature: SignatureHeader,
    time: &'a str,
    keys: CandidateKeys,
}

/// The checks of the head, one a line, in the order of the table above.
fn head<'a>(settings: &Settings, parts: &'a Parts) -> Result<Head<'a>, Reason> {
    let client_id = verify::client_id(parts)?;
    let (signature, time) = verify::headers(parts)?;
    let keys = verify::keys(settings, client_id, &signature)?;
    verify::time(settings, time)?;
    Ok(Head { client_id, signature, time, keys })
}

impl<'a> Exchange<'a> {
    fn new(core: &'a Core, parts: &'a Parts) -> Self {
        let route = core.route(parts.uri.path());
        Self {
            core,
            parts,
            route,
            signed_uri: core.settings().signed_uri(route.map(|route| route.name), &parts.uri),
            verified_by: None,
            place: None,
            deadline: Deadline::new(core.settings().deadline(route.map(|route| route.wait))),
        }
    }

    /// The operation of the path.
    fn route(&self) -> Result<&'a Route, Reason> {
        self.route.ok_or_else(|| self.core.no_route(self.parts.uri.path()))
    }

    /// What a signature of this exchange covers: the request's method and URI, with either side's time and body.
    pub(crate) fn content<'c>(&'c self, client_id: &'c str, time: &'c str, body: &'c [u8]) -> SigningInput<'c> {
        SigningInput { method: self.parts.method.as_str(), uri: &self.signed_uri, client_id, time, body }
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.core.settings()
    }

    /// What makes the refusals: the operation's own code table, or the one for paths of no operation.
    pub(crate) fn refuser(&self) -> Refuser {
        self.route.map_or(self.core.unrouted(), |route| route.refuser)
    }

    /// The Client-Id, if there is exactly one that can be read.
    pub(crate) fn client_id(&self) -> Option<&'a str> {
        single(&self.parts.headers, &CLIENT_ID).ok()
    }

    /// Returns whether a refusal is signed although the request was not verified: if a setting says so, and only for a
    /// Client-Id that is known. A signature over any other text would also be one over an answer to another client.
    pub(crate) fn signs_refusal(&self) -> bool {
        let settings = self.settings();
        settings.sign_refusals && self.client_id().is_some_and(|client_id| settings.callers.is_known(client_id))
    }

    /// The Tracer-Id, if there is exactly one that can be read.
    pub(crate) fn tracer_id(&self) -> Option<&'a str> {
        single(&self.parts.headers, &TRACER_ID).ok()
    }
}
