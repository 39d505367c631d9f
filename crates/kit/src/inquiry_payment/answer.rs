//! What is asked, and what an answer says.

use alipayplus_model::inquiry_payment::PaymentResultCode;
use alipayplus_model::runtime::code::Code;

use crate::message::Message;

pub(super) const NOT_FOUND: &str = "ORDER_NOT_EXIST";
/// Who asks, if nothing else is known.
pub(super) const ACQUIRER: &str = "1022188000000000001";
pub(super) const PSP: &str = "1022172000000000001";
pub(super) const CLOSED: &str = "ORDER_IS_CLOSED";

/// Returns a request, compact and in the order of the specification.
pub(super) fn body(acquirer_id: &str, psp_id: &str, id: &str) -> Vec<u8> {
    let [acquirer_id, psp_id, id] = [acquirer_id, psp_id, id].map(|text| serde_json::Value::from(text).to_string());
    format!(r#"{{"acquirerId":{acquirer_id},"pspId":{psp_id},"paymentRequestId":{id}}}"#).into_bytes()
}

/// Returns the state that an answer tells, by the name that files of payments have for it.
pub(super) fn state_of(message: &Message) -> &'static str {
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
