//! Outcomes of responses: the rows of the section "How to return the result", and responses that match none of them.

use alipayplus_model::inquiry_payment::{
    Expected, InquiryPayment, InquiryResult, InquiryResultCode, Outcome, PaymentResult, PaymentResultCode, Response,
};
use alipayplus_model::{Amount, ResultStatus};
use alipayplus_runtime::code::{Code, CodedResult, StatusWord};
use alipayplus_runtime::message::{self, DecodedMessage};
use alipayplus_runtime::operation::{Finality, FromResult, Mismatches, Operation, OutcomeError, OutcomeInfo};
use serde_json::{Value, json};

use crate::faults::put;
use crate::kinds::bases;

type OutcomeResult = Result<Outcome, OutcomeError<InquiryResultCode>>;

/// Decodes a base message with changes.
#[track_caller]
fn decoded(base: &str, changes: &[(&str, Value)]) -> DecodedMessage<Response> {
    let mut message = bases()[base].message.clone();
    for (at, value) in changes {
        assert!(put(&mut message, at, Some(value.clone())), "{at}");
    }
    message::decode(message.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn outcome_of(base: &str, changes: &[(&str, Value)]) -> OutcomeResult {
    InquiryPayment::into_outcome(decoded(base, changes).message).map(|(outcome, _)| outcome)
}

fn name(outcome: &OutcomeResult) -> String {
    match outcome {
        Ok(outcome) => outcome.meta().name.into(),
        Err(OutcomeError::Refused(code)) => format!("refused {code}"),
        Err(OutcomeError::Trouble(Some(code))) => format!("trouble {code}"),
        Err(OutcomeError::UnlistedCode(code)) => format!("unlisted {code}"),
        Err(other) => other.to_string(),
    }
}

#[test]
fn an_error_prints_the_code_on_one_line() {
    let code: InquiryResultCode = "NEW\u{1b}[31m\nfake line".parse().unwrap();
    for error in [
        OutcomeError::Refused(code.clone()),
        OutcomeError::Trouble(Some(code.clone())),
        OutcomeError::UnlistedCode(code.clone()),
        OutcomeError::Contradiction { code, pointer: "/paymentResult".into() },
    ] {
        let text = error.to_string();
        assert!(!text.chars().any(char::is_control) && text.contains("\\nfake line"), "{text:?}");
    }
}

#[test]
fn each_base_has_its_outcome() {
    for (base, message) in bases() {
        if let Some(expected) = message.outcome {
            assert_eq!(name(&outcome_of(&base, &[])), expected);
        }
    }
}

#[test]
fn each_row_of_the_specification_has_its_outcome() {
    let status = |text| ("/paymentResult/resultStatus", json!(text));
    let code = |text| ("/paymentResult/resultCode", json!(text));
    let result = |text| ("/result/resultCode", json!(text));
    for (base, changes, expected, finality) in [
        ("paid", vec![], "Paid", Finality::Final),
        ("failed", vec![], "Failed", Finality::Final),
        ("failed", vec![code("PROCESS_FAIL")], "Failed", Finality::Final),
        ("failed", vec![code("USER_STATUS_ABNORMAL")], "Failed", Finality::Final),
        ("failed", vec![code("ORDER_IS_CLOSED")], "Cancelled", Finality::Final),
        ("inProgress", vec![], "InProgress", Finality::Pending),
        ("notFound", vec![], "NotFound", Finality::Undetermined),
        // For unlisted codes, the status decides.
        ("failed", vec![code("ORDER_IS_CLOSED_2")], "Failed", Finality::Final),
        ("failed", vec![code("success")], "Failed", Finality::Final),
        ("inProgress", vec![code("WAITING_FOR_USER")], "InProgress", Finality::Pending),
        ("inProgress", vec![code("ORDER_NOT_EXIST")], "InProgress", Finality::Pending),
        ("failed", vec![status("U"), code("CLOSED")], "InProgress", Finality::Pending),
    ] {
        let outcome = outcome_of(base, &changes).unwrap();
        assert_eq!((outcome.meta().name, outcome.meta().finality), (expected, finality), "{base} {changes:?}");
    }
    for (base, changes, expected) in [
        ("trouble", vec![], "trouble UNKNOWN_EXCEPTION"),
        ("trouble", vec![result("REQUEST_TRAFFIC_EXCEED_LIMIT")], "trouble REQUEST_TRAFFIC_EXCEED_LIMIT"),
        ("trouble", vec![result("DATABASE_DOWN")], "trouble DATABASE_DOWN"),
        ("refused", vec![], "refused PARAM_ILLEGAL"),
        ("refused", vec![result("PROCESS_FAIL")], "refused PROCESS_FAIL"),
        ("refused", vec![result("NO_SUCH_SHOP")], "refused NO_SUCH_SHOP"),
        // A success with an unlisted code is not a success, whatever the other members are.
        ("paid", vec![result("DONE")], "unlisted DONE"),
        ("failed", vec![result("DONE")], "unlisted DONE"),
        ("paid", vec![code("PAID_BY_POINTS")], "/paymentResult is not recognized"),
        // A refusal remains one although members of a payment are present.
        (
            "refused",
            vec![("/paymentResult", json!({"resultStatus": "F", "resultCode": "RISK_REJECT"}))],
            "refused PARAM_ILLEGAL",
        ),
    ] {
        assert_eq!(name(&outcome_of(base, &changes)), expected, "{base} {changes:?}");
    }
}

#[test]
fn the_outcome_holds_the_members_of_the_response() {
    let Ok(Outcome::Paid(paid)) = outcome_of("paid", &[]) else { panic!() };
    assert_eq!(paid.payment_id.as_str(), "PAY-2026-000071");
    assert_eq!(paid.payment_amount, Amount::minor(1250, "JPY").unwrap());
    assert_eq!(paid.pay_to_amount, Amount::minor(11375, "KRW").unwrap());
    assert_eq!(paid.payment_time.as_str(), "2026-03-14T09:26:53+09:00");
    assert_eq!(paid.customer_id.expose(), "CUSTOMER-88-CANARY");
    assert_eq!(paid.customs_declaration_amount, Some(Amount::minor(6000, "CNY").unwrap()));
    let pairs = paid.pass_through_info.unwrap().pairs().unwrap();
    assert_eq!(pairs.get_str("memo"), Some("PASS-THROUGH-CANARY"));
    assert!(pairs.iter().any(|(key, value)| key == "memo" && value == "PASS-THROUGH-CANARY"));

    let Ok(Outcome::Cancelled(cancelled)) = outcome_of("cancelled", &[]) else { panic!() };
    assert_eq!(cancelled.pass_through_info.unwrap().expose(), "closed=PASS-THROUGH-CANARY");
    let Ok(Outcome::Failed(failed)) = outcome_of("failed", &[]) else { panic!() };
    assert_eq!(failed.code, PaymentResultCode::RiskReject);
    assert_eq!(failed.pass_through_info.unwrap().expose(), "score=PASS-THROUGH-CANARY");
    let Ok(Outcome::Failed(failed)) = outcome_of("failed", &[("/paymentResult/resultCode", json!("FROZEN"))]) else {
        panic!()
    };
    assert!(matches!(&failed.code, PaymentResultCode::Other(text) if text.as_str() == "FROZEN"));
    let Ok(Outcome::InProgress(pending)) = outcome_of("inProgress", &[("/passThroughInfo", json!("a=b"))]) else {
        panic!()
    };
    assert_eq!(pending.code, PaymentResultCode::PaymentInProcess);
    assert_eq!(pending.pass_through_info.unwrap().expose(), "a=b");
}

/// Without `payToAmount`, the settled amount equals `paymentAmount`. Otherwise it is the signed amount, which is reported as
/// redundant if it should have been omitted.
#[test]
fn pay_to_amount_follows_its_currency() {
    let settled = |decoded: DecodedMessage<Response>| match InquiryPayment::into_outcome(decoded.message) {
        Ok((Outcome::Paid(paid), _)) => (paid.pay_to_amount.value.get(), paid.pay_to_amount.currency.to_string()),
        other => panic!("{other:?}"),
    };
    let jpy = |value: &str| ("/payToAmount", json!({"currency": "JPY", "value": value}));
    for (changes, expected, redundant) in [
        (vec![], (11375, "KRW"), &[][..]),
        (vec![("/payToAmount", json!(null))], (1250, "JPY"), &[]),
        (vec![jpy("1250")], (1250, "JPY"), &["payToAmount"]),
        (vec![jpy("1200")], (1200, "JPY"), &["payToAmount"]),
        (vec![("/paymentAmount/currency", json!("KRW"))], (11375, "KRW"), &["payToAmount"]),
    ] {
        let decoded = decoded("paid", &changes);
        assert_eq!(decoded.redundant, redundant, "{changes:?}");
        let (value, currency) = settled(decoded);
        assert_eq!((value, currency.as_str()), expected, "{changes:?}");
    }
    assert!(decoded("paidSameCurrency", &[]).redundant.is_empty());
    // Where there is nothing to compare with, nothing is said.
    let unrelated = decoded("refused", &[("/payToAmount", json!({"currency": "JPY", "value": "1"}))]);
    assert!(unrelated.redundant.is_empty());
}

/// A member that does not belong to the outcome is tolerated and remains in the response.
#[test]
fn members_outside_the_outcome_remain() {
    let remaining = |base: &str, changes: &[(&str, Value)]| {
        let (_, rest) = InquiryPayment::into_outcome(decoded(base, changes).message).unwrap();
        message::optional_members(&rest)
    };
    let amount = json!({"currency": "JPY", "value": "1"});
    assert!(remaining("paid", &[]).is_empty());
    assert!(remaining("cancelled", &[]).is_empty());
    assert!(remaining("failed", &[("/paymentId", json!(null)), ("/unknown", json!("1"))]).is_empty());
    assert_eq!(
        remaining("failed", &[("/paymentId", json!("P")), ("/payToAmount", amount.clone())]),
        ["paymentId", "payToAmount"]
    );
    assert_eq!(remaining("inProgress", &[("/paymentTime", json!("2026-01-01T00:00:00Z"))]), ["paymentTime"]);
    assert_eq!(remaining("notFound", &[("/passThroughInfo", json!("a=b")), ("/paymentId", json!("P"))]), ["paymentId"]);
    let paid = bases()["paid"].message.clone();
    let members = paid.as_object().unwrap().iter().filter(|(name, _)| *name != "result");
    let changes: Vec<_> = members.map(|(name, value)| (format!("/{name}"), value.clone())).collect();
    let changes: Vec<_> = changes.iter().map(|(at, value)| (at.as_str(), value.clone())).collect();
    // A refusal is not an outcome, whatever is beside it.
    let refused = outcome_of("refused", &changes);
    assert_eq!(refused, Err(OutcomeError::Refused(InquiryResultCode::ParamIllegal)));
}

#[test]
fn present_members_are_those_that_are_not_null() {
    let changes = [("/paymentId", json!(null)), ("/paymentTime", json!("2026-01-01T00:00:00Z")), ("/x", json!(1))];
    assert_eq!(decoded("inProgress", &changes).present, ["result", "paymentResult", "paymentTime"]);
}

/// Every code, listed or not, with every status, in both results, whether or not the schema allows it: only two successes
/// are `Paid`, and each outcome follows only from its own row.
#[test]
fn only_two_successes_are_paid() {
    let paid = decoded("paid", &[]).message;
    let statuses = [ResultStatus::Success, ResultStatus::Failure, ResultStatus::Unknown];
    let mut count = 0;
    for (result, payment) in product(&codes::<InquiryResultCode>(), &codes::<PaymentResultCode>()) {
        for (of_result, of_payment) in product(&statuses, &statuses) {
            let mut response = paid.clone();
            response.result = InquiryResult::new(result.clone(), of_result, None);
            response.payment_result = Some(PaymentResult::new(payment.clone(), of_payment, None));
            let success = of_result == ResultStatus::Success && result == InquiryResultCode::Success;
            let expected = match (&payment, of_payment) {
                _ if of_result == ResultStatus::Failure && result == InquiryResultCode::OrderNotExist => {
                    "NotFound".into()
                }
                _ if of_result == ResultStatus::Failure => format!("refused {result}"),
                _ if of_result == ResultStatus::Unknown => format!("trouble {result}"),
                _ if !success && result.status() == Some(of_result) => unreachable!("one code has the status S"),
                _ if !success => format!("unlisted {result}"),
                (PaymentResultCode::Success, ResultStatus::Success) => "Paid".into(),
                (PaymentResultCode::OrderIsClosed, ResultStatus::Failure) => "Cancelled".into(),
                (_, ResultStatus::Failure) => "Failed".into(),
                (_, ResultStatus::Unknown) => "InProgress".into(),
                (_, _) => "/paymentResult is not recognized".into(),
            };
            let found = name(&InquiryPayment::into_outcome(response).map(|(outcome, _)| outcome));
            assert_eq!(found, expected, "{result} {of_result} {payment} {of_payment}");
            count += 1;
        }
    }
    assert_eq!(count, 14 * 3 * 23 * 3);
}

fn product<A: Clone, B: Clone>(left: &[A], right: &[B]) -> Vec<(A, B)> {
    left.iter().flat_map(|a| right.iter().map(|b| (a.clone(), b.clone()))).collect()
}

fn codes<C: Code>() -> Vec<C> {
    C::ALL.iter().cloned().chain([C::parse("A_NEW_CODE").unwrap()]).collect()
}

/// A response that was constructed by hand and not decoded.
#[test]
fn a_response_without_a_required_member_has_no_outcome() {
    type Removal = fn(&mut Response);
    let removals: [(Removal, &str); 4] = [
        (|response| response.payment_id = None, "/paymentId"),
        (|response| response.payment_amount = None, "/paymentAmount"),
        (|response| response.payment_time = None, "/paymentTime"),
        (|response| response.customer_id = None, "/customerId"),
    ];
    for (remove, pointer) in removals {
        let mut response = decoded("paid", &[]).message;
        remove(&mut response);
        let error = message::validate(&response).unwrap_err();
        let pointers: Vec<_> = error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(pointers, [pointer]);
        assert_eq!(InquiryPayment::into_outcome(response), Err(OutcomeError::Missing(pointer)));
    }
    let mut response = decoded("paid", &[]).message;
    response.payment_result = None;
    assert_eq!(InquiryPayment::into_outcome(response), Err(OutcomeError::UnrecognizedMember("/paymentResult")));
    let success = Response::with(InquiryResultCode::Success);
    assert_eq!(InquiryPayment::into_outcome(success), Err(OutcomeError::UnrecognizedMember("/paymentResult")));
}

#[test]
fn each_status_has_its_meaning() {
    use alipayplus_runtime::code::Status;
    for (word, meaning) in [("S", Status::Success), ("F", Status::Failure), ("U", Status::Unknown)] {
        let status: ResultStatus = word.parse().unwrap();
        assert_eq!((status.meaning(), status.as_str()), (meaning, word));
    }
}

#[test]
fn members_are_compared_if_present_and_expected() {
    let paid = decoded("paid", &[]).message;
    let different = |expected: &Expected, response| {
        let mismatches = Mismatches::of::<InquiryPayment>(expected, response).into_vec();
        mismatches.into_iter().map(|mismatch| mismatch.pointer).collect::<Vec<_>>()
    };
    let (payment_id, payment_amount) = (paid.payment_id.clone(), paid.payment_amount.clone());
    assert!(different(&Expected::default(), &paid).is_empty());
    let same = Expected::default().with_payment_id(payment_id.unwrap()).with_payment_amount(payment_amount.unwrap());
    assert!(different(&same, &paid).is_empty());

    let another =
        Expected::default().with_payment_id("1".parse().unwrap()).with_payment_amount(Amount::minor(7, "XXX").unwrap());
    assert_eq!(different(&another, &paid), ["/paymentId", "/paymentAmount"]);
    let one = Expected::default().with_payment_amount(Amount::minor(7, "XXX").unwrap());
    assert_eq!(different(&one, &paid), ["/paymentAmount"]);
    // Without these members, there is nothing to compare.
    assert!(different(&another, &Response::with(InquiryResultCode::Success)).is_empty());
}

#[test]
fn each_failure_has_its_code() {
    use alipayplus_runtime::code::FailureKind;
    for failure in [
        FailureKind::Path,
        FailureKind::Method,
        FailureKind::Overload,
        FailureKind::Signature,
        FailureKind::InvalidRequest,
        FailureKind::Internal,
    ] {
        assert_eq!(InquiryResultCode::for_failure(failure), InquiryResultCode::of_failure(failure));
        assert!(InquiryResultCode::of_failure(failure).is_some(), "{failure:?}");
    }
}
