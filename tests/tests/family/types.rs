//! The schemas derived from the family's types are the original ones.

use alipayplus_runtime::schema::of;

use crate::canonical::assert_same;
use crate::family::model::{StrayResponse, get_payment_code, inquiry_statement, notify_payment, pay, ping, refund};

#[test]
fn of_the_requests() {
    assert_same("pay.json#/$defs/PayRequest", &of::<pay::Request>());
    assert_same("refund.json#/$defs/RefundRequest", &of::<refund::Request>());
    assert_same("notifyPayment.json#/$defs/NotifyPaymentRequest", &of::<notify_payment::Request>());
    assert_same("getPaymentCode.json#/$defs/GetPaymentCodeRequest", &of::<get_payment_code::Request>());
    assert_same("ping.json#/$defs/PingRequest", &of::<ping::Request>());
    assert_same("inquiryStatement.json#/$defs/InquiryStatementRequest", &of::<inquiry_statement::Request>());
}

#[test]
fn of_the_responses() {
    assert_same("pay.json#/$defs/PayResponse", &of::<pay::Response>());
    assert_same("refund.json#/$defs/RefundResponse", &of::<refund::Response>());
    assert_same("notifyPayment.json#/$defs/NotifyPaymentResponse", &of::<notify_payment::Response>());
    assert_same("getPaymentCode.json#/$defs/GetPaymentCodeResponse", &of::<get_payment_code::Response>());
    assert_same("ping.json#/$defs/PingResponse", &of::<ping::Response>());
    assert_same("inquiryStatement.json#/$defs/InquiryStatementResponse", &of::<inquiry_statement::Response>());
    assert_same("common.json#/$defs/StrayResponse", &of::<StrayResponse>());
}
