//! The parts, in the order in which they run.

mod handlers;
mod model;
mod money;
mod order;
mod signatures;

use std::fmt::Write as _;

use crate::part::Part;

/// All of them.
pub(crate) const ALL: &[Part] = &[model::PART, signatures::PART, money::PART, order::PART, handlers::PART];

/// The part of this name.
pub(crate) fn named(name: &str) -> Result<&'static Part, String> {
    ALL.iter().find(|part| part.name == name).ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|part| part.name).collect();
        format!("there is no such part; there are {}", names.join(", "))
    })
}

/// A line a part.
pub(crate) fn list() -> String {
    ALL.iter().fold(String::new(), |mut text, part| {
        let _ = writeln!(text, "{:<12} {}", part.name, part.about);
        text
    })
}
