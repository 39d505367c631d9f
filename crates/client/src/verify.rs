//! Verifies a response against the request that was sent, and, for evidence, that request itself.

use alipayplus_signing::{
    Freshness, FreshnessError, HeaderError, SignatureHeader, SigningInput, TrustedKeys, parse_time,
};
use http::HeaderMap;

use crate::error::detail::{SignatureError, UnverifiedError};
use crate::header::{CLIENT_ID, RESPONSE_TIME, SIGNATURE, single_value};

/// The parts of a request that its response is verified against.
#[derive(Clone, Copy)]
pub(crate) struct SentRequest<'a> {
    pub(crate) method: &'a str,
    /// The path that is signed, with its query if it has one.
    pub(crate) uri: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) time: &'a str,
}

impl<'a> SentRequest<'a> {
    /// Returns what is signed. The response is signed over the method and the path of the request too.
    pub(crate) fn signing_input<'b>(&self, time: &'b str, body: &'b [u8]) -> SigningInput<'b>
    where
        'a: 'b,
    {
        SigningInput { method: self.method, uri: self.uri, client_id: self.client_id, time, body }
    }

    /// Verifies a response, cheapest checks first, and returns the version of the key that signed it. The signing input
    /// holds the Client-Id of the request, never the one of the response.
    pub(crate) fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        keys: &TrustedKeys,
        freshness: &Freshness,
    ) -> Result<u64, UnverifiedError> {
        let signature = match SignatureHeader::from_values(headers.get_all(SIGNATURE)) {
            Err(HeaderError::Missing) => return Err(UnverifiedError::Unsigned { claimed: None }),
            other => other.map_err(SignatureError::from)?,
        };
        if single_value(headers, &CLIENT_ID) != Some(self.client_id.as_bytes()) {
            return Err(UnverifiedError::ClientId);
        }
        let time = response_time(headers).ok_or(FreshnessError::Unreadable)?;
        let response_time = freshness.check(time)?;
        if let Some(request_time) = parse_time(self.time) {
            freshness.not_before(response_time, request_time)?;
        }
        let keys = keys.candidates(signature.key_version()).map_err(SignatureError::from)?;
        let input = self.signing_input(time, body);
        Ok(keys.verify(&input, &signature).map_err(SignatureError::from)?)
    }

    /// Verifies the signature of the request itself, and returns the version of the key that signed it.
    pub(crate) fn verify_request(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        keys: &TrustedKeys,
    ) -> Result<u64, SignatureError> {
        let signature = SignatureHeader::from_values(headers.get_all(SIGNATURE))?;
        let keys = keys.candidates(signature.key_version())?;
        Ok(keys.verify(&self.signing_input(self.time, body), &signature)?)
    }
}

/// Returns the text of the response's time.
pub(crate) fn response_time(headers: &HeaderMap) -> Option<&str> {
    single_value(headers, &RESPONSE_TIME).and_then(|time| str::from_utf8(time).ok())
}
