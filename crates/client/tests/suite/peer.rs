//! A service that answers as a test tells it to, right or wrong.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use alipayplus_client::inquiry_payment::{InquiryPayment, Request};
use alipayplus_client::signing::testing::TestKeys;
use alipayplus_client::signing::{SigningInput, TestClock, VersionedSigner, format_time};
use alipayplus_client::transport::{Body, BoxError};
use alipayplus_client::{Builder, Client, Error, PrivateKey, Reply};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use http_body_util::{BodyExt as _, Full};
use tokio::time::Instant;
use tower::Service;

pub(crate) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
/// What must never be printed.
pub(crate) const CUSTOMER: &str = "canary-customer-7731";
pub(crate) const PASSED: &str = "canary-passed-7732";
pub(crate) const MESSAGE: &str = "canary-message-7733";

/// A result object.
pub(crate) fn result(status: &str, code: &str) -> String {
    format!(r#"{{"resultStatus":"{status}","resultCode":"{code}","resultMessage":"{MESSAGE}"}}"#)
}

/// A response that is nothing but a result.
pub(crate) fn only(status: &str, code: &str) -> String {
    format!(r#"{{"result":{}}}"#, result(status, code))
}

/// A response about a payment, with more members behind.
pub(crate) fn payment(status: &str, code: &str, more: &str) -> String {
    let (asked, paid) = (result("S", "SUCCESS"), result(status, code));
    format!(r#"{{"result":{asked},"paymentResult":{paid}{more}}}"#)
}

/// The members of a payment of JPY 100, with more behind.
pub(crate) fn members(more: &str) -> String {
    format!(
        r#","paymentId":"20200101234567890132","paymentAmount":{{"currency":"JPY","value":"100"}},
        "paymentTime":"2020-01-01T12:01:01+08:30","customerId":"{CUSTOMER}","passThroughInfo":"{PASSED}"{more}"#
    )
}

pub(crate) fn paid() -> String {
    payment("S", "SUCCESS", &members(""))
}

pub(crate) fn in_progress() -> String {
    payment("U", "PAYMENT_IN_PROCESS", "")
}

pub(crate) fn trouble() -> String {
    only("U", "UNKNOWN_EXCEPTION")
}

pub(crate) fn request() -> Request {
    Request {
        acquirer_id: "1022188000000000001".parse().unwrap(),
        psp_id: "1022188000000000002".parse().unwrap(),
        payment_request_id: "20200101234567890130".parse().unwrap(),
    }
}

type Edit = Arc<dyn Fn(&mut Response<Bytes>) + Send + Sync>;

/// One answer: right unless told otherwise.
#[derive(Clone)]
pub(crate) struct Answer {
    body: Bytes,
    delay: Duration,
    /// Whether the connection breaks instead.
    breaks: bool,
    signed: bool,
    key: Option<PrivateKey>,
    version: u64,
    client_id: Option<String>,
    time: Option<String>,
    /// Seconds behind the clock of both.
    age: i64,
    edits: Vec<Edit>,
    unsized_body: bool,
}

impl Answer {
    pub(crate) fn of(body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            delay: Duration::ZERO,
            breaks: false,
            signed: true,
            key: None,
            version: TestKeys::KEY_VERSION,
            client_id: None,
            time: None,
            age: 0,
            edits: Vec::new(),
            unsized_body: false,
        }
    }

    /// The connection breaks.
    pub(crate) fn broken() -> Self {
        Self { breaks: true, ..Self::of("") }
    }

    pub(crate) fn status(self, status: u16) -> Self {
        self.edit(move |response| *response.status_mut() = status.try_into().unwrap())
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub(crate) fn unsigned(self) -> Self {
        Self { signed: false, ..self }
    }

    pub(crate) fn signed_by(self, key: PrivateKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Names no key version.
    pub(crate) fn without_version(self) -> Self {
        self.edit(|response| {
            let header = response.headers()["signature"].to_str().unwrap();
            let version = format!("keyVersion={}, ", TestKeys::KEY_VERSION);
            assert!(header.contains(&version));
            let header = header.replace(&version, "").parse().unwrap();
            response.headers_mut().insert("signature", header);
        })
    }

    pub(crate) fn version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// Signed over, and sent with, another Client-Id.
    pub(crate) fn client_id(self, client_id: &str) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Signed over, and sent with, this time.
    pub(crate) fn time(self, time: &str) -> Self {
        Self { time: Some(time.into()), ..self }
    }

    pub(crate) fn age(self, seconds: i64) -> Self {
        Self { age: seconds, ..self }
    }

    /// A body whose length is not known beforehand.
    pub(crate) fn without_length(self) -> Self {
        Self { unsized_body: true, ..self }
    }

    /// Changes the answer after it was signed.
    pub(crate) fn edit(mut self, edit: impl Fn(&mut Response<Bytes>) + Send + Sync + 'static) -> Self {
        self.edits.push(Arc::new(edit));
        self
    }

    pub(crate) fn header(self, name: &'static str, value: &'static str) -> Self {
        self.edit(move |response| {
            response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
        })
    }

    pub(crate) fn without(self, name: &'static str) -> Self {
        self.edit(move |response| {
            response.headers_mut().remove(name);
        })
    }

    /// The answer to a request, but for its body's shape.
    pub(crate) async fn answer(&self, parties: &TestKeys, method: &str, uri: &str) -> Response<Bytes> {
        let now = parties.clock.now() - jiff::SignedDuration::from_secs(self.age);
        let time = self.time.clone().unwrap_or_else(|| format_time(now));
        let client_id = self.client_id.as_deref().unwrap_or(&parties.client_id);
        let mut response = Response::builder()
            .header("client-id", client_id)
            .header("response-time", &time)
            .header("content-type", "application/json; charset=UTF-8")
            .body(self.body.clone())
            .unwrap();
        if self.signed {
            let key = self.key.clone().unwrap_or_else(|| parties.server.clone());
            let content = SigningInput { method, uri, client_id, time: &time, body: &self.body };
            let signature = VersionedSigner::new(self.version, key).sign(&content).await.unwrap();
            let value = signature.to_string().parse().unwrap();
            response.headers_mut().insert("signature", value);
        }
        for edit in &self.edits {
            edit(&mut response);
        }
        response
    }
}

/// The same keys for all tests of a process, as making them takes a moment; a clock for each.
pub(crate) fn parties() -> TestKeys {
    static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::new().unwrap());
    let mut parties = KEYS.clone();
    parties.clock = TestClock::new(parties.clock.now());
    parties
}

/// What the peer was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) request: http::Request<Bytes>,
    /// When, after the peer was made.
    pub(crate) at: Duration,
}

/// Gives its answers in turn, and the last one for ever.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) parties: TestKeys,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    under_way: Arc<AtomicUsize>,
    started: Instant,
}

impl Peer {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            parties: parties(),
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            asked: Arc::default(),
            under_way: Arc::default(),
            started: Instant::now(),
        }
    }

    pub(crate) fn builder(&self) -> Builder<Client> {
        Client::builder("http://127.0.0.1").testing(&self.parties, self.clone())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Asks once, by a client with default settings.
    pub(crate) async fn ask(&self) -> Result<Reply<InquiryPayment>, Error> {
        self.client().inquiry_payment(&request()).await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// When it was asked, in milliseconds.
    pub(crate) fn times(&self) -> Vec<u128> {
        self.asked().iter().map(|asked| asked.at.as_millis()).collect()
    }

    /// How many exchanges are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Relaxed)
    }

    fn next(&self) -> Answer {
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.front().unwrap().clone();
        if answers.len() > 1 {
            answers.pop_front();
        }
        answer
    }
}

impl Service<http::Request<Full<Bytes>>> for Peer {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let peer = self.clone();
        Box::pin(async move {
            let _under_way = UnderWay::begin(&peer.under_way);
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let request = http::Request::from_parts(head, body);
            let (method, uri) = (request.method().to_string(), request.uri().to_string());
            let at = peer.started.elapsed();
            peer.asked.lock().unwrap().push(Asked { request, at });
            let answer = peer.next();
            tokio::time::sleep(answer.delay).await;
            if answer.breaks {
                return Err("the connection is broken".into());
            }
            let unsized_body = answer.unsized_body;
            let response = answer.answer(&peer.parties, &method, &uri).await;
            Ok(response.map(|bytes| if unsized_body { Body::new(Pieces(bytes)) } else { Body::from(bytes) }))
        })
    }
}

/// Counts an exchange until it ends or is given up.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// A body that comes byte by byte and does not know its length.
struct Pieces(Bytes);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(http_body::Frame::data(self.0.split_to(1)))))
    }
}
