//! Nothing that is printed, logged or counted holds a key, a customer's data or a text of the other side.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, Mutex};

use alipayplus_client::inquiry_payment::Expected;
use alipayplus_client::{Client, Error, PrivateKey};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::peer::{
    Answer, CUSTOMER, MESSAGE, PASSED, Peer, in_progress, members, only, paid, payment, request, trouble,
};
use crate::tcp::{Raw, signed};

/// Everything that anyone printed.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<String>>);

impl Paper {
    fn add(&self, text: &str) {
        writeln!(self.0.lock().unwrap(), "{text}").unwrap();
    }

    /// Takes the logs of this thread down, until the guard is dropped.
    fn listen(&self) -> DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
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

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the keys and labels of metrics down.
impl Recorder for Paper {
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

/// A key whose text is known, so that it can be looked for.
const KEYS: &str = include_str!("../../../signing/tests/vectors/test-keys.json");

fn known_key() -> (&'static str, PrivateKey) {
    let (_, rest) = KEYS.split_once("\"private_pkcs8_base64\": \"").unwrap();
    let (text, _) = rest.split_once('"').unwrap();
    (text, PrivateKey::from_text(text).unwrap())
}

fn assert_clean(paper: &str, key: &str) {
    // Pieces from where both a PKCS#8 and a PKCS#1 text would have them.
    let middle = &key[key.len() / 2..key.len() / 2 + 24];
    for canary in [CUSTOMER, PASSED, MESSAGE, middle, "20200101234567890130", "PRIVATE KEY"] {
        assert!(!paper.contains(canary), "{canary} in {paper}");
    }
}

fn answers() -> Vec<Answer> {
    let long = "x".repeat(300_000);
    let key_of_nobody = crate::peer::parties().client;
    vec![
        Answer::of(paid()),
        Answer::of(in_progress()),
        Answer::of(payment("F", "RISK_REJECT", &members(""))),
        Answer::of(payment("F", "OF_TOMORROW", "")),
        Answer::of(only("F", "ORDER_NOT_EXIST")),
        Answer::of(only("F", "ACCESS_DENIED")),
        Answer::of(only("F", "OF_TOMORROW")),
        Answer::of(trouble()),
        Answer::of(trouble()).unsigned(),
        Answer::of(paid()).unsigned(),
        Answer::of(paid()).signed_by(key_of_nobody),
        Answer::of(paid()).version(9),
        Answer::of(paid()).client_id(CUSTOMER),
        Answer::of(paid()).time(CUSTOMER),
        Answer::of(paid()).header("signature", CUSTOMER),
        Answer::of(paid()).without("signature").header("signature", CUSTOMER),
        Answer::of(paid()).header("content-encoding", CUSTOMER),
        Answer::of(paid()).without("content-type").header("content-type", CUSTOMER),
        Answer::of(paid()).status(500),
        Answer::of(long),
        Answer::of(payment("S", "SUCCESS", &members(&format!(r#","customerId":"{CUSTOMER}""#)))),
        Answer::of(payment("S", "SUCCESS", &members("").replace("2020-01-01T", CUSTOMER))),
        Answer::of(payment(CUSTOMER, "SUCCESS", &members(""))),
        Answer::of(format!("{CUSTOMER} is no JSON")),
        Answer::broken(),
        Answer::of(paid()).after(std::time::Duration::from_secs(99)),
    ]
}

#[tokio::test(start_paused = true)]
async fn nothing_sensitive_is_printed() {
    let paper = Paper::default();
    let _logs = paper.listen();
    let recorder = paper.clone();
    let _metrics = metrics::set_default_local_recorder(&recorder);

    let (key_text, key) = known_key();
    let expected = Expected { payment_id: Some("1".parse().unwrap()), ..Expected::default() };
    for answer in answers() {
        let mut peer = Peer::new([answer]);
        peer.parties.client = key.clone();
        paper.debug(&peer.parties);
        paper.debug(&peer.builder());
        let client: Client = peer.client();
        paper.debug(&client);
        let request = request();
        for expected in [Expected::default(), expected.clone()] {
            let call = client.inquiry_payment(&request).expecting(expected).tracer_id("trace-1");
            paper.debug(&call);
            match call.await {
                Ok(reply) => {
                    paper.debug(reply.evidence());
                    // The response shows what the other side said, but for what is a customer's.
                    let text = format!("{reply:?} {reply:#?}");
                    paper.add(&text.replace(MESSAGE, "a message"));
                }
                Err(error) => paper.error(&error),
            }
        }
    }

    let text = paper.text();
    assert_clean(&text, key_text);
    // It did listen.
    for needle in [
        "call{operation=\"inquiryPayment\" client_id=\"SANDBOX_5X00000000000000\" tracer_id=\"trace-1\"",
        "attempt{attempt=3}: alipayplus_client::observe: enter",
        "asking again",
        "outcome=\"Paid\"",
        "Mismatch",
        "DeadlineExceeded",
        &format!("response_body: {} bytes", paid().len()),
        "alipayplus_client_requests_total",
        "alipayplus_client_request_seconds",
        "alipayplus_client_retries_total",
        "alipayplus_client_refusals_total",
        "alipayplus_client_results_total",
        "result = Paid",
        "result = ACCESS_DENIED",
        "result = unlisted",
        "cause = unsigned",
    ] {
        assert!(text.contains(needle), "{needle} is not in {text}");
    }
}

#[tokio::test]
async fn nor_do_the_libraries_below_print_it() {
    let paper = Paper::default();
    let _logs = paper.listen();
    let peer = Peer::new([]);
    let raw = Raw::answering(signed(&peer, &paid()).await).await;
    raw.builder(&peer).build().unwrap().inquiry_payment(&request()).await.unwrap();
    let text = paper.text();
    assert_clean(&text, known_key().0);
    assert!(text.contains("hyper_util") && text.contains("outcome=\"Paid\""), "{text}");
}
