//! What is wrong with a schema: which kind of error, where, what, and how to correct it.

mod code;
mod list;
mod render;

pub use code::{DiagnosticCode, Severity};
pub use list::{Diagnostic, Diagnostics, Span};
pub use render::{json, render};
