//! Limits of sizes, times and requests in flight.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use crate::kit::{Frames, Log, Signing, TestRequest, builder, call, mounted, server};
use crate::signing::HangingSigner;
use alipayplus_server::Server;
use bytes::Bytes;
use futures_util::stream::once;
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use tokio::time::{Instant, sleep};

/// Returns a valid request with a body of this many bytes. The signature covers the spaces after the JSON.
fn of_length(length: usize) -> TestRequest {
    TestRequest::for_payment("paid").with(|request| request.body.resize(length, b' '))
}

#[tokio::test]
async fn a_body_may_have_as_many_bytes_as_the_limit() {
    let server = mounted(builder().body_limit(1000));
    assert_eq!(of_length(1000).send(&server).await.code(), "SUCCESS");
    assert_eq!(of_length(1001).send(&server).await.code(), "413");
}

#[tokio::test]
async fn the_default_limit_is_256_kib() {
    assert_eq!(of_length(256 * 1024).send(&server()).await.code(), "SUCCESS");
    assert_eq!(of_length(256 * 1024 + 1).send(&server()).await.code(), "413");
}

/// A body that was refused before it was read, or while it was, is read and dropped within limits: a connection that is
/// closed while the client sends loses the refusal.
#[tokio::test(start_paused = true)]
async fn what_still_comes_of_a_refused_body_is_dropped_within_limits() {
    const MIB: usize = 1024 * 1024;
    let server = mounted(builder().body_limit(1000));
    let part = vec![b' '; MIB / 4];
    let parts = |ends| Frames::new([&part[..1000], &part, &part, &part, &part, b" "], ends);
    // The length that is announced, if any; the body; the number of frames that are left, and the seconds it takes.
    let rows = [
        (None, Frames::new([b"{"], true), 0, 0),
        (None, Frames::new([b"{"], false), 0, 2),
        (Some(1001), Frames::new([b"{"], false), 0, 2),
        (Some(MIB), Frames::new([b"{"], true), 0, 0),
        (Some(MIB + 1), Frames::new([b"{"], true), 1, 0),
        (None, parts(true), 1, 0),
        (None, parts(false), 1, 0),
    ];
    for (length, frames, left, seconds) in rows {
        let unread = Arc::clone(&frames.left);
        let mut request = TestRequest::for_payment("paid").with(|request| request.uri = "/nowhere".to_owned());
        request.headers.extend(length.map(|length| ("content-length", length.to_string())));
        let began = Instant::now();
        let reply = call(server.clone(), request.with_body(frames).await).await;
        assert_eq!(reply.code(), "NO_INTERFACE_DEF");
        assert_eq!((unread.lock().unwrap().len(), began.elapsed().as_secs()), (left, seconds), "{length:?}");
    }
    // A client that waits for `100 Continue` is not asked for its body.
    let request = TestRequest::for_payment("paid").header("content-length", "1001").header("expect", "100-continue");
    let frames = Frames::new([b"{"], true);
    let unread = Arc::clone(&frames.left);
    let reply = call(server, request.with_body(frames).await).await;
    assert_eq!((reply.code().as_str(), unread.lock().unwrap().len()), ("413", 1));
}

#[tokio::test(start_paused = true)]
async fn a_content_length_over_the_limit_is_refused_without_reading_more_than_is_dropped() {
    let server = mounted(builder().body_limit(1000));
    let request = TestRequest::for_payment("paid").header("content-length", "1001");
    // The body never ends.
    let request = request.with_body(Frames::new([], false)).await;
    assert_eq!(call(server, request).await.code(), "413");
}

