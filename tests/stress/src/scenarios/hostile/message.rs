//! An HTTP message on the wire, which can be changed freely.

use std::convert::Infallible;
use std::fmt;

use alipayplus_server::signing::{SigningInput, VersionedSigner};
use alipayplus_server::{PrivateKey, Server};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::failure::Failure;
use crate::test_bed::TestBed;

/// A message with a body of a stated length.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Parses the message at the beginning of these bytes, if it is complete; also returns the rest.
    pub(crate) fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let first = lines.next()?.to_owned();
        let headers: Vec<(String, String)> =
            lines.filter_map(|line| line.split_once(':')).map(|(n, v)| (n.to_owned(), v.trim().to_owned())).collect();
        let mut message = Self { first, headers, body: Vec::new() };
        let length = message.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
        let (body, rest) = bytes[end + 4..].split_at_checked(length)?;
        message.body = body.to_vec();
        Some((message, rest))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(it, _)| it.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.as_str())
    }

    /// Returns the status of a response.
    pub(crate) fn status(&self) -> u16 {
        self.first.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    /// Returns the code of a response, if any.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        body.pointer("/result/resultCode").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(it, _)| !it.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Replaces the value of a header.
    pub(crate) fn set(self, name: &str, value: impl Into<String>) -> Self {
        self.without(name).and(name, value)
    }

    /// Repeats a header.
    pub(crate) fn doubled(self, name: &str) -> Self {
        let value = self.get(name).unwrap_or_default().to_owned();
        self.and(name, value)
    }

    pub(crate) fn begin(mut self, first: &str) -> Self {
        first.clone_into(&mut self.first);
        self
    }

    /// Replaces the body and its length.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len();
        self.set("content-length", length.to_string())
    }

    /// Returns the head, with the empty line at its end.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head(), self.body.clone()].concat()
    }

    /// Returns the head of the same message with chunked encoding.
    pub(crate) fn chunked_head(&self) -> Vec<u8> {
        self.clone().without("content-length").and("transfer-encoding", "chunked").head()
    }

    /// Signs the current content, as a response to this request or as the request itself.
    pub(crate) fn signed(self, question: &Self, time: &str, key: &PrivateKey, version: u64) -> Result<Self, Failure> {
        let mut words = question.first.split(' ');
        let content = SigningInput {
            method: words.next().unwrap_or_default(),
            uri: words.next().unwrap_or_default(),
            client_id: self.get("client-id").unwrap_or_default(),
            time: self.get(time).unwrap_or_default(),
            body: &self.body,
        };
        // A key in memory signs without waiting.
        let signing = VersionedSigner::new(version, key.clone());
        let signature = signing.sign(&content).now_or_never().ok_or("signing took its time")??;
        Ok(self.set("signature", signature.to_string()))
    }

    /// Returns the server's response to this request.
    pub(crate) async fn answered_by(&self, server: &Server) -> Result<Self, Failure> {
        let mut words = self.first.split(' ');
        let method = words.next().unwrap_or_default();
        let mut request = Request::builder().method(method).uri(words.next().unwrap_or_default());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::<Bytes>::from(self.body.clone()))?;
        let response: Result<Response<_>, Infallible> = server.clone().oneshot(request).await;
        let Ok(response) = response;
        let first = format!("HTTP/1.1 {}", response.status());
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| Ok((name.to_string(), value.to_str()?.to_owned())));
        let headers = headers.collect::<Result<Vec<_>, http::header::ToStrError>>()?;
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Self { first, headers, body: Vec::new() }.and("connection", "close").body(body))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.first, String::from_utf8_lossy(&self.body))
    }
}

/// A request with its genuine response, and the test bed of both.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) bed: TestBed,
    pub(crate) server: Server,
    pub(crate) question: Message,
    pub(crate) answer: Message,
}

impl Scene {
    /// Signs a changed response.
    pub(crate) fn answer_of(&self, answer: Message, key: &PrivateKey, version: u64) -> Result<Message, Failure> {
        answer.signed(&self.question, "response-time", key, version)
    }

    /// Signs a changed request.
    pub(crate) fn question_of(question: Message, key: &PrivateKey, version: u64) -> Result<Message, Failure> {
        let as_sent = question.clone();
        question.signed(&as_sent, "request-time", key, version)
    }

    /// Returns the time this many seconds from now.
    pub(crate) fn time(&self, seconds: i64) -> String {
        let by = std::time::Duration::from_secs(seconds.unsigned_abs());
        let now = self.bed.clock.now();
        alipayplus_server::signing::format_time(if seconds < 0 { now - by } else { now + by })
    }
}
