//! Responses that a client rejects.

use std::time::Duration;

use alipayplus_client::runtime::code::Status;
use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::{
    Error, ErrorReason, Freshness, SignatureError, TransportErrorKind, UnreadableError, UnverifiedError,
};
use bytes::Bytes;

use crate::mock_server::{
    MockResponse, MockServer, PATH, members, paid, payment, request, result_only, test_keys, trouble,
};

/// Checks that a response is rejected with an error that is not retryable, after one attempt.
async fn rejected(response: MockResponse) -> Error {
    let server = MockServer::new([response]);
    let error = server.inquire().await.unwrap_err();
    assert!(!error.is_retryable(), "{error:?}");
    assert_eq!(server.requests().len(), 1, "{error:?}");
    error
}

/// Checks that a response is rejected with a retryable error, after three attempts.
async fn rejected_three_times(response: MockResponse) -> Error {
    let server = MockServer::new([response]);
    let error = server.inquire().await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(server.requests().len(), 3, "{error:?}");
    error
}

fn is_mismatch(error: &Error) -> bool {
    matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Signature(SignatureError::Verify(e))) if e.error == VerifyError::Mismatch)
}

#[tokio::test]
async fn a_tampered_body() {
    let other = payment("S", "SUCCESS", &members("")).replace("\"100\"", "\"900\"");
    let response = MockResponse::new(paid()).edit(move |response| *response.body_mut() = other.clone().into());
    let error = rejected(response).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn a_tampered_time() {
    let response = MockResponse::new(paid()).edit(|response| {
        let time = response.headers()["response-time"].to_str().unwrap().replace('Z', "+00:00");
        response.headers_mut().insert("response-time", time.parse().unwrap());
    });
    let error = rejected(response).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn our_own_key_is_not_trusted() {
    let error = rejected(MockResponse::new(paid()).signed_by(test_keys().client)).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn a_key_of_another_version() {
    let error = rejected(MockResponse::new(paid()).version(2)).await;
    let unknown = SignatureError::Key(KeyRingError::UnknownVersion { version: Some(2) });
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Signature(cause)) if *cause == unknown),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_unsigned_response() {
    let error = rejected(MockResponse::new(paid()).unsigned()).await;
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: None })),
        "{error:?}"
    );
    assert_eq!(error.to_string(), "the response has no signature");

    let error = rejected(MockResponse::new(result_only("F", "INVALID_SIGNATURE")).unsigned()).await;
    assert_eq!(error.code(), None, "code() must return only verified codes");
    let text = error.to_string();
    assert!(
        text.starts_with("the response has no signature; its unverified result code is INVALID_SIGNATURE; "),
        "{text}"
    );
    let ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: Some(claimed) }) = error.reason() else {
        panic!("{error:?}")
    };
    assert_eq!((claimed.code.as_str(), claimed.status), ("INVALID_SIGNATURE", Status::Failure));

    let error = rejected(MockResponse::new("<html>").unsigned()).await;
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: None })),
        "{error:?}"
    );

    let error =
        rejected_three_times(MockResponse::new(result_only("U", "REQUEST_TRAFFIC_EXCEED_LIMIT")).unsigned()).await;
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: Some(_) })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_repeated_or_malformed_signature_header() {
    let error = rejected(MockResponse::new(paid()).header("signature", "signature=AA")).await;
    let repeated = SignatureError::Header(HeaderError::Repeated);
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Signature(cause)) if *cause == repeated),
        "{error:?}"
    );

    let response = MockResponse::new(paid()).without_header("signature").header("signature", "x");
    let error = rejected(response).await;
    let malformed = SignatureError::Header(HeaderError::NotPairs);
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Signature(cause)) if *cause == malformed),
        "{error:?}"
    );
}

#[tokio::test]
async fn another_client_id() {
    for response in [
        MockResponse::new(paid()).client_id("SANDBOX_5X00000000000001"),
        MockResponse::new(paid()).client_id("sandbox_5x00000000000000"),
        MockResponse::new(paid()).without_header("client-id"),
        MockResponse::new(paid()).header("client-id", "SANDBOX_5X00000000000000"),
    ] {
        let error = rejected(response).await;
        assert!(matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::ClientId)), "{error:?}");
    }
}

