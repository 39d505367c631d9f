//! Tries a caller: the kit is an MPP, right or wrong in one way at a time, and the user's own program asks it.

pub(crate) mod answer;
mod bomb;
pub(crate) mod fault;
mod faults;
mod judge;
pub(crate) mod keys;
mod outcome;
mod process;
pub(crate) mod request;
mod rules;
mod run;
pub(crate) mod scene;
mod server;
mod stdio;
pub(crate) mod step;
mod task;
pub(crate) mod tls;

pub use fault::{Certificate, Door, Fault};
pub use faults::all as faults;
pub use outcome::{Outcome, UnknownOutcome};
pub use rules::{RULES, Rule};
pub use run::{Row, Settings, run};
pub use scene::{CUSTOMER, Payment};
pub use server::Exchange;
