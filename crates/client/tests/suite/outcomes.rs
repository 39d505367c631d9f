//! What a client makes of right answers.

use alipayplus_client::inquiry_payment::{Expected, InquiryResultCode, Outcome, PaymentResultCode, Request};
use alipayplus_client::runtime::message;
use alipayplus_client::signing::{SignatureHeader, SigningInput, parse_time};
use alipayplus_client::{Amount, Error};

use crate::peer::{Answer, PATH, Peer, in_progress, members, only, paid, payment, request};

#[tokio::test]
async fn the_request_is_as_documented() {
    let peer = Peer::new([Answer::of(paid())]);
    let client = peer.client();
    client.inquiry_payment(&request()).tracer_id("trace-1").await.unwrap();

    let asked = &peer.asked()[0].request;
    let header = |name| asked.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(asked.method(), "POST");
    assert_eq!(asked.uri(), PATH);
    assert_eq!(header("host"), "127.0.0.1");
    assert_eq!(header("client-id"), peer.parties.client_id);
    assert_eq!(header("content-type"), "application/json; charset=UTF-8");
    assert_eq!(header("accept"), "application/json");
    assert_eq!(header("tracer-id"), "trace-1");
    assert_eq!(parse_time(header("request-time")), Some(peer.parties.clock.now()));
    assert_eq!(message::from_slice::<Request>(asked.body()).unwrap(), request());

    let content = SigningInput {
        method: "POST",
        uri: PATH,
        client_id: header("client-id"),
        time: header("request-time"),
        body: asked.body(),
    };
    let signature: SignatureHeader = header("signature").parse().unwrap();
    assert_eq!(signature.key_version(), Some(1));
    peer.parties.client.public_key().verify(&content.digest(), &signature).unwrap();
}

#[tokio::test]
async fn a_prefix_and_a_path_are_signed_as_they_are_sent() {
    let peer = Peer::new([Answer::of(paid())]);
    let client = alipayplus_client::Client::builder("http://localhost:8080/gate/")
        .testing(&peer.parties, peer.clone())
        .path::<alipayplus_client::inquiry_payment::InquiryPayment>("/v1/other")
        .build()
        .unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert_eq!(peer.asked()[0].request.uri(), "/gate/v1/other");
    assert_eq!(peer.asked()[0].request.headers()["host"], "localhost:8080");
    assert_eq!(reply.evidence().path(), "/gate/v1/other");
    assert!(peer.asked()[0].request.headers().get("tracer-id").is_none());
}

#[tokio::test]
async fn a_payment_that_is_paid() -> Result<(), Error> {
    let reply = Peer::new([Answer::of(paid_in("JPY"))]).ask().await?;
    let Outcome::Paid(paid) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(paid.payment_id.as_str(), "20200101234567890132");
    assert_eq!(paid.payment_amount, Amount::minor(100, "JPY").unwrap());
    assert_eq!(paid.pay_to_amount, paid.payment_amount);
    assert_eq!(reply.attempts, 1);
    // The currency is the same: it need not have been sent.
    assert_eq!(reply.ignored_members, ["/payToAmount"]);

    let reply = Peer::new([Answer::of(paid_in("KRW"))]).ask().await?;
    let Outcome::Paid(paid) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(paid.pay_to_amount, Amount::minor(100, "KRW").unwrap());
    assert_eq!(reply.ignored_members, Vec::<String>::new());
    Ok(())
}

