//! What a handler makes of a request, and what goes out for it.

use alipayplus_server::Caller;
use alipayplus_server::inquiry_payment::{Answer, InquiryPayment, Refusal, RefusalCode, Request};

use crate::kit::{Ask, Log, PARTIES, Wallet, builder, server};

#[tokio::test]
async fn every_answer_goes_out_signed() {
    let table = [
        ("paid", "SUCCESS", "SUCCESS"),
        ("open", "SUCCESS", "PAYMENT_IN_PROCESS"),
        ("closed", "SUCCESS", "ORDER_IS_CLOSED"),
        ("declined", "SUCCESS", "USER_BALANCE_NOT_ENOUGH"),
        ("never heard of", "ORDER_NOT_EXIST", "-"),
        ("blocked", "PROCESS_FAIL", "-"),
        ("coded trouble", "UNKNOWN_EXCEPTION", "-"),
        ("error", "UNKNOWN_EXCEPTION", "-"),
        ("panic", "UNKNOWN_EXCEPTION", "-"),
    ];
    for (payment, code, payment_code) in table {
        let ask = Ask::about(payment);
        let told = ask.send(&server()).await;
        assert_eq!(told.code(), code, "{payment}");
        assert_eq!(told.text("/paymentResult/resultCode"), payment_code, "{payment}");
        assert!(told.verifies(&ask), "{payment}");
    }
}

#[tokio::test]
async fn a_handler_knows_who_asks() {
    struct Asks;
    impl InquiryPayment for Asks {
        async fn inquiry_payment(&self, caller: &Caller, _: Request) -> Result<Answer, Refusal> {
            let who = format!("{} {} {:?}", caller.client_id(), caller.key_version(), caller.tracer_id());
            Err(Refusal::new(RefusalCode::ProcessFail).with_source(who))
        }
    }
    let (log, server) = (Log::start(), builder().build().unwrap().inquiry_payment(Asks));
    Ask::about("any").header("tracer-id", "trace-1").send(&server).await;
    assert_eq!(log.cause(), format!("handler: refused: {} 1 Some(\"trace-1\")", PARTIES.client_id));
}

#[tokio::test]
async fn the_log_has_the_cause_and_the_peer_has_not() {
    let table = [
        ("error", "ERROR", "handler: the ledger is away"),
        ("panic", "ERROR", "handler: panicked"),
        ("blocked", "WARN", "handler: refused: under review"),
    ];
    for (payment, level, cause) in table {
        let log = Log::start();
        let told = Ask::about(payment).send(&server()).await;
        assert_eq!(log.cause(), cause);
        assert_eq!(log.last()["level"], level, "{payment}");
        let body = String::from_utf8(told.0.body().to_vec()).unwrap();
        assert!(!body.contains("ledger") && !body.contains("review"), "{body}");
    }
}

#[tokio::test]
async fn a_member_that_is_not_due_is_left_out_and_logged() {
    let (log, ask) = (Log::start(), Ask::about("not due"));
    let told = ask.send(&server()).await;
    assert_eq!((told.code(), told.text("/paymentResult/resultCode")), ("SUCCESS".into(), "SUCCESS".into()));
    assert_eq!(told.text("/payToAmount"), "-");
    assert!(told.verifies(&ask));
    let lines = log.lines();
    let omitted = lines.iter().find(|line| line["fields"]["message"] == "omitted").unwrap();
    assert_eq!(omitted["level"], "WARN");
    let cause = "/payToAmount was left out: it has the currency of /paymentAmount, and differs from it otherwise";
    assert_eq!(omitted["fields"]["cause"], cause);
}

#[tokio::test]
async fn a_detail_goes_to_the_peer() {
    let told = Ask::about("detailed").send(&server()).await;
    let message = told.text("/result/resultMessage");
    assert_eq!(message, "A general business failure occurred. Do not retry. Ask the support.");
}

#[tokio::test]
async fn the_peer_is_told_which_members_are_wrong() {
    let ask = Ask::about("").with(|ask| ask.body = br#"{"acquirerId":7,"pspId":null}"#.to_vec());
    let message = ask.send(&server()).await.text("/result/resultMessage");
    let expected =
        "Illegal parameters. For example, non-numeric input, invalid date. /acquirerId, /pspId, /paymentRequestId";
    assert_eq!(message, expected);

    let ask = ask.with(|ask| ask.body = b"{\"acquirerId\":\n  oops".to_vec());
    let message = ask.send(&server()).await.text("/result/resultMessage");
    assert!(message.ends_with(" invalid date. malformed: a fault of the JSON syntax at line 2, column 3"), "{message}");
}

#[tokio::test]
async fn a_handler_can_be_tested_by_itself() {
    let request = alipayplus_server::inquiry_payment::Request {
        acquirer_id: "1".parse().unwrap(),
        psp_id: "2".parse().unwrap(),
        payment_request_id: "blocked".parse().unwrap(),
    };
    let refusal = Wallet::default().inquiry_payment(&Caller::testing("somebody"), request).await.unwrap_err();
    assert_eq!(refusal.code(), Some(RefusalCode::ProcessFail));
    assert_eq!(refusal.to_string(), "PROCESS_FAIL: under review");
}
