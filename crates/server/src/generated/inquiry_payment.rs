// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

#![allow(clippy::doc_markdown, reason = "descriptions are the schema's own")]
//! `inquiryPayment`: what its handler implements and uses.
use super::model::inquiry_payment as op;
use ::alipayplus_server::runtime;
pub use op::answer::{Cancelled, Failed, InProgress, Paid};
pub use op::{
    AcquirerId, Answer, CustomerId, FailedCode, PassThroughInfo, PaymentId,
    PaymentRequestId, PspId, RefusalCode, Request,
};
pub use super::model::common::Amount;
/// The name of the operation, as settings take it.
pub const NAME: &str = <op::InquiryPayment as runtime::Operation>::NAME;
/// What the server knows of the operation before a handler is mounted.
pub(super) const KNOWN: runtime::Known = runtime::Known::of::<op::InquiryPayment>();
/// What a handler returns when there is no answer.
pub type Refusal = ::alipayplus_server::Refusal<op::InquiryPayment>;
/// Answers `inquiryPayment`. Alipay+ asks a mobile payment provider (MPP) what became of a payment.
/// The question changes nothing and may be repeated.
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
        caller: &::alipayplus_server::Caller,
        request: Request,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<Answer, Refusal>,
    > + Send;
}
struct Adapter<H>(H);
impl<H: InquiryPayment> runtime::Handle<op::InquiryPayment> for Adapter<H> {
    fn handle(
        &self,
        caller: &::alipayplus_server::Caller,
        request: Request,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<Answer, Refusal>,
    > + Send {
        self.0.inquiry_payment(caller, request)
    }
}
pub(super) fn mount(core: runtime::Core, handler: impl InquiryPayment) -> runtime::Core {
    core.mount::<op::InquiryPayment, _>(Adapter(handler))
}
