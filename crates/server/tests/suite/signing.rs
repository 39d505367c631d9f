//! Which responses are signed, and what is sent if signing fails.

use std::future::poll_fn;
use std::panic::panic_any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use alipayplus_server::signing::{SignatureHeader, SigningInput, format_time};
use alipayplus_server::{
    BuildError, Caller, Clock, Digest, Freshness, HttpServer, KeyRing, PrivateKey, PublicKey, Server, SignError,
    SignFuture, Signer, StartError, VersionedSigner,
};

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::Full;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::kit::{CountingSigner, Frames, KEYS, Log, Signing, TestRequest, builder, call, mounted};
use crate::serve::{read, start};

#[tokio::test]
async fn sign_refusals_signs_refusals_to_known_clients() {
    let signer = CountingSigner::new();
    let server = mounted(builder().sign_with(1, signer.clone()).sign_refusals(true));
    let changes: [fn(&mut TestRequest); 4] = [
        |request| request.uri = "/nowhere?a=b".to_owned(),
        |request| request.method = "GET",
        |request| request.signing = Signing::Missing,
        |request| request.version = 9,
    ];
    for invalidate in changes {
        let request = TestRequest::for_payment("paid").with(invalidate);
        let reply = request.send(&server).await;
        assert_ne!(reply.code(), "SUCCESS");
        assert!(reply.verifies(&request));
    }
    assert_eq!(signer.count(), 4);
    for client_ids in [vec![], vec!["unknown".to_owned()], vec![KEYS.client_id.clone(); 2]] {
        let request = TestRequest::for_payment("paid").with(|request| request.client_ids = client_ids);
        assert!(!request.send(&server).await.is_signed());
    }
    assert_eq!(signer.count(), 4);
}

/// The attack: `.` is not escaped in what is signed. A refusal that is signed over a Client-Id of the attacker's choice
/// would carry a signature over an answer to another client, with a body that the attacker wrote.
#[tokio::test]
async fn a_signed_refusal_is_no_answer_to_another_client() {
    let server = mounted(builder().sign_refusals(true));
    let now = KEYS.clock.now();
    let forged = r#"{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"passThroughInfo":""#;
    let times = [
        format_time(now),
        now.as_millisecond().to_string(),
        // A time with a fraction contains a `.` itself.
        format_time(now).replace('Z', ".09Z"),
        format_time(now).replace('Z', ".123456789+00:00"),
    ];
    for time in times {
        for uri in [crate::kit::PATH, "/nowhere"] {
            let log = Log::start();
            let attack = TestRequest::for_payment("paid").with(|request| {
                request.uri = uri.to_owned();
                request.signing = Signing::Missing;
                request.client_ids = vec![format!("{}.{time}.{forged}", KEYS.client_id)];
            });
            let reply = attack.send(&server).await;
            let is_taken = reply.header("signature").is_some_and(|header| {
                let response_time = reply.header("response-time").unwrap();
                let body = [forged.as_bytes(), b".", response_time.as_bytes(), b".", reply.0.body()].concat();
                let content =
                    SigningInput { method: "POST", uri, client_id: &KEYS.client_id, time: &time, body: &body };
                let header = SignatureHeader::parse(header).unwrap();
                KEYS.server.public_key().verify(&content.digest(), &header).is_ok()
            });
            assert!(!is_taken, "the signature is one over an answer to {} of {time}", KEYS.client_id);
            assert!(!reply.is_signed());
            if uri == crate::kit::PATH {
                assert_eq!(reply.code(), "INVALID_CLIENT");
                let cause = log.cause();
                assert!(cause.starts_with("client: Client-Id has a `.` followed by a time"), "{cause}");
            }
        }
    }
}

