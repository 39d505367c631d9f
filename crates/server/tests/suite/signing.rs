//! Who signs what, and what happens when nobody can.

use std::panic::panic_any;
use std::time::Duration;

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, Request};
use alipayplus_server::signing::{SignatureHeader, SigningInput, format_time};
use alipayplus_server::{Caller, Digest, PrivateKey, SignError, SignFuture, Signer, VersionedSigner};

use crate::kit::{Ask, Counting, Frames, Log, PARTIES, Sign, builder, mounted, told};

#[tokio::test]
async fn refusals_are_signed_on_request_if_there_is_a_client_to_sign_for() {
    let signer = Counting::new();
    let server = mounted(builder().sign_with(1, signer.clone()).sign_refusals(true));
    let spoils: [fn(&mut Ask); 4] = [
        |ask| ask.uri = "/nowhere?a=b".to_owned(),
        |ask| ask.method = "GET",
        |ask| ask.sign = Sign::Not,
        |ask| ask.version = 9,
    ];
    for spoil in spoils {
        let ask = Ask::about("paid").with(spoil);
        let told = ask.send(&server).await;
        assert_ne!(told.code(), "SUCCESS");
        assert!(told.verifies(&ask));
    }
    assert_eq!(signer.count(), 4);
    for client_ids in [vec![], vec!["somebody".to_owned()], vec![PARTIES.client_id.clone(); 2]] {
        let ask = Ask::about("paid").with(|ask| ask.client_ids = client_ids);
        assert!(!ask.send(&server).await.is_signed());
    }
    assert_eq!(signer.count(), 4);
}

/// The attack: `.` is not escaped in what is signed. Whoever gets a refusal signed over a Client-Id of his own making
/// has a signature over an answer to another client, with a body that he wrote.
#[tokio::test]
async fn a_signed_refusal_is_no_answer_to_another_client() {
    let server = mounted(builder().sign_refusals(true));
    let now = PARTIES.clock.now();
    let forged = r#"{"result":{"resultStatus":"S","resultCode":"SUCCESS"},"passThroughInfo":""#;
    let times = [
        format_time(now),
        now.as_millisecond().to_string(),
        // A time with a fraction holds a point of its own.
        format_time(now).replace('Z', ".09Z"),
        format_time(now).replace('Z', ".123456789+00:00"),
    ];
    for time in times {
        for uri in [crate::kit::PATH, "/nowhere"] {
            let log = Log::start();
            let attack = Ask::about("paid").with(|ask| {
                ask.uri = uri.to_owned();
                ask.sign = Sign::Not;
                ask.client_ids = vec![format!("{}.{time}.{forged}", PARTIES.client_id)];
            });
            let told = attack.send(&server).await;
            let is_taken = told.header("signature").is_some_and(|header| {
                let response_time = told.header("response-time").unwrap();
                let body = [forged.as_bytes(), b".", response_time.as_bytes(), b".", told.0.body()].concat();
                let content =
                    SigningInput { method: "POST", uri, client_id: &PARTIES.client_id, time: &time, body: &body };
                let header = SignatureHeader::parse(header).unwrap();
                PARTIES.server.public_key().verify(&content.digest(), &header).is_ok()
            });
            assert!(!is_taken, "the signature is one over an answer to {} of {time}", PARTIES.client_id);
            assert!(!told.is_signed());
            if uri == crate::kit::PATH {
                assert_eq!(told.code(), "INVALID_CLIENT");
                let cause = log.cause();
                assert!(cause.starts_with("client: Client-Id has a `.` followed by a time"), "{cause}");
            }
        }
    }
}

/// An unknown client does not hold a place while its body comes, as its refusal is not signed.
#[tokio::test(start_paused = true)]
async fn an_unknown_client_holds_no_place_though_refusals_are_signed() {
    let server = mounted(builder().sign_refusals(true).concurrency_limit(1));
    let slow = server.clone();
    let unknown = Ask::about("paid").with(|ask| ask.client_ids = vec!["somebody".to_owned()]);
    let held = tokio::spawn(async move { told(slow, unknown.request(Frames::new([], false)).await).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(Ask::about("paid").send(&server).await.code(), "SUCCESS");
    held.abort();
}

struct Away;

impl Signer for Away {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async { Err(SignError::external("no route to the vault")) })
    }
}

pub(crate) struct Hanging;

impl Signer for Hanging {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(std::future::pending())
    }
}

struct Panicking;

impl Signer for Panicking {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        panic!("the vault's text")
    }
}

/// What is not the handler's can panic too: the peer is told to ask again, and the log says who did.
#[tokio::test]
async fn a_panic_outside_of_the_handler_is_answered() {
    let log = Log::start();
    let told = Ask::about("paid").send(&mounted(builder().sign_with(1, Panicking))).await;
    assert_eq!(told.code(), "UNKNOWN_EXCEPTION");
    assert!(!told.is_signed());
    assert_eq!(log.cause(), "signing: the signer panicked");

    let log = Log::start();
    let ask = Ask::about("paid");
    let told = ask.send(&mounted(builder().authorize(|_, _| panic!("a list that is poisoned")))).await;
    assert_eq!(told.code(), "UNKNOWN_EXCEPTION");
    assert!(told.verifies(&ask));
    assert_eq!(log.cause(), "access: the check panicked");
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("the lock is poisoned");
    }
}

/// Has a guard that panics, and never ends.
struct Guarded;

