//! The messages of the Alipay+ payment inquiry, made from one JSON Schema.
//!
//! Each operation is a module: [`inquiry_payment`] holds the [`Request`](inquiry_payment::Request) and the
//! [`Response`](inquiry_payment::Response) as they travel, the [`Answer`](inquiry_payment::Answer) that a handler
//! gives, and the [`Outcome`](inquiry_payment::Outcome) that a caller reads. What operations share, such as
//! [`Amount`], stands at the top.
//!
//! Reading reports **all** that is wrong with a message, each fault at its JSON Pointer:
//!
//! ```
//! use alipayplus_model::inquiry_payment::Request;
//! use alipayplus_model::read::{self, ReadError};
//!
//! let body = br#"{"acquirerId":"1022188000000000001","pspId":"","paymentRequestId":null}"#;
//! let Err(ReadError::Invalid(violations)) = read::message::<Request>(body) else { unreachable!() };
//! let pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
//! assert_eq!(pointers, ["/pspId", "/paymentRequestId"]);
//! ```
//!
//! What the generated modules stand on is written by hand and knows no member, code or status by name:
//! [`leaf`], [`list`](mod@list) and the scalars, [`code`], [`rule`], [`read`], [`violation`], [`operation`].
//!
//! # Features
//! - `schemars`: `JsonSchema` for every message and scalar, with all limits and conditions.

// Generated code names this crate by its absolute path, so that the same text compiles elsewhere.
extern crate self as alipayplus_model;

pub mod code;
pub mod conclusion;
pub mod currency;
pub mod datetime;
// prettyplease formats what is generated.
#[rustfmt::skip]
mod generated;
pub mod leaf;
pub mod list;
pub mod minor_units;
pub mod money;
mod node;
pub mod number;
pub mod operation;
#[doc(hidden)]
pub mod prelude;
pub mod read;
pub mod rule;
#[cfg(feature = "schemars")]
pub mod schema;
pub mod text;
pub mod violation;

pub use currency::Currency;
pub use datetime::Datetime;
pub use generated::*;
pub use minor_units::MinorUnits;

// What generated text names, whatever crate it is compiled in.
#[doc(hidden)]
pub use rust_decimal;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use serde;
