//! What an MPP with a fault makes of a right answer.

use std::time::Duration;

use alipayplus_signing::{Timestamp, format_time};
use serde_json::{Map, Value, json};

use super::mpp_fault::MppFault;

/// The samples whose amount is a tie, with what half up and down make of it.
const HALF_UP: [(&str, &str); 2] = [("conformance-tie-down", "621"), ("conformance-tie-to-zero", "1")];
const DOWN: (&str, &str) = ("conformance-tie-up", "213");

pub(super) fn result(code: &str, status: &str, message: &str) -> Value {
    json!({ "resultCode": code, "resultStatus": status, "resultMessage": message })
}

/// Returns an answer about a payment.
pub(super) fn ended(code: &str, status: &str) -> Value {
    json!({ "result": result("SUCCESS", "S", "success"), "paymentResult": result(code, status, "see the code") })
}

pub(super) fn not_found() -> Value {
    json!({ "result": result("ORDER_NOT_EXIST", "F", "not found") })
}

/// Makes one thing of an answer wrong. `times` is how often the payment was asked about before.
pub(super) fn spoil(fault: &MppFault, body: &mut Value, times: u32) {
    let code = |member: &str| body[member]["resultCode"].as_str().map(str::to_owned);
    match (code("result").as_deref(), code("paymentResult").as_deref()) {
        (Some("ORDER_NOT_EXIST"), _) => spoil_missing(fault, body),
        (Some("SUCCESS"), Some("SUCCESS")) => spoil_paid(fault, body, times),
        (Some("SUCCESS"), Some("ORDER_IS_CLOSED")) if fault.name() == "forgets-a-cancelled-payment" => {
            *body = not_found();
        }
        (Some("SUCCESS"), Some("PAYMENT_IN_PROCESS")) => match fault.name() {
            "calls-an-open-payment-trouble" => *body = json!({ "result": result("UNKNOWN_EXCEPTION", "U", "later") }),
            "calls-an-open-payment-failed" => *body = ended("PROCESS_FAIL", "F"),
            _ => {}
        },
        (Some("SUCCESS"), Some("USER_BALANCE_NOT_ENOUGH")) => match fault.name() {
            "refuses-a-failed-payment" => *body = json!({ "result": result("PROCESS_FAIL", "F", "failed") }),
            "hides-the-code" => *body = ended("RISK_REJECT", "F"),
            _ => {}
        },
        _ => {}
    }
}

fn spoil_missing(fault: &MppFault, body: &mut Value) {
    match fault.name() {
        "calls-a-missing-payment-trouble" => body["result"]["resultStatus"] = json!("U"),
        "tells-of-a-missing-payment" => body["paymentResult"] = result("PROCESS_FAIL", "F", "failed"),
        "counts-in-numbers" => body["traceId"] = json!(17),
        "leaves-texts-empty" => body["result"]["resultMessage"] = json!(""),
        _ => {}
    }
}

fn spoil_paid(fault: &MppFault, body: &mut Value, times: u32) {
    match fault.name() {
        "calls-a-paid-payment-open" => return *body = ended("PAYMENT_IN_PROCESS", "U"),
        "sends-payToAmount-always" => body["payToAmount"] = body["paymentAmount"].clone(),
        _ => {}
    }
    let id = body["paymentId"].as_str().unwrap_or_default().to_owned();
    let (currency, value) = (body["paymentAmount"]["currency"].clone(), body["paymentAmount"]["value"].clone());
    let value = value.as_str().unwrap_or_default();
    let Some(members) = body.as_object_mut() else { return };
    let amount = |value: Value| json!({ "currency": currency, "value": value });
    match fault.name() {
        "says-success-without-a-payment-result" => drop(members.remove("paymentResult")),
        "rounds-half-up" => {
            if let Some((_, value)) = HALF_UP.iter().find(|(tie, _)| *tie == id) {
                set_value(members, "payToAmount", value);
            }
        }
        "rounds-down" if id == DOWN.0 => set_value(members, "payToAmount", DOWN.1),
        "sends-an-amount-as-a-number" => set(members, "paymentAmount", amount(json!(100))),
        "sends-decimals" => set_value(members, "paymentAmount", &format!("{value}.00")),
        "sends-small-letters" => {
            let small = currency.as_str().unwrap_or_default().to_lowercase();
            set(members, "paymentAmount", json!({ "currency": small, "value": value }));
        }
        "multiplies-yen" if currency == "JPY" => set_value(members, "paymentAmount", &format!("{value}00")),
        "divides-cents" if currency == "USD" => {
            set_value(
                members,
                "paymentAmount",
                value.get(..value.len().saturating_sub(2)).filter(|text| !text.is_empty()).unwrap_or("0"),
            );
        }
        "sends-a-time-without-an-offset" => set(members, "paymentTime", json!("2020-01-01T00:00:00")),
        "sends-a-day-that-does-not-exist" => set(members, "paymentTime", json!("2020-02-30T00:00:00Z")),
        "sends-the-time-of-the-answer" => {
            // Another one also within a second.
            let time = Timestamp::now() + Duration::from_secs(times.into());
            set(members, "paymentTime", json!(format_time(time)));
        }
        "sends-an-empty-customer" => set(members, "customerId", json!("")),
        "sends-pass-through-info-as-an-object" if members.contains_key("passThroughInfo") => {
            set(members, "passThroughInfo", json!({ "a": "b" }));
        }
        "declares-in-another-currency" if members.contains_key("customsDeclarationAmount") => {
            set(members, "customsDeclarationAmount", json!({ "currency": "USD", "value": "214" }));
        }
        "numbers-payments-anew" => set(members, "paymentId", json!(format!("{id}-{times}"))),
        other => {
            if let Some(name) = other.strip_prefix("leaves-out-") {
                members.remove(name);
            }
        }
    }
}

fn set(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

/// Replaces the value of an amount.
fn set_value(members: &mut Map<String, Value>, name: &str, value: &str) {
    if let Some(amount) = members.get_mut(name) {
        amount["value"] = value.into();
    }
}
