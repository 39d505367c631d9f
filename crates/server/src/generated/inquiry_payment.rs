// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

//! `inquiryPayment`: what its handler implements and uses.

use super::model::inquiry_payment as op;
use ::alipayplus_server::{Caller, __private};
pub use op::answer::{Cancelled, Failed, InProgress, Paid};
pub use op::{
    AcquirerId, Answer, CustomerId, FailedCode, PassThroughInfo, PaymentId,
    PaymentRequestId, PspId, RefusalCode, Request,
};
pub use super::model::common::Amount;

/// The name of the operation, as settings take it.
pub const NAME: &str = <op::InquiryPayment as __private::Operation>::NAME;

/// What a handler returns when there is no answer.
pub type Refusal = ::alipayplus_server::Refusal<op::InquiryPayment>;

/// Answers `inquiryPayment`. Alipay+ asks a mobile payment provider (MPP) for the state of a
/// payment. The inquiry has no side effects and can be repeated.
///
/// Write it as a plain `async fn`. It gets requests alone whose signature was verified and whose
/// body keeps the schema.
pub trait InquiryPayment: Send + Sync + 'static {
    /// Answers one request.
    ///
    /// # Errors
    /// A [`Refusal`]: with a code of one's own choice, or, by `?`, of any error.
    fn inquiry_payment(
        &self,
        caller: &Caller,
        request: Request,
    ) -> impl Future<Output = Result<Answer, Refusal>> + Send;
}

impl<H: InquiryPayment> __private::Handle<H> for op::InquiryPayment {
    fn handle(
        handler: &H,
        caller: &Caller,
        request: Request,
    ) -> impl Future<Output = Result<Answer, Refusal>> + Send {
        handler.inquiry_payment(caller, request)
    }
}
