//! Receives a request: path, method, media type, permit and size. None of these steps depends on who sent it.

use std::pin::Pin;
use std::sync::Arc;

use alipayplus_signing::media_type;
use bytes::Buf;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body::Body;
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;

use crate::deadline::StepTimeout;
use crate::log_text::truncate_for_log;
use crate::refusal::BoxError;
use crate::rejection::Rejection;
use crate::settings::Settings;
use crate::telemetry::InFlight;

/// The greatest buffer, in bytes, that is allocated before any byte has arrived, whatever length the client announces.
const MAX_INITIAL_CAPACITY: usize = 16 * 1024;

/// How many bytes of a refused request's body are read, if the body limit is less: what common proxies forward by
/// default.
const DISCARD_LIMIT: usize = 1024 * 1024;

/// Refuses `CONNECT`: a response of status 200 would open a tunnel.
pub(crate) fn no_tunnel(parts: &Parts) -> Result<(), Rejection> {
    if parts.method == Method::CONNECT { Err(Rejection::Connect) } else { Ok(()) }
}

/// Checks the method.
pub(crate) fn method(expected: &'static str, parts: &Parts) -> Result<(), Rejection> {
    if parts.method.as_str() == expected {
        return Ok(());
    }
    Err(Rejection::Method { found: truncate_for_log(parts.method.as_str()), expected })
}

/// Checks `Content-Type` and `Accept`. Either may be absent.
pub(crate) fn media_type(parts: &Parts) -> Result<(), Rejection> {
    if !media_type::are_json(parts.headers.get_all(CONTENT_TYPE)) {
        return Err(Rejection::ContentType);
    }
    // Several headers are one list. A value that is not ASCII excludes nothing.
    let accepts: Result<Vec<&str>, _> = parts.headers.get_all(ACCEPT).iter().map(|value| value.to_str()).collect();
    if accepts.is_ok_and(|accepts| media_type::excludes_json(&accepts.join(","))) {
        return Err(Rejection::Accept);
    }
    Ok(())
}

/// A permit to be in flight, released when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _permit: OwnedSemaphorePermit,
    _gauge: InFlight,
}

/// Acquires a permit if one is free. Requests are not queued: their clients give up after a few seconds anyway.
pub(crate) fn acquire_permit(settings: &Settings) -> Result<Permit, Rejection> {
    let permit = Arc::clone(&settings.in_flight).try_acquire_owned();
    let limit = settings.concurrency_limit;
    let permit = permit.map_err(|_| Rejection::Overload { limit })?;
    Ok(Permit { _permit: permit, _gauge: InFlight::start() })
}

/// Whether the bytes of a body are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Buffering {
    /// The bytes are kept in one buffer.
    Buffer,
    /// The bytes are counted and discarded: the request is rejected anyway, and only its size may change the reason.
    Discard,
}

/// Reads the body into one buffer. The signature is verified over these bytes, and they are what is decoded.
pub(crate) async fn body<B>(
    settings: &Settings,
    parts: &Parts,
    mut body: Pin<&mut B>,
    buffering: Buffering,
    timeout: StepTimeout,
) -> Result<Vec<u8>, Rejection>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let announced = announced(parts, &*body);
    let reading = async {
        if announced > settings.body_limit {
            return Err(too_large(settings));
        }
        let capacity = if buffering == Buffering::Buffer { announced.min(MAX_INITIAL_CAPACITY) } else { 0 };
        read(body.as_mut(), Vec::with_capacity(capacity), settings, buffering).await
    };
    let read = timeout.run(reading).await.map_err(Rejection::BodyTimeout)?;
    if let Err(Rejection::TooLarge { .. }) = read {
        discard(settings, parts, body, timeout).await;
    }
    read
}

async fn read<B>(
    mut body: Pin<&mut B>,
    mut bytes: Vec<u8>,
    settings: &Settings,
    buffering: Buffering,
) -> Result<Vec<u8>, Rejection>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let mut room = settings.body_limit;
    while let Some(frame) = body.frame().await {
        // After an error or an exceeded limit of the transport, the connection can't be used any more.
        let frame = frame.map_err(|_| Rejection::BodyBroken)?;
        let Ok(mut data) = frame.into_data() else { continue };
        room = room.checked_sub(data.remaining()).ok_or_else(|| too_large(settings))?;
        while buffering == Buffering::Buffer && data.has_remaining() {
            let chunk = data.chunk();
            bytes.extend_from_slice(chunk);
            data.advance(chunk.len());
        }
    }
    Ok(bytes)
}

/// Reads what still comes of the body of a refused request and drops it, within limits of bytes and time.
///
/// Most servers close a connection on which a part of a request has not been read. That resets it: a client or a proxy
/// that is still sending loses the refusal.
pub(crate) async fn discard<B: Body>(settings: &Settings, parts: &Parts, mut body: Pin<&mut B>, timeout: StepTimeout) {
    let mut room = settings.body_limit.max(DISCARD_LIMIT);
    // A client that waits for `100 Continue` sends nothing after a refusal, and reading would ask it to.
    if announced(parts, &*body) > room || parts.headers.contains_key(EXPECT) {
        return;
    }
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Buf::remaining);
            let Some(left) = room.checked_sub(length) else { return };
            room = left;
        }
    };
    // Whether the body ended, broke, or was too long or too slow: the refusal is the same.
    let _ = timeout.run(reading).await;
}

/// Returns how many bytes the rest of the body has at least, according to its headers.
fn announced(parts: &Parts, body: &impl Body) -> usize {
    let announced = content_length(&parts.headers).max(Some(body.size_hint().lower()));
    announced.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// Returns the `Content-Length` if it can be parsed. The HTTP library checks that the body has this length.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(settings: &Settings) -> Rejection {
    Rejection::TooLarge { limit: settings.body_limit }
}
