//! An MPP on loopback that can be broken: the real server over payments in SQLite, and every fault of the catalogue.
//!
//! | part | what it does |
//! |---|---|
//! | `magic`, `payment`, `samples`, `rule`, `clock` | what is true of a payment, and which fault is played |
//! | `store` | the state of all of these, in SQLite |
//! | `desk` | what changes the state, and what a verified inquiry gets |
//! | `wallet` | the handler of the real server |
//! | `mpp_fault`, `faulty`, `lenient`, `spoil` | an MPP that is wrong as a whole, in place of the real server |
//! | `checks`, `journal` | what is recorded about an exchange |
//! | `mpp`, `admin` | the two ports |
//! | `console` | the page at the port of the admin API |
//! | `files`, `run` | keys, and the sandbox as a whole |

mod admin;
mod checks;
mod clock;
mod console;
mod desk;
mod faulty;
mod files;
mod journal;
mod lenient;
mod magic;
mod mpp;
mod mpp_fault;
mod payment;
mod rule;
mod run;
mod samples;
mod spoil;
mod store;
mod wallet;

pub use magic::{MagicRow, rows as magic};
pub use mpp_fault::{MPP_FAULTS, MppFault};
pub use run::{Facts, Keys, OpenError, PeerKey, Sandbox, Settings, Throwaway};
pub use store::Storage;
