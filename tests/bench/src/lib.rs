//! The benchmark of the generator, and the synthetic schemas for it, which tests use too.

pub mod codegen;
