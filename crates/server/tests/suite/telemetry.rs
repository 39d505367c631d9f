//! Logs and metrics.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, NotFound, Refusal, Request};
use alipayplus_server::{Caller, RemoteAddr};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use tracing::Level;

use crate::kit::{Frames, KEYS, Log, Signing, TestRequest, call, server};

/// Records every change of every metric as text.
#[derive(Clone, Default)]
pub(crate) struct MetricsRecorder(Arc<Mutex<Vec<String>>>);

struct Metric(MetricsRecorder, String);

impl MetricsRecorder {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn metric(&self, key: &Key) -> Arc<Metric> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Metric(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }
}

impl Metric {
    fn push(&self, what: &str) {
        self.0.0.lock().unwrap().push(format!("{} {what}", self.1));
    }
}

impl metrics::CounterFn for Metric {
    fn increment(&self, value: u64) {
        self.push(&format!("+{value}"));
    }
    fn absolute(&self, value: u64) {
        self.push(&format!("={value}"));
    }
}

impl metrics::GaugeFn for Metric {
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

impl metrics::HistogramFn for Metric {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value));
        self.push("recorded");
    }
}

impl Recorder for MetricsRecorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.metric(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.metric(key))
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.metric(key))
    }
}

#[tokio::test]
async fn metrics_count_requests_refusals_and_requests_in_flight() {
    let recorder = MetricsRecorder::default();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let server = server();
    TestRequest::for_payment("paid").send(&server).await;
    TestRequest::for_payment("blocked").send(&server).await;
    TestRequest::for_payment("x").with(|request| request.signing = Signing::Missing).send(&server).await;
    let stranger = |request: &mut TestRequest| {
        request.uri = "/nowhere".to_owned();
        request.client_ids = vec!["a stranger".to_owned()];
    };
    TestRequest::for_payment("x").with(stranger).send(&server).await;
    TestRequest::for_payment("x").with(|request| request.body = vec![b' '; 300_000]).send(&server).await;
    let in_flight = ["alipayplus_server_in_flight{} +1", "alipayplus_server_in_flight{} -1"];
    let request = |operation: &str, client: &str, code: &str| {
        format!("alipayplus_server_requests_total{{operation={operation},client={client},code={code}}} +1")
    };
    let signed = [
        "alipayplus_server_signing_in_flight{} +1",
        "alipayplus_server_signing_seconds{} recorded",
        "alipayplus_server_signing_in_flight{} -1",
    ];
    let latency = |operation: &str| format!("alipayplus_server_latency_seconds{{operation={operation}}} recorded");
    let refusal = |operation: &str, client: &str, cause: &str| {
        format!("alipayplus_server_refusals_total{{operation={operation},client={client},cause={cause}}} +1")
    };
    let (name, client) = ("inquiryPayment", KEYS.client_id.as_str());
    let expected = [
        in_flight[0].to_owned(),
        signed[0].to_owned(),
        signed[1].to_owned(),
        signed[2].to_owned(),
        latency(name),
        request(name, client, "Paid"),
        in_flight[1].to_owned(),
        in_flight[0].to_owned(),
        signed[0].to_owned(),
        signed[1].to_owned(),
        signed[2].to_owned(),
        latency(name),
        refusal(name, client, "handler_refused"),
        request(name, client, "PROCESS_FAIL"),
        in_flight[1].to_owned(),
        // It is rejected by its head: the permit is released before the body is read.
        in_flight[0].to_owned(),
        in_flight[1].to_owned(),
        latency(name),
        refusal(name, client, "signature"),
        request(name, client, "INVALID_SIGNATURE"),
        latency("none"),
        refusal("none", "none", "path"),
        request("none", "none", "NO_INTERFACE_DEF"),
        in_flight[0].to_owned(),
        latency(name),
        refusal(name, client, "size"),
        request(name, client, "none"),
        in_flight[1].to_owned(),
    ];
    assert_eq!(recorder.lines(), expected);
}