fn paid_in(currency: &str) -> String {
    let to = format!(r#","payToAmount":{{"currency":"{currency}","value":"100"}}"#);
    payment("S", "SUCCESS", &members(&to))
}

#[tokio::test]
async fn not_paid() -> Result<(), Error> {
    let reply = Peer::new([Answer::of(payment("F", "RISK_REJECT", ""))]).ask().await?;
    let Outcome::Failed(failed) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(failed.code, PaymentResultCode::RiskReject);

    let reply = Peer::new([Answer::of(payment("F", "OF_TOMORROW", ""))]).ask().await?;
    let Outcome::Failed(failed) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(failed.code.as_str(), "OF_TOMORROW");

    let reply = Peer::new([Answer::of(payment("F", "ORDER_IS_CLOSED", ""))]).ask().await?;
    assert!(matches!(reply.outcome, Outcome::Cancelled(_)));
    let reply = Peer::new([Answer::of(in_progress())]).ask().await?;
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    let reply = Peer::new([Answer::of(only("F", "ORDER_NOT_EXIST"))]).ask().await?;
    assert!(matches!(reply.outcome, Outcome::NotFound));
    assert_eq!(reply.ignored_members, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn members_for_nothing_are_named() -> Result<(), Error> {
    let answer = payment("U", "PAYMENT_IN_PROCESS", &members(r#","fromTomorrow":1"#));
    let reply = Peer::new([Answer::of(answer)]).ask().await?;
    assert_eq!(reply.ignored_members, ["/paymentId", "/paymentAmount", "/paymentTime", "/customerId"]);
    Ok(())
}

#[tokio::test]
async fn refusals_and_trouble_are_errors_with_their_code() {
    let peer = Peer::new([Answer::of(only("F", "ACCESS_DENIED"))]);
    let error = peer.ask().await.unwrap_err();
    assert_eq!(error.to_string(), "refused with ACCESS_DENIED (Access is denied.)");
    assert_eq!(error.code().map(str::parse), Some(Ok(InquiryResultCode::AccessDenied)));
    assert!(!error.is_retryable());
    assert_eq!(peer.asked().len(), 1);

    let error = Peer::new([Answer::of(only("F", "NEW\\u0007"))]).ask().await.unwrap_err();
    assert_eq!(error.to_string(), "refused with NEW\\u{7}");
    assert_eq!(error.code(), Some("NEW\u{7}"));

    let peer = Peer::new([Answer::of(only("U", "UNKNOWN_EXCEPTION"))]);
    let error = peer.ask().await.unwrap_err();
    let Error::Trouble(told) = &error else { panic!("{error:?}") };
    let message = "An API call failed, which is caused by unknown reasons.";
    assert_eq!((told.code(), told.message()), (Some("UNKNOWN_EXCEPTION"), Some(message)));
    assert_eq!(told.to_string(), format!("UNKNOWN_EXCEPTION ({message})"));
    assert!(error.is_retryable());
    assert_eq!(peer.asked().len(), 3);

    let error = Peer::new([Answer::of(only("U", "OF_TOMORROW"))]).ask().await.unwrap_err();
    let Error::Trouble(told) = &error else { panic!("{error:?}") };
    assert_eq!((told.message(), told.to_string().as_str()), (None, "OF_TOMORROW"));
}

#[tokio::test]
async fn what_is_not_understood_is_never_a_success() {
    let paid_members = members("");
    let result = crate::peer::result("S", "SUCCESS");
    let unknown = crate::peer::result("S", "SUCCESS_OF_TOMORROW");
    for (body, label) in [
        (format!(r#"{{"result":{unknown},"paymentResult":{result}{paid_members}}}"#), "UnlistedCode"),
        (payment("S", "SUCCESS_OF_TOMORROW", &paid_members), r#"UnrecognizedMember { pointer: "/paymentResult" }"#),
    ] {
        let peer = Peer::new([Answer::of(body)]);
        let error = peer.ask().await.unwrap_err();
        assert!(format!("{error:?}").starts_with(label), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!(peer.asked().len(), 1);
    }
}

#[tokio::test]
async fn another_payment_is_not_as_expected() {
    let client = Peer::new([Answer::of(paid())]).client();
    let request = request();
    let ask = |expected| client.inquiry_payment(&request).expecting(expected);
    let yen = |units: u32| Some(Amount::minor(units, "JPY").unwrap());

    ask(Expected { payment_amount: yen(100), ..Expected::default() }).await.unwrap();
    let error = ask(Expected { payment_amount: yen(101), ..Expected::default() }).await.unwrap_err();
    assert!(matches!(&error, Error::Mismatch { pointers } if pointers == &["/paymentAmount"]));
    assert_eq!(error.to_string(), "not as expected: /paymentAmount");
    assert!(!error.is_retryable());

    let other = Expected { payment_id: Some("1".parse().unwrap()), payment_amount: yen(1) };
    let error = ask(other).await.unwrap_err();
    assert_eq!(error.to_string(), "not as expected: /paymentId, /paymentAmount");
}

#[tokio::test]
async fn evidence_is_enough_to_verify_both_ways() {
    let peer = Peer::new([Answer::of(paid())]);
    let reply = peer.ask().await.unwrap();
    let evidence = reply.evidence();
    let caller = peer.parties.client.public_key();
    let answerer = peer.parties.server.public_key();
    for (headers, body, time, key) in [
        (evidence.request_headers(), evidence.request_body(), "request-time", caller),
        (evidence.response_headers(), evidence.response_body(), "response-time", answerer),
    ] {
        let content = SigningInput {
            method: evidence.method(),
            uri: evidence.path(),
            client_id: headers["client-id"].to_str().unwrap(),
            time: headers[time].to_str().unwrap(),
            body,
        };
        let signature = SignatureHeader::from_values(headers.get_all("signature")).unwrap();
        key.verify(&content.digest(), &signature).unwrap();
    }
    assert_eq!(evidence.uri().to_string(), format!("http://127.0.0.1{PATH}"));
    assert_eq!(evidence.response_body(), paid().as_bytes());
}
