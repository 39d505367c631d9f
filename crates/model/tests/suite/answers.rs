//! What a handler can answer: each answer makes a message that the schema allows and that a caller understands.

use alipayplus_model::inquiry_payment::{
    Answer, CustomerId, FailedCode, InquiryPayment, InquiryResult, InquiryResultCode, Outcome, PassThroughInfo,
    PaymentId, PaymentResultCode, RefusalCode, Response, answer,
};
use alipayplus_model::{Amount, MinorUnits, ServiceResponse, ServiceResultCode};
use alipayplus_runtime::code::{Code, CodedResult};
use alipayplus_runtime::message::{self, Message};
use alipayplus_runtime::operation::{FromResult, Omitted, Operation, OutcomeError};
use serde_json::{Value, json};

use crate::kinds::{Kind, Oracles, judge};

fn amount(units: u128, currency: &str) -> Amount {
    Amount::minor(units, currency).unwrap()
}

fn paid(payment: Amount, pay_to: Amount) -> answer::Paid {
    answer::Paid {
        payment_id: "PAY-1".parse().unwrap(),
        payment_amount: payment,
        pay_to_amount: pay_to,
        payment_time: "2026-03-14T09:26:53.5+09:00".parse().unwrap(),
        customer_id: "C-1".parse().unwrap(),
        customs_declaration_amount: None,
        pass_through_info: None,
    }
}

/// The message of an answer, found valid by model and schema.
#[track_caller]
fn message<T: Message>(kind: Kind, message: &T) -> Value {
    let written: Value = serde_json::from_slice(&message::to_vec(message)).unwrap();
    let wrong = judge(Oracles::new().of(kind), kind, &written, || format!("{message:?}"));
    assert!(wrong.is_empty(), "{wrong:?} {message:?}");
    assert_eq!(message::validate(message), Ok(()));
    written
}

fn responded(answer: impl Into<Answer>) -> (Response, Vec<Omitted>) {
    let mut omitted = Vec::new();
    (InquiryPayment::into_response(answer.into(), &mut omitted).unwrap(), omitted)
}

#[track_caller]
fn answered(answer: impl Into<Answer>) -> (Value, Outcome) {
    let (response, omitted) = responded(answer);
    assert_eq!(omitted, []);
    let written = message(Kind::Response, &response);
    let mut back: Response = message::from_slice(written.to_string().as_bytes()).unwrap();
    assert_eq!(back, response);
    (written, InquiryPayment::into_outcome(&mut back).unwrap())
}

#[test]
fn paid_in_two_currencies() {
    let (written, outcome) = answered(paid(amount(1250, "JPY"), amount(11375, "KRW")));
    assert_eq!(
        written,
        json!({
            "result": {"resultStatus": "S", "resultCode": "SUCCESS", "resultMessage": "Success"},
            "paymentResult": {"resultStatus": "S", "resultCode": "SUCCESS", "resultMessage": "Success"},
            "paymentId": "PAY-1",
            "paymentAmount": {"currency": "JPY", "value": "1250"},
            "payToAmount": {"currency": "KRW", "value": "11375"},
            "paymentTime": "2026-03-14T09:26:53.5+09:00",
            "customerId": "C-1",
        })
    );
    let Outcome::Paid(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!(outcome.pay_to_amount, amount(11375, "KRW"));
}

#[test]
fn paid_in_two_currencies_of_the_same_number() {
    let (written, _) = answered(paid(amount(1250, "JPY"), amount(1250, "KRW")));
    assert_eq!(written["payToAmount"], json!({"currency": "KRW", "value": "1250"}));
}

#[test]
fn paid_in_one_currency_leaves_pay_to_amount_out() {
    let (written, outcome) = answered(paid(amount(1250, "JPY"), amount(1250, "JPY")));
    assert_eq!(written.get("payToAmount"), None);
    let Outcome::Paid(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&outcome.pay_to_amount, &outcome.payment_amount), (&amount(1250, "JPY"), &amount(1250, "JPY")));
}

#[test]
fn paid_in_one_currency_with_two_numbers_leaves_pay_to_amount_out_and_says_so() {
    for (payment, pay_to) in [(1250, 1249), (0, 1), (1, 0)] {
        let (response, omitted) = responded(paid(amount(payment, "JPY"), amount(pay_to, "JPY")));
        assert_eq!(response, responded(paid(amount(payment, "JPY"), amount(payment, "JPY"))).0);
        let expected = Omitted { pointer: "/payToAmount", counterpart: "/paymentAmount", part: "currency" };
        assert_eq!(omitted, [expected]);
        assert_eq!(
            expected.to_string(),
            "/payToAmount was left out: it has the currency of /paymentAmount, and differs from it otherwise"
        );
    }
}

