//! A customer's data and keys appear in no log, no metric and no `Debug`.

use alipayplus_server::inquiry_payment::{Refusal, RefusalCode};
use alipayplus_server::{Caller, HttpServer};

use crate::kit::{Ask, CUSTOMER, Log, PARTIES, PASSED, Sign, builder, mounted, server};
use crate::observed::Seen;

fn assert_clean(text: &str, of: &str) {
    let public_keys = [PARTIES.client.public_key_text(), PARTIES.server.public_key_text()];
    let mut canaries = vec![CUSTOMER, "canary-customer", PASSED, "passed-through", "PRIVATE", "canary-in-request"];
    // The first line is the same for every key of this size.
    canaries.extend(public_keys.iter().flat_map(|key| key.lines().skip(2).filter(|line| !line.starts_with('-'))));
    for canary in canaries {
        assert!(!text.contains(canary), "{canary} in {of}: {text}");
    }
}

#[tokio::test]
async fn nothing_sensitive_is_logged_or_counted() {
    let (log, seen) = (Log::start(), Seen::default());
    let _recording = metrics::set_default_local_recorder(&seen);
    let server = server();
    for payment in ["paid", "not due", "panic", "error", "blocked", "open", "canary-in-request"] {
        Ask::about(payment).send(&server).await;
        Ask::about(payment).with(|ask| ask.sign = Sign::Wrongly).send(&server).await;
    }
    let wrong = format!(r#"{{"acquirerId":"{}canary-in-request","pspId":7}}"#, "x".repeat(99));
    Ask::about("").with(|ask| ask.body = wrong.into_bytes()).send(&server).await;
    Ask::about("").with(|ask| ask.body = b"{\"canary-in-request\":1,".to_vec()).send(&server).await;
    assert_eq!(log.answers().len(), 16);
    assert_clean(&log.text(), "the log");
    assert_clean(&seen.lines().join("\n"), "the metrics");
}

#[tokio::test]
async fn nothing_sensitive_is_printed() {
    let refusal = Refusal::new(RefusalCode::ProcessFail).with_detail(CUSTOMER).with_source("a cause");
    assert_clean(&format!("{refusal:?} {refusal}"), "Refusal");
    assert_eq!(format!("{refusal:?}"), r#"Refusal { code: Some(ProcessFail), cause: Some("a cause"), .. }"#);
    let caller = Caller::testing("client");
    assert_eq!(format!("{caller:?}"), r#"Caller { client_id: "client", key_version: 1, tracer_id: None }"#);
    let (builder, server) = (format!("{:?}", builder()), format!("{:?}", mounted(builder())));
    assert_clean(&builder, "Builder");
    assert_clean(&server, "Server");
    assert!(server.contains("KeyRing(1 clients)"), "{server}");
    let serve = HttpServer::new().with_graceful_shutdown(std::future::pending(), std::time::Duration::from_secs(10));
    assert!(
        format!("{serve:?}")
            .starts_with("HttpServer { header_timeout: 10s, write_timeout: 10s, max_connections: 1024, grace: 10s")
    );
}
