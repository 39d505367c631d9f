//! Deadlines, pauses and schedules, on a clock that the runtime moves.

use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, Outcome};
use alipayplus_client::{Amount, Error, PollSchedule, RetryPolicy, TransportErrorKind};
use tokio::time::Instant;

use crate::peer::{Answer, Peer, in_progress, only, paid, request, trouble};

const S: Duration = Duration::from_secs(1);

fn hanging() -> Answer {
    Answer::of(paid()).after(1000 * S)
}

fn pending(n: usize) -> impl Iterator<Item = Answer> {
    std::iter::repeat_n(Answer::of(in_progress()), n)
}

#[tokio::test(start_paused = true)]
async fn pauses_are_drawn_from_within_their_bounds() {
    let mut firsts = Vec::new();
    for _ in 0..40 {
        let peer = Peer::new([Answer::of(trouble())]);
        peer.ask().await.unwrap_err();
        let [first, second, third] = peer.times()[..] else { panic!("{:?}", peer.times()) };
        assert_eq!(first, 0);
        assert!(second <= 201, "{second}");
        assert!(third - second <= 401, "{second} {third}");
        firsts.push(second);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 5, "no jitter: {firsts:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_the_time_that_the_document_gives_it() {
    let peer = Peer::new([hanging(), Answer::of(paid()).after(4 * S)]);
    let reply = peer.ask().await.unwrap();
    assert_eq!(reply.attempts, 2);
    let second = peer.times()[1];
    assert!((5000..=5201).contains(&second), "{second}");
    assert_eq!(peer.under_way(), 0, "the first attempt was not given up");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_the_time_that_the_builder_gives_it() {
    let peer = Peer::new([hanging()]);
    let builder = peer.builder().attempt_timeout(S).retry(RetryPolicy::never());
    let client = builder.build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!((S..S + S / 100).contains(&started.elapsed()));
    let Error::Transport(cause) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Timeout);
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn all_attempts_share_one_deadline() {
    let peer = Peer::new([hanging()]);
    let started = Instant::now();
    let error = peer.ask().await.unwrap_err();
    assert!((15 * S..15 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert!(error.is_retryable());
    let Error::DeadlineExceeded { last: Some(last) } = error else { panic!("{error:?}") };
    assert!(matches!(*last, Error::Transport(_)), "{last:?}");
    assert_eq!(peer.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_even_the_first_attempt_short() {
    let peer = Peer::new([hanging()]);
    let client = peer.builder().deadline(2 * S).build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!((2 * S..2 * S + S / 100).contains(&started.elapsed()));
    assert!(matches!(error, Error::DeadlineExceeded { last: None }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn no_attempt_starts_without_time_left() {
    // The first one ends just before the deadline, and any pause would pass it.
    let peer = Peer::new([Answer::of(trouble()).after(2 * S)]);
    let retry = RetryPolicy::new(9).with_backoff(Duration::MAX, Duration::MAX);
    let client = peer.builder().deadline(3 * S).retry(retry).build().unwrap();
    let started = Instant::now();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(started.elapsed() < 3 * S, "it waits for nothing");
    let Error::DeadlineExceeded { last: Some(last) } = error else { panic!("{error:?}") };
    assert!(matches!(*last, Error::Trouble(_)), "{last:?}");
    assert_eq!(peer.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_with_a_final_outcome() {
    for last in [Answer::of(paid()), Answer::of(crate::peer::payment("F", "RISK_REJECT", ""))] {
        let peer = Peer::new(pending(3).chain([last]));
        let client = peer.client();
        let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
        let reply = reply.unwrap();
        assert!(matches!(reply.outcome, Outcome::Paid(_) | Outcome::Failed(_)));
        assert_eq!(reply.attempts, 4);
        assert_eq!(peer.times(), [0, 3000, 6000, 9000]);
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_in_time_with_the_last_outcome() {
    let peer = Peer::new(pending(1));
    let client = peer.client();
    let started = Instant::now();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert_eq!(peer.asked().len(), 20, "none at 60 s, where no time is left");
    assert!(started.elapsed() < 58 * S, "{:?}", started.elapsed());
    assert_eq!(reply.attempts, 20);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_waiting_cuts_an_inquiry_short() {
    let peer = Peer::new(pending(1).chain([hanging()]));
    let client = peer.client();
    let started = Instant::now();
    let schedule = PollSchedule::every(3 * S).until(4 * S);
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert!((4 * S..4 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());
    assert_eq!(peer.under_way(), 0);
}

#[tokio::test(start_paused = true)]
async fn trouble_does_not_end_the_waiting() {
    let answers = [Answer::of(trouble()), Answer::broken(), hanging(), Answer::of(paid())];
    let peer = Peer::new(answers);
    let client = peer.builder().retry(RetryPolicy::never()).build().unwrap();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::Paid(_)));
    // The third took its 5 s, and the fourth followed at once.
    assert_eq!(peer.times(), [0, 3000, 6000, 11000]);
}

#[tokio::test(start_paused = true)]
async fn what_was_known_outlives_trouble() {
    let peer = Peer::new(pending(1).chain([Answer::of(trouble())]));
    let client = peer.client();
    let schedule = PollSchedule::from_intervals([S, S]);
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule.clone()).await;
    let reply = reply.unwrap();
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    assert_eq!((reply.attempts, peer.asked().len()), (7, 7));

    let client = Peer::new([Answer::broken(), Answer::of(trouble())]).client();
    let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
    assert!(matches!(error, Error::Trouble(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_waiting() {
    let peer = Peer::new(pending(1).chain([Answer::of(only("F", "ACCESS_DENIED")), Answer::of(paid())]));
    let client = peer.client();
    let error = client.inquiry_payment(&request()).wait_until_final(PollSchedule::push_mode()).await;
    assert_eq!(error.unwrap_err().code(), Some("ACCESS_DENIED"));
    assert_eq!(peer.times(), [0, 4000]);
}

#[tokio::test(start_paused = true)]
async fn another_payment_ends_the_waiting() {
    let client = Peer::new(pending(1).chain([Answer::of(paid())])).client();
    let expected = Expected { payment_amount: Some(Amount::minor(7, "JPY").unwrap()), ..Expected::default() };
    let request = request();
    let call = client.inquiry_payment(&request).wait_until_final(PollSchedule::acquirer());
    let error = call.expecting(expected).await.unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn whether_an_unknown_order_ends_the_waiting_is_a_setting() {
    let unknown = || Answer::of(only("F", "ORDER_NOT_EXIST"));
    let peer = Peer::new([unknown(), Answer::of(paid())]);
    let client = peer.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::Paid(_)));

    let peer = Peer::new([Answer::of(trouble()), unknown(), Answer::of(paid())]);
    let client = peer.builder().retry(RetryPolicy::never()).build().unwrap();
    let schedule = PollSchedule::acquirer().stop_when_undetermined();
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::NotFound));
    assert_eq!(peer.times(), [0, 3000]);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_intervals_ends_with_its_last() {
    let peer = Peer::new(pending(1));
    let client = peer.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::push_mode()).await;
    assert!(matches!(reply.unwrap().outcome, Outcome::InProgress(_)));
    let seconds: Vec<_> = peer.times().iter().map(|ms| ms / 1000).collect();
    assert_eq!(seconds, [0, 4, 8, 38, 98, 158, 218, 518, 818]);
}

/// Says that it has too much to do, and when to come back.
fn busy(retry_after: &'static str) -> Answer {
    Answer::of("").unsigned().status(429).header("retry-after", retry_after)
}

#[tokio::test(start_paused = true)]
async fn no_attempt_starts_sooner_than_retry_after_says() {
    let in_time = |peer: &Peer, least: u128| {
        let [0, second] = peer.times()[..] else { panic!("{:?}", peer.times()) };
        assert!((least..least + 202).contains(&second), "{second}");
    };
    let peer = Peer::new([busy("7"), Answer::of(paid())]);
    assert_eq!(peer.ask().await.unwrap().attempts, 2);
    in_time(&peer, 7000);

    // A date is compared with the client's own clock.
    let peer = Peer::new([busy("Sun, 06 Nov 1994 08:49:37 GMT"), Answer::of(paid()).time("1994-11-06T08:49:33Z")]);
    peer.parties.clock.set("1994-11-06T08:49:33Z".parse().unwrap());
    assert_eq!(peer.ask().await.unwrap().attempts, 2);
    in_time(&peer, 4000);

    // What can't be read, and what is past, changes nothing; nor do two headers.
    for ignored in ["soon", "-7", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT", "0"] {
        let peer = Peer::new([busy(ignored), Answer::of(paid())]);
        assert_eq!(peer.ask().await.unwrap().attempts, 2);
        in_time(&peer, 0);
    }
    let peer = Peer::new([busy("7").header("retry-after", "7"), Answer::of(paid())]);
    assert_eq!(peer.ask().await.unwrap().attempts, 2);
    in_time(&peer, 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_once_when_its_deadline_is_before_retry_after() {
    for (value, seconds) in [("15", 15), ("3600", 3600), ("99999999999999999999", 86_400)] {
        let peer = Peer::new([busy(value), Answer::of(paid())]);
        let started = Instant::now();
        let error = peer.ask().await.unwrap_err();
        assert_eq!(started.elapsed(), Duration::ZERO);
        assert_eq!(peer.asked().len(), 1);
        assert!(error.is_retryable());
        assert_eq!(error.retry_after(), Some(seconds * S));
        let Error::Status { status: 429, retry_after: Some(time) } = error else { panic!("{error:?}") };
        assert_eq!(time, seconds * S);
    }
    // The last attempt's, and one that is not repeated anyway.
    let never = Peer::new([busy("7")]).builder().retry(RetryPolicy::never()).build().unwrap();
    let error = never.inquiry_payment(&request()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(7 * S));
    assert_eq!(error.to_string(), "the answer has the HTTP status 429, and asks to wait for 7s");
    let error = Peer::new([busy("7").status(404)]).ask().await.unwrap_err();
    assert!(!error.is_retryable());
    assert_eq!(error.retry_after(), Some(7 * S));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_cuts_an_attempt_short_keeps_retry_after() {
    let peer = Peer::new([busy("7"), hanging()]);
    let client = peer.builder().deadline(9 * S).build().unwrap();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { last: Some(_) }), "{error:?}");
    assert_eq!(error.retry_after(), Some(7 * S));
}

#[tokio::test(start_paused = true)]
async fn no_inquiry_of_a_schedule_starts_sooner_than_retry_after_says() {
    let peer = Peer::new(pending(1).chain([busy("20"), Answer::of(paid())]));
    let client = peer.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(PollSchedule::acquirer()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    assert_eq!(peer.times(), [0, 3000, 23_000]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_runs_from_its_own_answer() {
    // The second attempt is cut short by the deadline of the inquiry, long after the first one's answer.
    let peer = Peer::new([busy("7"), hanging(), Answer::of(paid())]);
    let client = peer.builder().deadline(9 * S).build().unwrap();
    let reply =
        client.inquiry_payment(&request()).wait_until_final(PollSchedule::every(3 * S).until(15 * S)).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    assert_eq!(peer.times(), [0, 7000, 9000]);
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_at_once_when_the_schedule_ends_before_retry_after() {
    let listed = || PollSchedule::from_intervals([3 * S, 10 * S, 10 * S]);
    for (schedule, value) in [(PollSchedule::acquirer(), "57"), (PollSchedule::acquirer(), "3600"), (listed(), "21")] {
        let peer = Peer::new(pending(1).chain([busy(value), Answer::of(paid())]));
        let client = peer.client();
        let started = Instant::now();
        let reply = client.inquiry_payment(&request()).wait_until_final(schedule.clone()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::InProgress(_)), "what was known stays known");
        assert!((3 * S..3 * S + S / 100).contains(&started.elapsed()), "{:?}", started.elapsed());

        let peer = Peer::new([busy("3600")]);
        let client = peer.client();
        let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(3600 * S));
        assert_eq!(peer.asked().len(), 1);
    }
    let peer = Peer::new(pending(1).chain([busy("20"), Answer::of(paid())]));
    let client = peer.client();
    let reply = client.inquiry_payment(&request()).wait_until_final(listed()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)), "20 s are left");
}

#[tokio::test(start_paused = true)]
async fn each_request_is_signed_anew() {
    let peer = Peer::new(pending(2));
    let client = peer.client();
    let schedule = PollSchedule::from_intervals([S]);
    let clock = peer.parties.clock.clone();
    let moving = async move {
        tokio::time::sleep(S / 2).await;
        clock.advance(400 * S);
    };
    let request = request();
    let call = client.inquiry_payment(&request).wait_until_final(schedule);
    let (reply, ()) = tokio::join!(async { call.await }, moving);
    reply.unwrap();
    let [first, second] = &peer.asked()[..] else { panic!() };
    assert_ne!(first.request.headers()["request-time"], second.request.headers()["request-time"]);
    assert_ne!(first.request.headers()["signature"], second.request.headers()["signature"]);
}

#[tokio::test(start_paused = true)]
async fn times_that_no_clock_holds() {
    let peer = Peer::new(pending(1).chain([Answer::of(paid())]));
    let client = peer.builder().deadline(Duration::MAX).attempt_timeout(Duration::MAX).build().unwrap();
    let schedule = PollSchedule::every(3 * S).until(Duration::MAX);
    client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();

    let request = request();
    let no_time = PollSchedule::every(S).until(Duration::ZERO);
    let error = client.inquiry_payment(&request).wait_until_final(no_time).await.unwrap_err();
    assert!(matches!(error, Error::DeadlineExceeded { last: None }), "{error:?}");

    let client = Peer::new(pending(1)).client();
    let schedule = PollSchedule::every(Duration::MAX);
    let endless = client.inquiry_payment(&request).wait_until_final(schedule).into_future();
    assert!(tokio::time::timeout(9 * S, endless).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_gives_the_exchange_up() {
    let peer = Peer::new([hanging()]);
    let client = peer.client();
    let request = request();
    let mut call = client.inquiry_payment(&request).into_future();
    assert!(tokio::time::timeout(S, &mut call).await.is_err());
    assert_eq!((peer.asked().len(), peer.under_way()), (1, 1));
    drop(call);
    assert_eq!(peer.under_way(), 0);
}
