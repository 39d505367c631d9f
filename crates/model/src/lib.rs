//! The messages of the Alipay+ payment inquiry, generated from one JSON Schema.
//!
//! Each operation is a module. [`inquiry_payment`] holds the [`Request`](inquiry_payment::Request) and the
//! [`Response`](inquiry_payment::Response) as they are sent, the [`Answer`](inquiry_payment::Answer) that a handler
//! gives, and the [`Outcome`](inquiry_payment::Outcome) that a caller reads. What operations share, such as [`Amount`],
//! is at the top.
//!
//! Decoding reports **all** that is wrong with a message, each violation at its JSON Pointer:
//!
//! ```
//! use alipayplus_model::inquiry_payment::Request;
//! use alipayplus_model::runtime::message::{self, DecodeError};
//!
//! let body = br#"{"acquirerId":"10221","pspId":"","paymentRequestId":null}"#;
//! let Err(DecodeError::Invalid(violations)) = message::from_slice::<Request>(body) else {
//!     unreachable!()
//! };
//! let pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
//! assert_eq!(pointers, ["/pspId", "/paymentRequestId"]);
//! ```
//!
//! What these types are made of is written by hand, in [`runtime`].
//!
//! # Features
//! - `schemars`: `JsonSchema` for every message and scalar, with all limits and conditions.

// prettyplease formats what is generated.
#[rustfmt::skip]
mod generated;

pub use alipayplus_runtime as runtime;
pub use alipayplus_runtime::{Currency, Datetime, MinorUnits};
pub use generated::*;