#[test]
fn paid_at_the_limits() {
    let most = MinorUnits::MAX.get();
    let (written, outcome) = answered(answer::Paid {
        payment_id: PaymentId::try_from("界".repeat(64)).unwrap(),
        customer_id: CustomerId::try_from("\u{10FFFF}".repeat(64)).unwrap(),
        customs_declaration_amount: Some(amount(0, "CNY")),
        pass_through_info: Some(PassThroughInfo::try_from("\"\\\u{0}🧾".repeat(5000)).unwrap()),
        ..paid(amount(most, "JPY"), amount(most, "XXX"))
    });
    assert_eq!(written["payToAmount"]["value"].as_str().unwrap().len(), 28);
    let Outcome::Paid(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!(outcome.customs_declaration_amount, Some(amount(0, "CNY")));
    assert_eq!(outcome.pass_through_info.unwrap().expose().chars().count(), 20_000);
}

#[test]
fn failed_for_every_reason() {
    // Of the table's 20 failures one is a cancellation, which has its own answer.
    assert_eq!(FailedCode::ALL.len(), 19);
    assert!(FailedCode::ALL.iter().all(|code| code.as_str() != "ORDER_IS_CLOSED"));
    for code in FailedCode::ALL {
        let (written, outcome) = answered(answer::Failed::from(*code));
        assert_eq!(written["paymentResult"]["resultStatus"], "F");
        assert_eq!(written["paymentResult"]["resultCode"], code.as_str());
        let Outcome::Failed(failed) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failed.code, (*code).into());
        assert_eq!(failed.code.row().unwrap().message, written["paymentResult"]["resultMessage"]);
        assert_eq!(code.as_str().parse(), Ok(*code));
    }
    for other in ["SUCCESS", "ORDER_IS_CLOSED", "PAYMENT_IN_PROCESS", "ORDER_NOT_EXIST", "NEW_CODE", "", "risk_reject"]
    {
        assert!(other.parse::<FailedCode>().is_err(), "{other}");
    }
}

#[test]
fn the_other_answers() {
    let info = || Some(PassThroughInfo::try_from("a=b").unwrap());
    let (written, outcome) = answered(answer::Cancelled { pass_through_info: info() });
    assert_eq!(
        (&written["paymentResult"]["resultCode"], &written["passThroughInfo"]),
        (&json!("ORDER_IS_CLOSED"), &json!("a=b"))
    );
    assert!(matches!(outcome, Outcome::Cancelled(_)));

    let (written, outcome) = answered(answer::InProgress { pass_through_info: info() });
    assert_eq!((&written["paymentResult"]["resultStatus"], &written["passThroughInfo"]), (&json!("U"), &json!("a=b")));
    assert!(matches!(outcome, Outcome::InProgress(_)));

    let (written, outcome) = answered(answer::Failed { pass_through_info: info(), ..FailedCode::RiskReject.into() });
    assert_eq!(written["passThroughInfo"], "a=b");
    assert!(matches!(outcome, Outcome::Failed(_)));

    let (written, outcome) = answered(Answer::NotFound);
    let result =
        json!({"resultStatus": "F", "resultCode": "ORDER_NOT_EXIST", "resultMessage": "The order doesn't exist."});
    assert_eq!(written, json!({ "result": result }));
    assert_eq!(outcome, Outcome::NotFound);
}

#[test]
fn a_refusal_with_every_code() {
    // 13 codes but SUCCESS, and ORDER_NOT_EXIST, which is an answer.
    assert_eq!(RefusalCode::ALL.len(), 11);
    for code in RefusalCode::ALL {
        let mut response = Response::with((*code).into());
        message(Kind::Response, &response);
        let error = InquiryPayment::into_outcome(&mut response).unwrap_err();
        let known = InquiryResultCode::from(*code);
        let trouble = known.status().unwrap().as_str() == "U";
        assert_eq!(error, if trouble { OutcomeError::Trouble(Some(known)) } else { OutcomeError::Refused(known) });
    }
    for code in ["SUCCESS", "ORDER_NOT_EXIST", "RISK_REJECT", ""] {
        assert!(code.parse::<RefusalCode>().is_err(), "{code}");
    }
    message(Kind::Service, &ServiceResponse::with(ServiceResultCode::NoInterfaceDef));
}

/// A code that no table has goes out as what is not known, never as a success.
#[test]
fn a_code_of_no_table_is_never_a_success() {
    let result = InquiryResult::with("DONE".parse().unwrap());
    assert_eq!(result.result_status.as_str(), "U");
    message(Kind::Response, &Response::from_result(result));
}

#[test]
fn a_detail_fits_behind_every_message() {
    for row in (0..).map_while(InquiryResultCode::row_at).filter(|row| row.status.as_str() != "S") {
        for detail in ["", "/pspId, /acquirerId", "   ", &"界".repeat(300), &" ".repeat(300)] {
            let result = InquiryResult::detailed(row.clone(), detail);
            let text = result.result_message.clone().unwrap();
            assert!(text.as_str().starts_with(row.message) && text.as_str().chars().count() <= 256, "{text}");
            assert!(text.as_str().contains(detail.trim()) || detail.chars().count() == 300, "{text}");
            message(Kind::Response, &Response::from_result(result));
        }
    }
}

/// A variant says the word that it stands for: what a handler names is what goes out.
#[test]
fn each_code_is_named_after_its_word() {
    fn word(variant: &impl std::fmt::Debug) -> String {
        let name = format!("{variant:?}");
        let break_before = |(n, letter): (usize, char)| if n > 0 && letter.is_uppercase() { "_" } else { "" };
        let letters = name.char_indices().map(|(n, letter)| format!("{}{letter}", break_before((n, letter))));
        letters.collect::<String>().to_uppercase()
    }
    for code in FailedCode::ALL {
        assert_eq!((word(code), PaymentResultCode::from(*code).to_string()), (code.to_string(), word(code)));
    }
    for code in RefusalCode::ALL {
        assert_eq!((word(code), InquiryResultCode::from(*code).to_string()), (code.to_string(), word(code)));
    }
    for (code, text, _) in InquiryResultCode::TABLE {
        assert_eq!(word(code), *text);
    }
    for (code, text, _) in PaymentResultCode::TABLE {
        assert_eq!(word(code), *text);
    }
}
