//! The service: the checks of a request, in order.
//!
//! The cheapest checks come first, and each has its own answer:
//!
//! | check, in order | step | answered by the code for |
//! |---|---|---|
//! | path of no operation | [`Exchange::route`] | the path; with HTTP 404 if no header is that of a caller |
//! | method | [`receive::method`] | the method |
//! | media type | [`receive::media_type`] | the media type |
//! | in-flight limit | [`receive::acquire_permit`] | overload |
//! | size | [`receive::body`] | only HTTP 413, or 408 if the body is too slow |
//! | Client-Id missing or doubled | [`verify::client_id`] | the client |
//! | Signature or time header missing or doubled, grammar, algorithm | [`verify::headers`] | the signature |
//! | Client-Id unknown | [`verify::keys`] | the client |
//! | key version unknown | [`verify::keys`] | the key |
//! | time unreadable or not fresh | [`verify::time`] | the signature |
//! | RSA | [`verify::signature`] | the signature |
//! | client not allowed this operation | [`verify::authorize`] | access |
//! | JSON, schema | [`ErasedHandler::decode`](handler::ErasedHandler::decode) | an invalid request, with the members |
//! | handler fails, panics, is late | [`handler::run`] | an internal error |
//! | by the handler | [`handler::run`] | its answer, or its refusal's own code |
//!
//! The checks before the size refuse at once, but what still comes of the body is read and dropped first. The other
//! checks of the head are made before the body is read, and their rejections are sent after it, in the order above.
//! While its body is read, such a request has no permit, and its body is counted but not stored: an unauthenticated
//! client that sends slowly occupies only its connection.
//!
//! Before all of them, `CONNECT` is refused by [`receive::no_tunnel`], with HTTP 405 and no message.
//!
//! From RSA on, responses are signed. A setting signs earlier refusals, too, but only for a known Client-Id, and only
//! with a permit: if no request may be in flight, no refusal is signed.
//!
//! The whole exchange has one deadline. The steps that wait (body, handler, signing) have theirs within it.
//!
//! What panics outside of the handler, the signer and the check of access, such as a clock, is answered by HTTP 500.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use alipayplus_signing::catch_panic::{CatchPanic, Panicked};
use alipayplus_signing::{CandidateKeys, SignatureHeader};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Request;
use http::request::Parts;
use http_body::Body;
use tower_service::Service;
use tracing::Instrument as _;

use crate::caller::Caller;
#[cfg(feature = "diagnose")]
use crate::diagnosis;
use crate::exchange::Exchange;
use crate::message::HandlerOutput;
use crate::receive::{self, Buffering, Permit};
use crate::refusal::BoxError;
use crate::rejection::Rejection;
use crate::request_log::{self, RequestLogGuard};
use crate::respond::{Response, panicked, respond};
use crate::router::{Route, Router};
use crate::settings::Settings;
use crate::{handler, verify};

/// The service is ready once the signer has been checked. From then on it is always ready: a request over the limit is
/// refused at once instead of being queued.
impl<B> Service<Request<B>> for Router
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.poll_start_check(context).map(Ok)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Box::pin(serve_request(self.clone(), request).map(Ok))
    }
}

/// Answers one request.
///
/// This is not an `async fn`, because such a function stores its arguments beside what they become, which doubled the
/// size of the future.
fn serve_request<B>(router: Router, request: Request<B>) -> impl Future<Output = Response>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    async move {
        let mut exchange = Exchange::new(&router, &parts);
        let span = request_log::span(&exchange);
        let answering = async {
            let guard = RequestLogGuard::new(&exchange);
            let answered = CatchPanic::new(async {
                let output = check(&mut exchange, pin!(body)).await;
                respond(&exchange, output).await
            });
            let (response, mut record) = answered.await.unwrap_or_else(|Panicked| panicked());
            record.key_version = exchange.verified_by;
            guard.emit(&record, &exchange);
            response
        };
        answering.instrument(span).await
    }
}

/// Runs the checks in the order of the table above, one per line, and then the handler.
async fn check<B>(exchange: &mut Exchange<'_>, body: Pin<&mut B>) -> Result<HandlerOutput, Rejection>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (settings, parts) = (exchange.settings(), exchange.parts);
    let (route, permit) = match admit(exchange) {
        Ok(admitted) => admitted,
        Err(rejection) => {
            receive::discard(settings, parts, body, exchange.deadline.body(settings)).await;
            return Err(rejection);
        }
    };
    let head = check_head(settings, parts);
    exchange.permit = head.is_ok().then_some(permit);
    let buffering = if head.is_ok() { Buffering::Buffer } else { Buffering::Discard };
    let body = receive::body(settings, parts, body, buffering, exchange.deadline.body(settings)).await?;

    let Head { client_id, signature, time, keys } = head?;
    let verified = verify::signature(&keys, &signature, &exchange.signing_input(client_id, time, &body));
    #[cfg(feature = "diagnose")]
    if verified.is_err() {
        diagnosis::start(exchange, &exchange.signing_input(client_id, time, &body));
    }
    let key_version = verified?;
    exchange.verified_by = Some(key_version);

    verify::authorize(settings, route.name, client_id)?;
    let body = Bytes::from(body);
    let caller = Caller::new(client_id, key_version, exchange.tracer_id(), exchange.signed_request(body.clone()));
    let handler = route.handler.decode(&caller, &body)?;
    handler::run(handler, exchange.deadline.handler(settings)).await
}

/// Runs the checks that refuse a request before its body is read.
fn admit<'a>(exchange: &Exchange<'a>) -> Result<(&'a Route, Permit), Rejection> {
    receive::no_tunnel(exchange.parts)?;
    let route = exchange.route()?;
    receive::method(route.method, exchange.parts)?;
    receive::media_type(exchange.parts)?;
    let permit = receive::acquire_permit(exchange.settings())?;
    Ok((route, permit))
}

/// What is known from the head and was checked without the body.
struct Head<'a> {
    client_id: &'a str,
    signature: SignatureHeader,
    time: &'a str,
    keys: CandidateKeys,
}

/// Runs the checks of the head in the order of the table above, one per line.
fn check_head<'a>(settings: &Settings, parts: &'a Parts) -> Result<Head<'a>, Rejection> {
    let client_id = verify::client_id(parts)?;
    let (signature, time) = verify::headers(parts)?;
    let keys = verify::keys(settings, client_id, &signature)?;
    verify::time(settings, time)?;
    Ok(Head { client_id, signature, time, keys })
}
