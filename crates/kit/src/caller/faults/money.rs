//! Amounts that can't be read, or can be misread.

use serde_json::{Value, json};

use crate::caller::fault::{Fault, PAID, PAID_OR_UNKNOWN, UNKNOWN};
use crate::caller::scene::Scene;
use crate::caller::step::Step;
use crate::source;

pub(super) const FAULTS: &[Fault] = &[
    Fault::must("money/decimal-point", source::BODIES, "The amount has a decimal point.", UNKNOWN, |scene| {
        value(scene, json!("1000.00"))
    }),
    Fault::should("money/number", source::STRINGS, "The amount is a number.", UNKNOWN, |scene| {
        value(scene, json!(1000))
    })
    .tolerating(PAID),
    Fault::must("money/sign", source::BODIES, "The amount has a minus sign.", UNKNOWN, |scene| {
        value(scene, json!("-1000"))
    }),
    Fault::must("money/exponent", source::BODIES, "The amount has an exponent.", UNKNOWN, |scene| {
        value(scene, json!("1e3"))
    }),
    Fault::must("money/plus", source::BODIES, "The amount has a plus sign.", UNKNOWN, |scene| {
        value(scene, json!("+1000"))
    }),
    Fault::should("money/leading-zero", source::BODIES, "The amount has a leading zero.", UNKNOWN, |scene| {
        value(scene, json!("01000"))
    })
    .tolerating(PAID),
    Fault::should(
        "money/currency-in-small-letters",
        source::BODIES,
        "The currency is in small letters.",
        UNKNOWN,
        |scene| {
            let currency = scene.payment.currency.to_lowercase();
            amount(scene, "/paymentAmount/currency", json!(currency))
        },
    ),
    Fault::should("money/currency-of-two-letters", source::BODIES, "The currency has two letters.", UNKNOWN, |scene| {
        amount(scene, "/paymentAmount/currency", json!("JP"))
    }),
    Fault::must(
        "money/beyond-a-double",
        source::BODIES,
        "An amount for the MPP that a floating-point number can't hold: every digit counts.",
        PAID_OR_UNKNOWN,
        |scene| amount(scene, "/payToAmount", json!({ "currency": "KRW", "value": "9007199254740993" })),
    ),
    Fault::should("money/29-digits", source::BODIES, "An amount of 29 digits.", UNKNOWN, |scene| {
        amount(scene, "/payToAmount", json!({ "currency": "KRW", "value": "1".repeat(29) }))
    })
    .tolerating(PAID),
];

fn value(scene: &Scene<'_>, value: Value) -> Vec<Step> {
    amount(scene, "/paymentAmount/value", value)
}

fn amount(scene: &Scene<'_>, pointer: &str, value: Value) -> Vec<Step> {
    scene.answer(&scene.paid_but(&[(pointer, value)])).play()
}
