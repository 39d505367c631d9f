//! Sensitive values are never printed by messages, answers, outcomes or errors.

use std::fmt::Debug;

use alipayplus_model::ServiceResponse;
use alipayplus_model::inquiry_payment::{
    Answer, CustomerId, InquiryPayment, PassThroughInfo, Request, Response, answer,
};
use alipayplus_runtime::message::{self, DecodeError};
use alipayplus_runtime::operation::Operation;
use serde_json::{Value, json};

use crate::faults::{faults, put};
use crate::kinds::{Kind, bases};
use crate::places::places;

/// The marker in the `customerId` and `passThroughInfo` of the bases.
const CANARY: &str = "CANARY";

#[track_caller]
fn assert_silent(printed: &str) {
    assert!(!printed.to_uppercase().contains(CANARY), "{printed}");
}

#[track_caller]
fn assert_never_printed(value: &impl Debug) {
    assert_silent(&format!("{value:?}"));
    assert_silent(&format!("{value:#?}"));
}

#[track_caller]
fn assert_error_is_silent(error: &DecodeError) {
    assert_never_printed(error);
    assert_silent(&error.to_string());
    for violation in error.violations() {
        assert_never_printed(violation);
        assert_silent(&violation.to_string());
        assert_silent(&violation.kind.to_string());
    }
}

/// Asserts that decoding a text as any kind of message prints no sensitive value.
#[track_caller]
fn assert_decoding_is_silent(text: &[u8]) {
    match message::decode::<Response>(text) {
        Err(error) => assert_error_is_silent(&error),
        Ok(decoded) => {
            assert_never_printed(&decoded);
            match InquiryPayment::into_outcome(decoded.message) {
                Ok(outcome) => assert_never_printed(&outcome),
                Err(error) => {
                    assert_never_printed(&error);
                    assert_silent(&error.to_string());
                }
            }
        }
    }
    match message::from_slice::<Request>(text) {
        Err(error) => assert_error_is_silent(&error),
        Ok(request) => assert_never_printed(&request),
    }
    match message::from_slice::<ServiceResponse>(text) {
        Err(error) => assert_error_is_silent(&error),
        Ok(response) => assert_never_printed(&response),
    }
}

#[test]
fn messages_and_outcomes() {
    for (_, base) in bases() {
        assert_decoding_is_silent(base.message.to_string().as_bytes());
    }
    assert!(bases()["paid"].message.to_string().matches(CANARY).count() == 2, "the base has the canary");
}

#[test]
fn errors_for_every_fault() {
    let base = &bases()["paid"].message;
    for fault in faults(&places(Kind::Response.definition()), base) {
        let mut message = base.clone();
        assert!(fault.apply(&mut message));
        assert_decoding_is_silent(message.to_string().as_bytes());
    }
}

#[test]
fn errors_about_the_secret_itself() {
    let long = |times: usize| json!(CANARY.repeat(times));
    let values: [Value; 9] = [
        long(11),
        long(4000),
        json!([CANARY]),
        json!({ CANARY: CANARY }),
        json!([{ CANARY: [CANARY] }]),
        json!(format!("{CANARY}\u{0}")),
        json!(""),
        json!(null),
        json!(7),
    ];
    for pointer in
        ["/customerId", "/passThroughInfo", "/unknown", "/paymentResult", "/result/resultMessage", "/paymentAmount"]
    {
        for value in &values {
            let mut message = bases()["paid"].message.clone();
            // Another violation makes the message invalid in any case.
            for other in ["/paymentId", "/paymentTime", "/result/resultStatus"] {
                put(&mut message, other, Some(json!("")));
                put(&mut message, pointer, Some(value.clone()));
                let text = message.to_string();
                match message::from_slice::<Response>(text.as_bytes()) {
                    Err(error) => assert_error_is_silent(&error),
                    Ok(_) => panic!("{text}"),
                }
            }
        }
    }
}

#[test]
fn errors_of_texts_that_are_malformed() {
    let good = bases()["paid"].message.to_string();
    let open = good.strip_suffix('}').unwrap();
    for text in [
        format!(r#"{open},"customerId":"{CANARY}"}}"#),
        format!(r#"{open},"{CANARY}":1,"{CANARY}":2}}"#),
        format!(r#"{open},"x":{CANARY}}}"#),
        format!(r#"{open},"x":"{CANARY}\x"}}"#),
        format!("{open}}}{CANARY}"),
        format!(r#"{open},"customerId":{{"{CANARY}":{}}}}}"#, "[".repeat(40)),
        format!("{open},\"x\":\"{CANARY}\n\"}}"),
        good.replace(CANARY, "CANARY\\ud800"),
    ] {
        assert!(matches!(message::from_slice::<Response>(text.as_bytes()), Err(DecodeError::Malformed(_))), "{text}");
        assert_decoding_is_silent(text.as_bytes());
    }
    for end in 0..good.len() {
        assert_decoding_is_silent(&good.as_bytes()[..end]);
    }
}

#[test]
fn answers() {
    let info = || PassThroughInfo::try_from(format!("a={CANARY}")).unwrap();
    let paid = answer::Paid::new(answer::PaidRequired {
        payment_id: "PAY-1".parse().unwrap(),
        payment_amount: alipayplus_model::Amount::minor(1, "JPY").unwrap(),
        pay_to_amount: alipayplus_model::Amount::minor(2, "JPY").unwrap(),
        payment_time: "2026-01-01T00:00:00Z".parse().unwrap(),
        customer_id: CANARY.parse().unwrap(),
    })
    .with_pass_through_info(info());
    let failed = answer::Failed::new(alipayplus_model::inquiry_payment::FailedCode::RiskReject);
    let failed = failed.with_pass_through_info(info());
    let answers: [Answer; 4] = [
        paid.into(),
        failed.into(),
        answer::Cancelled::default().with_pass_through_info(info()).into(),
        answer::InProgress::default().with_pass_through_info(info()).into(),
    ];
    for answer in answers {
        assert_never_printed(&answer);
        let mut omitted = Vec::new();
        assert_never_printed(&InquiryPayment::into_response(answer, &mut omitted).unwrap());
        for omitted in omitted {
            assert_never_printed(&omitted);
            assert_silent(&omitted.to_string());
        }
    }
}

#[test]
fn scalars_and_their_faults() {
    assert_never_printed(&CANARY.parse::<CustomerId>().unwrap());
    assert_never_printed(&PassThroughInfo::try_from(CANARY).unwrap());
    let info = PassThroughInfo::try_from(format!(r#"{{"{CANARY}":"{CANARY}","n":[1]}}"#)).unwrap();
    assert_never_printed(&info.pairs().unwrap());
    for fault in [
        CANARY.repeat(20).parse::<CustomerId>().unwrap_err(),
        PassThroughInfo::try_from(CANARY.repeat(5000)).unwrap_err(),
    ] {
        assert_never_printed(&fault);
        assert_silent(&fault.to_string());
    }
    let by_serde = serde_json::from_value::<CustomerId>(json!(CANARY.repeat(20))).unwrap_err();
    assert_silent(&by_serde.to_string());
}
