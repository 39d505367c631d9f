//! The operation inquiryPayment: its bodies, its payments and its own cases.

mod datetime;
mod member;
mod money;
mod payments;
mod request;
mod result;
mod state;

use alipayplus_model::inquiry_payment::{InquiryPayment, PaymentResultCode};
use alipayplus_model::runtime::code::Code;
use alipayplus_model::runtime::operation::Operation as _;

use crate::case::Case;
use crate::message::Message;
use crate::operation::Operation;

const NOT_FOUND: &str = "ORDER_NOT_EXIST";
const CLOSED: &str = "ORDER_IS_CLOSED";

/// The operation.
pub static OPERATION: Operation = Operation {
    name: InquiryPayment::NAME,
    method: InquiryPayment::METHOD,
    path: InquiryPayment::PATH,
    payload: &[
        "paymentResult",
        "paymentId",
        "paymentAmount",
        "payToAmount",
        "paymentTime",
        "customerId",
        "customsDeclarationAmount",
        "passThroughInfo",
    ],
    sensitive: &["customerId", "passThroughInfo"],
    unknown: |id| body("1022188000000000001", "1022172000000000001", id),
    is_unknown: |message| message.code.as_deref() == Some(NOT_FOUND),
    state: state_of,
    subjects: payments::read,
    template: payments::TEMPLATE,
    cases,
};

/// Returns the cases in the order of reports.
fn cases() -> Vec<Case> {
    let own = [
        result::CASES,
        member::CASES,
        money::CASES,
        datetime::CASES,
        state::CASES,
        request::CASES[0],
        request::CASES[1],
    ];
    [own.concat(), crate::cases::all()].concat()
}

/// Returns a request, compact and in the order of the specification.
fn body(acquirer_id: &str, psp_id: &str, id: &str) -> Vec<u8> {
    let [acquirer_id, psp_id, id] = [acquirer_id, psp_id, id].map(|text| serde_json::Value::from(text).to_string());
    format!(r#"{{"acquirerId":{acquirer_id},"pspId":{psp_id},"paymentRequestId":{id}}}"#).into_bytes()
}

/// Returns the state that an answer tells, by the name that files of payments have for it.
fn state_of(message: &Message) -> &'static str {
    let at = |pointer| message.root.text_at(pointer);
    match (message.is_success(), at("/paymentResult/resultStatus"), at("/paymentResult/resultCode")) {
        (true, Some("S"), Some("SUCCESS")) => "paid",
        (true, Some("F"), Some(CLOSED)) => "cancelled",
        (true, Some("F"), Some(code)) if is_failure(code) => "failed",
        (true, Some("U"), Some(_)) => "in_progress",
        (false, None, None) if message.code.as_deref() == Some(NOT_FOUND) => "not_found",
        _ => "unclear",
    }
}

/// A code that no table lists may be one that was added later.
fn is_failure(code: &str) -> bool {
    PaymentResultCode::find(code).and_then(Code::status).is_none_or(|status| status.as_str() == "F")
}
