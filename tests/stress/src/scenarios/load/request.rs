//! Signed questions, and what is told.

use alipayplus_client::inquiry_payment::Request;
use alipayplus_server::signing::format_time;
use alipayplus_server::{Clock, PublicKey};
use alipayplus_signing::{SignatureHeader, SigningInput, VersionedSigner};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::setup::CLIENT_ID;
use crate::failure::Failure;

const PATH: &str = "/aps/api/v1/payments/inquiryPayment";

/// A signed question. It can be request again for as long as it is fresh, which is five minutes.
#[derive(Clone, Debug)]
pub(crate) struct SignedRequest {
    id: String,
    time: String,
    signature: String,
    body: Bytes,
}

/// An answer that is well-formed: what it says, and whether the server vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Response {
    /// Signed.
    Signed(String),
    /// Unsigned.
    Unsigned(String),
    /// No message.
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

/// What the client is request about a payment.
pub(crate) fn question(id: &str) -> Result<Request, Failure> {
    Ok(Request {
        acquirer_id: "1020000000000000".parse()?,
        psp_id: "1022000000000000".parse()?,
        payment_request_id: id.parse()?,
    })
}

impl SignedRequest {
    pub(crate) async fn about(id: &str, key: &VersionedSigner) -> Result<Self, Failure> {
        let body = serde_json::to_vec(&question(id)?)?;
        Self::with_body(id, body, key).await
    }

    /// Well signed, whatever the body is.
    pub(crate) async fn with_body(id: &str, body: impl Into<Bytes>, key: &VersionedSigner) -> Result<Self, Failure> {
        let (time, body) = (format_time(Clock::system().now()), body.into());
        let content = SigningInput { method: "POST", uri: PATH, client_id: CLIENT_ID, time: &time, body: &body };
        let signature = key.sign(&content).await?.to_string();
        Ok(Self { id: id.to_owned(), time, signature, body })
    }

    /// With the signature of another question.
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

    /// For an HTTP library.
    pub(crate) fn request(&self) -> Result<http::Request<Bytes>, http::Error> {
        let request = http::Request::post(PATH).header("Host", "mpp");
        let request = self.headers().into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(self.body.clone())
    }

    /// The head and the body, as they travel.
    pub(crate) fn wire(&self) -> (Vec<u8>, Bytes) {
        let mut head = format!("POST {PATH} HTTP/1.1\r\nHost: mpp\r\nContent-Length: {}\r\n", self.body.len());
        for (name, value) in self.headers() {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        (head.into_bytes(), self.body.clone())
    }

    /// What an answer says. A signature must be the server's, and a paid answer about the payment that was request about.
    pub(crate) fn told(
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
            return Err(format!("request about {}, told about {payment:?} of {client_id}", self.id).into());
        }
        Ok(Response::Signed(code))
    }
}
