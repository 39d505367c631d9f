//! The messages of the Alipay+ payment inquiry, generated from one JSON Schema.
//!
//! [`inquiry_payment`] holds the messages of the operation `inquiryPayment`:
//!
//! - [`Request`](inquiry_payment::Request) and [`Response`](inquiry_payment::Response), as sent on the wire,
//! - [`Answer`](inquiry_payment::Answer), which the MPP's handler returns,
//! - [`Outcome`](inquiry_payment::Outcome), which the client reads.
//!
//! Objects that operations share, such as [`Amount`], are at the top.
//!
//! # Examples
//! Decoding reports **all** violations of a message, each with its JSON Pointer:
//!
//! ```
//! use alipayplus_model::inquiry_payment::Request;
//! use alipayplus_model::runtime::message;
//!
//! let body = br#"{"acquirerId":"10221","pspId":"","paymentRequestId":null}"#;
//! let error = message::from_slice::<Request>(body).unwrap_err();
//!
//! let pointers: Vec<_> =
//!     error.violations().iter().map(|violation| violation.pointer.as_str()).collect();
//! assert_eq!(pointers, ["/pspId", "/paymentRequestId"]);
//! ```
//!
//! Amounts are exact:
//!
//! ```
//! use alipayplus_model::Amount;
//!
//! let amount = Amount::minor(100, "USD")?;
//! assert_eq!(amount.to_major()?.to_string(), "1.00");
//! # Ok::<(), alipayplus_model::runtime::money::MoneyError>(())
//! ```
//!
//! # Features
//! - `schemars`: implements `JsonSchema` for every message and scalar, with all limits and rules.

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code is formatted by the generator.
#[rustfmt::skip]
mod generated;

pub use alipayplus_runtime as runtime;
pub use alipayplus_runtime::{Currency, Datetime, Decimal, ExactDecimal, MinorUnits};
pub use generated::*;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
