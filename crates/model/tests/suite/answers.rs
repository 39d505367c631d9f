//! Handler answers: each becomes a response that is valid by the schema and decodes to the same outcome.

use alipayplus_model::inquiry_payment::{
    Answer, CustomerId, FailedCode, InquiryPayment, InquiryResult, InquiryResultCode, Outcome, PassThroughInfo,
    PaymentId, PaymentResultCode, RefusalCode, Response, answer,
};
use alipayplus_model::{Amount, MinorUnits, ResultStatus, ServiceResponse, ServiceResultCode};
use alipayplus_runtime::code::{Code, CodedResult, Status};
use alipayplus_runtime::message::{self, Message};
use alipayplus_runtime::operation::{FromResult, Omitted, Operation, OutcomeError};
use serde_json::{Value, json};

use crate::kinds::{Kind, Oracles, judge};

fn amount(units: u128, currency: &str) -> Amount {
    Amount::minor(units, currency).unwrap()
}

fn paid(payment: Amount, pay_to: Amount) -> answer::Paid {
    answer::Paid::new(answer::PaidRequired {
        payment_id: "PAY-1".parse().unwrap(),
        payment_amount: payment,
        pay_to_amount: pay_to,
        payment_time: "2026-03-14T09:26:53.5+09:00".parse().unwrap(),
        customer_id: "C-1".parse().unwrap(),
    })
}

/// Encodes a message and asserts that the model and the schema accept it.
#[track_caller]
fn encoded<T: Message>(kind: Kind, message: &T) -> Value {
    let encoded: Value = serde_json::from_slice(&message::to_vec(message)).unwrap();
    let violations = judge(Oracles::new().of(kind), kind, &encoded, || format!("{message:?}"));
    assert!(violations.is_empty(), "{violations:?} {message:?}");
    assert_eq!(message::validate(message), Ok(()));
    encoded
}

fn response_of(answer: impl Into<Answer>) -> (Response, Vec<Omitted>) {
    let mut omitted = Vec::new();
    (InquiryPayment::into_response(answer.into(), &mut omitted).unwrap(), omitted)
}

#[track_caller]
fn answered(answer: impl Into<Answer>) -> (Value, Outcome) {
    let (response, omitted) = response_of(answer);
    assert_eq!(omitted, []);
    let encoded = encoded(Kind::Response, &response);
    let decoded: Response = message::from_slice(encoded.to_string().as_bytes()).unwrap();
    assert_eq!(decoded, response);
    (encoded, InquiryPayment::into_outcome(decoded).unwrap().0)
}