impl Signer for Guarded {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async {
            let _guard = PanicsOnDrop;
            std::future::pending().await
        })
    }
}

impl InquiryPayment for Guarded {
    async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
        let _guard = PanicsOnDrop;
        std::future::pending().await
    }
}

/// What is given up may panic on its way out: when it is late, and when the caller goes away.
#[tokio::test(start_paused = true)]
async fn a_panic_while_something_is_given_up_is_contained() {
    let log = Log::start();
    let ask = Ask::about("paid");
    let handler = builder().concurrency_limit(1).build().unwrap().inquiry_payment(Guarded);
    let told = ask.send(&handler).await;
    assert_eq!((told.code().as_str(), told.verifies(&ask)), ("UNKNOWN_EXCEPTION", true));
    assert_eq!(log.cause(), "handler: late, no answer after 3.75 s (`deadline`)");

    let signer = mounted(builder().concurrency_limit(1).sign_with(1, Guarded));
    let told = ask.send(&signer).await;
    assert_eq!((told.code().as_str(), told.is_signed()), ("UNKNOWN_EXCEPTION", false));
    assert_eq!(log.cause(), "signing: late, no signature after 0.75 s (`signing_deadline`)");

    for server in [handler, signer] {
        let gone = tokio::time::timeout(Duration::from_millis(20), ask.send(&server)).await;
        assert!(gone.is_err());
        assert_eq!(ask.send(&server).await.code(), "UNKNOWN_EXCEPTION");
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
async fn a_signers_error_that_cant_be_printed_is_contained() {
    let log = Log::start();
    let told = Ask::about("paid").send(&mounted(builder().sign_with(1, Unprintable))).await;
    assert_eq!((told.code().as_str(), told.is_signed()), ("UNKNOWN_EXCEPTION", false));
    assert_eq!(log.cause(), "signing: the signer panicked");
}

#[tokio::test]
async fn an_answer_that_cant_be_signed_does_not_go_out() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, Away));
    let told = Ask::about("paid").send(&server).await;
    assert_eq!(told.code(), "UNKNOWN_EXCEPTION");
    assert!(!told.is_signed());
    assert_eq!(told.json().as_object().unwrap().len(), 1);
    assert_eq!(log.cause(), "signing: the external signer failed: no route to the vault");
    assert_eq!(log.last()["level"], "ERROR");
    assert_eq!(log.answers().len(), 1);
}

#[tokio::test]
async fn the_log_keeps_what_was_wrong_before_the_signer_failed() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, Away));
    Ask::about("panic").send(&server).await;
    let away = "signing: the external signer failed: no route to the vault";
    assert_eq!(log.cause(), format!("{away}; before that, handler: panicked"));
    Ask::about("blocked").send(&server).await;
    assert_eq!(log.cause(), format!("{away}; before that, handler: refused: under review"));
}

#[tokio::test]
async fn a_panic_with_something_that_panics_again_is_contained() {
    struct Throws;
    impl Signer for Throws {
        fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
            panic_any(PanicsOnDrop)
        }
    }
    impl InquiryPayment for Throws {
        async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
            panic_any(PanicsOnDrop)
        }
    }
    for (server, cause) in [
        (builder().build().unwrap().inquiry_payment(Throws), "handler: panicked"),
        (mounted(builder().sign_with(1, Throws)), "signing: the signer panicked"),
        (mounted(builder().authorize(|_, _| panic_any(PanicsOnDrop))), "access: the check panicked"),
    ] {
        let log = Log::start();
        let told = Ask::about("paid").send(&server).await;
        assert_eq!((told.code().as_str(), log.cause().as_str()), ("UNKNOWN_EXCEPTION", cause));
    }
}

#[tokio::test(start_paused = true)]
async fn a_signer_that_hangs_is_given_up() {
    let log = Log::start();
    let server = mounted(builder().sign_with(1, Hanging));
    let began = tokio::time::Instant::now();
    let told = Ask::about("paid").send(&server).await;
    assert_eq!(began.elapsed(), Duration::from_millis(750));
    assert_eq!(told.code(), "UNKNOWN_EXCEPTION");
    assert!(!told.is_signed());
    assert_eq!(log.cause(), "signing: late, no signature after 0.75 s (`signing_deadline`)");
}

#[tokio::test]
async fn keys_can_be_replaced_while_running() {
    let next = PrivateKey::generate().unwrap();
    let signing_key = VersionedSigner::new(1, PARTIES.server.clone());
    let server = mounted(builder().signing_key(signing_key.clone()));
    let ask = Ask::about("paid");
    let told = ask.send(&server).await;
    assert!(told.verifies(&ask));
    assert!(told.header("signature").unwrap().starts_with("algorithm=RSA256, keyVersion=1, signature="));
    signing_key.replace(2, next.clone());
    let told = ask.send(&server).await;
    assert!(told.header("signature").unwrap().contains("keyVersion=2"));
    assert!(told.verified_by(&next.public_key(), &ask));
}

#[tokio::test]
async fn the_version_is_stated_as_given() {
    let told = Ask::about("paid").send(&mounted(builder().sign_with(7, PARTIES.server.clone()))).await;
    assert!(told.header("signature").unwrap().contains("keyVersion=7,"));
}

#[tokio::test]
async fn the_time_is_the_clocks_in_whole_seconds() {
    let told = Ask::about("paid").send(&mounted(builder())).await;
    assert_eq!(told.header("response-time"), Some(PARTIES.clock.now().to_string().as_str()));
}
