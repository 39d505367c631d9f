// @generated from schema/inquiryPayment.json by `cargo xtask codegen`. Do not edit.

//! The trait that a handler of `inquiryPayment` implements, and its types.

use super::model::inquiry_payment as op;
use ::alipayplus_server::{Caller, __private};
pub use op::answer::{Cancelled, Failed, InProgress, NotFound, Paid, PaidRequired};
pub use op::{
    AcquirerId, Answer, CustomerId, FailedCode, PassThroughInfo, PaymentId,
    PaymentRequestId, PspId, RefusalCode, Request, RequestRequired,
};
pub use super::model::common::{Amount, AmountRequired};

/// The name of the operation, which the settings of a server refer to.
pub const NAME: &str = <op::InquiryPayment as __private::Operation>::NAME;

/// The error type of the handler: why there is no answer.
pub type Refusal = ::alipayplus_server::Refusal<op::InquiryPayment>;

/// Handles requests of `inquiryPayment`. Alipay+ asks a mobile payment provider (MPP) for the state
/// of a payment. The inquiry has no side effects and can be repeated.
///
/// Only requests with a verified signature and a schema-valid body reach it. Implement the method
/// as an `async fn`.
///
/// # Examples
/// ```rust
/// use alipayplus_server::Caller;
/// use alipayplus_server::inquiry_payment::{
///     Answer, InquiryPayment, Refusal, Request,
/// };
///
/// struct MyHandler;
///
/// impl InquiryPayment for MyHandler {
///     async fn inquiry_payment(
///         &self,
///         _caller: &Caller,
///         _request: Request,
///     ) -> Result<Answer, Refusal> {
///         // Return a variant of `Answer`, or use `?` with any error.
///         Err(Refusal::internal("not implemented"))
///     }
/// }
/// ```
pub trait InquiryPayment: Send + Sync + 'static {
    /// Answers one request.
    ///
    /// The future is dropped half way when its deadline passes, when the grace time of a shutdown ends,
    /// and, in other HTTP servers than `HttpServer`, when the client disconnects. Work that must be
    /// finished belongs in a task of its own.
    ///
    /// # Errors
    /// Returns a [`Refusal`] if there is no answer: with a code of your choice, or, by `?`, converted
    /// from any error.
    fn inquiry_payment(
        &self,
        caller: &Caller,
        request: Request,
    ) -> impl Future<Output = Result<Answer, Refusal>> + Send;
}
::alipayplus_server::handler!(InquiryPayment::inquiry_payment for op);
