//! Deadlines, pauses and schedules, with tokio's paused clock.

use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Outcome};
use alipayplus_client::{Amount, ErrorReason, PollSchedule, RetryPolicy, TransportErrorKind};
use tokio::time::Instant;

use crate::mock_server::{MockResponse, MockServer, in_progress, paid, request, result_only, trouble};

const S: Duration = Duration::from_secs(1);

fn hanging() -> MockResponse {
    MockResponse::new(paid()).after(1000 * S)
}

fn pending(n: usize) -> impl Iterator<Item = MockResponse> {
    std::iter::repeat_n(MockResponse::new(in_progress()), n)
}

#[tokio::test(start_paused = true)]
async fn pauses_are_random_within_their_limits() {
    let mut firsts = Vec::new();
    for _ in 0..40 {
        let server = MockServer::new([MockResponse::new(trouble())]);
        server.inquire().await.unwrap_err();
        let [first, second, third] = server.request_times()[..] else { panic!("{:?}", server.request_times()) };
        assert_eq!(first, 0);
        assert!((100..=201).contains(&second), "{second}");
        assert!((200..=401).contains(&(third - second)), "{second} {third}");
        firsts.push(second);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 5, "no jitter: {firsts:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_may_take_the_documented_time() {
    let server = MockServer::new([hanging(), MockResponse::new(paid()).after(4 * S)]);
    let reply = server.inquire().await.unwrap();
    assert_eq!(reply.attempts, 2);
    let second = server.request_times()[1];
    assert!((5000..=5201).contains(&second), "{second}");
    assert_eq!(server.open_exchanges(), 0, "the first attempt was not cancelled");
}

#[tokio::test(start_paused = true)]
async fn the_builder_sets_the_time_of_an_attempt() {
    let server = MockServer::new([hanging()]);
    let builder = server.builder().attempt_timeout(S).retry(RetryPolicy::never());
    let client = builder.build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!((S..S + S / 100).contains(&started.elapsed()));
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Timeout);
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn all_attempts_share_one_deadline() {
    let server = MockServer::new([hanging()]);
    let started = Instant::now();
    let error = server.inquire().await.unwrap_err();
    assert!((15 * S..15 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert!(error.is_retryable());
    let ErrorReason::DeadlineExceeded { last: Some(last) } = error.reason() else { panic!("{error:?}") };
    assert!(matches!(**last, ErrorReason::Transport(_)), "{last:?}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_also_limits_the_first_attempt() {
    let server = MockServer::new([hanging()]);
    let client = server.builder().deadline(2 * S).build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!((2 * S..2 * S + S / 100).contains(&started.elapsed()));
    assert!(matches!(error.reason(), ErrorReason::DeadlineExceeded { last: None }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn no_attempt_starts_without_time_left() {
    // The first attempt ends just before the deadline, and any pause would exceed it.
    let server = MockServer::new([MockResponse::new(trouble()).after(2 * S)]);
    let retry = RetryPolicy::new(9).with_backoff(Duration::MAX, Duration::MAX);
    let client = server.builder().deadline(3 * S).retry(retry).build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(started.elapsed() < 3 * S, "it must not wait");
    let ErrorReason::DeadlineExceeded { last: Some(last) } = error.reason() else { panic!("{error:?}") };
    assert!(matches!(**last, ErrorReason::Trouble(_)), "{last:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn polling_ends_with_a_final_outcome() {
    for last in [MockResponse::new(paid()), MockResponse::new(crate::mock_server::payment("F", "RISK_REJECT", ""))] {
        let server = MockServer::new(pending(3).chain([last]));
        let client = server.client();
        let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
        let reply = reply.unwrap();
        assert!(matches!(reply.outcome, Outcome::Paid(_) | Outcome::Failed(_)));
        assert_eq!(reply.attempts, 4);
        assert_eq!(server.request_times(), [0, 3000, 6000, 9000]);
    }
}

#[tokio::test(start_paused = true)]
async fn polling_ends_in_time_with_the_last_outcome() {
    let server = MockServer::new(pending(1));
    let client = server.client();
    let started = Instant::now();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert_eq!(server.requests().len(), 20, "no inquiry may start at 60 s, where no time is left");
    assert!(started.elapsed() < 58 * S, "{:?}", started.elapsed());
    assert_eq!(reply.attempts, 20);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_schedule_cancels_an_inquiry() {
    let server = MockServer::new(pending(1).chain([hanging()]));
    let client = server.client();
    let started = Instant::now();
    let schedule = PollSchedule::every(3 * S).until(4 * S);
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert!((4 * S..4 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert_eq!(server.open_exchanges(), 0);
}

#[tokio::test(start_paused = true)]
async fn trouble_does_not_end_polling() {
    let responses = [MockResponse::new(trouble()), MockResponse::broken(), hanging(), MockResponse::new(paid())];
    let server = MockServer::new(responses);
    let client = server.builder().retry(RetryPolicy::never()).build().unwrap();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::Paid(_)));
    // The third inquiry took its 5 s, and the fourth followed after the shortest pause.
    assert_eq!(server.request_times(), [0, 3000, 6000, 11_200]);
}

#[tokio::test(start_paused = true)]
async fn a_known_outcome_is_kept_after_trouble() {
    let server = MockServer::new(pending(1).chain([MockResponse::new(trouble())]));
    let client = server.client();
    let schedule = PollSchedule::from_intervals([S, S]);
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule.clone()).await;
    let reply = reply.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert_eq!((reply.attempts, server.requests().len()), (7, 7));

    let client = MockServer::new([MockResponse::broken(), MockResponse::new(trouble())]).client();
    let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Trouble(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_polling() {
    let server = MockServer::new(
        pending(1).chain([MockResponse::new(result_only("F", "ACCESS_DENIED")), MockResponse::new(paid())]),
    );
    let client = server.client();
    let error = client.inquiry_payment(&request()).wait_until_final(PollSchedule::push_mode()).await;
    assert_eq!(error.unwrap_err().code(), Some("ACCESS_DENIED"));
    assert_eq!(server.request_times(), [0, 4000]);
}

#[tokio::test(start_paused = true)]
async fn a_mismatch_ends_polling() {
    let client = MockServer::new(pending(1).chain([MockResponse::new(paid())])).client();
    let expected = Expected::default().with_payment_amount(Amount::minor(7, "JPY").unwrap());
    let request = request();
    let call = client.inquiry_payment(&request).wait_until_final(PollSchedule::acquirer());
    let error = call.expecting(expected).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Mismatch { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn whether_an_unknown_order_ends_polling_is_a_setting() {
    let unknown = || MockResponse::new(result_only("F", "ORDER_NOT_EXIST"));
    let server = MockServer::new([unknown(), MockResponse::new(paid())]);
    let client = server.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::Paid(_)));

    let server = MockServer::new([MockResponse::new(trouble()), unknown(), MockResponse::new(paid())]);
    let client = server.builder().retry(RetryPolicy::never()).build().unwrap();
    let schedule = PollSchedule::acquirer().stop_when_undetermined();
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::NotFound(_)));
    assert_eq!(server.request_times(), [0, 3000]);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_intervals_ends_after_its_last_one() {
    let server = MockServer::new(pending(1));
    let client = server.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::push_mode()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::InProgress(_)));
    let seconds: Vec<_> = server.request_times().iter().map(|ms| ms / 1000).collect();
    assert_eq!(seconds, [0, 4, 8, 38, 98, 158, 218, 518, 818]);
}

/// Returns a response of an overloaded server that asks to wait.
fn busy(retry_after: &'static str) -> MockResponse {
    MockResponse::new("").unsigned().status(429).header("retry-after", retry_after)
}

#[tokio::test(start_paused = true)]
async fn no_attempt_starts_sooner_than_retry_after_says() {
    let assert_second = |server: &MockServer, least: u128| {
        let [0, second] = server.request_times()[..] else { panic!("{:?}", server.request_times()) };
        assert!((least..least + 202).contains(&second), "{second}");
    };
    let server = MockServer::new([busy("7"), MockResponse::new(paid())]);
    assert_eq!(server.inquire().await.unwrap().attempts, 2);
    assert_second(&server, 7000);

    // A date is compared with the client's clock.
    let server = MockServer::new([
        busy("Sun, 06 Nov 1994 08:49:37 GMT"),
        MockResponse::new(paid()).time("1994-11-06T08:49:33Z"),
    ]);
    server.keys.clock.set("1994-11-06T08:49:33Z".parse().unwrap());
    assert_eq!(server.inquire().await.unwrap().attempts, 2);
    assert_second(&server, 4000);

    // Unreadable values, times in the past and repeated headers are ignored.
    for ignored in ["soon", "-7", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT", "0"] {
        let server = MockServer::new([busy(ignored), MockResponse::new(paid())]);
        assert_eq!(server.inquire().await.unwrap().attempts, 2);
        assert_second(&server, 0);
    }
    let server = MockServer::new([busy("7").header("retry-after", "7"), MockResponse::new(paid())]);
    assert_eq!(server.inquire().await.unwrap().attempts, 2);
    assert_second(&server, 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_once_when_its_deadline_is_before_retry_after() {
    for (value, seconds) in [("15", 15), ("3600", 3600), ("99999999999999999999", 86_400)] {
        let server = MockServer::new([busy(value), MockResponse::new(paid())]);
        let started = Instant::now();
        let error = server.inquire().await.unwrap_err();
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert_eq!(server.requests().len(), 1);
        assert!(error.is_retryable());
        assert_eq!(error.retry_after(), Some(seconds * S));
        let ErrorReason::Status { status: 429, retry_after: Some(time) } = error.reason() else { panic!("{error:?}") };
        assert_eq!(*time, seconds * S);
    }
    // Also after the last attempt, and after an error that is not retryable.
    let never = MockServer::new([busy("7")]).builder().retry(RetryPolicy::never()).build().unwrap();
    let error = never.inquiry_payment(&request()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(7 * S));
    assert_eq!(error.to_string(), "the response has the HTTP status 429 and asks to wait for 7s");
    let error = MockServer::new([busy("7").status(404)]).inquire().await.unwrap_err();
    assert!(!error.is_retryable());
    assert_eq!(error.retry_after(), Some(7 * S));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_cancelled_by_the_deadline_keeps_retry_after() {
    let server = MockServer::new([busy("7"), hanging()]);
    let client = server.builder().deadline(9 * S).build().unwrap();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::DeadlineExceeded { last: Some(_) }), "{error:?}");
    assert_eq!(error.retry_after(), Some(7 * S));
}

#[tokio::test(start_paused = true)]
async fn no_inquiry_of_a_schedule_starts_sooner_than_retry_after_says() {
    let server = MockServer::new(pending(1).chain([busy("20"), MockResponse::new(paid())]));
    let client = server.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    assert_eq!(server.request_times(), [0, 3000, 23_000]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_runs_from_its_own_response() {
    // The deadline of the inquiry cancels the second attempt, long after the response of the first one.
    let server = MockServer::new([busy("7"), hanging(), MockResponse::new(paid())]);
    let client = server.builder().deadline(9 * S).build().unwrap();
    let reply =
        client.inquiry_payment(&request()).wait_until_final(PollSchedule::every(3 * S).until(15 * S)).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    assert_eq!(server.request_times(), [0, 7000, 9200]);
}

#[tokio::test(start_paused = true)]
async fn polling_ends_at_once_when_the_schedule_ends_before_retry_after() {
    let listed = || PollSchedule::from_intervals([3 * S, 10 * S, 10 * S]);
    for (schedule, value) in [(PollSchedule::acquirer(), "57"), (PollSchedule::acquirer(), "3600"), (listed(), "21")] {
        let server = MockServer::new(pending(1).chain([busy(value), MockResponse::new(paid())]));
        let client = server.client();
        let started = Instant::now();
        let reply = client.inquiry_payment(&request()).wait_until_final(schedule.clone()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::InProgress(_)), "a known outcome is kept");
        assert!((3 * S..3 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());

        let server = MockServer::new([busy("3600")]);
        let client = server.client();
        let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(3600 * S));
        assert_eq!(server.requests().len(), 1);
    }
    let server = MockServer::new(pending(1).chain([busy("20"), MockResponse::new(paid())]));
    let client = server.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(listed()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)), "20 s remain");
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_signed_separately() {
    let server = MockServer::new(pending(2));
    let client = server.client();
    let schedule = PollSchedule::from_intervals([S]);
    let clock = server.keys.clock.clone();
    let advancing = async move {
        tokio::time::sleep(S / 2).await;
        clock.advance(400 * S);
    };
    let request = request();
    let call = client.inquiry_payment(&request).wait_until_final(schedule);
    let (reply, ()) = tokio::join!(async { call.await }, advancing);
    reply.unwrap();
    let [first, second] = &server.requests()[..] else { panic!() };
    assert_ne!(first.request.headers()["request-time"], second.request.headers()["request-time"]);
    assert_ne!(first.request.headers()["signature"], second.request.headers()["signature"]);
}

#[tokio::test(start_paused = true)]
async fn durations_out_of_range() {
    let server = MockServer::new(pending(1).chain([MockResponse::new(paid())]));
    let client = server.builder().deadline(Duration::MAX).attempt_timeout(Duration::MAX).build().unwrap();
    let schedule = PollSchedule::every(3 * S).until(Duration::MAX);
    client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();

    let request = request();
    let no_time = PollSchedule::every(S).until(Duration::ZERO);
    let error = client.inquiry_payment(&request).wait_until_final(no_time).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::DeadlineExceeded { last: None }), "{error:?}");

    let client = MockServer::new(pending(1)).client();
    let schedule = PollSchedule::every(Duration::MAX);
    let endless = client.inquiry_payment(&request).wait_until_final(schedule).into_future();
    assert!(tokio::time::timeout(9 * S, endless).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_cancels_the_exchange() {
    let server = MockServer::new([hanging()]);
    let client = server.client();
    let request = request();
    let mut call = client.inquiry_payment(&request).into_future();
    assert!(tokio::time::timeout(S, &mut call).await.is_err());
    assert_eq!((server.requests().len(), server.open_exchanges()), (1, 1));
    drop(call);
    assert_eq!(server.open_exchanges(), 0);
}

/// The page of a proxy, a status of a gateway, and a response signed with a key that is not trusted yet.
fn unreadable() -> [MockResponse; 3] {
    [MockResponse::new("<html>").unsigned(), MockResponse::new("").status(403), MockResponse::new(paid()).version(2)]
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_response_does_not_end_the_waiting() {
    for response in unreadable() {
        // Two in a row, twice.
        let twice = || std::iter::repeat_n(response.clone(), 2);
        let server = MockServer::new(twice().chain(pending(1)).chain(twice()).chain([MockResponse::new(paid())]));
        let client = server.client();
        let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Paid(_)));
        assert_eq!(server.request_times(), [0, 3000, 6000, 9000, 12000, 15000]);
    }
}

#[tokio::test(start_paused = true)]
async fn several_unreadable_responses_in_a_row_end_the_waiting() {
    for response in unreadable() {
        for (limit, asked) in [(None, 3), (Some(0), 1), (Some(1), 1), (Some(5), 5)] {
            let server = MockServer::new(pending(1).chain([response.clone()]));
            let client = server.client();
            let schedule = PollSchedule::acquirer();
            let schedule = limit.map_or(schedule.clone(), |limit| schedule.end_after_unreadable(limit));
            let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
            assert_eq!(server.requests().len(), 1 + asked);
            assert!(matches!(error.kind(), "unsigned" | "status" | "signature"), "{error:?}");
            let known = error.last_reply::<InquiryPayment>().unwrap();
            assert!(matches!(known.outcome, Outcome::InProgress(_)), "what was known is lost");
        }
    }
}

/// An overloaded server is waited for until the schedule ends, whatever a proxy says in between.
#[tokio::test(start_paused = true)]
async fn retryable_responses_are_not_counted_as_unreadable() {
    let overloaded = [MockResponse::new(trouble()).unsigned(), MockResponse::new("").status(503)];
    for overloaded in overloaded {
        let twice = || std::iter::repeat_n(overloaded.clone(), 2);
        let [page, ..] = unreadable();
        let server =
            MockServer::new(twice().chain([page.clone()]).chain(twice()).chain([page, MockResponse::new(paid())]));
        let client = server.builder().retry(RetryPolicy::never()).build().unwrap();
        let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
        assert_eq!(reply.attempts, 7);
    }
}

/// A verified refusal can be read: it ends the waiting at once, and what was known stays.
#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_waiting_and_keeps_what_was_known() {
    let refused = MockResponse::new(result_only("F", "ACCESS_DENIED"));
    let server = MockServer::new(pending(1).chain([refused]));
    let client = server.client();
    let error = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.requests().len()), ("refused", 2, 2));
    let known = error.last_reply::<InquiryPayment>().unwrap();
    assert_eq!((known.attempts, known.evidence().response_body()), (1, in_progress().as_bytes()));
}