#[tokio::test]
async fn a_time_outside_of_the_window_or_unreadable() {
    for (response, cause) in [
        (MockResponse::new(paid()).age(301), "Stale"),
        (MockResponse::new(paid()).age(-301), "Future"),
        (MockResponse::new(paid()).time("2025-02-20 08:51:49Z"), "Unreadable"),
        (MockResponse::new(paid()).without_header("response-time"), "Unreadable"),
        (MockResponse::new(paid()).header("response-time", "2025-02-20T08:51:49Z"), "Unreadable"),
    ] {
        let error = rejected(response).await;
        assert!(matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Freshness(_))), "{error:?}");
        assert!(format!("{error:?}").contains(cause), "{error:?}");
    }
    for age in [30, -300] {
        MockServer::new([MockResponse::new(paid()).age(age)]).inquire().await.unwrap();
    }
}

#[tokio::test]
async fn a_response_from_before_its_request() {
    let before_request = |error: &Error, seconds: u64| {
        let cause = FreshnessError::BeforeRequest { by: Duration::from_secs(seconds) };
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Freshness(found)) if *found == cause)
    };
    // It is within the window, so that only the skew rejects it.
    for age in [31, 300] {
        let error = rejected(MockResponse::new(paid()).age(age)).await;
        assert!(before_request(&error, age.unsigned_abs()), "{error:?}");
    }
    // The skew is a setting.
    for (skew, is_accepted) in [(300, true), (299, false)] {
        let server = MockServer::new([MockResponse::new(paid()).age(300)]);
        let freshness = Freshness::default().with_skew(Duration::from_secs(skew)).with_clock(&server.keys.clock);
        let client = server.builder().freshness(freshness).build().unwrap();
        assert_eq!(client.inquiry_payment(&request()).await.is_ok(), is_accepted);
    }
    // The clock is set back while the request is in progress, so that the time of the request is in the future.
    let keys = test_keys();
    let clock = keys.clock.clone();
    let back = MockResponse::new(paid()).age(301).edit(move |_| {
        clock.set(clock.now() - jiff::SignedDuration::from_secs(301));
    });
    let mut server = MockServer::new([back]);
    server.keys = keys;
    let error = server.inquire().await.unwrap_err();
    assert!(before_request(&error, 301), "{error:?}");
}

#[tokio::test]
async fn http_statuses_other_than_200() {
    for status in [201, 204, 301, 302, 307, 308, 400, 404, 413, 424, 426, 428] {
        let error = rejected(MockResponse::new(paid()).status(status)).await;
        assert!(
            matches!(error.reason(), ErrorReason::Status { status: found, retry_after: None } if *found == status),
            "{error:?}"
        );
    }
    for status in [408, 425, 429, 500, 503, 599] {
        let error = rejected_three_times(MockResponse::new(paid()).status(status)).await;
        assert!(
            matches!(error.reason(), ErrorReason::Status { status: found, retry_after: None } if *found == status),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit() {
    let large = "x".repeat(256 * 1024 + 1);
    for response in [
        MockResponse::new(large.clone()),
        MockResponse::new(large).without_length(),
        MockResponse::new("{}").header("content-length", "262145"),
        MockResponse::new("{}").header("content-length", "99999999999999999999999"),
    ] {
        let error = rejected(response).await;
        assert!(
            matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::TooLarge { limit: 262_144 })),
            "{error:?}"
        );
    }
    // The limit is exact.
    let length = paid().len();
    for (limit, fits) in [(length, true), (length - 1, false)] {
        for response in [MockResponse::new(paid()), MockResponse::new(paid()).without_length()] {
            let client = MockServer::new([response]).builder().body_limit(limit).build().unwrap();
            assert_eq!(client.inquiry_payment(&request()).await.is_ok(), fits);
        }
    }
}

#[tokio::test]
async fn a_compressed_body() {
    for coding in ["gzip", "br", "identity, gzip", "x"] {
        let error = rejected(MockResponse::new(paid()).header("content-encoding", coding)).await;
        assert!(matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::ContentEncoding)), "{error:?}");
    }
    MockServer::new([MockResponse::new(paid()).header("content-encoding", "identity")]).inquire().await.unwrap();
}

