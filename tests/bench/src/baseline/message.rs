//! Signing without an SDK: the signing input in one piece, and the text of the header.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Failable;

pub(crate) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
pub(crate) const CLIENT_ID: HeaderName = HeaderName::from_static("client-id");
pub(crate) const REQUEST_TIME: HeaderName = HeaderName::from_static("request-time");
pub(crate) const RESPONSE_TIME: HeaderName = HeaderName::from_static("response-time");

/// Method and URI of a request, as they are signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
}

/// Returns the signing input.
pub(crate) fn content(line: Line<'_>, client_id: &[u8], time: &[u8], body: &[u8]) -> Vec<u8> {
    let Line { method, uri } = line;
    [method.as_bytes(), b" ", uri.as_bytes(), b"\n", client_id, b".", time, b".", body].concat()
}

/// Signs, and returns the header.
pub(crate) fn sign(pair: &RsaKeyPair, random: &SystemRandom, content: &[u8]) -> Failable<HeaderValue> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, random, content, &mut signature)?;
    let base64 = STANDARD.encode(signature).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    Ok(HeaderValue::try_from(format!("algorithm=RSA256, keyVersion=1, signature={base64}"))?)
}

/// Parses the header, and verifies.
pub(crate) fn verify(key: &ParsedPublicKey, header: &HeaderValue, content: &[u8]) -> Failable<()> {
    let (_, base64) = header.to_str()?.rsplit_once("signature=").ok_or("no signature")?;
    let signature = STANDARD.decode(base64.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="))?;
    Ok(key.verify_sig(content, &signature)?)
}

/// Returns the headers of a signed message.
pub(crate) fn headers(client_id: HeaderValue, time: (HeaderName, HeaderValue), signature: HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert(CLIENT_ID, client_id);
    headers.insert(time.0, time.1);
    headers.insert(SIGNATURE, signature);
    headers
}

/// Returns the value of a required header.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Failable<&'a HeaderValue> {
    headers.get(name).ok_or_else(|| format!("no {name}").into())
}

/// Reads the whole body.
pub(crate) async fn read<B>(body: B) -> Failable<Bytes>
where
    B: http_body_util::BodyExt<Error: std::error::Error + Send + Sync + 'static>,
{
    Ok(body.collect().await?.to_bytes())
}
