//! Valid responses and their outcomes.

use alipayplus_client::inquiry_payment::{
    Expected, InquiryPayment, InquiryResultCode, Outcome, PaymentResultCode, Request,
};
use alipayplus_client::runtime::message;
use alipayplus_client::signing::{SignatureHeader, SigningInput, parse_time};
use alipayplus_client::transport::Body;
use alipayplus_client::{Amount, Builder, Client, Error, ErrorReason};
use tower::ServiceExt as _;

use crate::mock_server::{MockResponse, MockServer, PATH, in_progress, members, paid, payment, request, result_only};

#[tokio::test]
async fn requests_are_as_documented() {
    let server = MockServer::new([MockResponse::new(paid())]);
    let client = server.client();
    client.inquiry_payment(&request()).tracer_id("trace-1").await.unwrap();

    let sent = &server.requests()[0].request;
    let header = |name| sent.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(sent.method(), "POST");
    assert_eq!(sent.uri(), PATH);
    assert_eq!(header("host"), "127.0.0.1");
    assert_eq!(header("client-id"), server.keys.client_id);
    assert_eq!(header("content-type"), "application/json; charset=UTF-8");
    assert_eq!(header("accept"), "application/json");
    assert_eq!(header("tracer-id"), "trace-1");
    assert_eq!(parse_time(header("request-time")), Some(server.keys.clock.now()));
    assert_eq!(message::from_slice::<Request>(sent.body()).unwrap(), request());

    let input = SigningInput {
        method: "POST",
        uri: PATH,
        client_id: header("client-id"),
        time: header("request-time"),
        body: sent.body(),
    };
    let signature: SignatureHeader = header("signature").parse().unwrap();
    assert_eq!(signature.key_version(), Some(1));
    server.keys.client.public_key().verify(&input.digest(), &signature).unwrap();
}

#[tokio::test]
async fn a_prefix_and_a_path_are_signed_as_they_are_sent() {
    let server = MockServer::new([MockResponse::new(paid())]);
    let client = alipayplus_client::Client::builder("http://localhost:8080/gate/")
        .testing(&server.keys, server.clone())
        .path::<alipayplus_client::inquiry_payment::InquiryPayment>("/v1/other")
        .build()
        .unwrap();
    let reply = client.inquiry_payment(&request()).await.unwrap();
    assert_eq!(server.requests()[0].request.uri(), "/gate/v1/other");
    assert_eq!(server.requests()[0].request.headers()["host"], "localhost:8080");
    assert_eq!(reply.evidence().path(), "/gate/v1/other");
    assert!(server.requests()[0].request.headers().get("tracer-id").is_none());
}

/// The proxy changes the path on its way, so that the sent one would not verify.
#[tokio::test]
async fn a_proxy_that_changes_the_path_is_signed_for() {
    type Settings = fn(Builder<Client>) -> Builder<Client>;
    let whole: Settings = |builder| builder.signed_path::<InquiryPayment>("/v1/inquiry").signed_prefix("/unused");
    let rows: [(Settings, &str); 3] = [
        (|builder| builder.signed_prefix(""), PATH),
        (|builder| builder.signed_prefix("/in"), &format!("/in{PATH}")),
        (whole, "/v1/inquiry"),
    ];
    for (settings, public) in rows {
        let server = MockServer::new([MockResponse::new(paid())]);
        let public_uri: http::Uri = public.parse().unwrap();
        let proxy = server.clone().map_request(move |mut request: http::Request<Body>| {
            *request.uri_mut() = public_uri.clone();
            request
        });
        let builder = || Client::builder("http://localhost/mpp-7").testing(&server.keys, proxy.clone());
        let reply = settings(builder()).build().unwrap().inquiry_payment(&request()).await.unwrap();
        let evidence = reply.evidence();
        assert_eq!((evidence.path(), evidence.uri().path()), (public, format!("/mpp-7{PATH}").as_str()));
        // The server verifies the request over the path that arrives.
        let headers = &server.requests()[0].request.headers().clone();
        let input = SigningInput {
            method: "POST",
            uri: public,
            client_id: &server.keys.client_id,
            time: headers["request-time"].to_str().unwrap(),
            body: evidence.request_body(),
        };
        let signature = SignatureHeader::from_values(headers.get_all("signature")).unwrap();
        server.keys.client.public_key().verify(&input.digest(), &signature).unwrap();
        let error = builder().build().unwrap().inquiry_payment(&request()).await.unwrap_err();
        assert_eq!(error.kind(), "signature");
    }
}

