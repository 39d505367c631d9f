//! The benchmark of the generator, and the families of schemas that it makes for that, which tests use too.

pub mod codegen;
