//! Code of the user that panics ends one attempt with an error, and the client can be used afterwards.

use std::panic::panic_any;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use alipayplus_client::transport::{SendFuture, Transport, TransportError, TransportErrorKind, bytes, http};
use alipayplus_client::{
    Client, Clock, Error, ErrorReason, Freshness, PrivateKey, SignatureError, UnknownKey, UnverifiedError,
};

use crate::mock_server::{MockResponse, MockServer, paid, request};

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("the lock is poisoned");
    }
}

async fn error_of(client: &Client) -> Error {
    client.inquiry_payment(&request()).await.unwrap_err()
}

#[tokio::test]
async fn a_hook_that_panics_loads_no_key() {
    let next = PrivateKey::generate().unwrap();
    let server = MockServer::new([MockResponse::new(paid()).version(2).signed_by(next.clone())]);
    let calls = AtomicU32::new(0);
    let hook = move |unknown: UnknownKey| {
        let call = calls.fetch_add(1, Relaxed);
        assert_ne!(call, 0, "called");
        let public_key = next.public_key();
        async move {
            let _guard = (call == 3).then(|| PanicsOnDrop);
            match call {
                1 => panic!("polled"),
                2 => panic_any(PanicsOnDrop),
                3 => std::future::pending().await,
                _ => assert_eq!(unknown.version, 2),
            }
            Ok(public_key)
        }
    };
    let attempt_timeout = std::time::Duration::from_millis(300);
    let builder = server.builder().on_unknown_key(hook).attempt_timeout(attempt_timeout);
    let client = builder.retry(alipayplus_client::RetryPolicy::never()).build().unwrap();
    for _ in 0..3 {
        let error = error_of(&client).await;
        let ErrorReason::Unverified(UnverifiedError::Signature(SignatureError::Key(_))) = error.reason() else {
            panic!("{error:?}")
        };
    }
    // The time of the attempt is over.
    assert!(matches!(error_of(&client).await.reason(), ErrorReason::Transport(_)));
    client.inquiry_payment(&request()).await.unwrap();
}

/// A transport that panics when it is called, and then when it is polled.
struct PanickingTransport(AtomicU32);

impl Transport for PanickingTransport {
    fn send(&self, _: http::Request<bytes::Bytes>) -> SendFuture<'_> {
        let call = self.0.fetch_add(1, Relaxed);
        assert_ne!(call, 0, "called");
        Box::pin(async move {
            assert_ne!(call, 1, "polled");
            Err(TransportError::new(TransportErrorKind::Request, "no network"))
        })
    }
}

#[tokio::test]
async fn a_transport_or_a_clock_that_panics_is_an_error() {
    let server = MockServer::new([MockResponse::new(paid())]);
    let client = server.builder().transport(PanickingTransport(AtomicU32::new(0))).build().unwrap();
    for _ in 0..2 {
        let error = error_of(&client).await;
        assert!(matches!(error.reason(), ErrorReason::Panicked), "{error:?}");
        assert_eq!((error.kind(), error.is_retryable(), error.attempts()), ("panicked", false, 1));
    }
    assert!(matches!(error_of(&client).await.reason(), ErrorReason::Transport(_)));

    let clock = Clock::from_fn(|| panic!("no time"));
    let client = server.builder().freshness(Freshness::default().with_clock(clock)).build().unwrap();
    assert!(matches!(error_of(&client).await.reason(), ErrorReason::Panicked));
}