#[test]
fn paid_in_two_currencies() {
    let (encoded, outcome) = answered(paid(amount(1250, "JPY"), amount(11375, "KRW")));
    assert_eq!(
        encoded,
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
fn paid_in_two_currencies_with_the_same_value() {
    let (encoded, _) = answered(paid(amount(1250, "JPY"), amount(1250, "KRW")));
    assert_eq!(encoded["payToAmount"], json!({"currency": "KRW", "value": "1250"}));
}

#[test]
fn paid_in_one_currency_omits_pay_to_amount() {
    let (encoded, outcome) = answered(paid(amount(1250, "JPY"), amount(1250, "JPY")));
    assert_eq!(encoded.get("payToAmount"), None);
    let Outcome::Paid(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&outcome.pay_to_amount, &outcome.payment_amount), (&amount(1250, "JPY"), &amount(1250, "JPY")));
}

#[test]
fn paid_in_one_currency_with_two_values_reports_the_omission() {
    for (payment, pay_to) in [(1250, 1249), (0, 1), (1, 0)] {
        let (response, omitted) = response_of(paid(amount(payment, "JPY"), amount(pay_to, "JPY")));
        assert_eq!(response, response_of(paid(amount(payment, "JPY"), amount(payment, "JPY"))).0);
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
    let max = MinorUnits::MAX.get();
    let (encoded, outcome) = answered({
        let mut paid = paid(amount(max, "JPY"), amount(max, "XXX"));
        paid.payment_id = PaymentId::try_from("界".repeat(64)).unwrap();
        paid.customer_id = CustomerId::try_from("\u{10FFFF}".repeat(64)).unwrap();
        paid.with_customs_declaration_amount(amount(0, "CNY"))
            .with_pass_through_info(PassThroughInfo::try_from("\"\\\u{0}🧾".repeat(5000)).unwrap())
    });
    assert_eq!(encoded["payToAmount"]["value"].as_str().unwrap().len(), 28);
    let Outcome::Paid(outcome) = outcome else { panic!("{outcome:?}") };
    assert_eq!(outcome.customs_declaration_amount, Some(amount(0, "CNY")));
    assert_eq!(outcome.pass_through_info.unwrap().expose().chars().count(), 20_000);
}

#[test]
fn failed_with_every_code() {
    // The table has 20 failures. One of them is a cancellation, which has its own answer.
    assert_eq!(FailedCode::ALL.len(), 19);
    assert!(FailedCode::ALL.iter().all(|code| code.as_str() != "ORDER_IS_CLOSED"));
    for code in FailedCode::ALL {
        let (encoded, outcome) = answered(answer::Failed::from(*code));
        assert_eq!(encoded["paymentResult"]["resultStatus"], "F");
        assert_eq!(encoded["paymentResult"]["resultCode"], code.as_str());
        let Outcome::Failed(failed) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failed.code, (*code).into());
        assert_eq!(failed.code.message().unwrap(), encoded["paymentResult"]["resultMessage"]);
        assert_eq!(code.as_str().parse(), Ok(*code));
    }
    for other in ["SUCCESS", "ORDER_IS_CLOSED", "PAYMENT_IN_PROCESS", "ORDER_NOT_EXIST", "NEW_CODE", "", "risk_reject"]
    {
        assert!(other.parse::<FailedCode>().is_err(), "{other}");
    }
}

#[test]
fn the_other_answers() {
    let info = || PassThroughInfo::try_from("a=b").unwrap();
    let (encoded, outcome) = answered(answer::Cancelled::default().with_pass_through_info(info()));
    assert_eq!(
        (&encoded["paymentResult"]["resultCode"], &encoded["passThroughInfo"]),
        (&json!("ORDER_IS_CLOSED"), &json!("a=b"))
    );
    assert!(matches!(outcome, Outcome::Cancelled(_)));

    let (encoded, outcome) = answered(answer::InProgress::default().with_pass_through_info(info()));
    assert_eq!((&encoded["paymentResult"]["resultStatus"], &encoded["passThroughInfo"]), (&json!("U"), &json!("a=b")));
    assert!(matches!(outcome, Outcome::InProgress(_)));

    let (encoded, outcome) = answered(answer::Failed::new(FailedCode::RiskReject).with_pass_through_info(info()));
    assert_eq!(encoded["passThroughInfo"], "a=b");
    assert!(matches!(outcome, Outcome::Failed(_)));

    let (encoded, outcome) = answered(answer::NotFound::default());
    let result =
        json!({"resultStatus": "F", "resultCode": "ORDER_NOT_EXIST", "resultMessage": "The order doesn't exist."});
    assert_eq!(encoded, json!({ "result": result }));
    assert!(matches!(outcome, Outcome::NotFound(_)));
}

#[test]
fn a_refusal_with_every_code() {
    // 13 codes without SUCCESS and without ORDER_NOT_EXIST, which is an answer.
    assert_eq!(RefusalCode::ALL.len(), 11);
    for code in RefusalCode::ALL {
        let response = Response::with((*code).into());
        encoded(Kind::Response, &response);
        let error = InquiryPayment::into_outcome(response).unwrap_err();
        let code = InquiryResultCode::from(*code);
        let is_trouble = code.status().unwrap().as_str() == "U";
        assert_eq!(error, if is_trouble { OutcomeError::Trouble(Some(code)) } else { OutcomeError::Refused(code) });
    }
    for code in ["SUCCESS", "ORDER_NOT_EXIST", "RISK_REJECT", ""] {
        assert!(code.parse::<RefusalCode>().is_err(), "{code}");
    }
    encoded(Kind::Service, &ServiceResponse::with(ServiceResultCode::NoInterfaceDef));
}

/// A code that is not in the table gets the status "unknown", never "success".
#[test]
fn an_unlisted_code_is_never_a_success() {
    let result = InquiryResult::with("DONE".parse().unwrap());
    assert_eq!(result.result_status.as_str(), "U");
    encoded(Kind::Response, &Response::from_result(result));
    let claimed = InquiryResult::new("DONE".parse().unwrap(), ResultStatus::Success, None);
    assert!(!claimed.means(Status::Success));
    assert!(InquiryResult::with(InquiryResultCode::Success).means(Status::Success));
}

#[test]
fn a_detail_is_truncated_after_every_message() {
    for code in InquiryResultCode::ALL.iter().filter(|code| code.status() != Some(ResultStatus::Success)) {
        for detail in ["", "/pspId, /acquirerId", "   ", &"界".repeat(300), &" ".repeat(300)] {
            let result = InquiryResult::detailed(code.clone(), detail);
            let text = result.result_message.clone().unwrap();
            assert!(
                text.as_str().starts_with(code.message().unwrap()) && text.as_str().chars().count() <= 256,
                "{text}"
            );
            assert!(text.as_str().contains(detail.trim()) || detail.chars().count() == 300, "{text}");
            encoded(Kind::Response, &Response::from_result(result));
        }
    }
}

/// The name of a variant is its code, so that a handler sends the code that it names.
#[test]
fn each_variant_is_named_after_its_code() {
    fn code_of(variant: &impl std::fmt::Debug) -> String {
        let name = format!("{variant:?}");
        let break_before = |(n, letter): (usize, char)| if n > 0 && letter.is_uppercase() { "_" } else { "" };
        let letters = name.char_indices().map(|(n, letter)| format!("{}{letter}", break_before((n, letter))));
        letters.collect::<String>().to_uppercase()
    }
    for code in FailedCode::ALL {
        assert_eq!((code_of(code), PaymentResultCode::from(*code).to_string()), (code.to_string(), code_of(code)));
    }
    for code in RefusalCode::ALL {
        assert_eq!((code_of(code), InquiryResultCode::from(*code).to_string()), (code.to_string(), code_of(code)));
    }
    for code in InquiryResultCode::ALL {
        assert_eq!(Some(code_of(code).as_str()), code.wire());
    }
    for code in PaymentResultCode::ALL {
        assert_eq!(Some(code_of(code).as_str()), code.wire());
    }
}
