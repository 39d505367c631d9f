//! A raw request, each part of which can be wrong.

use std::convert::Infallible;
use std::time::Duration;

use alipayplus_server::{Server, VersionedSigner};
use alipayplus_signing::testing::TestKeys;
use alipayplus_signing::{PublicKey, SignError, SignatureHeader, SigningInput, format_time};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::once;
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, StreamBody};
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

use super::handler::HandlerBehavior;
use crate::failure::Failure;

pub(crate) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";

/// The `Signature` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Well,
    /// Over another body.
    Wrongly,
    /// By the key of the other party.
    ByAnother,
    Not,
    Twice,
    /// Three bytes.
    Short,
    /// This text.
    As(&'static str),
}

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct TestRequest {
    pub(crate) method: &'static str,
    pub(crate) uri: String,
    pub(crate) client_ids: Vec<String>,
    pub(crate) times: Vec<String>,
    pub(crate) version: u64,
    pub(crate) sign: Sign,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Vec<u8>,
    /// When the body ends, if ever.
    pub(crate) ends: Option<Duration>,
}

/// A response, and its duration by the runtime's clock.
#[derive(Debug)]
pub(crate) struct TestResponse {
    response: http::Response<Bytes>,
    pub(crate) took: Duration,
}

impl TestRequest {
    /// Returns a valid request that makes the handler behave so.
    pub(crate) fn for_act(act: HandlerBehavior, parties: &TestKeys) -> Self {
        Self {
            method: "POST",
            uri: PATH.to_owned(),
            client_ids: vec![parties.client_id.clone()],
            times: vec![format_time(parties.clock.now())],
            version: TestKeys::KEY_VERSION,
            sign: Sign::Well,
            headers: vec![("content-type", "application/json; charset=UTF-8")],
            body: Self::body(act),
            ends: Some(Duration::ZERO),
        }
    }

    /// Returns the body of a valid request that makes the handler behave so.
    pub(crate) fn body(act: HandlerBehavior) -> Vec<u8> {
        format!(r#"{{"acquirerId":"1","pspId":"2","paymentRequestId":"{}"}}"#, act.payment()).into_bytes()
    }

    /// Sends the request, and waits for the response.
    pub(crate) async fn send(&self, server: &Server, parties: &TestKeys) -> Result<TestResponse, Failure> {
        let request = self.request(parties).await?;
        let began = Instant::now();
        let Ok(response) = server.clone().oneshot(request).await;
        let took = began.elapsed();
        let (parts, body) = response.into_parts();
        let Ok(body) = body.collect().await;
        Ok(TestResponse { response: http::Response::from_parts(parts, body.to_bytes()), took })
    }

    /// Returns the request with all headers and the body.
    pub(crate) async fn request(
        &self,
        parties: &TestKeys,
    ) -> Result<http::Request<impl Body<Data = Bytes, Error = Infallible> + Send + use<>>, Failure> {
        let mut request = http::Request::builder().method(self.method).uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        for (name, values) in [
            ("client-id", &self.client_ids),
            ("request-time", &self.times),
            ("signature", &self.signatures(parties).await?),
        ] {
            for value in values {
                request = request.header(name, value);
            }
        }
        Ok(request.body(slow_body(self.body.clone(), self.ends))?)
    }

    async fn signatures(&self, parties: &TestKeys) -> Result<Vec<String>, SignError> {
        let (key, body) = match self.sign {
            Sign::Not => return Ok(vec![]),
            Sign::Short => {
                return Ok(vec![format!("algorithm=RSA256, keyVersion={}, signature=AAAA", self.version)]);
            }
            Sign::As(text) => return Ok(vec![text.to_owned()]),
            Sign::Well | Sign::Twice => (&parties.client, self.body.as_slice()),
            Sign::Wrongly => (&parties.client, b"another body".as_slice()),
            Sign::ByAnother => (&parties.server, self.body.as_slice()),
        };
        let content = self.content(first(&self.times), body);
        let header = VersionedSigner::new(self.version, key.clone()).sign(&content).await?.to_string();
        Ok(vec![header; if self.sign == Sign::Twice { 2 } else { 1 }])
    }

    /// Returns the signing input of the request or the response.
    fn content<'a>(&'a self, time: &'a str, body: &'a [u8]) -> SigningInput<'a> {
        SigningInput { method: self.method, uri: &self.uri, client_id: first(&self.client_ids), time, body }
    }
}

impl TestResponse {
    /// Returns the code of the message, or the status if there is no message.
    pub(crate) fn code(&self) -> Result<String, Failure> {
        if self.response.body().is_empty() {
            return Ok(self.response.status().as_str().to_owned());
        }
        let message: serde_json::Value = serde_json::from_slice(self.response.body())?;
        let code = message.pointer("/result/resultCode").and_then(serde_json::Value::as_str);
        Ok(code.ok_or("a message without a code")?.to_owned())
    }

    /// Returns whether there is a signature; if so, it must be valid for this key and request.
    pub(crate) fn is_signed(&self, ask: &TestRequest, key: &PublicKey) -> Result<bool, Failure> {
        let headers = self.response.headers();
        if !headers.contains_key("signature") {
            return Ok(false);
        }
        let header = SignatureHeader::from_values(headers.get_all("signature"))?;
        let time = headers.get("response-time").ok_or("signed, and without a time")?.to_str()?;
        key.verify(&ask.content(time, self.response.body()).digest(), &header)?;
        Ok(true)
    }
}

fn first(texts: &[String]) -> &str {
    texts.first().map_or("", String::as_str)
}

/// Returns a body with all bytes at once, and the end later or never.
fn slow_body(bytes: Vec<u8>, ends: Option<Duration>) -> impl Body<Data = Bytes, Error = Infallible> + Send {
    let bytes = once(std::future::ready(Ok(Frame::data(Bytes::from(bytes)))));
    let end = once(async move {
        match ends {
            Some(Duration::ZERO) => {}
            Some(after) => sleep(after).await,
            None => std::future::pending().await,
        }
        Ok(Frame::data(Bytes::new()))
    });
    StreamBody::new(Box::pin(bytes.chain(end)))
}
