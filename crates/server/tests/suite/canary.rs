//! No log, metric or `Debug` output contains a key or a customer's data.

use alipayplus_server::inquiry_payment::{Refusal, RefusalCode};
use alipayplus_server::{Caller, HttpServer};

use crate::kit::{CUSTOMER, KEYS, Log, PASSED, Signing, TestRequest, builder, mounted, server};
use crate::telemetry::MetricsRecorder;

fn assert_clean(text: &str, source: &str) {
    let public_keys = [KEYS.client.public_key_text(), KEYS.server.public_key_text()];
    let mut canaries = vec![CUSTOMER, "canary-customer", PASSED, "passed-through", "PRIVATE", "canary-in-request"];
    // The first line is the same for every key of this size.
    canaries.extend(public_keys.iter().flat_map(|key| key.lines().skip(2).filter(|line| !line.starts_with('-'))));
    for canary in canaries {
        assert!(!text.contains(canary), "{canary} in {source}: {text}");
    }
}

#[tokio::test]
async fn no_sensitive_data_is_logged_or_counted() {
    let (log, recorder) = (Log::start(), MetricsRecorder::default());
    let _recording = metrics::set_default_local_recorder(&recorder);
    let server = server();
    for payment in ["paid", "redundant", "panic", "error", "blocked", "open", "canary-in-request"] {
        TestRequest::for_payment(payment).send(&server).await;
        TestRequest::for_payment(payment).with(|request| request.signing = Signing::WrongBody).send(&server).await;
    }
    let wrong = format!(r#"{{"acquirerId":"{}canary-in-request","pspId":7}}"#, "x".repeat(99));
    TestRequest::for_payment("").with(|request| request.body = wrong.into_bytes()).send(&server).await;
    TestRequest::for_payment("")
        .with(|request| request.body = b"{\"canary-in-request\":1,".to_vec())
        .send(&server)
        .await;
    assert_eq!(log.answers().len(), 16);
    assert_clean(&log.text(), "the log");
    assert_clean(&recorder.lines().join("\n"), "the metrics");
}

#[tokio::test]
async fn no_sensitive_data_is_printed() {
    let refusal = Refusal::new(RefusalCode::ProcessFail).with_detail(CUSTOMER).with_source("a cause");
    assert_clean(&format!("{refusal:?} {refusal}"), "Refusal");
    assert_eq!(format!("{refusal:?}"), r#"Refusal { code: Some(ProcessFail), cause: Some("a cause"), .. }"#);
    let caller = Caller::testing("client");
    assert_eq!(format!("{caller:?}"), r#"Caller { client_id: "client", key_version: 1, tracer_id: None, .. }"#);
    let (builder, server) = (format!("{:?}", builder()), format!("{:?}", mounted(builder())));
    assert_clean(&builder, "Builder");
    assert_clean(&server, "Server");
    assert!(server.contains("KeyRing(1 clients)"), "{server}");
    let serve = HttpServer::new().with_graceful_shutdown(std::future::pending(), std::time::Duration::from_secs(10));
    assert!(format!("{serve:?}").starts_with(
        "HttpServer { address: \"127.0.0.1:8080\", header_timeout: 10s, idle_timeout: 75s, write_timeout: 10s, max_connections: 1024, drain: 0ns, grace: 10s"
    ));
}