/// Signing is what a server can do least often: without a permit of the concurrency limit, a refusal is not signed.
#[tokio::test(start_paused = true)]
async fn no_refusal_is_signed_without_a_permit() {
    let signer = CountingSigner::new();
    let server = mounted(builder().sign_with(1, signer.clone()).sign_refusals(true).concurrency_limit(1));
    let changes: [fn(&mut TestRequest); 4] = [
        |request| request.uri = "/nowhere".to_owned(),
        |request| request.method = "GET",
        |request| request.headers = vec![("content-type", "text/plain".to_owned())],
        // Overload.
        |_| {},
    ];
    let busy = tokio::spawn({
        let server = server.clone();
        async move { TestRequest::for_payment("slow").send(&server).await.code() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    for invalidate in changes {
        let reply = TestRequest::for_payment("paid").with(invalidate).send(&server).await;
        assert_ne!(reply.code(), "SUCCESS");
        assert!(!reply.is_signed());
    }
    assert_eq!(signer.count(), 0);
    assert_eq!(busy.await.unwrap(), "UNKNOWN_EXCEPTION");
    let by_rsa: fn(&mut TestRequest) = |request| request.signing = Signing::WrongBody;
    for invalidate in changes[..3].iter().chain([&by_rsa]) {
        let request = TestRequest::for_payment("paid").with(invalidate);
        assert!(request.send(&server).await.verifies(&request));
    }

    // Refusals at the same time are signed up to the limit.
    let signer = HangingCounter::default();
    let server = mounted(builder().sign_with(1, signer.clone()).sign_refusals(true).concurrency_limit(2));
    let requests = (0..10)
        .map(async |n: usize| TestRequest::for_payment("paid").with(changes[n % 3]).send(&server).await.is_signed());
    assert!(!join_all(requests).await.contains(&true));
    assert_eq!(signer.0.load(Ordering::SeqCst), 2);
}

/// A signer that never answers, and counts how often it is asked.
#[derive(Clone, Default)]
struct HangingCounter(Arc<AtomicUsize>);

impl Signer for HangingCounter {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    }
}

/// An unknown client holds no permit while its body is read, because its refusal is not signed.
#[tokio::test(start_paused = true)]
async fn an_unknown_client_holds_no_permit_even_if_refusals_are_signed() {
    let server = mounted(builder().sign_refusals(true).concurrency_limit(1));
    let slow = server.clone();
    let unknown = TestRequest::for_payment("paid").with(|request| request.client_ids = vec!["unknown".to_owned()]);
    let held = tokio::spawn(async move { call(slow, unknown.with_body(Frames::new([], false)).await).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(TestRequest::for_payment("paid").send(&server).await.code(), "SUCCESS");
    held.abort();
}

struct FailingSigner;

impl Signer for FailingSigner {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async { Err(SignError::external("no route to the vault")) })
    }
}

pub(crate) struct HangingSigner;

impl Signer for HangingSigner {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(std::future::pending())
    }
}

struct PanickingSigner;

impl Signer for PanickingSigner {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        panic!("the vault's text")
    }
}

/// The signer and the function of `authorize` may panic, too. The client is asked to retry, and the log says which.
#[tokio::test]
async fn a_panic_of_the_signer_or_of_authorize_is_answered() {
    let log = Log::start();
    let reply = TestRequest::for_payment("paid").send(&mounted(builder().sign_with(1, PanickingSigner))).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(!reply.is_signed());
    assert_eq!(log.cause(), "signing: the signer panicked");

    let log = Log::start();
    let request = TestRequest::for_payment("paid");
    let reply = request.send(&mounted(builder().authorize(|_, _| panic!("a list that is poisoned")))).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(reply.verifies(&request));
    assert_eq!(log.cause(), "access: the check panicked");
}

#[tokio::test]
async fn a_panic_of_the_clock_is_answered_by_500() {
    let log = Log::start();
    let clock = Clock::from_fn(|| panic!("no time"));
    let server = mounted(builder().freshness(Freshness::default().with_clock(clock)));
    let reply = TestRequest::for_payment("paid").send(&server).await;
    assert_eq!((reply.0.status(), reply.0.body().len()), (http::StatusCode::INTERNAL_SERVER_ERROR, 0));
    assert_eq!(
        (log.last()["level"].as_str(), log.cause().as_str()),
        (Some("ERROR"), "internal: panicked outside of the handler")
    );
}

