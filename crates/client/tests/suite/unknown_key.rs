//! A key version that is not trusted yet is loaded while the client runs.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::{
    Builder, Client, ErrorReason, PollSchedule, PrivateKey, SignatureError, UnknownKey, UnverifiedError,
};
use tokio::time::sleep;

use crate::mock_server::{MockResponse, MockServer, in_progress, paid, request};

static NEXT: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());

/// A builder whose hook returns the next key after a second, and the list of what it was asked for.
fn loading(server: &MockServer) -> (Builder<Client>, Arc<Mutex<Vec<UnknownKey>>>) {
    let asked = Arc::<Mutex<Vec<UnknownKey>>>::default();
    let list = Arc::clone(&asked);
    let builder = server.builder().label("mpp-7").on_unknown_key(move |unknown| {
        let is_next = unknown.version == 2;
        list.lock().unwrap().push(unknown);
        async move {
            sleep(Duration::from_secs(1)).await;
            if is_next { Ok(NEXT.public_key()) } else { Err("no such file".into()) }
        }
    });
    (builder, asked)
}

#[tokio::test(start_paused = true)]
async fn waiting_goes_on_when_the_server_changes_its_key() {
    let rotated = |body: String| MockResponse::new(body).version(2).signed_by(NEXT.clone());
    let server = MockServer::new([MockResponse::new(in_progress()), rotated(in_progress()), rotated(paid())]);
    let (builder, asked) = loading(&server);
    let client = builder.build().unwrap();
    let schedule = PollSchedule::acquirer().end_after_unreadable(1);
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)));
    assert_eq!(reply.attempts, 3, "the response that named the key was not lost");
    let asked = asked.lock().unwrap();
    let [UnknownKey { version: 2, client_id, label: Some(label), .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((client_id, label.as_str()), (&server.keys.client_id, "mpp-7"));
}

#[tokio::test(start_paused = true)]
async fn attempts_at_the_same_time_load_a_key_once() {
    let server = MockServer::new([MockResponse::new(paid()).version(2).signed_by(NEXT.clone())]);
    let (builder, asked) = loading(&server);
    let (client, request) = (builder.build().unwrap(), request());
    let (one, other) = tokio::join!(client.inquiry_payment(&request), client.inquiry_payment(&request));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_found_is_looked_for_once_per_attempt() {
    let server = MockServer::new([MockResponse::new(paid()).version(9)]);
    let (builder, asked) = loading(&server);
    let error = builder.build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    let ErrorReason::Unverified(UnverifiedError::Signature(SignatureError::Key(_))) = error.reason() else {
        panic!("{error:?}")
    };
    assert_eq!(asked.lock().unwrap().len(), 1);
    // A response that is not accepted for another reason asks for no key, even if it names a version.
    for response in [MockResponse::new(paid()).version(9).age(999), MockResponse::new(paid()).version(9).client_id("X")]
    {
        let server = MockServer::new([response]);
        let (builder, asked) = loading(&server);
        builder.build().unwrap().inquiry_payment(&request()).await.unwrap_err();
        assert!(asked.lock().unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_never_ends_ends_with_its_attempt() {
    let server = MockServer::new([MockResponse::new(paid()).version(2)]);
    let calls = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&calls);
    let builder = server.builder().on_unknown_key(move |_| {
        counted.fetch_add(1, Relaxed);
        std::future::pending()
    });
    let error = builder.build().unwrap().inquiry_payment(&request()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::DeadlineExceeded { .. } | ErrorReason::Transport(_)), "{error:?}");
    assert_eq!(calls.load(Relaxed), server.requests().len());
}
