//! Verifies who sent a request and when, and what the client may call. The last check of the signature is RSA.

use alipayplus_signing::catch_panic::{Panicked, catch_panic};
use alipayplus_signing::{CandidateKeys, SignatureHeader, SigningInput, is_ambiguous_client_id};
use http::request::Parts;

use crate::header::{CLIENT_ID, REQUEST_TIME, SIGNATURE, single_value};
use crate::rejection::Rejection;
use crate::settings::Settings;

/// Returns the Client-Id. One that contains a time is rejected: a signature over it could be one for another client.
pub(crate) fn client_id(parts: &Parts) -> Result<&str, Rejection> {
    let client_id = single_value(&parts.headers, &CLIENT_ID).map_err(Rejection::ClientId)?;
    if is_ambiguous_client_id(client_id) {
        return Err(Rejection::AmbiguousClientId);
    }
    Ok(client_id)
}

/// Returns the parsed `Signature` header and the text of the `Request-Time` header.
pub(crate) fn headers(parts: &Parts) -> Result<(SignatureHeader, &str), Rejection> {
    let signature = SignatureHeader::from_values(parts.headers.get_all(SIGNATURE)).map_err(Rejection::Signature)?;
    let time = single_value(&parts.headers, &REQUEST_TIME).map_err(Rejection::RequestTime)?;
    Ok((signature, time))
}

/// Returns the keys to try. An unknown client is rejected first, then an unknown key version.
pub(crate) fn keys(settings: &Settings, client_id: &str, header: &SignatureHeader) -> Result<CandidateKeys, Rejection> {
    Ok(settings.callers.candidates(client_id, header.key_version())?)
}

/// Checks that the request's time is close to the clock's.
pub(crate) fn time(settings: &Settings, time: &str) -> Result<(), Rejection> {
    settings.freshness.check(time).map(|_| ()).map_err(Rejection::Freshness)
}

/// Verifies the signature and returns the version of the key that made it.
pub(crate) fn signature(
    keys: &CandidateKeys,
    header: &SignatureHeader,
    input: &SigningInput<'_>,
) -> Result<u64, Rejection> {
    keys.verify(input, header).map_err(Rejection::Mismatch)
}

/// Checks that the client may call the operation.
pub(crate) fn authorize(settings: &Settings, operation: &str, client_id: &str) -> Result<(), Rejection> {
    let is_allowed = catch_panic(|| (settings.authorize)(client_id, operation));
    is_allowed.map_err(|Panicked| Rejection::AuthorizePanicked)?.then_some(()).ok_or(Rejection::Forbidden)
}