#[tokio::test]
async fn paid_payments() -> Result<(), Error> {
    let reply = MockServer::new([MockResponse::new(paid_in("JPY"))]).inquire().await?;
    let Outcome::Paid(paid) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(paid.payment_id.as_str(), "20200101234567890132");
    assert_eq!(paid.payment_amount, Amount::minor(100, "JPY").unwrap());
    assert_eq!(paid.pay_to_amount, paid.payment_amount);
    assert_eq!(reply.attempts, 1);
    // The currency is the same, so this member did not have to be sent.
    assert_eq!(reply.ignored_members, ["/payToAmount"]);

    let reply = MockServer::new([MockResponse::new(paid_in("KRW"))]).inquire().await?;
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
async fn payments_that_are_not_paid() -> Result<(), Error> {
    let reply = MockServer::new([MockResponse::new(payment("F", "RISK_REJECT", ""))]).inquire().await?;
    let Outcome::Failed(failed) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(failed.code, PaymentResultCode::RiskReject);

    let reply = MockServer::new([MockResponse::new(payment("F", "ADDED_LATER", ""))]).inquire().await?;
    let Outcome::Failed(failed) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(failed.code.as_str(), "ADDED_LATER");

    let reply = MockServer::new([MockResponse::new(payment("F", "ORDER_IS_CLOSED", ""))]).inquire().await?;
    assert!(matches!(reply.outcome, Outcome::Cancelled(_)));
    let reply = MockServer::new([MockResponse::new(in_progress())]).inquire().await?;
    assert!(matches!(reply.outcome, Outcome::InProgress(_)));
    let reply = MockServer::new([MockResponse::new(result_only("F", "ORDER_NOT_EXIST"))]).inquire().await?;
    assert!(matches!(reply.outcome, Outcome::NotFound(_)));
    assert_eq!(reply.ignored_members, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn members_that_do_not_belong_to_the_outcome_are_named() -> Result<(), Error> {
    let body = payment("U", "PAYMENT_IN_PROCESS", &members(r#","addedLater":1"#));
    let reply = MockServer::new([MockResponse::new(body)]).inquire().await?;
    assert_eq!(reply.ignored_members, ["/paymentId", "/paymentAmount", "/paymentTime", "/customerId"]);
    Ok(())
}

#[tokio::test]
async fn refusals_and_trouble_are_errors_with_their_code() {
    let server = MockServer::new([MockResponse::new(result_only("F", "ACCESS_DENIED"))]);
    let error = server.inquire().await.unwrap_err();
    assert_eq!(error.to_string(), "refused with ACCESS_DENIED (Access is denied.)");
    assert_eq!(error.code().map(str::parse), Some(Ok(InquiryResultCode::AccessDenied)));
    assert!(!error.is_retryable());
    assert_eq!(server.requests().len(), 1);

    let error = MockServer::new([MockResponse::new(result_only("F", "NEW\\u0007"))]).inquire().await.unwrap_err();
    assert_eq!(error.to_string(), "refused with NEW\\u{7}");
    assert_eq!(error.code(), Some("NEW\u{7}"));

    let server = MockServer::new([MockResponse::new(result_only("U", "UNKNOWN_EXCEPTION"))]);
    let error = server.inquire().await.unwrap_err();
    let ErrorReason::Trouble(result) = error.reason() else { panic!("{error:?}") };
    let message = "An API call failed, which is caused by unknown reasons.";
    assert_eq!((result.code(), result.message()), (Some("UNKNOWN_EXCEPTION"), Some(message)));
    assert_eq!(result.to_string(), format!("UNKNOWN_EXCEPTION ({message})"));
    assert!(error.is_retryable());
    assert_eq!(server.requests().len(), 3);

    let error = MockServer::new([MockResponse::new(result_only("U", "ADDED_LATER"))]).inquire().await.unwrap_err();
    let ErrorReason::Trouble(result) = error.reason() else { panic!("{error:?}") };
    assert_eq!((result.message(), result.to_string().as_str()), (None, "ADDED_LATER"));
}

#[tokio::test]
async fn unrecognized_codes_are_never_a_success() {
    let paid_members = members("");
    let result = crate::mock_server::result("S", "SUCCESS");
    let unknown = crate::mock_server::result("S", "SUCCESS_ADDED_LATER");
    for (body, label) in [
        (format!(r#"{{"result":{unknown},"paymentResult":{result}{paid_members}}}"#), "Unrecognized(Code("),
        (
            payment("S", "SUCCESS_ADDED_LATER", &paid_members),
            r#"Unrecognized(Member { pointer: "/paymentResult", violations: [] })"#,
        ),
    ] {
        let server = MockServer::new([MockResponse::new(body)]);
        let error = server.inquire().await.unwrap_err();
        assert!(format!("{:?}", error.reason()).starts_with(label), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_response_about_another_payment_is_a_mismatch() {
    let client = MockServer::new([MockResponse::new(paid())]).client();
    let request = request();
    let call = |expected| client.inquiry_payment(&request).expecting(expected);
    let expected = |units: u32| Expected::default().with_payment_amount(Amount::minor(units, "JPY").unwrap());

    call(expected(100)).await.unwrap();
    let error = call(expected(101)).await.unwrap_err();
    let ErrorReason::Mismatch { mismatches } = error.reason() else { panic!("{error:?}") };
    assert_eq!((mismatches.len(), mismatches[0].pointer), (1, "/paymentAmount"));
    let amounts = |found, expected| {
        let amount = |units| format!(r#"{{"currency":"JPY","value":"{units}"}}"#);
        format!("/paymentAmount is {}, expected {}", amount(found), amount(expected))
    };
    assert_eq!(error.to_string(), format!("not as expected: {}", amounts(100, 101)));
    assert!(!error.is_retryable());

    let error = call(expected(1).with_payment_id("1".parse().unwrap())).await.unwrap_err();
    let id = r#"/paymentId is "20200101234567890132", expected "1""#;
    assert_eq!(error.to_string(), format!("not as expected: {id}; {}", amounts(100, 1)));
}

#[tokio::test]
async fn evidence_verifies_both_signatures() {
    let server = MockServer::new([MockResponse::new(paid())]);
    let reply = server.inquire().await.unwrap();
    let evidence = reply.evidence();
    let client_key = server.keys.client.public_key();
    let server_key = server.keys.server.public_key();
    for (headers, body, time, key) in [
        (evidence.request_headers(), evidence.request_body(), "request-time", client_key),
        (evidence.response_headers(), evidence.response_body(), "response-time", server_key),
    ] {
        let input = SigningInput {
            method: evidence.method(),
            uri: evidence.path(),
            client_id: headers["client-id"].to_str().unwrap(),
            time: headers[time].to_str().unwrap(),
            body,
        };
        let signature = SignatureHeader::from_values(headers.get_all("signature")).unwrap();
        key.verify(&input.digest(), &signature).unwrap();
    }
    assert_eq!(evidence.uri().to_string(), format!("http://127.0.0.1{PATH}"));
    assert_eq!(evidence.response_body(), paid().as_bytes());
}
