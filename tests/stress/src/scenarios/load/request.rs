//! Signed requests, and their responses.

use alipayplus_client::inquiry_payment::{Request, RequestRequired};
use alipayplus_server::signing::format_time;
use alipayplus_server::{Clock, PublicKey};
use alipayplus_signing::{SignatureHeader, SigningInput, VersionedSigner};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::setup::CLIENT_ID;
use crate::failure::Failure;

const PATH: &str = "/aps/api/v1/payments/inquiryPayment";

/// A signed request. It can be sent again while it is fresh, for five minutes.
#[derive(Clone, Debug)]
pub(crate) struct SignedRequest {
    id: String,
    time: String,
    signature: String,
    body: Bytes,
}

/// A well-formed response: its code, and whether it is signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Response {
    /// Signed.
    Signed(String),
    /// Unsigned.
    Unsigned(String),
    /// No message; the HTTP status.
    Status(u16),
}

impl Response {
    pub(crate) fn paid() -> Self {
        Self::Signed("SUCCESS".to_owned())
    }

    pub(crate) fn overload() -> Self {
        Self::Unsigned("REQUEST_TRAFFIC_EXCEED_LIMIT".to_owned())
    }

    pub(crate) fn unsigned(code: &str) -> Self {
        Self::Unsigned(code.to_owned())
    }
}

/// Returns a request about a payment.
pub(crate) fn inquiry(id: &str) -> Result<Request, Failure> {
    Ok(Request::new(RequestRequired {
        acquirer_id: "1020000000000000".parse()?,
        psp_id: "1022000000000000".parse()?,
        payment_request_id: id.parse()?,
    }))
}

impl SignedRequest {
    pub(crate) async fn about(id: &str, key: &VersionedSigner) -> Result<Self, Failure> {
        let body = serde_json::to_vec(&inquiry(id)?)?;
        Self::with_body(id, body, key).await
    }

    /// Signs any body.
    pub(crate) async fn with_body(id: &str, body: impl Into<Bytes>, key: &VersionedSigner) -> Result<Self, Failure> {
        let (time, body) = (format_time(Clock::system().now()), body.into());
        let content = SigningInput { method: "POST", uri: PATH, client_id: CLIENT_ID, time: &time, body: &body };
        let signature = key.sign(&content).await?.to_string();
        Ok(Self { id: id.to_owned(), time, signature, body })
    }

    /// Replaces the signature by that of another request.
    pub(crate) fn signed_as(self, other: &Self) -> Self {
        Self { signature: other.signature.clone(), time: other.time.clone(), ..self }
    }

    fn headers(&self) -> [(&'static str, &str); 4] {
        [
            ("Content-Type", "application/json; charset=UTF-8"),
            ("Client-Id", CLIENT_ID),
            ("Request-Time", &self.time),
            ("Signature", &self.signature),
        ]
    }

    /// Returns the request for an HTTP library.
    pub(crate) fn request(&self) -> Result<http::Request<Bytes>, http::Error> {
        let request = http::Request::post(PATH).header("Host", "mpp");
        let request = self.headers().into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(self.body.clone())
    }

    /// Returns the head and the body as bytes.
    pub(crate) fn wire(&self) -> (Vec<u8>, Bytes) {
        let mut head = format!("POST {PATH} HTTP/1.1\r\nHost: mpp\r\nContent-Length: {}\r\n", self.body.len());
        for (name, value) in self.headers() {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        (head.into_bytes(), self.body.clone())
    }

    /// Interprets a response. A signature must be the server's, and a payment the requested one.
    pub(crate) fn response(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        key: &PublicKey,
    ) -> Result<Response, Failure> {
        if status != StatusCode::OK {
            return Ok(Response::Status(status.as_u16()));
        }
        let message: Value = serde_json::from_slice(body)?;
        let code = message["result"]["resultCode"].as_str().ok_or("an answer without a code")?.to_owned();
        let Some(signature) = headers.get("Signature") else {
            return Ok(Response::Unsigned(code));
        };
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (client_id, time) = (text("Client-Id"), text("Response-Time"));
        let header: SignatureHeader = signature.to_str()?.parse()?;
        key.verify(&SigningInput { method: "POST", uri: PATH, client_id, time, body }.digest(), &header)?;
        let payment = message["paymentId"].as_str();
        if client_id != CLIENT_ID || payment.is_some_and(|payment| payment != self.id) {
            return Err(format!("request about {}, response about {payment:?} of {client_id}", self.id).into());
        }
        Ok(Response::Signed(code))
    }
}
