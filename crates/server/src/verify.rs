//! Whether the request comes from whom it says, and is of now. Cheap checks first; the last one is RSA.

use alipayplus_signing::{Content, PublicKey, SignatureHeader, is_ambiguous_client_id};
use http::request::Parts;

use crate::header::{CLIENT_ID, REQUEST_TIME, SIGNATURE};
use crate::reason::{Reason, shown};
use crate::receive::single;
use crate::settings::Settings;

/// Returns the one Client-Id. One that holds a time is refused: a signature can't tell it from another client's.
pub(crate) fn client_id(parts: &Parts) -> Result<&str, Reason> {
    let client_id = single(&parts.headers, &CLIENT_ID).map_err(Reason::ClientId)?;
    if is_ambiguous_client_id(client_id) {
        return Err(Reason::AmbiguousClientId);
    }
    Ok(client_id)
}

/// The one signature and the one time, as text.
pub(crate) fn headers(parts: &Parts) -> Result<(SignatureHeader, &str), Reason> {
    let signature = SignatureHeader::from_values(parts.headers.get_all(SIGNATURE)).map_err(Reason::Header)?;
    let time = single(&parts.headers, &REQUEST_TIME).map_err(Reason::Time)?;
    Ok((signature, time))
}

/// The key: first whether the client is known, then whether it has one of this version.
pub(crate) fn key(settings: &Settings, client_id: &str, header: &SignatureHeader) -> Result<PublicKey, Reason> {
    let version = header.key_version();
    let key = settings.callers.key(client_id, version);
    key.map_err(|error| Reason::from((error, version)))
}

/// Whether the request is of now.
pub(crate) fn time(settings: &Settings, time: &str) -> Result<(), Reason> {
    settings.freshness.check(time).map(|_| ()).map_err(Reason::Freshness)
}

/// Whether the key made this signature over this content.
pub(crate) fn signature(key: &PublicKey, header: &SignatureHeader, content: &Content<'_>) -> Result<(), Reason> {
    key.verify(&content.digest(), header).map_err(|error| {
        // Most often a proxy has changed the path: the one that was tried helps. A query is nobody's business.
        let path = content.uri.split('?').next().unwrap_or_default();
        Reason::Mismatch { error, over: format!("{} {}", content.method, shown(path)) }
    })
}
