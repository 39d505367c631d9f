//! Answers that are signed and fresh, and do not mean what they seem to.

use serde_json::{Value, json};

use crate::caller::fault::{FAILED_OR_UNKNOWN, Fault, PAID, PAID_OR_UNKNOWN, UNKNOWN};
use crate::caller::outcome::Outcome;
use crate::caller::scene::{Scene, result};
use crate::caller::step::Step;
use crate::source;

const OPEN: &[Outcome] = &[Outcome::InProgress, Outcome::Unknown];
const NOT_FINAL: &[Outcome] = &[Outcome::InProgress, Outcome::NotFound, Outcome::Unknown];

pub(super) const FAULTS: &[Fault] = &[
    Fault::must(
        "meaning/U-with-a-paid-payment",
        source::TROUBLE,
        "The result is U beside all members of a paid payment.",
        UNKNOWN,
        |scene| paid_beside(scene, &result("U", "UNKNOWN_EXCEPTION")),
    )
    .again(),
    Fault::must(
        "meaning/U-for-ever",
        source::TROUBLE,
        "The result is U however often it is asked.",
        UNKNOWN,
        |scene| only(scene, &result("U", "UNKNOWN_EXCEPTION")),
    )
    .again(),
    Fault::must("meaning/U-without-a-code", source::ACCEPTS, "The result is U and has no code.", UNKNOWN, |scene| {
        only(scene, &json!({ "resultStatus": "U" }))
    })
    .again(),
    Fault::should(
        "meaning/U-with-other-faults",
        source::ACCEPTS,
        "The result is U, its message has 300 characters, and an optional text is empty.",
        UNKNOWN,
        |scene| {
            let result =
                json!({ "resultStatus": "U", "resultCode": "UNKNOWN_EXCEPTION", "resultMessage": "x".repeat(300) });
            scene.answer(&json!({ "result": result, "passThroughInfo": "" })).play()
        },
    )
    .again(),
    Fault::must(
        "meaning/F-with-a-paid-payment",
        source::ACCEPTS,
        "The inquiry is refused beside all members of a paid payment.",
        UNKNOWN,
        |scene| paid_beside(scene, &result("F", "ACCESS_DENIED")),
    ),
    refused("meaning/refused-is-not-failed/PROCESS_FAIL", "PROCESS_FAIL"),
    refused("meaning/refused-is-not-failed/INVALID_SIGNATURE", "INVALID_SIGNATURE"),
    refused("meaning/refused-is-not-failed/INVALID_CLIENT", "INVALID_CLIENT"),
    refused("meaning/refused-is-not-failed/KEY_NOT_FOUND", "KEY_NOT_FOUND"),
    refused("meaning/refused-is-not-failed/ACCESS_DENIED", "ACCESS_DENIED"),
    refused("meaning/refused-is-not-failed/PARAM_ILLEGAL", "PARAM_ILLEGAL"),
    refused("meaning/refused-is-not-failed/MEDIA_TYPE_NOT_ACCEPTABLE", "MEDIA_TYPE_NOT_ACCEPTABLE"),
    refused("meaning/refused-is-not-failed/METHOD_NOT_SUPPORTED", "METHOD_NOT_SUPPORTED"),
    refused("meaning/refused-is-not-failed/NO_INTERFACE_DEF", "NO_INTERFACE_DEF"),
    Fault::must(
        "meaning/not-exist-with-paid",
        source::ACCEPTS,
        "ORDER_NOT_EXIST beside a paid payment: a contradiction.",
        UNKNOWN,
        |scene| paid_beside(scene, &result("F", "ORDER_NOT_EXIST")),
    ),
    Fault::must(
        "meaning/in-progress-then-not-found",
        source::ACCEPTS,
        "A payment in progress, which is not known when it is asked about again.",
        OPEN,
        |scene| {
            if scene.asked > 0 {
                return only(scene, &result("F", "ORDER_NOT_EXIST"));
            }
            scene
                .answer(
                    &json!({ "result": result("S", "SUCCESS"), "paymentResult": result("U", "PAYMENT_IN_PROCESS") }),
                )
                .play()
        },
    ),
    Fault::must(
        "meaning/S-without-payment-result",
        source::RESPONSE,
        "The inquiry succeeded, and paymentResult is absent.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentResult", Value::Null)]),
    ),
    Fault::must("meaning/unknown-status", source::BODIES, "The result's status is A.", UNKNOWN, |scene| {
        but(scene, &[("/result/resultStatus", json!("A"))])
    }),
    Fault::must("meaning/lower-case-status", source::BODIES, "The result's status is a small s.", UNKNOWN, |scene| {
        but(scene, &[("/result/resultStatus", json!("s"))])
    }),
    Fault::must("meaning/unknown-payment-status", source::BODIES, "The payment's status is A.", UNKNOWN, |scene| {
        but(scene, &[("/paymentResult/resultStatus", json!("A"))])
    }),
    Fault::must(
        "meaning/new-failure-code",
        source::BODIES,
        "A failed payment with a code that no table has.",
        FAILED_OR_UNKNOWN,
        |scene| payment(scene, &result("F", "LATER_CODE")),
    ),
    Fault::must(
        "meaning/new-code-with-S",
        source::BODIES,
        "A paid payment with a code that no table has: it is never taken for success.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentResult/resultCode", json!("LATER_CODE"))]),
    ),
    Fault::must(
        "meaning/code-of-a-failure-with-S",
        source::PAYMENT_CODES,
        "A paid payment with the code of a failure.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentResult/resultCode", json!("USER_BALANCE_NOT_ENOUGH"))]),
    ),
    Fault::must(
        "meaning/code-of-success-with-F",
        source::PAYMENT_CODES,
        "A failed payment with the code of success.",
        UNKNOWN,
        |scene| payment(scene, &result("F", "SUCCESS")),
    ),
    Fault::must("meaning/paid-without-id", source::RESPONSE, "A paid payment without paymentId.", UNKNOWN, |scene| {
        but(scene, &[("/paymentId", Value::Null)])
    }),
    Fault::must(
        "meaning/paid-without-amount",
        source::RESPONSE,
        "A paid payment without paymentAmount.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentAmount", Value::Null)]),
    ),
    Fault::should(
        "meaning/paid-without-time",
        source::RESPONSE,
        "A paid payment without paymentTime.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentTime", Value::Null)]),
    ),
    Fault::should(
        "meaning/paid-without-customer",
        source::RESPONSE,
        "A paid payment without customerId.",
        UNKNOWN,
        |scene| but(scene, &[("/customerId", Value::Null)]),
    ),
    Fault::should(
        "meaning/pay-to-amount-not-due",
        source::ACCEPTS,
        "A paid payment with a payToAmount in the currency of paymentAmount.",
        PAID,
        |scene| but(scene, &[("/payToAmount", json!({ "currency": scene.payment.currency, "value": "900" }))]),
    ),
    Fault::must(
        "meaning/another-payment",
        source::SIGNATURE,
        "A good answer about another payment, whose amount differs: the signature does not cover the request.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentAmount/value", json!("77"))]),
    ),
    Fault::must(
        "meaning/another-currency",
        source::SIGNATURE,
        "The same figure in another currency.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentAmount/currency", json!("VND"))]),
    ),
    Fault::should(
        "meaning/another-payment-id",
        source::SIGNATURE,
        "Another paymentId than the one that is known.",
        UNKNOWN,
        |scene| but(scene, &[("/paymentId", json!("another-payment"))]),
    ),
    Fault::should(
        "meaning/paid-then-failed",
        source::ACCEPTS,
        "A paid payment, which is failed when it is asked about again.",
        PAID_OR_UNKNOWN,
        |scene| {
            if scene.asked == 0 { but(scene, &[]) } else { payment(scene, &result("F", "PROCESS_FAIL")) }
        },
    ),
    Fault::should(
        "meaning/in-progress-for-ever",
        source::RESPONSE,
        "A payment that stays in progress.",
        NOT_FINAL,
        |scene| payment(scene, &result("U", "PAYMENT_IN_PROCESS")),
    )
    .again(),
];

/// The inquiry is refused with this code.
const fn refused(id: &'static str, code: &'static str) -> Fault {
    let about = "The inquiry is refused with this code, which says nothing about the payment.";
    Fault::coded(id, code, source::RESULT_CODES, about, UNKNOWN, |scene| only(scene, &result("F", scene.code)))
}

fn only(scene: &Scene<'_>, result: &Value) -> Vec<Step> {
    scene.answer(&json!({ "result": result })).play()
}

fn payment(scene: &Scene<'_>, payment_result: &Value) -> Vec<Step> {
    scene.answer(&json!({ "result": result("S", "SUCCESS"), "paymentResult": payment_result })).play()
}

fn but(scene: &Scene<'_>, changes: &[(&str, Value)]) -> Vec<Step> {
    scene.answer(&scene.paid_but(changes)).play()
}

fn paid_beside(scene: &Scene<'_>, result: &Value) -> Vec<Step> {
    but(scene, &[("/result", result.clone())])
}
