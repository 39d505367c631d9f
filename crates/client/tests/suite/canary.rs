//! Nothing that is printed, logged or counted holds a key, a customer's data or a text of the server.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use alipayplus_client::inquiry_payment::Expected;
use alipayplus_client::{Client, Error, PrivateKey};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::mock_server::{
    CUSTOMER, MESSAGE, MockResponse, MockServer, PASS_THROUGH, in_progress, members, paid, payment, request,
    result_only, trouble,
};
use crate::tcp::{RawServer, signed};

/// Everything that was printed, logged or counted.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn add(&self, text: &str) {
        writeln!(self.0.lock().unwrap(), "{text}").unwrap();
    }

    /// Captures the logs of this thread until the guard is dropped.
    fn capture_logs(&self) -> DefaultGuard {
        self.capture_logs_from(tracing::Level::TRACE)
    }

    fn capture_logs_from(&self, level: tracing::Level) -> DefaultGuard {
        /// With a single subscriber, tracing would ask that of the thread which reaches an event first, and keep its
        /// answer for all threads: those of other tests have none.
        static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
        LazyLock::force(&SECOND);
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn debug(&self, value: &impl Debug) {
        self.add(&format!("{value:?} {value:#?}"));
    }

    fn error(&self, error: &Error) {
        self.debug(error);
        self.add(&error.to_string());
        let mut source = error.source();
        while let Some(cause) = source {
            self.add(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Captures the names and labels of metrics.
impl Recorder for Captured {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.add(&key.to_string());
        Counter::noop()
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        self.add(&key.to_string());
        Gauge::noop()
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.add(&key.to_string());
        Histogram::noop()
    }
}

/// A key whose text is known, so that the test can search for it.
const KEYS: &str = include_str!("../../../../docs/vectors/test-keys.json");

fn known_key() -> (&'static str, PrivateKey) {
    let (_, rest) = KEYS.split_once("\"private_pkcs8_base64\": \"").unwrap();
    let (text, _) = rest.split_once('"').unwrap();
    (text, PrivateKey::from_text(text).unwrap())
}

fn assert_clean(captured: &str, key: &str) {
    // A part that the key's PKCS#8 text and its PKCS#1 text have in common.
    let middle = &key[key.len() / 2..key.len() / 2 + 24];
    for canary in [CUSTOMER, PASS_THROUGH, MESSAGE, middle, "20200101234567890130", "PRIVATE KEY"] {
        assert!(!captured.contains(canary), "{canary} in {captured}");
    }
}

fn responses() -> Vec<MockResponse> {
    let long = "x".repeat(300_000);
    let untrusted_key = crate::mock_server::test_keys().client;
    vec![
        MockResponse::new(paid()),
        MockResponse::new(in_progress()),
        MockResponse::new(payment("F", "RISK_REJECT", &members(""))),
        MockResponse::new(payment("F", "ADDED_LATER", "")),
        MockResponse::new(result_only("F", "ORDER_NOT_EXIST")),
        MockResponse::new(result_only("F", "ACCESS_DENIED")),
        MockResponse::new(result_only("F", "ADDED_LATER")),
        MockResponse::new(trouble()),
        MockResponse::new(trouble()).unsigned(),
        MockResponse::new(paid()).unsigned(),
        MockResponse::new(paid()).signed_by(untrusted_key),
        MockResponse::new(paid()).version(9),
        MockResponse::new(paid()).client_id(CUSTOMER),
        MockResponse::new(paid()).time(CUSTOMER),
        MockResponse::new(paid()).header("signature", CUSTOMER),
        MockResponse::new(paid()).without_header("signature").header("signature", CUSTOMER),
        MockResponse::new(paid()).header("content-encoding", CUSTOMER),
        MockResponse::new(paid()).without_header("content-type").header("content-type", CUSTOMER),
        MockResponse::new(paid()).status(500),
        MockResponse::new(long),
        MockResponse::new(payment("S", "SUCCESS", &members(&format!(r#","customerId":"{CUSTOMER}""#)))),
        MockResponse::new(payment("S", "SUCCESS", &members("").replace("2020-01-01T", CUSTOMER))),
        MockResponse::new(payment(CUSTOMER, "SUCCESS", &members(""))),
        MockResponse::new(format!("{CUSTOMER} is no JSON")),
        MockResponse::broken(),
        MockResponse::new(paid()).after(std::time::Duration::from_secs(99)),
    ]
}

#[tokio::test(start_paused = true)]
async fn nothing_sensitive_is_printed() {
    let captured = Captured::default();
    let _logs = captured.capture_logs();
    let recorder = captured.clone();
    let _metrics = metrics::set_default_local_recorder(&recorder);

    let (key_text, key) = known_key();
    let expected = Expected::default().with_payment_id("1".parse().unwrap());
    for response in responses() {
        let mut server = MockServer::new([response]);
        server.keys.client = key.clone();
        captured.debug(&server.keys);
        captured.debug(&server.builder());
        let client: Client = server.builder().label("mpp-7").build().unwrap();
        captured.debug(&client);
        let request = request();
        for expected in [Expected::default(), expected.clone()] {
            let call = client.inquiry_payment(&request).expecting(expected).tracer_id("trace-1");
            captured.debug(&call);
            match call.await {
                Ok(reply) => {
                    captured.debug(reply.evidence());
                    // The decoded response prints the server's message, but no customer's data.
                    let text = format!("{reply:?} {reply:#?}");
                    captured.add(&text.replace(MESSAGE, "a message"));
                }
                Err(error) => captured.error(&error),
            }
        }
    }

    let text = captured.text();
    assert_clean(&text, key_text);
    // The logs and metrics were captured.
    for needle in [
        "call{operation=\"inquiryPayment\" server=\"mpp-7\" client_id=\"SANDBOX_5X00000000000000\" tracer_id=\"trace-1\"",
        "attempt{attempt=3}: alipayplus_client::telemetry: enter",
        "retrying",
        "outcome=\"Paid\"",
        "Mismatch",
        "DeadlineExceeded",
        &format!("response_body: {} bytes", paid().len()),
        "alipayplus_client_requests_total",
        "alipayplus_client_request_seconds",
        "alipayplus_client_retries_total",
        "alipayplus_client_refusals_total",
        "alipayplus_client_results_total",
        "alipayplus_client_results_total, [operation = inquiryPayment, server = mpp-7, result = Paid]",
        "result = Paid",
        "result = ACCESS_DENIED",
        "result = unlisted",
        "cause = unsigned",
    ] {
        assert!(text.contains(needle), "{needle} is not in {text}");
    }
    // The guide to logs and metrics has the metrics that are updated.
    let names = |text: &str| -> BTreeSet<String> {
        let words = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        words.filter(|word| word.starts_with("alipayplus_client_")).map(str::to_owned).collect()
    };
    assert_eq!(names(&text), names(include_str!("../../../../docs/metrics.md")));
}

#[tokio::test]
async fn nothing_sensitive_is_logged_by_dependencies() {
    let captured = Captured::default();
    let _logs = captured.capture_logs();
    let server = MockServer::new([]);
    let raw = RawServer::responding(signed(&server, &paid()).await).await;
    raw.builder(&server).build().unwrap().inquiry_payment(&request()).await.unwrap();
    let text = captured.text();
    assert_clean(&text, known_key().0);
    assert!(text.contains("hyper_util") && text.contains("outcome=\"Paid\""), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_warning_keeps_its_call() {
    let captured = Captured::default();
    let guard = captured.capture_logs_from(tracing::Level::WARN);
    let server = MockServer::new([MockResponse::new(trouble())]);
    let client = server.builder().label("mpp-7").build().unwrap();
    client.inquiry_payment(&request()).tracer_id("t-1").await.unwrap_err();
    drop(guard);
    let text = captured.text();
    for field in ["call{operation=\"inquiryPayment\"", "server=\"mpp-7\"", "tracer_id=\"t-1\"", "attempt failed"] {
        assert!(text.contains(field), "{field} is not in {text}");
    }
}
