//! What the generated messages of the Alipay+ API family are made of.
//!
//! Nothing in this crate names an operation, a member or a code: generated code states those, and calls what is here.
//! The messages of the payment inquiry are in the crate `alipayplus-model`.
//!
//! | module | what it does |
//! |---|---|
//! | [`scalar`], [`mod@text`], [`mod@integer`] | scalars and lists that are checked once, when they are made |
//! | [`currency`], [`datetime`], [`minor_units`], [`money`] | money that is exact or refused, and time as it was received |
//! | [`code`] | tables of result codes: open when read, closed when answered |
//! | [`rule`], [`violation`] | the rules of a message as data, and everything that breaks one |
//! | [`message`] | from bytes to a message and back |
//! | [`operation`] | what an operation is to a client and a server |
//! | [`conclusion`] | what a verified response means to its caller |
//!
//! # Features
//! - `schemars`: `JsonSchema` for every scalar, and the conditions of objects.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod boolean;
pub mod code;
mod comparison;
pub mod conclusion;
pub mod currency;
pub mod datetime;
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
pub use minor_units::MinorUnits;

// What generated text names, whatever crate it is compiled in.
#[doc(hidden)]
pub use rust_decimal;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use serde;