#[tokio::test]
async fn our_own_public_key_as_a_clients_is_noticed() {
    let callers = KeyRing::new();
    callers.insert("V", 4, KEYS.server.public_key()).unwrap();
    let log = Log::start();
    let _server = builder().callers(callers).build().unwrap();
    let event = log.lines().pop().unwrap();
    assert_eq!((&event["level"], &event["fields"]["message"]), (&"WARN".into(), &"own key".into()));
    assert_eq!((&event["fields"]["client_id"], &event["fields"]["key_version"]), (&"V".into(), &4.into()));
}

/// A KMS that signs with another key than the program was configured for.
struct WrongKeySigner;

impl Signer for WrongKeySigner {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        KEYS.client.sign(digest)
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(KEYS.server.public_key())
    }
}

#[tokio::test]
async fn a_signature_of_another_key_than_the_signers_own_is_not_sent() {
    let log = Log::start();
    let reply = TestRequest::for_payment("paid").send(&mounted(builder().sign_with(1, WrongKeySigner))).await;
    assert_eq!((reply.code().as_str(), reply.is_signed()), ("UNKNOWN_EXCEPTION", false));
    let cause = "signing: the signer's signature does not verify with its public key";
    assert!(log.cause().starts_with(cause), "{}", log.cause());
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("the lock is poisoned");
    }
}

/// A signer and handler that never ends, with a guard that panics when it is dropped.
struct HangsWithGuard;

impl Signer for HangsWithGuard {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async {
            let _guard = PanicsOnDrop;
            std::future::pending().await
        })
    }
}

impl InquiryPayment for HangsWithGuard {
    async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
        let _guard = PanicsOnDrop;
        std::future::pending().await
    }
}

/// A future may panic when it is dropped: because it is late, or because the client has disconnected.
#[tokio::test(start_paused = true)]
async fn a_panic_while_a_future_is_dropped_is_caught() {
    let log = Log::start();
    let request = TestRequest::for_payment("paid");
    let handler = builder().concurrency_limit(1).build().unwrap().inquiry_payment(HangsWithGuard);
    let reply = request.send(&handler).await;
    assert_eq!((reply.code().as_str(), reply.verifies(&request)), ("UNKNOWN_EXCEPTION", true));
    assert_eq!(log.cause(), "handler: late, no answer after 3.75 s (`deadline`)");

    let signer = mounted(builder().concurrency_limit(1).sign_with(1, HangsWithGuard));
    let reply = request.send(&signer).await;
    assert_eq!((reply.code().as_str(), reply.is_signed()), ("UNKNOWN_EXCEPTION", false));
    assert_eq!(log.cause(), "signing: late, no signature after 0.75 s (`signing_deadline`)");

    for server in [handler, signer] {
        let result = tokio::time::timeout(Duration::from_millis(20), request.send(&server)).await;
        assert!(result.is_err());
        assert_eq!(request.send(&server).await.code(), "UNKNOWN_EXCEPTION");
    }
}

#[derive(Debug)]
struct Unprintable;

impl std::fmt::Display for Unprintable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}

impl std::error::Error for Unprintable {}

impl Signer for Unprintable {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async { Err(SignError::external(Unprintable)) })
    }
}

#[tokio::test]
async fn a_panic_in_the_display_of_a_signers_error_is_caught() {
    let log = Log::start();
    let reply = TestRequest::for_payment("paid").send(&mounted(builder().sign_with(1, Unprintable))).await;
    assert_eq!((reply.code().as_str(), reply.is_signed()), ("UNKNOWN_EXCEPTION", false));
    assert_eq!(log.cause(), "signing: the signer panicked");
}