#[tokio::test(start_paused = true)]
async fn without_content_length_the_limit_holds_while_reading() {
    let server = mounted(builder().body_limit(1000));
    let (part, rest) = ([b' '; 600], [b' '; 401]);
    let request = TestRequest::for_payment("paid").with_body(Frames::new([&part, &rest], false)).await;
    assert_eq!(call(server.clone(), request).await.code(), "413");

    let request = of_length(1000);
    let (part, rest) = request.body.split_at(600);
    let request = request.with_body(Frames::new([part, b"", rest], true)).await;
    assert_eq!(call(server, request).await.code(), "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_end_times_out() {
    let log = Log::start();
    let began = Instant::now();
    let request = TestRequest::for_payment("paid").with_body(Frames::new([b"{"], false)).await;
    assert_eq!(call(server(), request).await.code(), "408");
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(log.cause(), "body: not complete after 2 s (`body_deadline`)");

    let server = mounted(builder().body_deadline(Duration::from_millis(70)));
    let began = Instant::now();
    let request = TestRequest::for_payment("paid").with_body(Frames::new([b"{"], false)).await;
    assert_eq!(call(server, request).await.code(), "408");
    assert_eq!(began.elapsed(), Duration::from_millis(70));
}

#[tokio::test(start_paused = true)]
async fn a_late_handler_is_dropped() {
    let log = Log::start();
    let began = Instant::now();
    let request = TestRequest::for_payment("slow");
    let reply = request.send(&server()).await;
    assert_eq!(began.elapsed(), Duration::from_millis(3750));
    assert_eq!((reply.code().as_str(), reply.text("/result/resultStatus").as_str()), ("UNKNOWN_EXCEPTION", "U"));
    assert!(reply.verifies(&request));
    assert_eq!(log.cause(), "handler: late, no answer after 3.75 s (`deadline`)");
    assert_eq!(log.last()["level"], "ERROR");

    let server = mounted(builder().handler_deadline(Duration::from_secs(3)));
    assert_eq!(request.send(&server).await.code(), "UNKNOWN_EXCEPTION");
    assert_eq!(log.cause(), "handler: late, no answer after 3 s (`handler_deadline`)");

    let server = mounted(builder().deadline(Duration::from_secs(73)));
    assert_eq!(request.send(&server).await.code(), "ORDER_NOT_EXIST");
}

/// Returns a body that is sent as a whole after a delay.
fn late_body(body: Vec<u8>, after: Duration) -> impl Body<Data = Bytes, Error = Infallible> {
    StreamBody::new(Box::pin(once(async move {
        sleep(after).await;
        Ok(Frame::data(Bytes::from(body)))
    })))
}

/// Sends a request whose body is delayed by `delay` milliseconds. Returns the reply and the milliseconds it took.
async fn send_slowly(server: Server, request: &TestRequest, delay: u64) -> (String, u128) {
    let began = Instant::now();
    let body = late_body(request.body.clone(), Duration::from_millis(delay));
    let reply = call(server, request.with_body(body).await).await;
    let code = reply.code();
    let signed = if reply.is_signed() { "signed" } else { "not signed" };
    assert!(!reply.is_signed() || reply.verifies(request));
    (format!("{code}, {signed}"), began.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn slow_steps_together_keep_the_total_deadline() {
    let (log, good, slow) = (Log::start(), TestRequest::for_payment("paid"), TestRequest::for_payment("slow"));
    // The time that the body takes is not available to the handler.
    let late = |code: &str, after| (code.to_owned(), after);
    assert_eq!(send_slowly(server(), &slow, 1999).await, late("UNKNOWN_EXCEPTION, signed", 3750));
    assert_eq!(log.cause(), "handler: late, no answer after 1.751 s (`deadline`)");

    let hanging = || mounted(builder().sign_with(1, HangingSigner));
    assert_eq!(send_slowly(hanging(), &slow, 1999).await, late("UNKNOWN_EXCEPTION, not signed", 4500));
    let late_signature = "signing: late, no signature after 0.75 s (`signing_deadline`)";
    let late_handler = "handler: late, no answer after 1.751 s (`deadline`)";
    assert_eq!(log.cause(), format!("{late_signature}; before that, {late_handler}"));

    let patient = || builder().body_deadline(Duration::from_secs(60)).handler_deadline(Duration::from_secs(60));
    assert_eq!(send_slowly(mounted(patient()), &good, 60_000).await, late("408, not signed", 4500));
    assert_eq!(log.cause(), "body: not complete after 4.5 s (`deadline`)");

    // A body that takes nearly all the time leaves none for the handler, and the rest for the signer.
    assert_eq!(send_slowly(mounted(patient()), &slow, 4400).await, late("UNKNOWN_EXCEPTION, signed", 4400));
    assert_eq!(log.cause(), "handler: late, no answer after 0 s (`deadline`)");
    assert_eq!(send_slowly(mounted(patient()), &good, 4400).await, late("SUCCESS, signed", 4400));
    let both = mounted(patient().sign_with(1, HangingSigner));
    assert_eq!(send_slowly(both, &good, 4400).await, late("UNKNOWN_EXCEPTION, not signed", 4500));
    assert_eq!(log.cause(), "signing: late, no signature after 0.1 s (`deadline`)");
}

#[tokio::test(start_paused = true)]
async fn the_total_deadline_can_be_set() {
    let quick = || builder().deadline(Duration::from_millis(900));
    let slow = TestRequest::for_payment("slow");
    assert_eq!(send_slowly(mounted(quick()), &slow, 0).await.1, 750);
    let signs_soon = quick().signing_deadline(Duration::from_millis(50));
    assert_eq!(send_slowly(mounted(signs_soon), &slow, 0).await.1, 850);
    assert_eq!(send_slowly(mounted(quick()), &slow, 60_000).await, ("408, not signed".to_owned(), 900));
}

#[tokio::test(start_paused = true)]
async fn signing_the_refusal_of_an_unknown_path_has_a_deadline() {
    let log = Log::start();
    let request = TestRequest::for_payment("paid").with(|request| request.uri = "/nowhere".to_owned());
    let server = mounted(builder().sign_with(1, HangingSigner).sign_refusals(true));
    assert_eq!(send_slowly(server, &request, 0).await, ("500, not signed".to_owned(), 750));
    let cause = log.cause();
    assert!(
        cause.starts_with("signing: late, no signature after 0.75 s (`signing_deadline`); before that, path: "),
        "{cause}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_permit_is_released_when_the_response_is_made() {
    let server = mounted(builder().concurrency_limit(2));
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let server = server.clone();
        slow.spawn(async move { TestRequest::for_payment("slow").send(&server).await.code() });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = TestRequest::for_payment("paid").send(&server).await;
    assert_eq!(refused.code(), "REQUEST_TRAFFIC_EXCEED_LIMIT");
    assert!(!refused.is_signed());
    assert_eq!(slow.join_all().await, ["UNKNOWN_EXCEPTION", "UNKNOWN_EXCEPTION"]);
    for _ in 0..5 {
        assert_eq!(TestRequest::for_payment("paid").send(&server).await.code(), "SUCCESS");
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_rejected_by_its_head_holds_no_permit_while_its_body_is_read() {
    let server = mounted(builder().concurrency_limit(1));
    let requests = [
        TestRequest::for_payment("paid").with(|request| request.client_ids.clear()),
        TestRequest::for_payment("paid").with(|request| request.client_ids = vec!["UNKNOWN".into()]),
        TestRequest::for_payment("paid").with(|request| request.times = vec!["2001-01-01T00:00:00Z".into()]),
        TestRequest::for_payment("paid").with(|request| request.version = 99),
        TestRequest::for_payment("paid").with(|request| request.signing = Signing::Missing),
    ];
    let mut slow = tokio::task::JoinSet::new();
    for request in requests {
        let server = server.clone();
        slow.spawn(async move { call(server, request.with_body(Frames::new([b"{"], false)).await).await.code() });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(TestRequest::for_payment("paid").send(&server).await.code(), "SUCCESS");
    assert_eq!(slow.join_all().await, ["408"; 5]);

    // The size and the permit are checked before the rejection by the head is sent.
    let unauthenticated = TestRequest::for_payment("paid").with(|request| request.client_ids.clear());
    let long = vec![b' '; 256 * 1024 + 1];
    let request = unauthenticated.with_body(Frames::new([&long], true)).await;
    assert_eq!(call(server.clone(), request).await.code(), "413");
    let slow = tokio::spawn({
        let server = server.clone();
        async move { TestRequest::for_payment("slow").send(&server).await.code() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(unauthenticated.send(&server).await.code(), "REQUEST_TRAFFIC_EXCEED_LIMIT");
    assert_eq!(slow.await.unwrap(), "UNKNOWN_EXCEPTION");
}

#[tokio::test]
async fn a_client_that_disconnects_releases_its_permit() {
    let server = mounted(builder().concurrency_limit(1));
    for _ in 0..3 {
        let request = TestRequest::for_payment("slow");
        let result = tokio::time::timeout(Duration::from_millis(20), request.send(&server)).await;
        assert!(result.is_err());
    }
    assert_eq!(TestRequest::for_payment("paid").send(&server).await.code(), "SUCCESS");
}

#[tokio::test]
async fn a_connection_that_breaks_within_the_body_is_logged() {
    let log = Log::start();
    let mut body = Frames::new([b"{"], true);
    body.breaks = true;
    let reply = call(server(), TestRequest::for_payment("paid").with_body(body).await).await;
    assert_eq!(reply.code(), "400");
    assert_eq!(log.cause(), "body: the connection broke");
}
