//! The order of checks: each check fails, first by itself and then with all later checks. `cargo xtask stress --only
//! order` tries every pair.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, NotFound, Refusal, Request};
use alipayplus_server::signing::testing::verifications;
use alipayplus_server::{Caller, KeyRing, Server};

use crate::kit::{BARRED, CountingSigner, Frames, KEYS, Log, PATH, Signing, TestRequest, Wallet, builder, call};

/// A way to fail a check.
struct Row {
    name: &'static str,
    /// The code of the answer, or its status.
    code: &'static str,
    /// The start of the log's cause.
    cause: &'static str,
    /// Whether the signature is verified before this check.
    verified: bool,
    invalidate: fn(&mut Case),
}

struct Case {
    request: TestRequest,
    is_full: bool,
}

const ROWS: &[Row] = &[
    row("path", "NO_INTERFACE_DEF", "path: ", |case| case.request.uri = "/nowhere".into()),
    row("method", "METHOD_NOT_SUPPORTED", "method: PUT instead of POST", |case| case.request.method = "PUT"),
    row("content type", "MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Content-Type", |case| {
        case.request.headers = vec![("content-type", "text/plain".to_owned())];
    }),
    row("accept", "MEDIA_TYPE_NOT_ACCEPTABLE", "media type: Accept", |case| {
        case.request.headers.push(("accept", "text/html, */*;q=0".to_owned()));
    }),
    row("overload", "REQUEST_TRAFFIC_EXCEED_LIMIT", "overload: 1 requests", |case| case.is_full = true),
    row("size", "413", "size: ", |case| case.request.body = vec![b' '; 1025]),
    row("no client", "INVALID_CLIENT", "client: Client-Id is missing", |case| case.request.client_ids.clear()),
    row("ambiguous client", "INVALID_CLIENT", "client: Client-Id has a `.` followed by a time", |case| {
        case.request.client_ids = vec![format!("{}.2025-02-20T08:51:49.09Z.{{}}", KEYS.client_id)];
    }),
    row("no signature", "INVALID_SIGNATURE", "signature: there is no", |case| case.request.signing = Signing::Missing),
    row("no time", "INVALID_SIGNATURE", "signature: Request-Time is missing", |case| case.request.times.clear()),
    row("client", "INVALID_CLIENT", "client: not known", |case| case.request.client_ids = vec!["unknown".to_owned()]),
    row("key", "KEY_NOT_FOUND", "key: this client has no key of version 9", |case| case.request.version = 9),
    row("freshness", "INVALID_SIGNATURE", "signature: stale by ", |case| {
        case.request.times = vec!["2019-05-28T12:12:12+08:00".to_owned()];
    }),
    row("RSA", "INVALID_SIGNATURE", "signature: the signature does not match", |case| {
        case.request.signing = Signing::WrongBody;
    }),
    verified("access", "ACCESS_DENIED", "access: ", |case| case.request.client_ids = vec![BARRED.to_owned()]),
    verified("JSON", "PARAM_ILLEGAL", "body: malformed: ", |case| case.request.body = b"{".to_vec()),
    verified("schema", "PARAM_ILLEGAL", "body: /acquirerId", |case| case.request.body = b"{}".to_vec()),
    verified("handler", "UNKNOWN_EXCEPTION", "handler: the ledger is away", |case| {
        case.request.body = TestRequest::for_payment("error").body;
    }),
];

const fn row(name: &'static str, code: &'static str, cause: &'static str, invalidate: fn(&mut Case)) -> Row {
    Row { name, code, cause, verified: false, invalidate }
}

const fn verified(name: &'static str, code: &'static str, cause: &'static str, invalidate: fn(&mut Case)) -> Row {
    Row { name, code, cause, verified: true, invalidate }
}

struct Setup {
    server: Server,
    signer: CountingSigner,
    wallet: Wallet,
    log: Log,
}

fn setup() -> Setup {
    let (signer, wallet) = (CountingSigner::new(), Wallet::default());
    let callers = KeyRing::new();
    for client in [KEYS.client_id.as_str(), BARRED] {
        callers.insert(client, 1, KEYS.client.public_key()).unwrap();
    }
    let server = builder()
        .sign_with(1, signer.clone())
        .callers(callers)
        .authorize(|client, _| client != BARRED)
        .concurrency_limit(1)
        .body_limit(1024)
        .build()
        .unwrap()
        .inquiry_payment(wallet.clone());
    Setup { server, signer, wallet, log: Log::start() }
}

