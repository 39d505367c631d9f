//! What is written about a run.
//!
//! A [`Report`] holds texts without sensitive values, whatever it is written as.

mod ctrf;
mod data;
mod html;
mod junit;
mod markdown;

pub use ctrf::ctrf;
pub use data::{CaseReport, Counts, ExchangeReport, Facts, Report};
pub use html::html;
pub use junit::junit;
pub use markdown::markdown;
