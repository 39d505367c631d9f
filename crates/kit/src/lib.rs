//! The catalogue of cases for MPPs and of faults for callers, and what runs it against implementations in any language.
//!
//! | part | what it does |
//! |---|---|
//! | [`case`] | one row of the table: what is sent, what must be, how it is judged |
//! | [`probe`], [`key`] | requests that may be wrong in any way |
//! | [`target`], [`session`], [`exchange`] | where they are sent, and what came back |
//! | [`hook`] | what brings the target into a state for a case |
//! | [`preflight`], [`run`] | the checks before the first case, and the run |
//! | [`report`], [`catalogue`] | what is written about a run, and about the table |
//! | [`caller`] | the other side: an MPP with one fault at a time, which the user's own program asks |
//! | [`sandbox`] | an MPP to test callers against, with payments and faults of their choice |
//! | [`operation`], [`inquiry_payment`] | what is an operation's own. Another operation is another file |
//!
//! Signatures are made and verified by `alipayplus-signing`; where that crate can't do wrong, the kit works on bytes.

pub mod caller;
pub mod case;
mod cases;
pub mod catalogue;
pub mod exchange;
pub mod finding;
pub mod hook;
pub mod inquiry_payment;
pub mod json;
pub mod key;
pub mod mask;
pub mod message;
pub mod operation;
pub mod preflight;
pub mod probe;
pub mod report;
pub mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod session;
mod shell;
mod source;
pub mod target;
pub mod wire;