#[tokio::test]
async fn a_media_type_other_than_json() {
    for media_type in ["text/html", "application/json; charset=GBK"] {
        let response = MockResponse::new(paid()).without_header("content-type").header("content-type", media_type);
        let error = rejected(response).await;
        assert!(matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::MediaType)), "{error:?}");
    }
    MockServer::new([MockResponse::new(paid()).without_header("content-type")]).inquire().await.unwrap();
}

#[tokio::test]
async fn a_verified_response_that_breaks_the_schema() {
    for (body, place) in [
        (Bytes::from("{}"), "/result: required"),
        ("{".into(), "malformed"),
        (b"\xff".as_slice().into(), "malformed"),
        ("".into(), "malformed"),
        (payment("S", "SUCCESS", "").into(), "/paymentId: required when"),
        (result_only("S", "SUCCESS").into(), "/paymentResult: required when"),
        (result_only("S", "ACCESS_DENIED").into(), "ACCESS_DENIED goes with the status F"),
        (result_only("X", "SUCCESS").into(), "/result/resultStatus"),
    ] {
        let error = rejected(MockResponse::new(body)).await;
        let ErrorReason::Unreadable(UnreadableError::InvalidResponse(cause)) = error.reason() else {
            panic!("{error:?}")
        };
        assert!(cause.to_string().contains(place), "{cause}");
    }
}

#[tokio::test]
async fn checks_are_made_in_order() {
    // Each response also fails all later checks.
    let faulty = || MockResponse::new("<html>").signed_by(test_keys().client);
    let edit = |response: MockResponse| response.without_header("content-type").header("content-type", "text/html");
    let mut labels = Vec::new();
    for response in [
        edit(faulty().version(2).age(999).client_id("X"))
            .without_header("signature")
            .header("content-encoding", "x")
            .status(404),
        edit(faulty().version(2).age(999).client_id("X")).without_header("signature").header("content-encoding", "x"),
        edit(faulty().version(2).age(999).client_id("X")).without_header("signature"),
        edit(faulty().version(2).age(999).client_id("X")),
        edit(faulty().version(2).age(999)),
        edit(faulty().version(2)),
        edit(faulty()),
        edit(MockResponse::new("<html>")),
        MockResponse::new("<html>"),
    ] {
        let error = format!("{:?}", rejected(response).await.reason());
        labels.push(error.split([' ', '{', '(', ')']).take(3).collect::<Vec<_>>().join(" "));
    }
    assert_eq!(
        labels,
        [
            "Status  ",
            "Unreadable ContentEncoding ",
            "Unverified Unsigned ",
            "Unverified ClientId ",
            "Unverified Freshness Stale",
            "Unverified Signature Key",
            "Unverified Signature Verify",
            "Unreadable MediaType ",
            "Unreadable InvalidResponse Malformed",
        ]
    );
}

/// What the two sides have to compare is in one line of the log.
#[tokio::test]
async fn a_refusal_of_our_signature_says_how_we_signed() {
    let keys = test_keys();
    let fingerprint = keys.client.public_key().fingerprint();
    let signed = format!("the request was signed over POST {PATH} as {} with key 1 with fingerprint", keys.client_id);
    let signed = format!("{signed} {}…", &fingerprint[..16]);
    let refused = |code| MockResponse::new(result_only("F", code));
    for (response, clock) in [
        (refused("INVALID_SIGNATURE").unsigned(), ""),
        (refused("INVALID_SIGNATURE").unsigned().age(30), ""),
        (refused("INVALID_SIGNATURE").unsigned().age(-600), "; the server's clock is 600 s ahead of ours"),
        (refused("KEY_NOT_FOUND").unsigned().age(31), "; the server's clock is 31 s behind ours"),
        (refused("INVALID_CLIENT").unsigned().time("now"), ""),
        (refused("INVALID_SIGNATURE").age(-250), "; the server's clock is 250 s ahead of ours"),
    ] {
        let error = rejected(response).await;
        assert!(error.to_string().ends_with(&format!("; {signed}{clock}")), "{error}");
    }
    let error = rejected(refused("KEY_NOT_FOUND").unsigned().age(-600)).await;
    let signed_with = error.claimed().unwrap().signed_with.as_ref().unwrap();
    assert_eq!((signed_with.path.as_str(), signed_with.server_clock_ahead), (PATH, Some(600)));
    assert_eq!(signed_with.fingerprint.as_ref(), Some(&fingerprint));
    // Nothing is said where the signature was not what the server refused.
    for response in [refused("ACCESS_DENIED").unsigned(), refused("ACCESS_DENIED"), refused("INVALID_SIGNATURE2")] {
        let error = rejected(response).await;
        assert!(!error.to_string().contains("signed over"), "{error}");
    }
}

