//! What a handler returns, and the response that is sent for it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, RefusalCode, Request};
use alipayplus_server::signing::SignatureHeader;

use crate::kit::{KEYS, Log, PASSED, PATH, TestRequest, Wallet, builder, server};

#[tokio::test]
async fn every_answer_is_signed() {
    let table = [
        ("paid", "SUCCESS", "SUCCESS"),
        ("open", "SUCCESS", "PAYMENT_IN_PROCESS"),
        ("closed", "SUCCESS", "ORDER_IS_CLOSED"),
        ("declined", "SUCCESS", "USER_BALANCE_NOT_ENOUGH"),
        ("unknown", "ORDER_NOT_EXIST", "-"),
        ("blocked", "PROCESS_FAIL", "-"),
        ("coded internal", "UNKNOWN_EXCEPTION", "-"),
        ("error", "UNKNOWN_EXCEPTION", "-"),
        ("panic", "UNKNOWN_EXCEPTION", "-"),
    ];
    for (payment, code, payment_code) in table {
        let request = TestRequest::for_payment(payment);
        let reply = request.send(&server()).await;
        assert_eq!(reply.code(), code, "{payment}");
        assert_eq!(reply.text("/paymentResult/resultCode"), payment_code, "{payment}");
        assert!(reply.verifies(&request), "{payment}");
    }
}

#[tokio::test]
async fn a_handler_gets_its_caller() {
    struct RefusesWithCaller;
    impl InquiryPayment for RefusesWithCaller {
        async fn inquiry_payment(&self, caller: &Caller, _: Request) -> Result<Answer, Refusal> {
            let caller = format!("{} {} {:?}", caller.client_id(), caller.key_version(), caller.tracer_id());
            Err(Refusal::new(RefusalCode::ProcessFail).with_source(caller))
        }
    }
    let (log, server) = (Log::start(), builder().build().unwrap().inquiry_payment(RefusesWithCaller));
    TestRequest::for_payment("any").header("tracer-id", "trace-1").send(&server).await;
    assert_eq!(log.cause(), format!("handler: refused: {} 1 Some(\"trace-1\")", KEYS.client_id));
}

#[tokio::test]
async fn a_handler_gets_the_signed_request() {
    struct RefusesUnsigned;
    impl InquiryPayment for RefusesUnsigned {
        async fn inquiry_payment(&self, caller: &Caller, _: Request) -> Result<Answer, Refusal> {
            let signature = SignatureHeader::from_values([caller.signature()])?;
            KEYS.client.public_key().verify(&caller.signing_input().digest(), &signature)?;
            let input = String::from_utf8(caller.signing_input().to_bytes())?;
            assert!(!format!("{caller:?}").contains("paymentRequestId"));
            Err(Refusal::new(RefusalCode::ProcessFail).with_source(input))
        }
    }
    for (prefix, public) in [("", PATH), ("/wallet", &format!("/wallet{PATH}"))] {
        let (log, server) = (Log::start(), builder().signed_prefix(prefix).build().unwrap());
        let request = TestRequest::for_payment("any").with(|request| {
            request.uri.push_str("?a=b");
            request.signed_uri = Some(format!("{public}?a=b"));
        });
        request.send(&server.inquiry_payment(RefusesUnsigned)).await;
        let expected = format!("handler: refused: POST {public}?a=b\n{}.", KEYS.client_id);
        assert!(log.cause().starts_with(&expected) && log.cause().ends_with('}'), "{}", log.cause());
    }
}

