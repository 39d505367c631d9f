//! What a client does not take for an answer.

use alipayplus_client::runtime::code::Status;
use alipayplus_client::signing::{FreshnessError, HeaderError, KeyRingError, VerifyError};
use alipayplus_client::{Error, SignatureError, TransportErrorKind};
use bytes::Bytes;

use crate::peer::{Answer, Peer, members, only, paid, parties, payment, request, trouble};

/// Refused, and asked just once: repeating would not help.
async fn refused(answer: Answer) -> Error {
    let peer = Peer::new([answer]);
    let error = peer.ask().await.unwrap_err();
    assert!(!error.is_retryable(), "{error:?}");
    assert_eq!(peer.asked().len(), 1, "{error:?}");
    error
}

/// Refused, but worth asking again, which was done.
async fn refused_thrice(answer: Answer) -> Error {
    let peer = Peer::new([answer]);
    let error = peer.ask().await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(peer.asked().len(), 3, "{error:?}");
    error
}

fn is_mismatch(error: &Error) -> bool {
    matches!(error, Error::Signature(SignatureError::Verify(VerifyError::Mismatch)))
}

#[tokio::test]
async fn a_body_that_was_tampered_with() {
    let other = payment("S", "SUCCESS", &members("")).replace("\"100\"", "\"900\"");
    let answer = Answer::of(paid()).edit(move |response| *response.body_mut() = other.clone().into());
    let error = refused(answer).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn a_time_that_was_tampered_with() {
    let answer = Answer::of(paid()).edit(|response| {
        let time = response.headers()["response-time"].to_str().unwrap().replace('Z', "+00:00");
        response.headers_mut().insert("response-time", time.parse().unwrap());
    });
    let error = refused(answer).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn our_own_key_is_not_the_peers() {
    let error = refused(Answer::of(paid()).signed_by(parties().client)).await;
    assert!(is_mismatch(&error), "{error:?}");
}

#[tokio::test]
async fn a_key_of_another_version() {
    let error = refused(Answer::of(paid()).version(2)).await;
    let unknown = SignatureError::Key(KeyRingError::UnknownVersion);
    assert!(matches!(&error, Error::Signature(cause) if *cause == unknown), "{error:?}");
}

#[tokio::test]
async fn no_signature() {
    let error = refused(Answer::of(paid()).unsigned()).await;
    assert!(matches!(&error, Error::Unsigned { claimed: None }), "{error:?}");
    assert_eq!(error.to_string(), "the answer has no signature");

    let error = refused(Answer::of(only("F", "INVALID_SIGNATURE")).unsigned()).await;
    assert_eq!(error.code(), None, "an unverified code is no code");
    assert_eq!(error.to_string(), "the answer has no signature, and claims INVALID_SIGNATURE unverified");
    let Error::Unsigned { claimed: Some(claimed) } = error else { panic!("{error:?}") };
    assert_eq!((claimed.code.as_str(), claimed.status), ("INVALID_SIGNATURE", Status::Failure));

    let error = refused(Answer::of("<html>").unsigned()).await;
    assert!(matches!(&error, Error::Unsigned { claimed: None }), "{error:?}");

    let error = refused_thrice(Answer::of(only("U", "REQUEST_TRAFFIC_EXCEED_LIMIT")).unsigned()).await;
    assert!(matches!(&error, Error::Unsigned { claimed: Some(_) }), "{error:?}");
}

#[tokio::test]
async fn a_signature_header_that_is_doubled_or_malformed() {
    let error = refused(Answer::of(paid()).header("signature", "signature=AA")).await;
    let repeated = SignatureError::Header(HeaderError::Repeated);
    assert!(matches!(&error, Error::Signature(cause) if *cause == repeated), "{error:?}");

    let answer = Answer::of(paid()).without("signature").header("signature", "x");
    let error = refused(answer).await;
    let malformed = SignatureError::Header(HeaderError::NotPairs);
    assert!(matches!(&error, Error::Signature(cause) if *cause == malformed), "{error:?}");
}

#[tokio::test]
async fn another_client_id() {
    for answer in [
        Answer::of(paid()).client_id("SANDBOX_5X00000000000001"),
        Answer::of(paid()).client_id("sandbox_5x00000000000000"),
        Answer::of(paid()).without("client-id"),
        Answer::of(paid()).header("client-id", "SANDBOX_5X00000000000000"),
    ] {
        let error = refused(answer).await;
        assert!(matches!(error, Error::ClientId), "{error:?}");
    }
}

#[tokio::test]
async fn a_time_that_is_not_accepted() {
    for (answer, wanted) in [
        (Answer::of(paid()).age(301), "Stale"),
        (Answer::of(paid()).age(-301), "Future"),
        (Answer::of(paid()).time("2025-02-20 08:51:49Z"), "Unreadable"),
        (Answer::of(paid()).without("response-time"), "Unreadable"),
        (Answer::of(paid()).header("response-time", "2025-02-20T08:51:49Z"), "Unreadable"),
    ] {
        let error = refused(answer).await;
        assert!(matches!(error, Error::Freshness(_)), "{error:?}");
        assert!(format!("{error:?}").contains(wanted), "{error:?}");
    }
    for age in [300, -300] {
        Peer::new([Answer::of(paid()).age(age)]).ask().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_from_before_the_question() {
    // The clock is set back while the question is under way: what was asked then is from the future now.
    let parties = parties();
    let clock = parties.clock.clone();
    let back = Answer::of(paid()).age(301).edit(move |_| {
        clock.set(clock.now() - jiff::SignedDuration::from_secs(301));
    });
    let mut peer = Peer::new([back]);
    peer.parties = parties;
    let error = peer.ask().await.unwrap_err();
    let before = |cause: &FreshnessError| matches!(cause, FreshnessError::BeforeRequest { .. });
    assert!(matches!(&error, Error::Freshness(cause) if before(cause)), "{error:?}");
}

#[tokio::test]
async fn http_statuses_other_than_200() {
    for status in [201, 204, 301, 302, 307, 308, 400, 404, 413, 424, 426, 428] {
        let error = refused(Answer::of(paid()).status(status)).await;
        assert!(matches!(error, Error::Status { status: found, retry_after: None } if found == status), "{error:?}");
    }
    for status in [408, 425, 429, 500, 503, 599] {
        let error = refused_thrice(Answer::of(paid()).status(status)).await;
        assert!(matches!(error, Error::Status { status: found, retry_after: None } if found == status), "{error:?}");
    }
}

#[tokio::test]
async fn too_large() {
    let large = "x".repeat(256 * 1024 + 1);
    for answer in [
        Answer::of(large.clone()),
        Answer::of(large).without_length(),
        Answer::of("{}").header("content-length", "262145"),
        Answer::of("{}").header("content-length", "99999999999999999999999"),
    ] {
        let error = refused(answer).await;
        assert!(matches!(error, Error::TooLarge { limit: 262_144 }), "{error:?}");
    }
    // To the byte.
    let length = paid().len();
    for (limit, fits) in [(length, true), (length - 1, false)] {
        for answer in [Answer::of(paid()), Answer::of(paid()).without_length()] {
            let client = Peer::new([answer]).builder().body_limit(limit).build().unwrap();
            assert_eq!(client.inquiry_payment(&request()).await.is_ok(), fits);
        }
    }
}

#[tokio::test]
async fn compressed() {
    for coding in ["gzip", "br", "identity, gzip", "x"] {
        let error = refused(Answer::of(paid()).header("content-encoding", coding)).await;
        assert!(matches!(error, Error::ContentEncoding), "{error:?}");
    }
    Peer::new([Answer::of(paid()).header("content-encoding", "identity")]).ask().await.unwrap();
}

#[tokio::test]
async fn a_media_type_other_than_json() {
    for media_type in ["text/html", "application/json; charset=GBK"] {
        let answer = Answer::of(paid()).without("content-type").header("content-type", media_type);
        let error = refused(answer).await;
        assert!(matches!(error, Error::MediaType), "{error:?}");
    }
    Peer::new([Answer::of(paid()).without("content-type")]).ask().await.unwrap();
}

#[tokio::test]
async fn verified_and_against_the_schema() {
    for (body, place) in [
        (Bytes::from("{}"), "/result: required"),
        ("{".into(), "malformed"),
        (b"\xff".as_slice().into(), "malformed"),
        ("".into(), "malformed"),
        (payment("S", "SUCCESS", "").into(), "/paymentId: required when"),
        (only("S", "SUCCESS").into(), "/paymentResult: required when"),
        (only("S", "ACCESS_DENIED").into(), "ACCESS_DENIED goes with the status F"),
        (only("X", "SUCCESS").into(), "/result/resultStatus"),
    ] {
        let error = refused(Answer::of(body)).await;
        let Error::InvalidResponse(cause) = &error else { panic!("{error:?}") };
        assert!(cause.to_string().contains(place), "{cause}");
    }
}

#[tokio::test]
async fn checks_come_in_their_order() {
    // Each answer has all the faults that are looked for later.
    let faulty = || Answer::of("<html>").signed_by(parties().client);
    let edit = |answer: Answer| answer.without("content-type").header("content-type", "text/html");
    let mut labels = Vec::new();
    for answer in [
        edit(faulty().version(2).age(999).client_id("X"))
            .without("signature")
            .header("content-encoding", "x")
            .status(404),
        edit(faulty().version(2).age(999).client_id("X")).without("signature").header("content-encoding", "x"),
        edit(faulty().version(2).age(999).client_id("X")).without("signature"),
        edit(faulty().version(2).age(999).client_id("X")),
        edit(faulty().version(2).age(999)),
        edit(faulty().version(2)),
        edit(faulty()),
        edit(Answer::of("<html>")),
        Answer::of("<html>"),
    ] {
        let error = format!("{:?}", refused(answer).await);
        labels.push(error.split([' ', '{', '(']).take(2).collect::<Vec<_>>().join(" "));
    }
    assert_eq!(
        labels,
        [
            "Status ",
            "ContentEncoding",
            "Unsigned ",
            "ClientId",
            "Freshness Stale",
            "Signature Key",
            "Signature Verify",
            "MediaType",
            "InvalidResponse Malformed",
        ]
    );
}

#[tokio::test]
async fn a_connection_that_breaks() {
    let error = refused_thrice(Answer::broken()).await;
    let Error::Transport(cause) = &error else { panic!("{error:?}") };
    assert_eq!(cause.kind(), TransportErrorKind::Send);

    let peer = Peer::new([Answer::broken(), Answer::of(trouble()), Answer::of(paid())]);
    let reply = peer.ask().await.unwrap();
    assert_eq!(reply.attempts, 3);
    let asked = peer.asked();
    assert_eq!(asked[0].request.body(), asked[2].request.body());
}
