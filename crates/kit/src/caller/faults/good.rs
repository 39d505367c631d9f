//! What a caller must understand: one that never concludes anything is no caller.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::answer::chunk;
use crate::caller::fault::{CANCELLED, FAILED, Fault, IN_PROGRESS, NOT_FOUND, PAID, PAID_OR_UNKNOWN};
use crate::caller::outcome::Outcome;
use crate::caller::scene::{Scene, Seal, result};
use crate::caller::step::Step;
use crate::source;

/// Longer than a caller's usual patience with a connection, shorter than the protocol's 5 s.
const SLOW: Duration = Duration::from_secs(4);
const PAID_OR_OPEN: &[Outcome] = &[Outcome::Paid, Outcome::InProgress, Outcome::Unknown];
const PAID_OR_NOT_FOUND: &[Outcome] = &[Outcome::Paid, Outcome::NotFound, Outcome::Unknown];
const A_FAILURE: &[Outcome] = &[Outcome::Failed];

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("good/paid", source::PAID, "A paid payment.", PAID, |scene| paid(scene, &[])),
    Fault::must(
        "good/paid-cross-currency",
        source::RESPONSE,
        "A paid payment that the MPP settles in another currency.",
        PAID,
        |scene| paid(scene, &[("/payToAmount", json!({ "currency": "KRW", "value": "9213" }))]),
    ),
    Fault::should("good/paid-customs", source::RESPONSE, "A paid payment with a customs amount.", PAID, |scene| {
        paid(scene, &[("/customsDeclarationAmount", json!({ "currency": "CNY", "value": "4875" }))])
    }),
    failed("good/failed-code/BUSINESS_NOT_SUPPORT", "BUSINESS_NOT_SUPPORT"),
    failed("good/failed-code/CURRENCY_NOT_SUPPORT", "CURRENCY_NOT_SUPPORT"),
    failed("good/failed-code/EXPIRED_CODE", "EXPIRED_CODE"),
    failed("good/failed-code/INVALID_CODE", "INVALID_CODE"),
    failed("good/failed-code/INVALID_CONTRACT", "INVALID_CONTRACT"),
    failed("good/failed-code/INVALID_TOKEN", "INVALID_TOKEN"),
    failed("good/failed-code/MERCHANT_NOT_REGISTERED", "MERCHANT_NOT_REGISTERED"),
    failed("good/failed-code/PAYMENT_AMOUNT_EXCEED_LIMIT", "PAYMENT_AMOUNT_EXCEED_LIMIT"),
    failed("good/failed-code/PAYMENT_COUNT_EXCEED_LIMIT", "PAYMENT_COUNT_EXCEED_LIMIT"),
    failed("good/failed-code/PROCESS_FAIL", "PROCESS_FAIL"),
    failed("good/failed-code/REGULATION_RESTRICTION", "REGULATION_RESTRICTION"),
    failed("good/failed-code/RISK_REJECT", "RISK_REJECT"),
    failed("good/failed-code/UNAVAILABLE_PAYMENT_METHOD", "UNAVAILABLE_PAYMENT_METHOD"),
    failed("good/failed-code/USER_AMOUNT_EXCEED_LIMIT", "USER_AMOUNT_EXCEED_LIMIT"),
    failed("good/failed-code/USER_BALANCE_NOT_ENOUGH", "USER_BALANCE_NOT_ENOUGH"),
    failed("good/failed-code/USER_KYC_NOT_QUALIFIED", "USER_KYC_NOT_QUALIFIED"),
    failed("good/failed-code/USER_NOT_EXIST", "USER_NOT_EXIST"),
    failed("good/failed-code/USER_PAYMENT_VERIFICATION_FAILED", "USER_PAYMENT_VERIFICATION_FAILED"),
    failed("good/failed-code/USER_STATUS_ABNORMAL", "USER_STATUS_ABNORMAL"),
    Fault::must("good/cancelled", source::PAYMENT_CODES, "A payment order that was closed.", CANCELLED, |scene| {
        other(scene, "F", "ORDER_IS_CLOSED")
    })
    .tolerating(A_FAILURE),
    Fault::must("good/in-progress", source::IN_PROGRESS, "A payment in progress.", IN_PROGRESS, |scene| {
        other(scene, "U", "PAYMENT_IN_PROCESS")
    }),
    Fault::must(
        "good/in-progress-then-paid",
        source::IN_PROGRESS,
        "A payment in progress, which is paid when it is asked about again.",
        PAID_OR_OPEN,
        |scene| if scene.asked == 0 { other(scene, "U", "PAYMENT_IN_PROCESS") } else { paid(scene, &[]) },
    ),
    Fault::must("good/not-found", source::UNKNOWN_ORDER, "No such payment order.", NOT_FOUND, not_found),
    Fault::must(
        "good/not-found-then-paid",
        source::ACCEPTS,
        "No such payment order yet: the inquiry overtook the payment, which is paid when it is asked about again.",
        PAID_OR_NOT_FOUND,
        |scene| if scene.asked == 0 { not_found(scene) } else { paid(scene, &[]) },
    ),
    Fault::must(
        "good/trouble-then-paid",
        source::TROUBLE,
        "Trouble, and a paid payment when it is asked about again.",
        PAID_OR_UNKNOWN,
        |scene| {
            if scene.asked > 0 {
                return paid(scene, &[]);
            }
            scene.answer(&json!({ "result": result("U", "UNKNOWN_EXCEPTION") })).play()
        },
    )
    .again(),
    Fault::must(
        "good/unknown-members",
        source::BODIES,
        "A paid payment with members that are not documented.",
        PAID,
        |scene| {
            paid(scene, &[("/laterMember", json!({ "a": [1, null, true, 1.5] })), ("/result/laterMember", json!("x"))])
        },
    ),
    Fault::must("good/nulls", source::NULL, "A paid payment whose absent members are null.", PAID, |scene| {
        let mut body = scene.paid();
        body["payToAmount"] = Value::Null;
        body["customsDeclarationAmount"] = Value::Null;
        body["passThroughInfo"] = Value::Null;
        scene.answer(&body).play()
    }),
    Fault::should("good/no-message", source::BODIES, "A paid payment whose results have no message.", PAID, |scene| {
        paid(scene, &[("/result/resultMessage", Value::Null), ("/paymentResult/resultMessage", Value::Null)])
    }),
    Fault::must(
        "good/blanks-and-escapes",
        source::SIGNATURE,
        "A paid payment in JSON with blanks, line feeds and escapes: the exact bytes are signed.",
        PAID,
        |scene| {
            let text =
                serde_json::to_string_pretty(&scene.paid()).unwrap_or_default().replace("SUCCESS", "S\\u0055CCESS");
            scene.sealed(&scene.seal(), text.replace('\n', "\r\n\t") + "\n").play()
        },
    ),
    Fault::should(
        "good/raw-base64",
        source::GRAMMAR,
        "The signature is base64 without percent-encoding.",
        PAID,
        |scene| signature(scene, |text| text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")),
    ),
    Fault::should("good/base64url", source::GRAMMAR, "The signature is base64url.", PAID, |scene| {
        signature(scene, |text| text.replace("%2B", "-").replace("%2F", "_").replace("%3D", ""))
    }),
    Fault::should(
        "good/lower-case-percent",
        source::GRAMMAR,
        "The signature's percent-encoding has small letters.",
        PAID,
        |scene| signature(scene, |text| text.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")),
    ),
    Fault::must(
        "good/no-blanks-in-header",
        source::GRAMMAR,
        "The pairs of the Signature header have no blanks between them.",
        PAID,
        |scene| signature(scene, |text| text.replace(", ", ",")),
    ),
    Fault::should(
        "good/pairs-in-other-order",
        source::GRAMMAR,
        "The pairs of the Signature header are in another order.",
        PAID,
        |scene| {
            signature(scene, |text| {
                let mut pairs: Vec<_> = text.split(", ").collect();
                pairs.reverse();
                pairs.join(", ")
            })
        },
    ),
    Fault::must(
        "good/header-names-capitalised",
        source::HTTP,
        "The names of all headers have capital letters.",
        PAID,
        |scene| {
            let mut answer = scene.answer(&scene.paid());
            for (name, _) in &mut answer.headers {
                *name = capitalised(name);
            }
            answer.play()
        },
    ),
    Fault::must("good/time-with-offset", source::TIME, "The time has an offset.", PAID, |scene| {
        at(scene, |now| now.replace('Z', "+00:00"))
    }),
    Fault::must("good/time-with-fraction", source::TIME, "The time has a fraction of a second.", PAID, |scene| {
        at(scene, |now| now.replace('Z', ".09Z"))
    }),
    Fault::should("good/clock-20-s-behind", source::TIME, "The MPP's clock is 20 seconds behind.", PAID, |scene| {
        shifted(scene, -20)
    }),
    Fault::should("good/clock-20-s-ahead", source::TIME, "The MPP's clock is 20 seconds ahead.", PAID, |scene| {
        shifted(scene, 20)
    }),
    Fault::should(
        "good/pass-through-20000",
        source::RESPONSE,
        "A paid payment with 20,000 characters for the ACQP.",
        PAID,
        |scene| paid(scene, &[("/passThroughInfo", json!("é".repeat(20_000)))]),
    ),
    Fault::must("good/chunked", source::HTTP, "A paid payment in chunks.", PAID, |scene| {
        let answer = scene.answer(&scene.paid());
        let (left, right) = answer.body.split_at(answer.body.len() / 2);
        vec![Step::Send(answer.chunked_head()), Step::Send([chunk(left), chunk(right), chunk(b"")].concat())]
    }),
    Fault::should("good/slow-but-in-time", source::HTTP, "A paid payment after 4 seconds.", PAID, |scene| {
        let mut steps = vec![Step::Pause(SLOW)];
        steps.extend(paid(scene, &[]));
        steps
    }),
];

/// Capitalises each word of a header's name.
fn capitalised(name: &str) -> String {
    let words = name.split('-').filter_map(|word| word.split_at_checked(1));
    words.map(|(first, rest)| first.to_ascii_uppercase() + rest).collect::<Vec<_>>().join("-")
}

/// A failed payment with this code.
const fn failed(id: &'static str, code: &'static str) -> Fault {
    Fault::coded(id, code, source::FAILED, "A payment that failed with this code.", FAILED, |scene| {
        other(scene, "F", scene.code)
    })
}

fn paid(scene: &Scene<'_>, changes: &[(&str, Value)]) -> Vec<Step> {
    scene.answer(&scene.paid_but(changes)).play()
}

/// A payment that is not paid.
fn other(scene: &Scene<'_>, status: &str, code: &str) -> Vec<Step> {
    scene.answer(&json!({ "result": result("S", "SUCCESS"), "paymentResult": result(status, code) })).play()
}

fn not_found(scene: &Scene<'_>) -> Vec<Step> {
    scene.answer(&json!({ "result": result("F", "ORDER_NOT_EXIST") })).play()
}

/// Changes how a right signature is written.
fn signature(scene: &Scene<'_>, change: impl FnOnce(&str) -> String) -> Vec<Step> {
    scene.answer(&scene.paid()).change("signature", change).play()
}

/// Signs another form of the time.
fn at(scene: &Scene<'_>, change: impl FnOnce(&str) -> String) -> Vec<Step> {
    let seal = scene.seal();
    let time = change(&seal.time);
    scene.sealed(&Seal { time, ..seal }, scene.paid().to_string()).play()
}

fn shifted(scene: &Scene<'_>, seconds: i64) -> Vec<Step> {
    scene.sealed(&Seal { time: scene.time(seconds), ..scene.seal() }, scene.paid().to_string()).play()
}
