// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

//! Alipay+ asks a mobile payment provider (MPP) for the state of a payment. The inquiry has no side
//! effects and can be repeated.

pub use super::model::inquiry_payment::{
    AcquirerId, CustomerId, Expected, InquiryPayment, InquiryResult, InquiryResultCode,
    Outcome, PassThroughInfo, PaymentId, PaymentRequestId, PaymentResult,
    PaymentResultCode, PspId, Request, RequestRequired, Response, outcome,
};
pub use super::model::common::{Amount, AmountRequired};
