//! The project's own commands as a library, so that tests can call the generator. It depends on no crate that it
//! writes into: it builds when generated code does not.

pub mod bench;
pub mod codegen;
pub mod diff;
pub mod program;
