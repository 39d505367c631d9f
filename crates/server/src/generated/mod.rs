// @generated from schema by `cargo xtask codegen`. Do not edit.

#![allow(clippy::doc_markdown, reason = "descriptions come from the schema")]
#![allow(
    clippy::large_enum_variant,
    clippy::too_many_lines,
    reason = "sizes come from the schema"
)]
//! A module per operation, and the [`Server`] on which their handlers are mounted.

pub mod inquiry_payment;

use super::model;
use ::alipayplus_server::__private;
pub use super::model::common::{Amount, AmountRequired};

/// A `tower::Service` that answers requests by the handlers mounted on it.
///
/// Clones share the settings and the handlers that were mounted before.
#[derive(Clone, Debug)]
pub struct Server(__private::Router);

impl Server {
    /// Returns a builder with the default settings.
    pub fn builder() -> ::alipayplus_server::Builder<Self> {
        ::alipayplus_server::Builder::new()
    }

    /// Mounts the handler of `inquiryPayment`. Replaces the previous one.
    ///
    /// Until it is called, requests to the path of the operation are refused.
    ///
    /// # Examples
    /// ```rust
    /// use alipayplus_server::inquiry_payment::InquiryPayment;
    /// use alipayplus_server::{BuildError, KeyRing, PrivateKey, Server};
    ///
    /// fn server(
    ///     key: PrivateKey,
    ///     callers: KeyRing,
    ///     handler: impl InquiryPayment,
    /// ) -> Result<Server, BuildError> {
    ///     let server = Server::builder()
    ///         .sign_with(1, key)
    ///         .callers(callers)
    ///         .build()?;
    ///     Ok(server.inquiry_payment(handler))
    /// }
    /// ```
    #[must_use]
    pub fn inquiry_payment(self, handler: impl inquiry_payment::InquiryPayment) -> Self {
        Self(self.0.mount::<model::inquiry_payment::InquiryPayment, _>(handler))
    }
}

impl __private::ServiceSpec for Server {
    type Fallback = model::common::ServiceResponse;
    const OPERATIONS: &'static [__private::OperationInfo] = &[
        __private::OperationInfo::of::<model::inquiry_payment::InquiryPayment>(),
    ];
}

impl ::core::convert::From<__private::Router> for Server {
    fn from(router: __private::Router) -> Self {
        Self(router)
    }
}

impl<R> __private::Service<R> for Server
where
    __private::Router: __private::Service<R>,
{
    type Response = <__private::Router as __private::Service<R>>::Response;
    type Error = <__private::Router as __private::Service<R>>::Error;
    type Future = <__private::Router as __private::Service<R>>::Future;

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
