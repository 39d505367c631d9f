//! `cargo xtask schema diff`: what changed from one schema to another, for whom, and which version step follows.
//!
//! pair → compare → report. It looks at two families in their intermediate form, never at JSON: a change that nothing is
//! generated from is none. Messages are compared as they travel, member by member; Rust types by their definitions.

pub mod change;
pub mod place;
pub mod read;
pub mod report;

mod closed;
mod compares;
mod condition;
mod counterexample;
mod definitions;
mod direction;
mod forms;
mod list;
mod object;
mod operation;
mod outcome;
mod pairs;
mod reading;
mod requirement;
mod scalar;
mod table;
mod texts;

use crate::ir::ServiceModel;
use change::Change;

/// Every change from one family to another, in the order of the files.
#[must_use]
pub fn diff(old: &ServiceModel, new: &ServiceModel) -> Vec<Change> {
    let pairs = pairs::Pairs::of(old, new);
    let mut all = definitions::files(&pairs);
    all.extend(definitions::definitions(&pairs));
    all
}
