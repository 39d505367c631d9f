//! What operators see.

use std::sync::{Arc, Mutex};

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use crate::kit::{Ask, Frames, Log, Sign, server, told};

/// Every change of every metric, as text.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

struct One(Seen, String);

impl Seen {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn one(&self, key: &Key) -> Arc<One> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(One(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }
}

impl One {
    fn push(&self, what: &str) {
        self.0.0.lock().unwrap().push(format!("{} {what}", self.1));
    }
}

impl metrics::CounterFn for One {
    fn increment(&self, value: u64) {
        self.push(&format!("+{value}"));
    }
    fn absolute(&self, value: u64) {
        self.push(&format!("={value}"));
    }
}

impl metrics::GaugeFn for One {
    fn increment(&self, value: f64) {
        self.push(&format!("+{value}"));
    }
    fn decrement(&self, value: f64) {
        self.push(&format!("-{value}"));
    }
    fn set(&self, value: f64) {
        self.push(&format!("={value}"));
    }
}

impl metrics::HistogramFn for One {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value));
        self.push("recorded");
    }
}

impl Recorder for Seen {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.one(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.one(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.one(key))
    }
}

#[tokio::test]
async fn metrics_count_answers_refusals_and_places() {
    let seen = Seen::default();
    let _recording = metrics::set_default_local_recorder(&seen);
    let server = server();
    Ask::about("paid").send(&server).await;
    Ask::about("blocked").send(&server).await;
    Ask::about("x").with(|ask| ask.sign = Sign::Not).send(&server).await;
    Ask::about("x").with(|ask| ask.uri = "/nowhere".to_owned()).send(&server).await;
    Ask::about("x").with(|ask| ask.body = vec![b' '; 300_000]).send(&server).await;
    let place = ["alipayplus_server_in_flight{} +1", "alipayplus_server_in_flight{} -1"];
    let request = |operation: &str, code: &str| {
        format!("alipayplus_server_requests_total{{operation={operation},code={code}}} +1")
    };
    let latency = |operation: &str| format!("alipayplus_server_latency_seconds{{operation={operation}}} recorded");
    let refusal = |operation: &str, cause: &str| {
        format!("alipayplus_server_refusals_total{{operation={operation},cause={cause}}} +1")
    };
    let name = "inquiryPayment";
    let expected = [
        place[0].to_owned(),
        request(name, "Paid"),
        latency(name),
        place[1].to_owned(),
        place[0].to_owned(),
        request(name, "PROCESS_FAIL"),
        latency(name),
        refusal(name, "handler_refused"),
        place[1].to_owned(),
        // Its head alone refuses it: the place is given back before the body comes.
        place[0].to_owned(),
        place[1].to_owned(),
        request(name, "INVALID_SIGNATURE"),
        latency(name),
        refusal(name, "signature"),
        request("none", "NO_INTERFACE_DEF"),
        latency("none"),
        refusal("none", "path"),
        place[0].to_owned(),
        request(name, "none"),
        latency(name),
        refusal(name, "size"),
        place[1].to_owned(),
    ];
    assert_eq!(seen.lines(), expected);
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_its_place() {
    let seen = Seen::default();
    let _recording = metrics::set_default_local_recorder(&seen);
    let request = Ask::about("paid").request(Frames::new([], false)).await;
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(20), told(server(), request)).await;
    assert!(dropped.is_err());
    let abandoned = "alipayplus_server_abandoned_total{operation=inquiryPayment} +1";
    assert_eq!(seen.lines(), ["alipayplus_server_in_flight{} +1", abandoned, "alipayplus_server_in_flight{} -1"]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_hangs_up_is_told_to_the_operator() {
    let log = Log::start();
    let asked = tokio::time::timeout(std::time::Duration::from_secs(1), Ask::about("slow").send(&server())).await;
    assert!(asked.is_err());
    let event = log.last();
    assert_eq!((&event["level"], &event["fields"]["message"]), (&"WARN".into(), &"abandoned".into()));
    assert_eq!(event["fields"]["latency"], 1.0);
    assert_eq!(event["span"]["client_id"], crate::kit::PARTIES.client_id);
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn a_handler_that_blocks_is_told_to_the_operator() {
    struct Blocking;
    impl InquiryPayment for Blocking {
        async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
            std::thread::sleep(std::time::Duration::from_millis(30));
            Ok(Answer::NotFound)
        }
    }
    let log = Log::start();
    let server = crate::kit::builder().deadline(std::time::Duration::from_millis(20)).build().unwrap();
    let told = Ask::about("any").send(&server.inquiry_payment(Blocking)).await;
    assert_eq!(told.code(), "ORDER_NOT_EXIST");
    let event = log.last();
    assert_eq!((&event["level"], &event["fields"]["message"]), (&"WARN".into(), &"answered late".into()));
    assert_eq!(event["fields"]["outcome"], "NotFound");
}

#[tokio::test]
async fn an_event_stands_in_the_span_of_its_request() {
    let log = Log::start();
    Ask::about("open").header("tracer-id", "trace-1").send(&server()).await;
    let event = log.last();
    assert_eq!(event["level"], "INFO");
    assert_eq!(event["target"], "alipayplus_server");
    assert_eq!(event["fields"]["message"], "answered");
    assert_eq!(event["fields"]["outcome"], "InProgress");
    assert_eq!(event["fields"]["status"], 200);
    assert!(event["fields"]["latency"].is_f64());
    assert_eq!(event["span"]["name"], "alipayplus.request");
    assert_eq!(event["span"]["operation"], "inquiryPayment");
    assert_eq!(event["span"]["client_id"], crate::kit::PARTIES.client_id);
    assert_eq!(event["span"]["tracer_id"], "trace-1");
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn a_refusal_has_its_code_and_its_cause() {
    let log = Log::start();
    let late = crate::kit::PARTIES.clock.now() - std::time::Duration::from_secs(301);
    Ask::about("open").with(|ask| ask.times = vec![late.to_string()]).send(&server()).await;
    let event = log.last();
    assert_eq!(event["level"], "WARN");
    assert_eq!(event["fields"]["code"], "INVALID_SIGNATURE");
    assert_eq!(event["fields"]["cause"], "signature: stale by 301 s");
}

#[tokio::test]
async fn where_errors_alone_are_logged_they_keep_their_span() {
    let log = Log::at(tracing::Level::ERROR);
    Ask::about("paid").send(&server()).await;
    Ask::about("error").send(&server()).await;
    assert_eq!(log.answers().len(), 1);
    assert_eq!(log.last()["span"]["client_id"], crate::kit::PARTIES.client_id);
}

#[tokio::test]
async fn a_hostile_client_id_is_bounded_in_the_log() {
    let log = Log::start();
    let hostile = format!("\"}}\\{}", "x".repeat(5000));
    Ask::about("open").with(|ask| ask.client_ids = vec![hostile]).send(&server()).await;
    let event = log.last();
    let shown = event["span"]["client_id"].as_str().unwrap();
    assert!(shown.chars().count() <= 80 && shown.ends_with("x…"), "{shown}");
    assert!(log.text().lines().all(|line| line.len() < 1000));

    let log = Log::start();
    let mut request = Ask::about("open").full().await;
    request.headers_mut().insert("client-id", http::HeaderValue::from_bytes(b"a\xf0\x9f\x92\xa9\tb").unwrap());
    request.headers_mut().insert("tracer-id", http::HeaderValue::from_bytes(b"t\xff").unwrap());
    let told = told(server(), request).await;
    assert_eq!((told.header("client-id"), told.header("tracer-id")), (None, None));
    assert_eq!(log.last()["span"].get("client_id"), None);
}
