//! Verified responses that break the schema or contradict themselves: the response's own result takes precedence.

use alipayplus_client::inquiry_payment::{Expected, Outcome};
use alipayplus_client::runtime::code::Status;
use alipayplus_client::{
    Amount, Error, ErrorReason, PollSchedule, UnreadableError, UnrecognizedError, UnverifiedError,
};

use crate::mock_server::{MockResponse, MockServer, in_progress, members, payment, request, result, result_only};

/// Returns a response with this result and more members appended.
fn response(result: &str, more: &str) -> MockResponse {
    MockResponse::new(format!(r#"{{"result":{result}{more}}}"#))
}

fn pointers(error: &Error) -> Vec<&str> {
    error.violations().iter().map(|violation| violation.pointer.as_str()).collect()
}

const PAID: &str = r#","paymentResult":{"resultStatus":"S","resultCode":"SUCCESS"}"#;

#[tokio::test]
async fn with_status_u_the_call_is_retried_whatever_else_is_wrong() {
    let unknown = |code: &str| format!(r#"{{"resultStatus":"U","resultCode":"{code}"}}"#);
    let message = |length: usize| {
        let text = "x".repeat(length);
        format!(r#"{{"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION","resultMessage":"{text}"}}"#)
    };
    let trouble = unknown("UNKNOWN_EXCEPTION");
    for (response, code, wrong) in [
        (
            response(&trouble, PAID),
            Some("UNKNOWN_EXCEPTION"),
            &["/paymentId", "/paymentAmount", "/paymentTime", "/customerId"][..],
        ),
        (response(&trouble, r#","paymentId":"""#), Some("UNKNOWN_EXCEPTION"), &["/paymentId"]),
        (response(&trouble, r#","paymentAmount":7"#), Some("UNKNOWN_EXCEPTION"), &["/paymentAmount"]),
        (response(&trouble, r#","paymentResult":"S""#), Some("UNKNOWN_EXCEPTION"), &["/paymentResult"]),
        (response(&message(257), ""), Some("UNKNOWN_EXCEPTION"), &["/result/resultMessage"]),
        (response(&message(0), ""), Some("UNKNOWN_EXCEPTION"), &["/result/resultMessage"]),
        (response(r#"{"resultStatus":"U"}"#, ""), None, &["/result/resultCode"]),
        (response(r#"{"resultStatus":"U","resultCode":""}"#, ""), None, &["/result/resultCode"]),
        (
            response(r#"{"resultStatus":"U","resultCode":7,"resultMessage":7}"#, PAID),
            None,
            &[
                "/result/resultCode",
                "/result/resultMessage",
                "/paymentId",
                "/paymentAmount",
                "/paymentTime",
                "/customerId",
            ],
        ),
        (response(&unknown("ACCESS_DENIED"), ""), Some("ACCESS_DENIED"), &["/result/resultStatus"]),
        (response(&unknown("SUCCESS"), &format!("{PAID}{}", members(""))), Some("SUCCESS"), &["/result/resultStatus"]),
    ] {
        let server = MockServer::new([response]);
        let error = server.inquire().await.unwrap_err();
        assert!(matches!(error.reason(), ErrorReason::Trouble(_)), "{error:?}");
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!((error.code(), pointers(&error)), (code, wrong.to_vec()), "{error:?}");
        assert_eq!(server.requests().len(), 3, "{error:?}");
    }
    let error = MockServer::new([response(r#"{"resultStatus":"U"}"#, "")]).inquire().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server reports trouble: no readable code; the response also breaks the schema: /result/resultCode: required, \
         nothing found"
    );
}

#[tokio::test]
async fn with_status_f_the_code_decides_whatever_else_is_wrong() {
    let refused = |code: &str| format!(r#"{{"resultStatus":"F","resultCode":"{code}","resultMessage":""}}"#);
    for (more, wrong) in [
        ("", &["/result/resultMessage"][..]),
        (r#","paymentId":"""#, &["/result/resultMessage", "/paymentId"]),
        (r#","paymentResult":{"resultStatus":"F"}"#, &["/result/resultMessage", "/paymentResult/resultCode"]),
    ] {
        let server = MockServer::new([response(&refused("ACCESS_DENIED"), more)]);
        let error = server.inquire().await.unwrap_err();
        assert!(matches!(error.reason(), ErrorReason::Refused(_)) && !error.is_retryable(), "{error:?}");
        assert_eq!((error.code(), pointers(&error)), (Some("ACCESS_DENIED"), wrong.to_vec()));
        assert_eq!(server.requests().len(), 1);

        let reply = MockServer::new([response(&refused("ORDER_NOT_EXIST"), more)]).inquire().await.unwrap();
        assert!(matches!(reply.outcome, Outcome::NotFound(_)), "{:?}", reply.outcome);
        let found: Vec<_> = reply.violations.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(found, wrong);
    }
    // Members that are missing from the decoded response because they are invalid are still reported.
    let reply =
        MockServer::new([response(&refused("ORDER_NOT_EXIST"), r#","paymentId":"","customerId":"C""#)]).inquire().await;
    assert_eq!(reply.unwrap().ignored_members, ["/paymentId", "/customerId"]);

    // A success code with status F is not a success, and neither is a refusal beside a payment that is paid.
    for (code, more) in [("SUCCESS", ""), ("ACCESS_DENIED", PAID)] {
        let error = MockServer::new([response(&refused(code), more)]).inquire().await.unwrap_err();
        assert!(matches!(error.reason(), ErrorReason::Refused(_)), "{error:?}");
    }
    for result in
        [r#"{"resultStatus":"F"}"#, r#"{"resultStatus":"F","resultCode":""}"#, r#"{"resultStatus":"F","resultCode":7}"#]
    {
        let error = MockServer::new([response(result, "")]).inquire().await.unwrap_err();
        assert!(
            matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::InvalidResponse(_)))
                && !error.is_retryable(),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_unknown_order_that_is_paid_is_a_contradiction() {
    let unknown = result("F", "ORDER_NOT_EXIST");
    for more in [
        PAID.to_owned(),
        format!("{PAID}{}", members("")),
        r#","paymentResult":{"resultStatus":"S"}"#.to_owned(),
        r#","paymentResult":{"resultStatus":"S","resultCode":"RISK_REJECT"}"#.to_owned(),
    ] {
        let server = MockServer::new([response(&unknown, &more)]);
        let error = server.inquire().await.unwrap_err();
        assert!(
            matches!(error.reason(), ErrorReason::Contradiction { pointer, .. } if pointer == "/paymentResult"),
            "{error:?}"
        );
        assert!(error.is_retryable());
        assert_eq!(error.code(), Some("ORDER_NOT_EXIST"));
        assert_eq!(server.requests().len(), 3);
    }
    for status in ["F", "U"] {
        let more = format!(r#","paymentResult":{{"resultStatus":"{status}","resultCode":"X"}}"#);
        let reply = MockServer::new([response(&unknown, &more)]).inquire().await.unwrap();
        assert!(matches!(reply.outcome, Outcome::NotFound(_)));
        assert_eq!(reply.ignored_members, ["/paymentResult"]);
    }
}

#[tokio::test]
async fn violations_without_effect_do_not_hide_a_payment() {
    let long = format!(r#"{{"resultStatus":"S","resultCode":"SUCCESS","resultMessage":"{}"}}"#, "x".repeat(257));
    let due = members("").replace(r#""canary-passed-7732""#, r#""""#);
    let due = format!(r#"{due},"customsDeclarationAmount":null"#);
    for (body, wrong) in [
        (format!(r#"{{"result":{long}{PAID}{due}}}"#), &["/result/resultMessage", "/passThroughInfo"][..]),
        (
            format!(r#"{{"result":{},"paymentResult":{long}{}}}"#, result("S", "SUCCESS"), members("")),
            &["/paymentResult/resultMessage"],
        ),
    ] {
        let reply = MockServer::new([MockResponse::new(body)]).inquire().await.unwrap();
        let Outcome::Paid(paid) = &reply.outcome else { panic!("{:?}", reply.outcome) };
        assert_eq!(paid.payment_id.as_str(), "20200101234567890132");
        let found: Vec<_> = reply.violations.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(found, wrong);
    }
    // Every other violation is an error.
    for (from, to) in [
        ("20200101234567890132", ""),
        (r#""customerId":"canary-customer-7731""#, r#""customerId":7"#),
        (r#""canary-passed-7732""#, "7"),
        (r#""value":"100""#, r#""value":"0100""#),
        ("canary-passed-7732", &"x".repeat(20_001)),
    ] {
        let body = payment("S", "SUCCESS", &members("")).replace(from, to);
        let error = MockServer::new([MockResponse::new(body)]).inquire().await.unwrap_err();
        assert!(matches!(error.reason(), ErrorReason::Unreadable(UnreadableError::InvalidResponse(_))), "{error:?}");
    }
}

#[tokio::test]
async fn an_unnecessary_pay_to_amount_is_returned_as_it_was_signed() {
    let to = r#","payToAmount":{"currency":"JPY","value":"90"}"#;
    let reply = MockServer::new([MockResponse::new(payment("S", "SUCCESS", &members(to)))]).inquire().await.unwrap();
    let Outcome::Paid(paid) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(paid.pay_to_amount, Amount::minor(90, "JPY").unwrap());
    assert_eq!(reply.ignored_members, ["/payToAmount"]);
}

#[tokio::test]
async fn an_unsigned_response_claims_trouble_whatever_else_is_wrong() {
    let server = MockServer::new([response(&result("U", "UNKNOWN_EXCEPTION"), r#","paymentId":"""#).unsigned()]);
    let error = server.inquire().await.unwrap_err();
    let ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: Some(claimed) }) = error.reason() else {
        panic!("{error:?}")
    };
    assert_eq!((claimed.code.as_str(), claimed.status), ("UNKNOWN_EXCEPTION", Status::Unknown));
    assert_eq!(server.requests().len(), 3);
    let error = MockServer::new([response(r#"{"resultStatus":"U"}"#, "").unsigned()]).inquire().await.unwrap_err();
    assert!(
        matches!(error.reason(), ErrorReason::Unverified(UnverifiedError::Unsigned { claimed: None }))
            && !error.is_retryable(),
        "{error:?}"
    );
}

const S: std::time::Duration = std::time::Duration::from_secs(1);

/// Makes three inquiries, one second apart, each with its own response.
async fn poll(responses: [MockResponse; 3], schedule: PollSchedule) -> Result<Outcome, Error> {
    let client = MockServer::new(responses).builder().retry(alipayplus_client::RetryPolicy::never()).build().unwrap();
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await;
    reply.map(|reply| reply.outcome)
}

#[tokio::test(start_paused = true)]
async fn an_unknown_order_never_replaces_a_payment_that_is_in_progress() {
    let unknown = || MockResponse::new(result_only("F", "ORDER_NOT_EXIST"));
    let contradiction = || response(&result("F", "ORDER_NOT_EXIST"), PAID);
    let pending = || MockResponse::new(in_progress());
    let schedule = || PollSchedule::from_intervals([S, S]);
    for schedule in [schedule(), schedule().stop_when_undetermined()] {
        let outcome = poll([pending(), unknown(), unknown()], schedule.clone()).await.unwrap();
        assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
        let outcome = poll([pending(), contradiction(), unknown()], schedule.clone()).await.unwrap();
        assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
        let paid = MockResponse::new(payment("S", "SUCCESS", &members("")));
        let outcome = poll([pending(), unknown(), paid], schedule).await.unwrap();
        assert!(matches!(outcome, Outcome::Paid(_)), "{outcome:?}");
    }
    let outcome = poll([unknown(), pending(), unknown()], schedule()).await.unwrap();
    assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
    // An undetermined outcome that is contradicted later is not known any more.
    let error = poll([unknown(), contradiction(), contradiction()], schedule()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");
    let error = poll([contradiction(), contradiction(), unknown()], schedule()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_contradiction_is_not_forgotten_because_of_a_later_attempt() {
    let unknown = || MockResponse::new(result_only("F", "ORDER_NOT_EXIST"));
    let contradiction = || response(&result("F", "ORDER_NOT_EXIST"), PAID);
    let paid = || MockResponse::new(payment("S", "SUCCESS", &members("")));
    let schedule = PollSchedule::from_intervals([S]);

    // The retries of the second inquiry fail.
    let server = MockServer::new([unknown(), contradiction(), MockResponse::broken()]);
    let error = server.client().inquiry_payment(&request()).wait_until_final(schedule.clone()).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");

    // The deadline cuts the retry short.
    let server = MockServer::new([unknown(), contradiction(), paid().after(1000 * S)]);
    let client = server.builder().deadline(4 * S).build().unwrap();
    let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");

    // Within one inquiry.
    let error = MockServer::new([contradiction(), unknown()]).inquire().await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");

    // An undetermined outcome does not stop the polling after one; a final outcome counts.
    let server = MockServer::new([contradiction(), unknown(), paid()]);
    let client = server.builder().retry(alipayplus_client::RetryPolicy::never()).build().unwrap();
    let schedule = PollSchedule::from_intervals([S, S]).stop_when_undetermined();
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Paid(_)), "{:?}", reply.outcome);

    // An inquiry that is only cut short does not replace what the one before found.
    let server = MockServer::new([contradiction(), paid().after(1000 * S)]);
    let client = server.builder().retry(alipayplus_client::RetryPolicy::never()).build().unwrap();
    let schedule = PollSchedule::every(S).until(2 * S);
    let error = client.inquiry_payment(&request()).wait_until_final(schedule).await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Contradiction { .. }), "{error:?}");
}

#[tokio::test]
async fn status_u_asks_again_whatever_the_media_type() {
    let trouble = MockResponse::new(result_only("U", "UNKNOWN_EXCEPTION"));
    let trouble = trouble.without_header("content-type").header("content-type", "text/plain");
    let error = MockServer::new([trouble]).inquire().await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Trouble(_)) && error.is_retryable(), "{error:?}");
}

#[tokio::test]
async fn members_beside_status_f_are_not_compared() {
    let more = r#","paymentAmount":{"currency":"JPY","value":"0"}"#;
    let client = MockServer::new([response(&result("F", "ORDER_NOT_EXIST"), more)]).client();
    let expected = Expected::default().with_payment_amount(Amount::minor(100, "JPY").unwrap());
    let reply = client.inquiry_payment(&request()).expecting(expected).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::NotFound(_)), "{:?}", reply.outcome);
    assert_eq!(reply.ignored_members, ["/paymentAmount"]);
}

#[tokio::test]
async fn an_unrecognized_member_hides_no_violations() {
    let more = r#","paymentResult":{"resultStatus":"S","resultCode":"ADDED_LATER"}"#;
    let due = members("").replace(r#""canary-passed-7732""#, r#""""#);
    let error =
        MockServer::new([response(&result("S", "SUCCESS"), &format!("{more}{due}"))]).inquire().await.unwrap_err();
    assert!(matches!(error.reason(), ErrorReason::Unrecognized(UnrecognizedError::Member { .. })), "{error:?}");
    assert_eq!(pointers(&error), ["/passThroughInfo"]);
}
