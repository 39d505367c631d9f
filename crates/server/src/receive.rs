//! From a request to its bytes: path, method, media type, room and size. Nothing here looks at who asks.

use std::pin::pin;
use std::sync::Arc;

use bytes::Buf;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderName};
use http_body::Body;
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;

use crate::core::Route;
use crate::deadline::Limit;
use crate::reason::{HeaderFault, Reason, shown};
use crate::refusal::BoxError;
use crate::settings::Settings;
use crate::{media, observe};

/// What is set aside before a byte has come, whatever the sender promises.
const FIRST_CAPACITY: usize = 16 * 1024;

/// Checks the method.
pub(crate) fn method(route: &Route, parts: &Parts) -> Result<(), Reason> {
    if parts.method.as_str() == route.method {
        return Ok(());
    }
    Err(Reason::Method { found: shown(parts.method.as_str()), expected: route.method })
}

/// Checks `Content-Type` and `Accept`. Either may be absent.
pub(crate) fn media_type(parts: &Parts) -> Result<(), Reason> {
    let content_types = parts.headers.get_all(CONTENT_TYPE);
    if !content_types.iter().all(|value| value.to_str().is_ok_and(media::is_json)) {
        return Err(Reason::ContentType);
    }
    // Several headers are one list. A value that is not ASCII excludes nothing.
    let accepts: Result<Vec<&str>, _> = parts.headers.get_all(ACCEPT).iter().map(|value| value.to_str()).collect();
    if accepts.is_ok_and(|accepts| media::excludes_json(&accepts.join(","))) {
        return Err(Reason::Accept);
    }
    Ok(())
}

/// A place among the requests in flight, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _counted: observe::InFlight,
}

/// Takes a place, if one is free. Nobody waits for one: a caller gives up after seconds anyway.
pub(crate) fn admit(settings: &Settings) -> Result<Place, Reason> {
    let permit = Arc::clone(&settings.in_flight).try_acquire_owned();
    let limit = settings.concurrency_limit;
    let permit = permit.map_err(|_| Reason::Overload { limit })?;
    Ok(Place { _permit: permit, _counted: observe::InFlight::start() })
}

/// What becomes of a body's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// One buffer.
    Bytes,
    /// They are counted: the request is refused anyway, unless for its size.
    Nothing,
}

/// Reads the body into one buffer: what is verified and read is what came, byte for byte.
pub(crate) async fn body<B>(
    settings: &Settings,
    parts: &Parts,
    body: B,
    keep: Keep,
    limit: Limit,
) -> Result<Vec<u8>, Reason>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let promised = promised(&parts.headers).max(Some(body.size_hint().lower()));
    let promised = promised.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if promised > settings.body_limit {
        return Err(too_large(settings));
    }
    let capacity = if keep == Keep::Bytes { promised.min(FIRST_CAPACITY) } else { 0 };
    let reading = read(body, Vec::with_capacity(capacity), settings, keep);
    limit.wait(reading).await.map_err(Reason::BodyLate)?
}

async fn read<B>(body: B, mut bytes: Vec<u8>, settings: &Settings, keep: Keep) -> Result<Vec<u8>, Reason>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let mut room = settings.body_limit;
    while let Some(frame) = body.frame().await {
        // The transport's own limits and errors: the connection is beyond use, whatever they are.
        let frame = frame.map_err(|_| Reason::BodyBroken)?;
        let Ok(mut data) = frame.into_data() else { continue };
        room = room.checked_sub(data.remaining()).ok_or_else(|| too_large(settings))?;
        while keep == Keep::Bytes && data.has_remaining() {
            let chunk = data.chunk();
            bytes.extend_from_slice(chunk);
            data.advance(chunk.len());
        }
    }
    Ok(bytes)
}

/// The `Content-Length`, if there is a readable one. Keeping to it is the HTTP library's business.
fn promised(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(settings: &Settings) -> Reason {
    Reason::TooLarge { limit: settings.body_limit }
}

/// The value of a header that is there exactly once and is printable ASCII.
pub(crate) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, HeaderFault> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(HeaderFault::Missing)?;
    if values.next().is_some() {
        return Err(HeaderFault::Repeated);
    }
    let text = value.to_str().map_err(|_| HeaderFault::Unreadable)?;
    let is_readable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_readable.then_some(text).ok_or(HeaderFault::Unreadable)
}
