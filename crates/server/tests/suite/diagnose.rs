//! Why a signature does not match, in the log.

use std::sync::mpsc;
use std::time::Duration;

use alipayplus_server::{PublicKey, Server};
use bytes::Bytes;
use http_body_util::Full;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use crate::kit::{KEYS, Log, PATH, Reply, Signing, TestRequest, builder, call, mounted, server};

const CANARY: &str = "canary-payment-4711";

fn diagnosing() -> Server {
    mounted(builder().diagnose_signatures(true))
}

/// Sends a request with a confidential body and query, whose body lost the line feed at its end.
async fn send_cut(server: &Server) -> Reply {
    let request = TestRequest::for_payment(CANARY).header("tracer-id", "trace-1");
    let request = request.with(|request| {
        request.uri = format!("{PATH}?token={CANARY}");
        request.body.push(b'\n');
    });
    let cut = Bytes::copy_from_slice(request.body.trim_ascii_end());
    call(server.clone(), request.with_body(Full::<Bytes>::from(cut)).await).await
}

fn diagnoses(log: &Log) -> Vec<Value> {
    log.lines().into_iter().filter(|event| event["fields"]["message"] == "diagnosed").collect()
}

/// Waits for the n-th diagnosis.
async fn nth(log: &Log, n: usize) -> Value {
    loop {
        if let Some(event) = diagnoses(log).into_iter().nth(n) {
            return event;
        }
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_cause_is_named_without_the_body() {
    let log = Log::start();
    assert_eq!(send_cut(&diagnosing()).await.code(), "INVALID_SIGNATURE");
    let event = nth(&log, 0).await;
    assert_eq!((&event["level"], &event["target"]), (&"WARN".into(), &"alipayplus_server".into()));
    let fields = &event["fields"];
    assert_eq!(
        fields["cause"],
        "body-line-feed: A line end at the end of the body was added or lost after signing \
         (signed: with a line feed at its end)."
    );
    assert_eq!((&fields["client_id"], &fields["tracer_id"]), (&KEYS.client_id.as_str().into(), &"trace-1".into()));
    assert!(!log.text().contains(CANARY), "{}", log.text());
}

#[tokio::test(start_paused = true)]
async fn keys_of_other_clients_and_the_own_key_are_known() {
    let log = Log::start();
    let callers = alipayplus_server::KeyRing::new();
    let key = |key: PublicKey| (KEYS.client_id.as_str(), 1, key);
    callers.extend([key(KEYS.server.public_key()), ("5X_OTHER", 1, KEYS.client.public_key())]).unwrap();
    let server = mounted(builder().callers(callers).diagnose_signatures(true));
    assert_eq!(TestRequest::for_payment("x").send(&server).await.code(), "INVALID_SIGNATURE");
    let event = nth(&log, 0).await;
    let cause = event["fields"]["cause"].as_str().unwrap();
    assert!(cause.starts_with("key-of-another-client: ") && cause.contains("`5X_OTHER`"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn at_most_one_is_diagnosed_per_second() {
    let (log, server, start) = (Log::start(), diagnosing(), Instant::now());
    for _ in 0..3 {
        send_cut(&server).await;
    }
    nth(&log, 0).await;
    sleep_until(start + Duration::from_millis(990)).await;
    send_cut(&server).await;
    sleep_until(start + Duration::from_millis(1010)).await;
    assert_eq!(diagnoses(&log).len(), 1);
    send_cut(&server).await;
    nth(&log, 1).await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(diagnoses(&log).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_diagnosed_by_default_or_before_rsa() {
    let log = Log::start();
    send_cut(&server()).await;
    let diagnosing = diagnosing();
    TestRequest::for_payment("paid").send(&diagnosing).await;
    TestRequest::for_payment("paid").with(|request| request.signing = Signing::Missing).send(&diagnosing).await;
    TestRequest::for_payment("paid").with(|request| request.version = 9).send(&diagnosing).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(diagnoses(&log), Vec::<Value>::new());
}

#[test]
fn the_answer_is_the_same_and_does_not_wait() {
    let log = Log::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        // No thread is free for the diagnosis.
        let (free, busy) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || busy.recv());
        let reply = send_cut(&diagnosing()).await.0;
        assert_eq!(diagnoses(&log), Vec::<Value>::new());
        let plain = send_cut(&server()).await.0;
        assert_eq!(reply.body(), plain.body());
        assert_eq!((reply.status(), reply.headers()), (plain.status(), plain.headers()));
        free.send(()).unwrap();
        nth(&log, 0).await;
    });
}
