//! From the JSON Schemas of an API family to its model, client, server trait and documents.
//!
//! read ([`source`], [`node`]) → check and lower ([`lower`]) → emit ([`emit`]) → print, write or compare ([`output`]).
//! Emitters see only the intermediate form ([`ir`]). Two more modules use it: [`diff`] compares two families, and [`sample`] makes test data.

pub mod check;
pub mod diagnostic;
pub mod diff;
pub mod disk;
pub mod emit;
pub mod explain;
pub mod form;
pub mod ir;
pub mod limits;
pub mod lower;
pub mod names;
pub mod node;
pub mod output;
mod parallel;
pub mod profile;
mod project;
pub mod prose;
pub mod sample;
pub mod size;
pub mod source;
pub mod spelling;
pub mod typify;

pub use project::{Failure, Run, code, differences, documents, folders, generate, run};
pub use source::SCHEMAS;