#[tokio::test]
async fn a_broken_connection() {
    let error = rejected_three_times(MockResponse::broken()).await;
    let ErrorReason::Transport(cause) = error.reason() else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Send);

    let server = MockServer::new([MockResponse::broken(), MockResponse::new(trouble()), MockResponse::new(paid())]);
    let reply = server.inquire().await.unwrap();
    assert_eq!(reply.attempts, 3);
    let requests = server.requests();
    assert_eq!(requests[0].request.body(), requests[2].request.body());
}

#[tokio::test(start_paused = true)]
async fn an_error_has_the_evidence_the_attempts_and_the_claim() {
    let (body, refusal) = (paid(), result_only("F", "INVALID_SIGNATURE"));
    let page = "<html>".repeat(9);
    for (response, kind, status, received, claimed) in [
        (MockResponse::new(body.clone()).unsigned(), "unsigned", 200, body.as_str(), None),
        (MockResponse::new(refusal.clone()).unsigned(), "unsigned", 200, &refusal, Some("INVALID_SIGNATURE")),
        (MockResponse::new(refusal.clone()).version(2), "signature", 200, &refusal, Some("INVALID_SIGNATURE")),
        (MockResponse::new(refusal.clone()).client_id("X"), "client_id", 200, &refusal, Some("INVALID_SIGNATURE")),
        (MockResponse::new(refusal.clone()).age(999), "freshness", 200, &refusal, Some("INVALID_SIGNATURE")),
        // A verified refusal is not only a claim.
        (MockResponse::new(refusal.clone()), "refused", 200, &refusal, None),
        (MockResponse::new(page.clone()), "media_type", 200, &page, None),
        (MockResponse::new(page.clone()).status(404), "status", 404, "", None),
        (MockResponse::new(body.clone()).header("content-encoding", "br"), "content_encoding", 200, "", None),
    ] {
        let response = if kind == "media_type" { response.without_header("content-type") } else { response };
        let response = if kind == "media_type" { response.header("content-type", "text/html") } else { response };
        let error = rejected(response).await;
        assert_eq!((error.kind(), error.attempts()), (kind, 1), "{error:?}");
        assert_eq!(error.claimed().map(|claimed| claimed.code.as_str()), claimed, "{error:?}");
        let evidence = error.evidence().unwrap();
        assert_eq!((evidence.status(), evidence.response_body()), (status, received.as_bytes()), "{error:?}");
        assert!(evidence.response_headers().contains_key("response-time"));
        assert!(evidence.request_headers().contains_key("signature") && !evidence.request_body().is_empty());
    }
    // What was read of a body over the limit is kept.
    let server = MockServer::new([MockResponse::new(paid()).without_length()]);
    let client = server.builder().body_limit(9).build().unwrap();
    let error = client.inquiry_payment(&request()).await.unwrap_err();
    assert_eq!(error.evidence().unwrap().response_body(), &paid().as_bytes()[..9]);

    // The last response that came counts, and all attempts.
    let late = MockResponse::new(paid()).after(Duration::from_secs(99));
    let server = MockServer::new([MockResponse::new(trouble()), MockResponse::broken(), late]);
    let error = server.inquire().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.evidence().unwrap().status()), ("transport", 3, 200));
    assert!(rejected_three_times(MockResponse::broken()).await.evidence().is_none());
}