#[tokio::test]
async fn an_answer_that_cant_be_signed_is_not_sent() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, FailingSigner));
    let reply = TestRequest::for_payment("paid").send(&server).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(!reply.is_signed());
    assert_eq!(reply.json().as_object().unwrap().len(), 1);
    assert_eq!(log.cause(), "signing: the external signer failed: no route to the vault");
    assert_eq!(log.last()["level"], "ERROR");
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn the_log_keeps_the_cause_from_before_the_signer_failed() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, FailingSigner));
    TestRequest::for_payment("panic").send(&server).await;
    let away = "signing: the external signer failed: no route to the vault";
    assert_eq!(log.cause(), format!("{away}; before that, handler: panicked"));
    TestRequest::for_payment("blocked").send(&server).await;
    assert_eq!(log.cause(), format!("{away}; before that, handler: refused: under review"));
}

#[tokio::test]
async fn a_panic_whose_payload_panics_again_is_caught() {
    struct PanicsWithPayload;
    impl Signer for PanicsWithPayload {
        fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
            panic_any(PanicsOnDrop)
        }
    }
    impl InquiryPayment for PanicsWithPayload {
        async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
            panic_any(PanicsOnDrop)
        }
    }
    for (server, cause) in [
        (builder().build().unwrap().inquiry_payment(PanicsWithPayload), "handler: panicked"),
        (mounted(builder().sign_with(1, PanicsWithPayload)), "signing: the signer panicked"),
        (mounted(builder().authorize(|_, _| panic_any(PanicsOnDrop))), "access: the check panicked"),
    ] {
        let log = Log::start();
        let reply = TestRequest::for_payment("paid").send(&server).await;
        assert_eq!((reply.code().as_str(), log.cause().as_str()), ("UNKNOWN_EXCEPTION", cause));
    }
}

#[tokio::test(start_paused = true)]
async fn a_signer_that_hangs_times_out() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, HangingSigner));
    let began = tokio::time::Instant::now();
    let reply = TestRequest::for_payment("paid").send(&server).await;
    assert_eq!(began.elapsed(), Duration::from_millis(750));
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(!reply.is_signed());
    assert_eq!(log.cause(), "signing: late, no signature after 0.75 s (`signing_deadline`)");
}

#[tokio::test]
async fn keys_can_be_replaced_while_running() {
    let next = PrivateKey::generate().unwrap();
    let signing_key = VersionedSigner::new(1, KEYS.server.clone());
    let server = mounted(builder().signing_key(signing_key.clone()));
    let request = TestRequest::for_payment("paid");
    let reply = request.send(&server).await;
    assert!(reply.verifies(&request));
    assert!(reply.header("signature").unwrap().starts_with("algorithm=RSA256, keyVersion=1, signature="));
    signing_key.replace(2, next.clone());
    let reply = request.send(&server).await;
    assert!(reply.header("signature").unwrap().contains("keyVersion=2"));
    assert!(reply.verified_by(&next.public_key(), &request));
}

#[tokio::test]
async fn the_key_version_is_stated_in_the_signature_header() {
    let reply = TestRequest::for_payment("paid").send(&mounted(builder().sign_with(7, KEYS.server.clone()))).await;
    assert!(reply.header("signature").unwrap().contains("keyVersion=7,"));
}

#[tokio::test]
async fn the_response_time_is_the_clocks_in_whole_seconds() {
    let reply = TestRequest::for_payment("paid").send(&mounted(builder())).await;
    assert_eq!(reply.header("response-time"), Some(KEYS.clock.now().to_string().as_str()));
}

/// A service outside of this process that signs with the key of the server, and says that its key is another.
struct Service {
    public_key: PublicKey,
    is_slow: bool,
    signatures: Arc<AtomicUsize>,
}

