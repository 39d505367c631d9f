//! Test utilities: a handler that acts by the payment's ID, requests, signers and a captured log.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::Poll;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, NotFound, Paid, PaidRequired, Refusal,
    RefusalCode, Request,
};
use alipayplus_server::signing::testing::TestKeys;
use alipayplus_server::signing::{SignatureHeader, SigningInput};
use alipayplus_server::{
    Amount, Builder, Caller, Digest, PrivateKey, PublicKey, Server, SignFuture, Signer, VersionedSigner,
};
use bytes::Bytes;
use http::Request as HttpRequest;
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tower::{Service, ServiceExt as _};
use tracing::Level;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub(crate) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
pub(crate) const CUSTOMER: &str = "canary-customer-2088";
pub(crate) const PASSED: &str = r#"{"canary":"passed-through"}"#;
/// A known client that may not call any operation.
pub(crate) const BARRED: &str = "BARRED_5X00000000000000";

/// Generated once, because generating keys is slow.
pub(crate) static KEYS: LazyLock<TestKeys> = LazyLock::new(|| TestKeys::new().unwrap());

pub(crate) fn builder() -> Builder<Server> {
    Server::builder().testing(&KEYS)
}

pub(crate) fn server() -> Server {
    mounted(builder())
}

pub(crate) fn mounted(builder: Builder<Server>) -> Server {
    builder.build().unwrap().inquiry_payment(Wallet::default())
}

/// A handler whose answer depends on the payment's ID.
#[derive(Clone, Default)]
pub(crate) struct Wallet {
    pub(crate) calls: Arc<AtomicUsize>,
}

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, caller: &Caller, request: Request) -> Result<Answer, Refusal> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(!caller.client_id().is_empty());
        let id = request.payment_request_id.as_str();
        Ok(match id {
            "paid" => paid(100, "JPY", 930, "KRW")?.into(),
            "redundant" => paid(100, "JPY", 930, "JPY")?.into(),
            "open" => InProgress::default().into(),
            "closed" => Cancelled::default().into(),
            "declined" => Failed::from(FailedCode::UserBalanceNotEnough).into(),
            "blocked" => return Err(Refusal::new(RefusalCode::ProcessFail).with_source("under review")),
            "detailed" => return Err(Refusal::new(RefusalCode::ProcessFail).with_detail("TestRequest the support.")),
            "coded internal" => return Err(Refusal::new(RefusalCode::UnknownException)),
            "error" => return Err(Broken.into()),
            "panic" => panic!("{CUSTOMER}"),
            "slow" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                NotFound::default().into()
            }
            _ => NotFound::default().into(),
        })
    }
}

#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the ledger is away")
    }
}

impl std::error::Error for Broken {}

fn paid(asked: u64, currency: &str, settled: u64, settled_currency: &str) -> Result<Paid, Refusal> {
    Ok(Paid::new(PaidRequired {
        payment_id: "2020-1".parse()?,
        payment_amount: Amount::minor(asked, currency)?,
        pay_to_amount: Amount::minor(settled, settled_currency)?,
        payment_time: "2019-11-27T12:01:01+08:00".parse()?,
        customer_id: CUSTOMER.parse()?,
    })
    .with_pass_through_info(PASSED.parse()?))
}