#[tokio::test]
async fn a_dropped_request_is_no_longer_in_flight() {
    let recorder = MetricsRecorder::default();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let request = TestRequest::for_payment("paid").with_body(Frames::new([], false)).await;
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(20), call(server(), request)).await;
    assert!(dropped.is_err());
    let abandoned = "alipayplus_server_abandoned_total{operation=inquiryPayment} +1";
    assert_eq!(recorder.lines(), ["alipayplus_server_in_flight{} +1", abandoned, "alipayplus_server_in_flight{} -1"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_disconnects_is_logged() {
    let log = Log::start();
    let result =
        tokio::time::timeout(std::time::Duration::from_secs(1), TestRequest::for_payment("slow").send(&server())).await;
    assert!(result.is_err());
    let event = log.last();
    assert_eq!((&event["level"], &event["fields"]["message"]), (&"WARN".into(), &"abandoned".into()));
    assert_eq!(event["fields"]["latency"], 1.0);
    assert_eq!(event["span"]["client_id"], crate::kit::KEYS.client_id);
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn a_handler_that_blocks_its_thread_is_logged() {
    struct Blocking;
    impl InquiryPayment for Blocking {
        async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
            std::thread::sleep(std::time::Duration::from_millis(30));
            Ok(NotFound::default().into())
        }
    }
    let log = Log::start();
    let server = crate::kit::builder().deadline(std::time::Duration::from_millis(20)).build().unwrap();
    let reply = TestRequest::for_payment("any").send(&server.inquiry_payment(Blocking)).await;
    assert_eq!(reply.code(), "ORDER_NOT_EXIST");
    let event = log.last();
    assert_eq!((&event["level"], &event["fields"]["message"]), (&"WARN".into(), &"answered late".into()));
    assert_eq!(event["fields"]["outcome"], "NotFound");
}

#[tokio::test]
async fn an_event_is_in_the_span_of_its_request() {
    let log = Log::start();
    TestRequest::for_payment("open").header("tracer-id", "trace-1").send(&server()).await;
    let event = log.last();
    assert_eq!(event["level"], "INFO");
    assert_eq!(event["target"], "alipayplus_server");
    assert_eq!(event["fields"]["message"], "answered");
    assert_eq!(event["fields"]["outcome"], "InProgress");
    assert_eq!(event["fields"]["status"], 200);
    assert!(event["fields"]["latency"].is_f64());
    assert_eq!(event["span"]["name"], "alipayplus.request");
    assert_eq!(event["span"]["operation"], "inquiryPayment");
    assert_eq!(event["span"]["client_id"], crate::kit::KEYS.client_id);
    assert_eq!(event["span"]["tracer_id"], "trace-1");
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn the_span_has_the_trace_and_the_address_of_the_request() {
    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    // Whatever the filter, the events have their span.
    for (level, payment) in [(Level::INFO, "open"), (Level::WARN, "blocked"), (Level::ERROR, "error")] {
        let log = Log::at(level);
        let mut request = TestRequest::for_payment(payment).header("traceparent", PARENT).build().await;
        request.extensions_mut().insert(RemoteAddr("192.0.2.7:4711".parse().unwrap()));
        call(server(), request).await;
        assert_eq!(log.last()["span"]["traceparent"], PARENT);
        assert_eq!(log.last()["span"]["remote_addr"], "192.0.2.7:4711");
    }
    let log = Log::start();
    TestRequest::for_payment("open").header("traceparent", format!("{PARENT}{PARENT}")).send(&server()).await;
    assert_eq!(log.last()["span"]["traceparent"].as_str().unwrap().chars().count(), 65);
    assert_eq!(log.last()["span"].get("remote_addr"), None);
}

#[tokio::test]
async fn a_refusal_has_its_code_and_its_cause() {
    let log = Log::start();
    let late = crate::kit::KEYS.clock.now() - std::time::Duration::from_secs(301);
    TestRequest::for_payment("open").with(|request| request.times = vec![late.to_string()]).send(&server()).await;
    let event = log.last();
    assert_eq!(event["level"], "WARN");
    assert_eq!(event["fields"]["code"], "INVALID_SIGNATURE");
    assert_eq!(event["fields"]["cause"], "signature: stale by 301 s");
}

#[tokio::test]
async fn errors_keep_their_span_if_the_filter_is_error() {
    let log = Log::at(tracing::Level::ERROR);
    TestRequest::for_payment("paid").send(&server()).await;
    TestRequest::for_payment("error").send(&server()).await;
    assert_eq!(log.answers().len(), 1);
    assert_eq!(log.last()["span"]["client_id"], crate::kit::KEYS.client_id);
}

#[tokio::test]
async fn a_hostile_client_id_is_truncated_in_the_log() {
    let log = Log::start();
    let hostile = format!("\"}}\\{}", "x".repeat(5000));
    TestRequest::for_payment("open").with(|request| request.client_ids = vec![hostile]).send(&server()).await;
    let event = log.last();
    let shown = event["span"]["client_id"].as_str().unwrap();
    assert!(shown.chars().count() <= 80 && shown.ends_with("x…"), "{shown}");
    assert!(log.text().lines().all(|line| line.len() < 1000));

    let log = Log::start();
    let mut request = TestRequest::for_payment("open").build().await;
    request.headers_mut().insert("client-id", http::HeaderValue::from_bytes(b"a\xf0\x9f\x92\xa9\tb").unwrap());
    request.headers_mut().insert("tracer-id", http::HeaderValue::from_bytes(b"t\xff").unwrap());
    let reply = call(server(), request).await;
    assert_eq!((reply.header("client-id"), reply.header("tracer-id")), (None, None));
    assert_eq!(log.last()["span"].get("client_id"), None);
}

/// Returns the rows of the tables in the guide to logs and metrics whose first cell begins like this, as cells.
fn guide(first: &str) -> Vec<Vec<&'static str>> {
    let lines = include_str!("../../../../docs/metrics.md").lines();
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    rows.filter(|row| row[0].starts_with(first)).collect()
}

#[tokio::test]
async fn the_guide_has_the_metrics_that_are_updated() {
    let recorder = MetricsRecorder::default();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let server = server();
    TestRequest::for_payment("paid").send(&server).await;
    TestRequest::for_payment("blocked").send(&server).await;
    let unfinished = TestRequest::for_payment("paid").with_body(Frames::new([], false)).await;
    let _ = tokio::time::timeout(std::time::Duration::from_millis(20), call(server, unfinished)).await;
    let label_names = |labels: &str| {
        let names = labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
        names.collect::<Vec<_>>()
    };
    let updated: BTreeSet<_> = recorder
        .lines()
        .iter()
        .map(|line| {
            let (name, rest) = line.split_once('{').unwrap();
            let (labels, change) = rest.rsplit_once("} ").unwrap();
            let kind = if change == "recorded" {
                "histogram"
            } else if name.ends_with("_total") {
                "counter"
            } else {
                "gauge"
            };
            (name.to_owned(), kind.to_owned(), label_names(labels))
        })
        .collect();
    let rows = guide("`alipayplus_server_").into_iter().filter(|row| row.len() == 5);
    let documented = rows.map(|row| {
        let labels = row[2].split(", ").filter(|label| *label != "none").map(|label| label.replace('`', ""));
        (row[0].replace('`', ""), row[1].to_owned(), labels.collect())
    });
    assert_eq!(documented.collect::<BTreeSet<_>>(), updated);
    // Each histogram has its buckets.
    let buckets: Vec<_> = guide("`alipayplus_server_").into_iter().filter(|row| row.len() == 3).collect();
    for (name, kind, _) in updated {
        let row = buckets.iter().find(|row| row[0] == format!("`{name}`"));
        assert_eq!(row.is_some(), kind == "histogram", "{name}");
        let buckets: Vec<f64> = row.map_or("", |row| row[1]).split(", ").filter_map(|it| it.parse().ok()).collect();
        assert!(buckets.is_sorted());
    }
}

/// Every event is one of the guide, and the other way round.
#[test]
fn the_guide_has_the_messages_that_are_logged() {
    let sources = [
        include_str!("../../src/telemetry.rs"),
        include_str!("../../src/request_log.rs"),
        include_str!("../../src/connections.rs"),
        include_str!("../../src/listener.rs"),
        include_str!("../../src/signal.rs"),
        include_str!("../../src/tls.rs"),
        include_str!("../../../client/src/telemetry.rs"),
        include_str!("../../../signing/src/watch.rs"),
    ];
    let levels = ["debug", "info", "warn", "error"];
    let mut logged = BTreeSet::new();
    for event in sources.iter().flat_map(|source| source.split("!(").zip(source.split("!(").skip(1))) {
        let (before, after) = event;
        let Some(level) = levels.iter().find(|level| before.ends_with(*level)) else { continue };
        let end = [");", "),\n"].iter().filter_map(|end| after.find(end)).min().unwrap();
        let event = &after[..end];
        let message = event.rsplit('"').nth(1).unwrap();
        logged.insert((level.to_uppercase(), format!("`{message}`")));
    }
    let documented = levels.iter().flat_map(|level| guide(&level.to_uppercase()));
    let documented = documented.map(|row| (row[0].to_owned(), row[1].to_owned())).collect::<BTreeSet<_>>();
    assert_eq!(documented, logged);
}
