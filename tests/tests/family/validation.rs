//! Every message of the family, valid ones and thousands of nearly valid ones: the model agrees with independent oracles.

use crate::agreement::{check, check_outcomes, request, response};
use crate::family::model::get_payment_code::GetPaymentCode;
use crate::family::model::inquiry_statement::InquiryStatement;
use crate::family::model::notify_payment::NotifyPayment;
use crate::family::model::pay::Pay;
use crate::family::model::ping::Ping;
use crate::family::model::refund::Refund;

#[test]
fn of_pay() {
    check("pay.json#/$defs/PayRequest", request::<Pay>);
}

#[test]
fn of_the_answer_to_pay() {
    check("pay.json#/$defs/PayResponse", response::<Pay>);
}

#[test]
fn of_refund() {
    check("refund.json#/$defs/RefundRequest", request::<Refund>);
}

#[test]
fn of_the_answer_to_refund() {
    check("refund.json#/$defs/RefundResponse", response::<Refund>);
}

#[test]
fn of_notify_payment() {
    check("notifyPayment.json#/$defs/NotifyPaymentRequest", request::<NotifyPayment>);
}

#[test]
fn of_the_answer_to_notify_payment() {
    check("notifyPayment.json#/$defs/NotifyPaymentResponse", response::<NotifyPayment>);
}

#[test]
fn of_get_payment_code() {
    check("getPaymentCode.json#/$defs/GetPaymentCodeRequest", request::<GetPaymentCode>);
}

#[test]
fn of_the_answer_to_get_payment_code() {
    check("getPaymentCode.json#/$defs/GetPaymentCodeResponse", response::<GetPaymentCode>);
}

#[test]
fn of_ping() {
    check("ping.json#/$defs/PingRequest", request::<Ping>);
}

#[test]
fn of_the_answer_to_ping() {
    check("ping.json#/$defs/PingResponse", response::<Ping>);
}

#[test]
fn of_inquiry_statement() {
    check("inquiryStatement.json#/$defs/InquiryStatementRequest", request::<InquiryStatement>);
}

#[test]
fn of_the_answer_to_inquiry_statement() {
    check("inquiryStatement.json#/$defs/InquiryStatementResponse", response::<InquiryStatement>);
}

/// Each outcome of each operation has a message above.
#[test]
fn of_every_outcome() {
    check_outcomes();
}