/// Makes a valid request fail these checks, and asserts that the first of them decides the answer.
async fn first_decides(rows: &[&Row]) {
    let setup = setup();
    let mut sent = Case { request: TestRequest::for_payment("paid"), is_full: false };
    // In reverse, so that the first row prevails if two rows change the same part of the request.
    rows.iter().rev().for_each(|row| (row.invalidate)(&mut sent));
    let occupant = sent.is_full.then(|| {
        let server = setup.server.clone();
        tokio::spawn(async move {
            call(server, TestRequest::for_payment("paid").with_body(Frames::new([], false)).await).await;
        })
    });
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    let reply = sent.request.send(&setup.server).await;
    if let Some(occupant) = occupant {
        occupant.abort();
    }

    let names: Vec<_> = rows.iter().map(|row| row.name).collect();
    let first = rows[0];
    assert_eq!(reply.code(), first.code, "{names:?}");
    let cause = setup.log.cause();
    assert!(cause.starts_with(first.cause), "{names:?}: {cause}");
    assert_eq!(reply.is_signed(), first.verified, "{names:?}");
    assert_eq!(setup.signer.count(), usize::from(first.verified), "{names:?}");
    assert_eq!(setup.wallet.calls.load(Ordering::SeqCst), usize::from(first.name == "handler"), "{names:?}");
    if first.verified {
        assert!(reply.verifies(&sent.request), "{names:?}");
    }
    let is_probe =
        first.name == "path" && sent.request.client_ids.is_empty() && sent.request.signing == Signing::Missing;
    assert_eq!(reply.status() == 404, is_probe, "{names:?}");
    let one_client = (sent.request.client_ids.len() == 1).then(|| sent.request.client_ids[0].as_str());
    let expected = if reply.status() == 200 { one_client } else { None };
    assert_eq!(reply.header("client-id"), expected, "{names:?}");
}

#[tokio::test]
async fn each_failed_check_has_its_answer() {
    for row in ROWS {
        first_decides(&[row]).await;
    }
}

#[tokio::test]
async fn the_first_failed_check_decides_the_answer() {
    for i in 0..ROWS.len() {
        first_decides(&ROWS[i..].iter().collect::<Vec<_>>()).await;
    }
}

#[tokio::test]
async fn a_valid_request_is_answered_and_signed() {
    let setup = setup();
    let request = TestRequest::for_payment("paid").header("tracer-id", "trace-1");
    let reply = request.send(&setup.server).await;
    assert_eq!(reply.code(), "SUCCESS");
    assert!(reply.verifies(&request));
    assert_eq!(reply.header("tracer-id"), Some("trace-1"));
    assert_eq!(reply.text("/payToAmount/currency"), "KRW");
    assert_eq!(setup.signer.count(), 1);
}

#[tokio::test]
async fn a_header_that_is_not_exactly_once_is_refused() {
    type Change = fn(&mut TestRequest);
    let changes: [(&str, &str, Change); 11] = [
        ("INVALID_CLIENT", "client: Client-Id is there more", |request| {
            request.client_ids.push(KEYS.client_id.clone());
        }),
        ("INVALID_CLIENT", "client: Client-Id is empty", |request| request.client_ids = vec![String::new()]),
        ("INVALID_CLIENT", "client: Client-Id is empty or not", |request| request.client_ids = vec!["a b".to_owned()]),
        ("INVALID_SIGNATURE", "signature: there is more than one", |request| request.signing = Signing::Twice),
        ("INVALID_SIGNATURE", "signature: Request-Time is there more", |request| {
            request.times.push(request.times[0].clone());
        }),
        ("INVALID_SIGNATURE", "signature: the Signature header is not a list", |request| {
            request.signing = Signing::Raw("nonsense");
        }),
        ("INVALID_SIGNATURE", "signature: the Signature header names an algorithm", |request| {
            request.signing = Signing::Raw("algorithm=none, keyVersion=1, signature=AAAA");
        }),
        ("KEY_NOT_FOUND", "key: this client has no key of version", |request| {
            request.signing = Signing::Raw("algorithm=RSA256, keyVersion=18446744073709551616, signature=AAAA");
        }),
        ("INVALID_SIGNATURE", "signature: the time can't be read", |request| {
            request.times = vec!["yesterday".to_owned()];
        }),
        ("INVALID_SIGNATURE", "signature: 79", |request| request.times = vec!["9999-01-01T00:00:00Z".to_owned()]),
        ("INVALID_SIGNATURE", "signature: the signature has 3 bytes", |request| {
            request.signing = Signing::Raw("algorithm=RSA256, keyVersion=1, signature=AAAA");
        }),
    ];
    for (code, cause, invalidate) in changes {
        let setup = setup();
        let reply = TestRequest::for_payment("paid").with(invalidate).send(&setup.server).await;
        assert_eq!(reply.code(), code, "{cause}");
        let found = setup.log.cause();
        assert!(found.starts_with(cause) || cause == "signature: 79" && found.ends_with("s in the future"), "{found}");
        assert!(!reply.is_signed(), "{cause}");
    }
}

#[tokio::test]
async fn a_repeated_client_id_is_not_echoed() {
    let request = TestRequest::for_payment("paid").with(|request| request.client_ids.push("other".to_owned()));
    assert_eq!(request.send(&setup().server).await.header("client-id"), None);
}

#[tokio::test]
async fn a_signature_mismatch_logs_the_path_without_its_query() {
    let setup = setup();
    let request = TestRequest::for_payment("paid").with(|request| {
        request.uri = "/aps/api/v1/payments/inquiryPayment?token=secret".to_owned();
        request.signed_uri = Some("/public".to_owned());
    });
    request.send(&setup.server).await;
    let cause = setup.log.cause();
    assert!(cause.contains("(verified over POST /aps/api/v1/payments/inquiryPayment; a body of "), "{cause}");
    let key = &KEYS.client.public_key().fingerprint()[..16];
    assert!(cause.ends_with(&format!("; key 1 with fingerprint {key}…)")), "{cause}");
    assert!(!setup.log.text().contains("secret"));
}

