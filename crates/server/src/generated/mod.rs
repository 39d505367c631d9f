// @generated from schema by `cargo xtask codegen`. Do not edit.

#![allow(clippy::doc_markdown, reason = "descriptions come from the schema")]
//! A module for each operation, and the [`Server`] that they are mounted on.

pub mod inquiry_payment;

use super::model;
use ::alipayplus_server::__private;
pub use super::model::common::Amount;

/// The endpoint of a service: a `tower::Service` that answers the operations mounted on it. Clones
/// share everything.
#[derive(Clone, Debug)]
pub struct Server(__private::Core);

impl Server {
    /// The settings of a server.
    pub fn builder() -> ::alipayplus_server::Builder<Self> {
        ::alipayplus_server::Builder::new()
    }
    /// Answers `inquiryPayment` by this handler.
    #[must_use]
    pub fn inquiry_payment(self, handler: impl inquiry_payment::InquiryPayment) -> Self {
        Self(self.0.mount::<model::inquiry_payment::InquiryPayment, _>(handler))
    }
}

impl __private::Endpoint for Server {
    type Unrouted = model::common::ServiceResponse;
    const OPERATIONS: &'static [__private::Known] = &[
        __private::Known::of::<model::inquiry_payment::InquiryPayment>(),
    ];
}

impl ::core::convert::From<__private::Core> for Server {
    fn from(core: __private::Core) -> Self {
        Self(core)
    }
}

impl<R> __private::Service<R> for Server
where
    __private::Core: __private::Service<R>,
{
    type Response = <__private::Core as __private::Service<R>>::Response;
    type Error = <__private::Core as __private::Service<R>>::Error;
    type Future = <__private::Core as __private::Service<R>>::Future;
    fn poll_ready(
        &mut self,
        context: &mut ::core::task::Context<'_>,
    ) -> ::core::task::Poll<::core::result::Result<(), Self::Error>> {
        __private::Service::poll_ready(&mut self.0, context)
    }
    fn call(&mut self, request: R) -> Self::Future {
        __private::Service::call(&mut self.0, request)
    }
}
