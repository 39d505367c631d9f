//! What a verified answer means that breaks the schema, or contradicts itself: its own result decides first.

use alipayplus_client::inquiry_payment::Outcome;
use alipayplus_client::runtime::code::Status;
use alipayplus_client::{Amount, Error, PollSchedule};

use crate::peer::{Answer, Peer, in_progress, members, only, payment, request, result};

/// An answer with this result, and more members behind.
fn answer(result: &str, more: &str) -> Answer {
    Answer::of(format!(r#"{{"result":{result}{more}}}"#))
}

fn pointers(error: &Error) -> Vec<&str> {
    error.violations().iter().map(|violation| violation.pointer.as_str()).collect()
}

const PAID: &str = r#","paymentResult":{"resultStatus":"S","resultCode":"SUCCESS"}"#;

#[tokio::test]
async fn status_u_asks_again_whatever_else_is_wrong() {
    let unknown = |code: &str| format!(r#"{{"resultStatus":"U","resultCode":"{code}"}}"#);
    let message = |length: usize| {
        let text = "x".repeat(length);
        format!(r#"{{"resultStatus":"U","resultCode":"UNKNOWN_EXCEPTION","resultMessage":"{text}"}}"#)
    };
    let trouble = unknown("UNKNOWN_EXCEPTION");
    for (answer, code, wrong) in [
        (
            answer(&trouble, PAID),
            Some("UNKNOWN_EXCEPTION"),
            &["/paymentId", "/paymentAmount", "/paymentTime", "/customerId"][..],
        ),
        (answer(&trouble, r#","paymentId":"""#), Some("UNKNOWN_EXCEPTION"), &["/paymentId"]),
        (answer(&trouble, r#","paymentAmount":7"#), Some("UNKNOWN_EXCEPTION"), &["/paymentAmount"]),
        (answer(&trouble, r#","paymentResult":"S""#), Some("UNKNOWN_EXCEPTION"), &["/paymentResult"]),
        (answer(&message(257), ""), Some("UNKNOWN_EXCEPTION"), &["/result/resultMessage"]),
        (answer(&message(0), ""), Some("UNKNOWN_EXCEPTION"), &["/result/resultMessage"]),
        (answer(r#"{"resultStatus":"U"}"#, ""), None, &["/result/resultCode"]),
        (answer(r#"{"resultStatus":"U","resultCode":""}"#, ""), None, &["/result/resultCode"]),
        (
            answer(r#"{"resultStatus":"U","resultCode":7,"resultMessage":7}"#, PAID),
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
        (answer(&unknown("ACCESS_DENIED"), ""), Some("ACCESS_DENIED"), &["/result/resultStatus"]),
        (answer(&unknown("SUCCESS"), &format!("{PAID}{}", members(""))), Some("SUCCESS"), &["/result/resultStatus"]),
    ] {
        let peer = Peer::new([answer]);
        let error = peer.ask().await.unwrap_err();
        assert!(matches!(error, Error::Trouble(_)), "{error:?}");
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!((error.code(), pointers(&error)), (code, wrong.to_vec()), "{error:?}");
        assert_eq!(peer.asked().len(), 3, "{error:?}");
    }
    let error = Peer::new([answer(r#"{"resultStatus":"U"}"#, "")]).ask().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "trouble with no readable code; the answer breaks the schema as well: /result/resultCode: required, nothing found"
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
        let peer = Peer::new([answer(&refused("ACCESS_DENIED"), more)]);
        let error = peer.ask().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)) && !error.is_retryable(), "{error:?}");
        assert_eq!((error.code(), pointers(&error)), (Some("ACCESS_DENIED"), wrong.to_vec()));
        assert_eq!(peer.asked().len(), 1);

        let reply = Peer::new([answer(&refused("ORDER_NOT_EXIST"), more)]).ask().await.unwrap();
        assert!(matches!(reply.outcome, Outcome::NotFound), "{:?}", reply.outcome);
        let found: Vec<_> = reply.violations.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(found, wrong);
    }
    // What is left out of the message is not left out of the report.
    let reply = Peer::new([answer(&refused("ORDER_NOT_EXIST"), r#","paymentId":"","customerId":"C""#)]).ask().await;
    assert_eq!(reply.unwrap().ignored_members, ["/paymentId", "/customerId"]);

    // A code that the table gives to a success is not taken for one, and an access that is denied beside a payment that
    // is paid is no payment.
    for (code, more) in [("SUCCESS", ""), ("ACCESS_DENIED", PAID)] {
        let error = Peer::new([answer(&refused(code), more)]).ask().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
    for result in
        [r#"{"resultStatus":"F"}"#, r#"{"resultStatus":"F","resultCode":""}"#, r#"{"resultStatus":"F","resultCode":7}"#]
    {
        let error = Peer::new([answer(result, "")]).ask().await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponse(_)) && !error.is_retryable(), "{error:?}");
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
        let peer = Peer::new([answer(&unknown, &more)]);
        let error = peer.ask().await.unwrap_err();
        assert!(matches!(&error, Error::Contradiction { pointer, .. } if pointer == "/paymentResult"), "{error:?}");
        assert!(error.is_retryable());
        assert_eq!(error.code(), Some("ORDER_NOT_EXIST"));
        assert_eq!(peer.asked().len(), 3);
    }
    for status in ["F", "U"] {
        let more = format!(r#","paymentResult":{{"resultStatus":"{status}","resultCode":"X"}}"#);
        let reply = Peer::new([answer(&unknown, &more)]).ask().await.unwrap();
        assert!(matches!(reply.outcome, Outcome::NotFound));
        assert_eq!(reply.ignored_members, ["/paymentResult"]);
    }
}

#[tokio::test]
async fn what_decides_nothing_hides_no_payment() {
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
        let reply = Peer::new([Answer::of(body)]).ask().await.unwrap();
        let Outcome::Paid(paid) = &reply.outcome else { panic!("{:?}", reply.outcome) };
        assert_eq!(paid.payment_id.as_str(), "20200101234567890132");
        let found: Vec<_> = reply.violations.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(found, wrong);
    }
    // Any other fault does.
    for (from, to) in [
        ("20200101234567890132", ""),
        (r#""customerId":"canary-customer-7731""#, r#""customerId":7"#),
        (r#""canary-passed-7732""#, "7"),
        (r#""value":"100""#, r#""value":"0100""#),
        ("canary-passed-7732", &"x".repeat(20_001)),
    ] {
        let body = payment("S", "SUCCESS", &members("")).replace(from, to);
        let error = Peer::new([Answer::of(body)]).ask().await.unwrap_err();
        assert!(matches!(error, Error::InvalidResponse(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_pay_to_amount_that_was_not_due_is_the_figure_that_was_signed() {
    let to = r#","payToAmount":{"currency":"JPY","value":"90"}"#;
    let reply = Peer::new([Answer::of(payment("S", "SUCCESS", &members(to)))]).ask().await.unwrap();
    let Outcome::Paid(paid) = reply.outcome else { panic!("{:?}", reply.outcome) };
    assert_eq!(paid.pay_to_amount, Amount::minor(90, "JPY").unwrap());
    assert_eq!(reply.ignored_members, ["/payToAmount"]);
}

#[tokio::test]
async fn an_unsigned_answer_claims_trouble_whatever_else_is_wrong() {
    let peer = Peer::new([answer(&result("U", "UNKNOWN_EXCEPTION"), r#","paymentId":"""#).unsigned()]);
    let error = peer.ask().await.unwrap_err();
    let Error::Unsigned { claimed: Some(claimed) } = &error else { panic!("{error:?}") };
    assert_eq!((claimed.code.as_str(), claimed.status), ("UNKNOWN_EXCEPTION", Status::Unknown));
    assert_eq!(peer.asked().len(), 3);
    let error = Peer::new([answer(r#"{"resultStatus":"U"}"#, "").unsigned()]).ask().await.unwrap_err();
    assert!(matches!(error, Error::Unsigned { claimed: None }) && !error.is_retryable(), "{error:?}");
}

const S: std::time::Duration = std::time::Duration::from_secs(1);

/// Three questions, one second apart, each with its own answer.
async fn waited(answers: [Answer; 3], schedule: PollSchedule) -> Result<Outcome, Error> {
    let client = Peer::new(answers).builder().retry(alipayplus_client::RetryPolicy::never()).build().unwrap();
    let reply = client.inquiry_payment(&request()).wait_until_final(schedule).await;
    reply.map(|reply| reply.outcome)
}

#[tokio::test(start_paused = true)]
async fn an_unknown_order_never_replaces_a_payment_that_is_in_progress() {
    let unknown = || Answer::of(only("F", "ORDER_NOT_EXIST"));
    let contradiction = || answer(&result("F", "ORDER_NOT_EXIST"), PAID);
    let pending = || Answer::of(in_progress());
    let schedule = || PollSchedule::from_intervals([S, S]);
    for schedule in [schedule(), schedule().stop_when_undetermined()] {
        let outcome = waited([pending(), unknown(), unknown()], schedule.clone()).await.unwrap();
        assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
        let outcome = waited([pending(), contradiction(), unknown()], schedule.clone()).await.unwrap();
        assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
        let paid = Answer::of(payment("S", "SUCCESS", &members("")));
        let outcome = waited([pending(), unknown(), paid], schedule).await.unwrap();
        assert!(matches!(outcome, Outcome::Paid(_)), "{outcome:?}");
    }
    let outcome = waited([unknown(), pending(), unknown()], schedule()).await.unwrap();
    assert!(matches!(outcome, Outcome::InProgress(_)), "{outcome:?}");
    // What has been contradicted since is not known.
    let error = waited([unknown(), contradiction(), contradiction()], schedule()).await.unwrap_err();
    assert!(matches!(error, Error::Contradiction { .. }), "{error:?}");
    let outcome = waited([contradiction(), contradiction(), unknown()], schedule()).await.unwrap();
    assert!(matches!(outcome, Outcome::NotFound), "{outcome:?}");
}
