//! Tries a caller: the kit is an MPP, right or wrong in one way at a time, and the user's own program asks it.

mod adapter;
mod answer;
mod fault;
mod faults;
mod judge;
mod keys;
mod outcome;
mod request;
mod rules;
mod run;
mod scene;
mod server;
mod step;
mod tls;

pub use fault::{Certificate, Door, Fault};
pub use faults::all as faults;
pub use outcome::{Outcome, UnknownOutcome};
pub use rules::{RULES, Rule};
pub use run::{Row, Settings, run};
pub use scene::Payment;
