//! Whether the request comes from whom it says, and is of now. Cheap checks first; the last one is RSA.

use alipayplus_signing::{CandidateKeys, SignatureHeader, SigningInput, is_ambiguous_client_id};
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

/// Returns the keys to try: first whether the client is known, then whether it has one of the version that is named.
pub(crate) fn keys(settings: &Settings, client_id: &str, header: &SignatureHeader) -> Result<CandidateKeys, Reason> {
    let version = header.key_version();
    let keys = settings.callers.candidates(client_id, version);
    keys.map_err(|error| Reason::from((error, version)))
}

/// Whether the request is of now.
pub(crate) fn time(settings: &Settings, time: &str) -> Result<(), Reason> {
    settings.freshness.check(time).map(|_| ()).map_err(Reason::Freshness)
}

/// Returns the version of the key that made this signature over this content.
pub(crate) fn signature(
    keys: &CandidateKeys,
    header: &SignatureHeader,
    content: &SigningInput<'_>,
) -> Result<u64, Reason> {
    keys.verify(&content.digest(), header).map_err(|error| {
        // Most often a proxy has changed the path: the one that was tried helps. The query stays out of the log.
        let path = content.uri.split('?').next().unwrap_or_default();
        let mut over = format!("{} {}", content.method, shown(path));
        if header.key_version().is_none() {
            let tried: Vec<_> = keys.iter().map(|(version, _)| version.to_string()).collect();
            over.push_str("; no keyVersion, tried ");
            over.push_str(&tried.join(", "));
        }
        Reason::Mismatch { error, over }
    })
}
