//! The imports of generated modules. Not part of the public API.
//!
//! The generator reserves these names in `names.rs`, so that no definition of a schema becomes a type of the same name.

pub use std::time::Duration;

pub use rust_decimal::Decimal;
pub use serde::{Deserialize, Serialize};

pub use crate::code::{Code, CodedResult, FailureKind, Status, StatusWord, UnlistedCode};
pub use crate::currency::Currency;
pub use crate::datetime::Datetime;
pub use crate::exact_decimal::ExactDecimal;
pub use crate::minor_units::MinorUnits;
pub use crate::money::{self, MoneyError};
pub use crate::operation::{
    AnswerError, Finality, FromResult, Mismatches, Omitted, Operation, OutcomeError, OutcomeInfo, OutcomeMeta,
    omit_if_equal, or_counterpart, outcome_error, require, result, validated,
};
pub use crate::rule::{Comparison, Condition, Member, Object, Rule};
#[cfg(feature = "schemars")]
pub use crate::schema::conditions;
#[cfg(feature = "schemars")]
pub use crate::schemars;
pub use crate::text::{SensitiveText, Text};
