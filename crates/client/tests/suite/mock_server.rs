//! A server whose responses a test scripts, valid or not.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use alipayplus_client::inquiry_payment::{InquiryPayment, Request, RequestRequired};
use alipayplus_client::signing::testing::TestKeys;
use alipayplus_client::signing::{SigningInput, TestClock, VersionedSigner, format_time};
use alipayplus_client::transport::{Body, BoxError};
use alipayplus_client::{Builder, Client, Error, PrivateKey, Reply};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tower::Service;

pub(crate) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
/// Texts that must never be printed.
pub(crate) const CUSTOMER: &str = "canary-customer-7731";
pub(crate) const PASS_THROUGH: &str = "canary-passed-7732";
pub(crate) const MESSAGE: &str = "canary-message-7733";

/// Returns a result object.
pub(crate) fn result(status: &str, code: &str) -> String {
    format!(r#"{{"resultStatus":"{status}","resultCode":"{code}","resultMessage":"{MESSAGE}"}}"#)
}

/// Returns a response that has only a result.
pub(crate) fn result_only(status: &str, code: &str) -> String {
    format!(r#"{{"result":{}}}"#, result(status, code))
}

/// Returns a response about a payment, with more members appended.
pub(crate) fn payment(status: &str, code: &str, more: &str) -> String {
    let (result, payment_result) = (result("S", "SUCCESS"), result(status, code));
    format!(r#"{{"result":{result},"paymentResult":{payment_result}{more}}}"#)
}

/// Returns the members of a payment of JPY 100, with more appended.
pub(crate) fn members(more: &str) -> String {
    format!(
        r#","paymentId":"20200101234567890132","paymentAmount":{{"currency":"JPY","value":"100"}},
        "paymentTime":"2020-01-01T12:01:01+08:30","customerId":"{CUSTOMER}","passThroughInfo":"{PASS_THROUGH}"{more}"#
    )
}

pub(crate) fn paid() -> String {
    payment("S", "SUCCESS", &members(""))
}

pub(crate) fn in_progress() -> String {
    payment("U", "PAYMENT_IN_PROCESS", "")
}

pub(crate) fn trouble() -> String {
    result_only("U", "UNKNOWN_EXCEPTION")
}

pub(crate) fn request() -> Request {
    Request::new(RequestRequired {
        acquirer_id: "1022188000000000001".parse().unwrap(),
        psp_id: "1022188000000000002".parse().unwrap(),
        payment_request_id: "20200101234567890130".parse().unwrap(),
    })
}

type Edit = Arc<dyn Fn(&mut Response<Bytes>) + Send + Sync>;

/// One response, valid unless changed.
#[derive(Clone)]
pub(crate) struct MockResponse {
    body: Bytes,
    delay: Duration,
    /// Whether the connection breaks instead.
    is_broken: bool,
    signed: bool,
    key: Option<PrivateKey>,
    version: u64,
    client_id: Option<String>,
    time: Option<String>,
    /// Seconds by which the time is behind the clock of both sides.
    age: i64,
    edits: Vec<Edit>,
    unsized_body: bool,
}

impl MockResponse {
    /// Creates a valid, signed response with this body.
    pub(crate) fn new(body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            delay: Duration::ZERO,
            is_broken: false,
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

    /// Breaks the connection instead of responding.
    pub(crate) fn broken() -> Self {
        Self { is_broken: true, ..Self::new("") }
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

    /// Removes the key version from the `Signature` header.
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

    /// Signs and sends another Client-Id.
    pub(crate) fn client_id(self, client_id: &str) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Signs and sends this time.
    pub(crate) fn time(self, time: &str) -> Self {
        Self { time: Some(time.into()), ..self }
    }

    /// Signs and sends a time that is this many seconds behind the clock.
    pub(crate) fn age(self, seconds: i64) -> Self {
        Self { age: seconds, ..self }
    }

    /// Sends a body whose length is not known in advance.
    pub(crate) fn without_length(self) -> Self {
        Self { unsized_body: true, ..self }
    }

    /// Changes the response after it was signed.
    pub(crate) fn edit(mut self, edit: impl Fn(&mut Response<Bytes>) + Send + Sync + 'static) -> Self {
        self.edits.push(Arc::new(edit));
        self
    }

    pub(crate) fn header(self, name: &'static str, value: &'static str) -> Self {
        self.edit(move |response| {
            response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
        })
    }

    pub(crate) fn without_header(self, name: &'static str) -> Self {
        self.edit(move |response| {
            response.headers_mut().remove(name);
        })
    }

    /// Returns the HTTP response to a request.
    pub(crate) async fn respond(&self, keys: &TestKeys, method: &str, uri: &str) -> Response<Bytes> {
        let now = keys.clock.now() - jiff::SignedDuration::from_secs(self.age);
        let time = self.time.clone().unwrap_or_else(|| format_time(now));
        let client_id = self.client_id.as_deref().unwrap_or(&keys.client_id);
        let mut response = Response::builder()
            .header("client-id", client_id)
            .header("response-time", &time)
            .header("content-type", "application/json; charset=UTF-8")
            .body(self.body.clone())
            .unwrap();
        if self.signed {
            let key = self.key.clone().unwrap_or_else(|| keys.server.clone());
            let input = SigningInput { method, uri, client_id, time: &time, body: &self.body };
            let signature = VersionedSigner::new(self.version, key).sign(&input).await.unwrap();
            let value = signature.to_string().parse().unwrap();
            response.headers_mut().insert("signature", value);
        }
        for edit in &self.edits {
            edit(&mut response);
        }
        response
    }
}

/// Returns the keys that all tests of a process share, because generating them takes a moment, with a new clock.
pub(crate) fn test_keys() -> TestKeys {
    static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::new().unwrap());
    let mut keys = KEYS.clone();
    keys.clock = TestClock::new(keys.clock.now());
    keys
}

/// A request that the server received.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) request: http::Request<Bytes>,
    /// The time since the server was created.
    pub(crate) at: Duration,
}

/// Sends its responses in order, and the last one from then on.
#[derive(Clone)]
pub(crate) struct MockServer {
    pub(crate) keys: TestKeys,
    responses: Arc<Mutex<VecDeque<MockResponse>>>,
    requests: Arc<Mutex<Vec<ReceivedRequest>>>,
    open_exchanges: Arc<AtomicUsize>,
    started: Instant,
}

impl MockServer {
    pub(crate) fn new(responses: impl IntoIterator<Item = MockResponse>) -> Self {
        Self {
            keys: test_keys(),
            responses: Arc::new(Mutex::new(responses.into_iter().collect())),
            requests: Arc::default(),
            open_exchanges: Arc::default(),
            started: Instant::now(),
        }
    }

    pub(crate) fn builder(&self) -> Builder<Client> {
        Client::builder("http://127.0.0.1").testing(&self.keys, self.clone())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Makes one inquiry with a client that has default settings.
    pub(crate) async fn inquire(&self) -> Result<Reply<InquiryPayment>, Error> {
        self.client().inquiry_payment(&request()).await
    }

    pub(crate) fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the times of the requests in milliseconds.
    pub(crate) fn request_times(&self) -> Vec<u128> {
        self.requests().iter().map(|request| request.at.as_millis()).collect()
    }

    /// Returns the number of exchanges that are in progress.
    pub(crate) fn open_exchanges(&self) -> usize {
        self.open_exchanges.load(Relaxed)
    }

    fn next_response(&self) -> MockResponse {
        let mut responses = self.responses.lock().unwrap();
        let response = responses.front().unwrap().clone();
        if responses.len() > 1 {
            responses.pop_front();
        }
        response
    }
}

impl Service<http::Request<Body>> for MockServer {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let server = self.clone();
        Box::pin(async move {
            let _under_way = OpenExchange::begin(&server.open_exchanges);
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let request = http::Request::from_parts(head, body);
            let (method, uri) = (request.method().to_string(), request.uri().to_string());
            let at = server.started.elapsed();
            server.requests.lock().unwrap().push(ReceivedRequest { request, at });
            let response = server.next_response();
            tokio::time::sleep(response.delay).await;
            if response.is_broken {
                return Err("the connection is broken".into());
            }
            let unsized_body = response.unsized_body;
            let response = response.respond(&server.keys, &method, &uri).await;
            Ok(response.map(|bytes| if unsized_body { Body::new(ByteByByte(bytes)) } else { Body::from(bytes) }))
        })
    }
}

/// Counts an exchange until it ends or is cancelled.
struct OpenExchange(Arc<AtomicUsize>);

impl OpenExchange {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// A body that arrives byte by byte and does not know its length.
struct ByteByByte(Bytes);

impl http_body::Body for ByteByByte {
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
