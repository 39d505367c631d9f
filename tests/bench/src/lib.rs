//! The benchmark of the generator.

pub mod codegen;
