//! What generated modules name. Nobody else needs it.
//!
//! No definition of a schema becomes a type of one of these names: `names.rs` of the generator reserves them.

pub use std::time::Duration;

pub use rust_decimal::Decimal;
pub use serde::{Deserialize, Serialize};

pub use crate::code::{Cause, Code, Coded, Status, StatusWord, Unlisted};
pub use crate::money::{self, MoneyError};
pub use crate::operation::{
    About, Inconclusive, Inconsistent, Mismatches, Omitted, Operation, Refuse, Settled, Waiting, consistent, given,
    inconclusive, omit_if_equal, or_counterpart, some_result,
};
pub use crate::rule::{Comparison, Member, Object, Rule, Test};
#[cfg(feature = "schemars")]
pub use crate::schema::conditions;
pub use crate::{Currency, Datetime, MinorUnits};
