//! The runtime of the generated messages of the Alipay+ API family.
//!
//! Generated code declares members, rules and code tables as data and calls this crate. No operation, member or code is
//! named here: the messages of the payment inquiry are in the crate `alipayplus-model`, which re-exports this crate as
//! `runtime`.
//!
//! Decoding checks a message against its schema and reports **all** violations, each with its JSON Pointer. Scalars are
//! checked once, when they are constructed. Money is exact: a result that can't be represented is an error.
//!
//! ```
//! use alipayplus_runtime::{Currency, MinorUnits, money};
//! use alipayplus_runtime::Decimal;
//!
//! let (units, currency): (MinorUnits, Currency) = money::minor(1000, "JPY")?;
//! assert_eq!(money::to_major(units, currency)?, Decimal::from(1000));
//!
//! // JPY 1000 at CNY 0.0515 per JPY is CNY 51.50.
//! let price = Decimal::new(515, 4);
//! let converted = money::convert(units, currency, price, "CNY".parse()?)?;
//! assert_eq!(converted.get(), 5150);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! - `schemars`: implements `JsonSchema` for every scalar and message, including the rules over several members.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod boolean;
pub mod code;
mod comparison;
pub mod conclusion;
mod construct;
pub mod currency;
pub mod datetime;
pub mod exact_decimal;
pub mod form;
pub mod integer;
mod json_value;
mod list;
pub mod message;
pub mod minor_units;
pub mod money;
pub mod operation;
pub mod rule;
pub mod scalar;
#[cfg(feature = "schemars")]
pub mod schema;
mod status;
mod string_enum;
pub mod text;
pub mod violation;

pub use currency::Currency;
pub use datetime::Datetime;
pub use exact_decimal::ExactDecimal;
pub use minor_units::MinorUnits;
/// The type of prices and of numbers of major units.
#[doc(no_inline)]
pub use rust_decimal::Decimal;

// Generated code names these crates through this one, so that a crate with generated code needs no dependency on them.
#[doc(hidden)]
pub use rust_decimal;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use serde;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