#[tokio::test]
async fn a_handler_can_be_shared() {
    let wallet = Arc::new(Wallet::default());
    let server = builder().build().unwrap().inquiry_payment(Arc::clone(&wallet));
    assert_eq!(TestRequest::for_payment("open").send(&server).await.code(), "SUCCESS");
    assert_eq!(wallet.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_cause_is_logged_and_not_sent() {
    let table = [
        ("error", "ERROR", "handler: the ledger is away"),
        ("panic", "ERROR", "handler: panicked"),
        ("blocked", "WARN", "handler: refused: under review"),
    ];
    for (payment, level, cause) in table {
        let log = Log::start();
        let reply = TestRequest::for_payment(payment).send(&server()).await;
        assert_eq!(log.cause(), cause);
        assert_eq!(log.last()["level"], level, "{payment}");
        let body = String::from_utf8(reply.0.body().to_vec()).unwrap();
        assert!(!body.contains("ledger") && !body.contains("review"), "{body}");
    }
}

#[tokio::test]
async fn a_redundant_member_that_differs_is_omitted_and_logged() {
    let (log, request) = (Log::start(), TestRequest::for_payment("redundant"));
    let reply = request.send(&server()).await;
    assert_eq!((reply.code(), reply.text("/paymentResult/resultCode")), ("SUCCESS".into(), "SUCCESS".into()));
    assert_eq!(reply.text("/payToAmount"), "-");
    assert!(reply.verifies(&request));
    let lines = log.lines();
    let omitted = lines.iter().find(|line| line["fields"]["message"] == "omitted").unwrap();
    assert_eq!(omitted["level"], "WARN");
    let cause = "/payToAmount was left out: it has the currency of /paymentAmount, and differs from it otherwise";
    assert_eq!(omitted["fields"]["cause"], cause);
}

#[tokio::test]
async fn a_detail_is_sent_to_the_client() {
    let reply = TestRequest::for_payment("detailed").send(&server()).await;
    let message = reply.text("/result/resultMessage");
    assert_eq!(message, "A general business failure occurred. Do not retry. TestRequest the support.");
}

#[tokio::test]
async fn a_refusal_can_have_members() {
    use alipayplus_server::model::common::ResultStatus;
    use alipayplus_server::model::inquiry_payment::{PaymentResult, PaymentResultCode, Response};
    use alipayplus_server::runtime::code::CodedResult as _;

    struct Refuses(fn(&mut Response));
    impl InquiryPayment for Refuses {
        async fn inquiry_payment(&self, _: &Caller, _: Request) -> Result<Answer, Refusal> {
            Err(Refusal::new(RefusalCode::ProcessFail).with_detail("Later.").with_members(self.0))
        }
    }
    let send = async |set| {
        let log = Log::start();
        let request = TestRequest::for_payment("any");
        let reply = request.send(&builder().build().unwrap().inquiry_payment(Refuses(set))).await;
        assert!(reply.verifies(&request));
        (reply, log.cause())
    };
    let (reply, cause) = send(|response| response.pass_through_info = Some(PASSED.parse().unwrap())).await;
    assert_eq!((reply.code().as_str(), cause.as_str()), ("PROCESS_FAIL", "handler: refused"));
    assert_eq!(reply.text("/passThroughInfo"), PASSED);
    assert!(reply.text("/result/resultMessage").ends_with("Later."));

    let paid =
        |response: &mut Response| response.payment_result = Some(PaymentResult::with(PaymentResultCode::Success));
    let (reply, cause) = send(paid).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(cause.starts_with("handler: the members of the refusal break the schema: "), "{cause}");
    let other = |response: &mut Response| response.result.result_status = ResultStatus::Unknown;
    let (reply, cause) = send(other).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
    assert!(cause.starts_with("handler: the members of the refusal "), "{cause}");
    let (reply, _) = send(|_| panic!("no panic reaches the connection")).await;
    assert_eq!(reply.code(), "UNKNOWN_EXCEPTION");
}

#[tokio::test]
async fn invalid_members_are_named_to_the_client() {
    let request =
        TestRequest::for_payment("").with(|request| request.body = br#"{"acquirerId":7,"pspId":null}"#.to_vec());
    let message = request.send(&server()).await.text("/result/resultMessage");
    let expected =
        "Illegal parameters. For example, non-numeric input, invalid date. /acquirerId, /pspId, /paymentRequestId";
    assert_eq!(message, expected);

    let request = request.with(|request| request.body = b"{\"acquirerId\":\n  oops".to_vec());
    let message = request.send(&server()).await.text("/result/resultMessage");
    assert!(message.ends_with(" invalid date. malformed: JSON syntax error at line 2, column 3"), "{message}");
}

#[tokio::test]
async fn a_handler_can_be_unit_tested() {
    let request =
        alipayplus_server::inquiry_payment::Request::new(alipayplus_server::inquiry_payment::RequestRequired {
            acquirer_id: "1".parse().unwrap(),
            psp_id: "2".parse().unwrap(),
            payment_request_id: "blocked".parse().unwrap(),
        });
    let refusal = Wallet::default().inquiry_payment(&Caller::testing("client"), request).await.unwrap_err();
    assert_eq!(refusal.code(), Some(RefusalCode::ProcessFail));
    assert_eq!(refusal.to_string(), "PROCESS_FAIL: under review");
}