/// A handler that stores the key version that verified the last request.
#[derive(Clone, Default)]
struct StoresVersion(Arc<AtomicU64>);

impl InquiryPayment for StoresVersion {
    async fn inquiry_payment(&self, caller: &Caller, _: Request) -> Result<Answer, Refusal> {
        self.0.store(caller.key_version(), Ordering::SeqCst);
        Ok(NotFound::default().into())
    }
}

/// A client that names no version can continue to sign with its old key when a newer one is added in a rotation.
#[tokio::test]
async fn without_a_version_the_callers_newest_four_keys_are_tried() {
    let (callers, stored) = (KeyRing::new(), StoresVersion::default());
    let server = builder().callers(callers.clone()).build().unwrap().inquiry_payment(stored.clone());
    let request = TestRequest::for_payment("paid").with(|request| request.version = 7);
    let send = async || {
        let mut request = request.build().await;
        let text = request.headers()["signature"].to_str().unwrap().replace("keyVersion=7, ", "");
        assert!(!text.contains("keyVersion"));
        request.headers_mut().insert("signature", text.parse().unwrap());
        let (log, before) = (Log::start(), verifications());
        let reply = call(server.clone(), request).await;
        (reply, log, verifications() - before)
    };
    callers.insert(KEYS.client_id.as_str(), 7, KEYS.client.public_key()).unwrap();
    for newer in 8..=10 {
        callers.insert(KEYS.client_id.as_str(), newer, KEYS.server.public_key()).unwrap();
        let (reply, log, rsa) = send().await;
        assert_eq!((reply.code().as_str(), rsa), ("ORDER_NOT_EXIST", newer - 6));
        assert!(reply.verifies(&request));
        assert_eq!(stored.0.swap(0, Ordering::SeqCst), 7, "the handler gets the version of the key that verified");
        assert_eq!(log.last()["fields"]["key_version"], 7, "the version is logged");
    }
    // At most four keys are tried, which bounds the cost of a request.
    callers.insert(KEYS.client_id.as_str(), 11, KEYS.server.public_key()).unwrap();
    let (reply, log, rsa) = send().await;
    assert_eq!((reply.code().as_str(), reply.is_signed(), rsa), ("INVALID_SIGNATURE", false, 4));
    let cause = log.cause();
    assert!(cause.contains("; no keyVersion, tried key 11 with fingerprint "), "{cause}");
    let tried = ["key 10 with", "key 9 with", "key 8 with"];
    assert!(tried.iter().all(|key| cause.contains(key)) && !cause.contains("key 7 with"), "{cause}");
    assert!(log.last()["fields"].get("key_version").is_none());
    // A named version costs one verification.
    let before = verifications();
    assert_eq!(request.send(&server).await.code(), "ORDER_NOT_EXIST");
    assert_eq!(verifications() - before, 1);
}

/// Without the headers of a caller, a request to a path of no operation is one of a probe or a browser, to which the
/// status 200 would look healthy.
#[tokio::test]
async fn a_probe_of_an_unknown_path_gets_404_with_the_refusal() {
    type Change = fn(&mut TestRequest);
    let none: Change = |request| {
        request.client_ids.clear();
        request.signing = Signing::Missing;
    };
    let without_client: Change = |request| request.client_ids.clear();
    let without_signature: Change = |request| request.signing = Signing::Missing;
    let setup = setup();
    for (uri, change, status) in [
        ("/", none, 404),
        ("/healthz", none, 404),
        ("/", without_client, 200),
        ("/", without_signature, 200),
        (PATH, none, 200),
    ] {
        for method in ["GET", "POST"] {
            let request = TestRequest::for_payment("paid").with(|request| request.uri = uri.to_owned()).with(change);
            let reply = request.with(|request| request.method = method).send(&setup.server).await;
            assert_eq!(reply.status(), status, "{method} {uri}");
            assert_eq!(setup.log.last()["fields"]["status"], status);
            let code = match (uri, method) {
                (PATH, "POST") => "INVALID_CLIENT",
                (PATH, _) => "METHOD_NOT_SUPPORTED",
                _ => "NO_INTERFACE_DEF",
            };
            assert_eq!(reply.text("/result/resultCode"), code);
            assert_eq!(reply.header("content-type"), Some("application/json; charset=UTF-8"));
            assert!(reply.header("response-time").is_some() && !reply.is_signed());
        }
    }
}

/// A response of status 200 would open a tunnel.
#[tokio::test]
async fn connect_gets_405() {
    let setup = setup();
    for uri in ["mpp:443", PATH] {
        let request = TestRequest::for_payment("paid").with(|request| request.uri = uri.to_owned());
        let reply = request.with(|request| request.method = "CONNECT").send(&setup.server).await;
        assert_eq!(reply.code(), "405");
        assert_eq!(setup.log.cause(), "method: CONNECT");
    }
}
