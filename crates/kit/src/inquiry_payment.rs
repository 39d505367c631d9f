//! The operation inquiryPayment: its bodies, its payments and its own cases.

mod answer;
mod datetime;
mod made;
mod member;
mod money;
mod payments;
mod request;
mod result;
mod state;

use alipayplus_model::inquiry_payment::InquiryPayment;
use alipayplus_model::runtime::operation::Operation as _;

use answer::{ACQUIRER, NOT_FOUND, PSP, body, state_of};

use crate::case::Case;
use crate::operation::Operation;

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
    unknown: |id| body(ACQUIRER, PSP, id),
    made: made::body_of,
    is_unknown: |message| message.code.as_deref() == Some(NOT_FOUND),
    state: state_of,
    subjects: payments::read,
    template: payments::TEMPLATE,
};

/// Returns the cases in the order of reports.
#[must_use]
pub fn cases() -> Vec<Case> {
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
