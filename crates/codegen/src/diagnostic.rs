//! Diagnostics of a schema: the kind of error, its position, and how to correct it.

mod code;
mod list;
mod render;

pub use code::{DiagnosticCode, Severity};
pub use list::{Diagnostic, Diagnostics, Span};
pub use render::{json, render};