impl Signer for Service {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.signatures.fetch_add(1, Ordering::Relaxed);
        if self.is_slow { Box::pin(std::future::pending()) } else { KEYS.server.sign(digest) }
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(self.public_key.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_signer_that_does_not_work_is_found_at_start() {
    let service = |public_key, is_slow| Service { public_key, is_slow, signatures: Arc::default() };
    let build = |public_key, is_slow| builder().sign_with(1, service(public_key, is_slow)).build_checked();
    assert!(build(KEYS.server.public_key(), false).await.is_ok());
    let error = build(KEYS.client.public_key(), false).await.unwrap_err();
    assert!(matches!(error, StartError::Signer(SignError::WrongKey { .. })), "{error}");
    let error = build(KEYS.server.public_key(), true).await.unwrap_err();
    assert!(matches!(error, StartError::SignerTimeout), "{error}");
    let error = builder().body_limit(0).build_checked().await.unwrap_err();
    assert!(matches!(error, StartError::Build(BuildError::Zero { .. })), "{error}");
}

/// The clones of a server check its signer once, before the first request.
#[tokio::test(start_paused = true)]
async fn a_signer_outside_of_the_process_signs_once_at_start() {
    let signatures = Arc::<AtomicUsize>::default();
    let server = |public_key, is_slow| {
        let signatures = Arc::clone(&signatures);
        mounted(builder().sign_with(1, Service { public_key, is_slow, signatures }))
    };
    let checks = || signatures.swap(0, Ordering::Relaxed);
    let log = Log::start();
    let good = server(KEYS.server.public_key(), false);
    for _ in 0..2 {
        ready(&mut good.clone()).await;
    }
    assert_eq!((checks(), log.lines().len()), (1, 0));

    let wrong_key = format!(
        "the signer's signature does not verify with its public key {}",
        KEYS.client.public_key().fingerprint()
    );
    for (mut server, cause) in [
        (server(KEYS.client.public_key(), false), wrong_key.as_str()),
        (server(KEYS.server.public_key(), true), "the signer does not work: no signature after 10 s"),
    ] {
        let log = Log::start();
        ready(&mut server).await;
        assert_eq!(checks(), 1);
        let [event] = &log.lines()[..] else { panic!("{}", log.text()) };
        assert_eq!((&event["level"], &event["fields"]["message"]), (&"ERROR".into(), &"signer does not work".into()));
        assert!(event["fields"]["cause"].as_str().unwrap().starts_with(cause), "{event}");
    }

    // There is nothing to verify with, or no need to.
    let signer = CountingSigner::new();
    ready(&mut mounted(builder().sign_with(1, signer.clone()))).await;
    ready(&mut mounted(builder().sign_with(1, InMemory(signer.clone())))).await;
    assert_eq!(signer.count(), 0);
}

/// A signer that says, as a key in memory does, that its signatures need no verification.
struct InMemory(CountingSigner);

impl Signer for InMemory {
    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        self.0.sign(digest)
    }

    fn public_key(&self) -> Option<PublicKey> {
        Some(KEYS.server.public_key())
    }

    fn verify_signatures(&self) -> bool {
        false
    }
}

async fn ready(server: &mut Server) {
    let ready = poll_fn(|context| tower_service::Service::<http::Request<Full<Bytes>>>::poll_ready(server, context));
    ready.await.unwrap();
}

/// A signer that takes a while, and says when it has signed.
struct SlowSigner(Arc<AtomicUsize>);

impl Signer for SlowSigner {
    fn public_key(&self) -> Option<PublicKey> {
        Some(KEYS.server.public_key())
    }

    fn sign<'a>(&'a self, digest: &'a Digest) -> SignFuture<'a> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.0.fetch_add(1, Ordering::Relaxed);
            KEYS.server.sign(digest).await
        })
    }
}

#[tokio::test]
async fn a_server_is_not_ready_before_its_signer_has_signed() {
    let signed = Arc::<AtomicUsize>::default();
    let server = mounted(builder().sign_with(1, SlowSigner(Arc::clone(&signed))));
    let settings = HttpServer::new().ready(async || true);
    let running = start(settings, server, Duration::from_secs(1)).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET /ready HTTP/1.1\r\nHost: mpp\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut stream).await.unwrap().0.status(), 200);
    assert_eq!(signed.load(Ordering::Relaxed), 1);
}
