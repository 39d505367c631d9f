// @generated from schema by `cargo xtask codegen`. Do not edit.

#![allow(clippy::doc_markdown, reason = "descriptions come from the schema")]
#![allow(
    clippy::large_enum_variant,
    clippy::too_many_lines,
    reason = "sizes come from the schema"
)]
//! The client, with one method per operation.

pub mod inquiry_payment;

use super::model;
pub use super::model::common::{Amount, AmountRequired};

/// Calls a server, with one method per operation. Clones share their connections and their keys.
#[derive(Clone, Debug)]
pub struct Client(::alipayplus_client::ClientInner);

impl Client {
    /// Starts building a client of the server at this base URL: scheme and authority, and a path prefix
    /// where there is one.
    pub fn builder(
        url: impl ::std::convert::Into<::std::string::String>,
    ) -> ::alipayplus_client::Builder<Self> {
        ::alipayplus_client::Builder::new(url)
    }

    /// Alipay+ asks a mobile payment provider (MPP) for the state of a payment. The inquiry has no side
    /// effects and can be repeated.
    ///
    /// Nothing is sent until the call is awaited.
    pub fn inquiry_payment<'a>(
        &'a self,
        request: &'a inquiry_payment::Request,
    ) -> ::alipayplus_client::Call<'a, inquiry_payment::InquiryPayment> {
        self.0.call(request)
    }
}

impl ::std::convert::From<::alipayplus_client::ClientInner> for Client {
    fn from(inner: ::alipayplus_client::ClientInner) -> Self {
        Self(inner)
    }
}