/// The `Signature` header of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signing {
    Valid,
    /// A signature over another body.
    WrongBody,
    Missing,
    Twice,
    /// This text.
    Raw(&'static str),
}

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct TestRequest {
    pub(crate) method: &'static str,
    /// The URI that is sent.
    pub(crate) uri: String,
    /// The URI that is signed, if it differs.
    pub(crate) signed_uri: Option<String>,
    pub(crate) client_ids: Vec<String>,
    pub(crate) times: Vec<String>,
    pub(crate) version: u64,
    pub(crate) signing: Signing,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl TestRequest {
    /// Returns a valid request.
    pub(crate) fn for_payment(payment: &str) -> Self {
        let body = format!(r#"{{"acquirerId":"1","pspId":"2","paymentRequestId":"{payment}"}}"#);
        Self {
            method: "POST",
            uri: PATH.to_owned(),
            signed_uri: None,
            client_ids: vec![KEYS.client_id.clone()],
            times: vec![alipayplus_server::signing::format_time(KEYS.clock.now())],
            version: 1,
            signing: Signing::Valid,
            headers: vec![("content-type", "application/json; charset=UTF-8".to_owned())],
            body: body.into_bytes(),
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(|request| request.headers.push((name, value.into())))
    }

    pub(crate) fn signed_uri(&self) -> &str {
        self.signed_uri.as_deref().unwrap_or(&self.uri)
    }

    async fn signatures(&self) -> Vec<String> {
        let signature = async |body: &[u8]| {
            let content = SigningInput {
                method: self.method,
                uri: self.signed_uri(),
                client_id: self.client_ids.first().map_or("", String::as_str),
                time: self.times.first().map_or("", String::as_str),
                body,
            };
            let key = VersionedSigner::new(self.version, KEYS.client.clone());
            key.sign(&content).await.unwrap().to_string()
        };
        match self.signing {
            Signing::Valid => vec![signature(&self.body).await],
            Signing::WrongBody => vec![signature(b"another body").await],
            Signing::Missing => vec![],
            Signing::Twice => vec![signature(&self.body).await; 2],
            Signing::Raw(text) => vec![text.to_owned()],
        }
    }

    /// Returns all headers, including the signature.
    pub(crate) async fn all_headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.headers.clone();
        headers.extend(self.client_ids.iter().map(|id| ("client-id", id.clone())));
        headers.extend(self.times.iter().map(|time| ("request-time", time.clone())));
        headers.extend(self.signatures().await.into_iter().map(|value| ("signature", value)));
        headers
    }

    /// Returns the HTTP request with another body than the one that is signed.
    pub(crate) async fn with_body<B>(&self, body: B) -> HttpRequest<B> {
        let mut request = HttpRequest::builder().method(self.method).uri(&self.uri);
        for (name, value) in self.all_headers().await {
            request = request.header(name, value);
        }
        request.body(body).unwrap()
    }

    /// Returns the HTTP request with its own body.
    pub(crate) async fn build(&self) -> HttpRequest<Full<Bytes>> {
        self.with_body(Full::from(self.body.clone())).await
    }

    pub(crate) async fn send(&self, server: &Server) -> Reply {
        call(server.clone(), self.build().await).await
    }
}

/// Calls a service and reads its response.
pub(crate) async fn call<S, B, R>(service: S, request: HttpRequest<B>) -> Reply
where
    S: Service<HttpRequest<B>, Response = http::Response<R>, Error = Infallible>,
    R: http_body::Body<Data = Bytes>,
    R::Error: std::fmt::Debug,
{
    let Ok(response) = service.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Reply(http::Response::from_parts(parts, bytes))
}

/// A response.
#[derive(Debug)]
pub(crate) struct Reply(pub http::Response<Bytes>);

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap()
    }

    pub(crate) fn text(&self, pointer: &str) -> String {
        self.json().pointer(pointer).and_then(Value::as_str).unwrap_or("-").to_owned()
    }

    /// Returns the result code of the message, or the status if there is no message.
    pub(crate) fn code(&self) -> String {
        if self.0.body().is_empty() {
            assert!(self.header("content-type").is_none());
            return self.status().to_string();
        }
        assert!([200, 404].contains(&self.status()), "{}", self.status());
        assert_eq!(self.header("content-type"), Some("application/json; charset=UTF-8"));
        assert!(self.header("response-time").is_some());
        self.text("/result/resultCode")
    }

    pub(crate) fn is_signed(&self) -> bool {
        self.header("signature").is_some()
    }

    /// Returns whether the server signed this response to the request.
    pub(crate) fn verifies(&self, request: &TestRequest) -> bool {
        self.verified_by(&KEYS.server.public_key(), request)
    }

    pub(crate) fn verified_by(&self, key: &PublicKey, request: &TestRequest) -> bool {
        let content = SigningInput {
            method: request.method,
            uri: request.signed_uri(),
            client_id: self.header("client-id").unwrap(),
            time: self.header("response-time").unwrap(),
            body: self.0.body(),
        };
        let header = SignatureHeader::from_values(self.0.headers().get_all("signature")).unwrap();
        assert_eq!(self.header("client-id"), request.client_ids.first().map(String::as_str));
        key.verify(&content.digest(), &header).is_ok()
    }
}

/// A signer that counts its signatures.
#[derive(Clone)]
pub(crate) struct CountingSigner {
    key: PrivateKey,
    pub(crate) signed: Arc<AtomicUsize>,
}

impl CountingSigner {
    pub(crate) fn new() -> Self {
        Self { key: KEYS.server.clone(), signed: Arc::default() }
    }

    pub(crate) fn count(&self) -> usize {
        self.signed.load(Ordering::SeqCst)
    }
}

impl Signer for CountingSigner {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.signed.fetch_add(1, Ordering::SeqCst);
        self.key.sign(digest)
    }
}

/// A body of frames. After the last frame it ends, fails or never ends.
pub(crate) struct Frames {
    pub(crate) left: Arc<Mutex<VecDeque<Bytes>>>,
    pub(crate) ends: bool,
    pub(crate) breaks: bool,
}

impl Frames {
    pub(crate) fn new<const N: usize>(frames: [&[u8]; N], ends: bool) -> Self {
        let frames = frames.into_iter().map(Bytes::copy_from_slice).collect();
        Self { left: Arc::new(Mutex::new(frames)), ends, breaks: false }
    }
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        match self.left.lock().unwrap().pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(http_body::Frame::data(frame)))),
            None if self.breaks => Poll::Ready(Some(Err(std::io::Error::other("reset")))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static LEVEL: Cell<Level> = const { Cell::new(Level::TRACE) };
}

/// One subscriber for all tests: events are lost if subscribers are replaced while other tests log.
static SUBSCRIBER: LazyLock<()> = LazyLock::new(|| {
    let lines = tracing_subscriber::fmt::layer().json().with_span_events(FmtSpan::FULL).with_writer(|| LogWriter);
    let wanted = dynamic_filter_fn(|metadata, _| *metadata.level() <= LEVEL.get());
    tracing_subscriber::registry().with(lines.with_filter(wanted)).init();
});

/// Captures what this thread logs from now on, as JSON lines.
pub(crate) struct Log(());

impl Log {
    pub(crate) fn start() -> Self {
        Self::at(Level::TRACE)
    }

    pub(crate) fn at(level: Level) -> Self {
        LazyLock::force(&SUBSCRIBER);
        LEVEL.set(level);
        LINES.take();
        Self(())
    }

    #[expect(clippy::unused_self, reason = "a `Log` exists only after `start`")]
    pub(crate) fn text(&self) -> String {
        LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap())
    }

    /// Returns all events.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the events of responses.
    pub(crate) fn answers(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|event| event["fields"].get("latency").is_some()).collect()
    }

    /// Returns the event of the last response.
    pub(crate) fn last(&self) -> Value {
        self.answers().pop().unwrap()
    }

    /// Returns the cause in the event of the last response.
    pub(crate) fn cause(&self) -> String {
        self.last()["fields"]["cause"].as_str().unwrap_or("-").to_owned()
    }
}

struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
