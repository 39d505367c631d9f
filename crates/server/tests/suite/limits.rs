//! Sizes, times and places.

use std::convert::Infallible;
use std::time::Duration;

use crate::kit::{Ask, Frames, Log, Sign, builder, mounted, server, told};
use crate::signing::Hanging;
use alipayplus_server::Server;
use bytes::Bytes;
use futures_util::stream::once;
use http_body::{Body, Frame};
use http_body_util::StreamBody;
use tokio::time::{Instant, sleep};

/// A good body of so many bytes: spaces behind the JSON are part of what is signed.
fn of_length(length: usize) -> Ask {
    Ask::about("paid").with(|ask| ask.body.resize(length, b' '))
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

#[tokio::test]
async fn a_content_length_over_the_limit_is_refused_unread() {
    let server = mounted(builder().body_limit(1000));
    let ask = Ask::about("paid").header("content-length", "1001");
    // It would never end.
    let request = ask.request(Frames::new([], false)).await;
    assert_eq!(told(server, request).await.code(), "413");
}

#[tokio::test]
async fn without_content_length_the_limit_holds_while_reading() {
    let server = mounted(builder().body_limit(1000));
    let (part, rest) = ([b' '; 600], [b' '; 401]);
    let request = Ask::about("paid").request(Frames::new([&part, &rest], false)).await;
    assert_eq!(told(server.clone(), request).await.code(), "413");

    let ask = of_length(1000);
    let (part, rest) = ask.body.split_at(600);
    let request = ask.request(Frames::new([part, b"", rest], true)).await;
    assert_eq!(told(server, request).await.code(), "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_end_is_given_up() {
    let log = Log::start();
    let began = Instant::now();
    let request = Ask::about("paid").request(Frames::new([b"{"], false)).await;
    assert_eq!(told(server(), request).await.code(), "408");
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(log.cause(), "body: not complete after 2 s (`body_deadline`)");

    let server = mounted(builder().body_deadline(Duration::from_millis(70)));
    let began = Instant::now();
    let request = Ask::about("paid").request(Frames::new([b"{"], false)).await;
    assert_eq!(told(server, request).await.code(), "408");
    assert_eq!(began.elapsed(), Duration::from_millis(70));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_late_is_given_up() {
    let log = Log::start();
    let began = Instant::now();
    let ask = Ask::about("slow");
    let told = ask.send(&server()).await;
    assert_eq!(began.elapsed(), Duration::from_millis(3750));
    assert_eq!((told.code().as_str(), told.text("/result/resultStatus").as_str()), ("UNKNOWN_EXCEPTION", "U"));
    assert!(told.verifies(&ask));
    assert_eq!(log.cause(), "handler: late, no answer after 3.75 s (`deadline`)");
    assert_eq!(log.last()["level"], "ERROR");

    let server = mounted(builder().handler_deadline(Duration::from_secs(3)));
    assert_eq!(ask.send(&server).await.code(), "UNKNOWN_EXCEPTION");
    assert_eq!(log.cause(), "handler: late, no answer after 3 s (`handler_deadline`)");

    let server = mounted(builder().deadline(Duration::from_secs(73)));
    assert_eq!(ask.send(&server).await.code(), "ORDER_NOT_EXIST");
}

/// A whole body that comes after so long.
fn late_body(body: Vec<u8>, after: Duration) -> impl Body<Data = Bytes, Error = Infallible> {
    StreamBody::new(Box::pin(once(async move {
        sleep(after).await;
        Ok(Frame::data(Bytes::from(body)))
    })))
}

/// What a request is answered whose body comes after so many milliseconds, and after how many.
async fn slowly(server: Server, ask: &Ask, after: u64) -> (String, u128) {
    let began = Instant::now();
    let body = late_body(ask.body.clone(), Duration::from_millis(after));
    let told = told(server, ask.request(body).await).await;
    let code = told.code();
    let signed = if told.is_signed() { "signed" } else { "not signed" };
    assert!(!told.is_signed() || told.verifies(ask));
    (format!("{code}, {signed}"), began.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn slow_steps_together_keep_the_whole_deadline() {
    let (log, good, slow) = (Log::start(), Ask::about("paid"), Ask::about("slow"));
    // What the body takes is taken from the handler.
    let late = |code: &str, after| (code.to_owned(), after);
    assert_eq!(slowly(server(), &slow, 1999).await, late("UNKNOWN_EXCEPTION, signed", 3750));
    assert_eq!(log.cause(), "handler: late, no answer after 1.751 s (`deadline`)");

    let hanging = || mounted(builder().sign_with(1, Hanging));
    assert_eq!(slowly(hanging(), &slow, 1999).await, late("UNKNOWN_EXCEPTION, not signed", 4500));
    let late_signature = "signing: late, no signature after 0.75 s (`signing_deadline`)";
    let late_handler = "handler: late, no answer after 1.751 s (`deadline`)";
    assert_eq!(log.cause(), format!("{late_signature}; before that, {late_handler}"));

    let patient = || builder().body_deadline(Duration::from_secs(60)).handler_deadline(Duration::from_secs(60));
    assert_eq!(slowly(mounted(patient()), &good, 60_000).await, late("408, not signed", 4500));
    assert_eq!(log.cause(), "body: not complete after 4.5 s (`deadline`)");

    // A body that takes nearly all leaves a handler that has to wait nothing, and the signer what is left.
    assert_eq!(slowly(mounted(patient()), &slow, 4400).await, late("UNKNOWN_EXCEPTION, signed", 4400));
    assert_eq!(log.cause(), "handler: late, no answer after 0 s (`deadline`)");
    assert_eq!(slowly(mounted(patient()), &good, 4400).await, late("SUCCESS, signed", 4400));
    let both = mounted(patient().sign_with(1, Hanging));
    assert_eq!(slowly(both, &good, 4400).await, late("UNKNOWN_EXCEPTION, not signed", 4500));
    assert_eq!(log.cause(), "signing: late, no signature after 0.1 s (`deadline`)");
}

#[tokio::test(start_paused = true)]
async fn the_whole_deadline_is_a_setting() {
    let quick = || builder().deadline(Duration::from_millis(900));
    let slow = Ask::about("slow");
    assert_eq!(slowly(mounted(quick()), &slow, 0).await.1, 750);
    let signs_soon = quick().signing_deadline(Duration::from_millis(50));
    assert_eq!(slowly(mounted(signs_soon), &slow, 0).await.1, 850);
    assert_eq!(slowly(mounted(quick()), &slow, 60_000).await, ("408, not signed".to_owned(), 900));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_no_operation_has_the_signers_own_deadline() {
    let log = Log::start();
    let ask = Ask::about("paid").with(|ask| ask.uri = "/nowhere".to_owned());
    let server = mounted(builder().sign_with(1, Hanging).sign_refusals(true));
    assert_eq!(slowly(server, &ask, 0).await, ("500, not signed".to_owned(), 750));
    let cause = log.cause();
    assert!(
        cause.starts_with("signing: late, no signature after 0.75 s (`signing_deadline`); before that, path: "),
        "{cause}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_again_when_the_answer_is_made() {
    let server = mounted(builder().concurrency_limit(2));
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let server = server.clone();
        slow.spawn(async move { Ask::about("slow").send(&server).await.code() });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = Ask::about("paid").send(&server).await;
    assert_eq!(refused.code(), "REQUEST_TRAFFIC_EXCEED_LIMIT");
    assert!(!refused.is_signed());
    assert_eq!(slow.join_all().await, ["UNKNOWN_EXCEPTION", "UNKNOWN_EXCEPTION"]);
    for _ in 0..5 {
        assert_eq!(Ask::about("paid").send(&server).await.code(), "SUCCESS");
    }
}

#[tokio::test(start_paused = true)]
async fn whom_the_head_refuses_holds_no_place_while_the_body_comes() {
    let server = mounted(builder().concurrency_limit(1));
    let strangers = [
        Ask::about("paid").with(|ask| ask.client_ids.clear()),
        Ask::about("paid").with(|ask| ask.client_ids = vec!["STRANGER".into()]),
        Ask::about("paid").with(|ask| ask.times = vec!["2001-01-01T00:00:00Z".into()]),
        Ask::about("paid").with(|ask| ask.version = 99),
        Ask::about("paid").with(|ask| ask.sign = Sign::Not),
    ];
    let mut slow = tokio::task::JoinSet::new();
    for stranger in strangers {
        let server = server.clone();
        slow.spawn(async move { told(server, stranger.request(Frames::new([b"{"], false)).await).await.code() });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(Ask::about("paid").send(&server).await.code(), "SUCCESS");
    assert_eq!(slow.join_all().await, ["408"; 5]);

    // The size comes before what the head is refused for, and so does a place.
    let stranger = Ask::about("paid").with(|ask| ask.client_ids.clear());
    let long = vec![b' '; 256 * 1024 + 1];
    let request = stranger.request(Frames::new([&long], true)).await;
    assert_eq!(told(server.clone(), request).await.code(), "413");
    let slow = tokio::spawn({
        let server = server.clone();
        async move { Ask::about("slow").send(&server).await.code() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(stranger.send(&server).await.code(), "REQUEST_TRAFFIC_EXCEED_LIMIT");
    assert_eq!(slow.await.unwrap(), "UNKNOWN_EXCEPTION");
}

#[tokio::test]
async fn a_caller_that_goes_away_gives_its_place_back() {
    let server = mounted(builder().concurrency_limit(1));
    for _ in 0..3 {
        let asking = Ask::about("slow");
        let gone = tokio::time::timeout(Duration::from_millis(20), asking.send(&server)).await;
        assert!(gone.is_err());
    }
    assert_eq!(Ask::about("paid").send(&server).await.code(), "SUCCESS");
}

#[tokio::test]
async fn a_connection_that_breaks_within_the_body_is_no_request() {
    let log = Log::start();
    let mut body = Frames::new([b"{"], true);
    body.breaks = true;
    let told = told(server(), Ask::about("paid").request(body).await).await;
    assert_eq!(told.code(), "400");
    assert_eq!(log.cause(), "body: the connection broke");
}
