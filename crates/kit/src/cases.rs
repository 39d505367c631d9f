//! The cases that every operation of the family has.

mod answer;
mod client;
mod http;
mod signature;
mod time;

use crate::case::Case;

/// Returns all of them, in the order of reports.
pub(crate) fn all() -> Vec<Case> {
    [&signature::CASES[..], &[client::CASES, time::CASES, answer::CASES, http::CASES]].concat().concat()
}
