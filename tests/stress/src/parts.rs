//! The parts, in the order in which they run.

mod exchanges;
mod handlers;
mod hostile;
mod load;
mod model;
mod money;
mod order;
mod overload;
mod peers;
mod requests;
mod rotation;
mod shutdown;
mod signatures;
mod slow;
mod soak;

use std::fmt::Write as _;

use crate::part::Part;

/// All of them.
pub(crate) const ALL: &[Part] = &[
    model::PART,
    money::PART,
    signatures::PART,
    peers::PART,
    requests::PART,
    order::PART,
    handlers::PART,
    hostile::PART,
    exchanges::PART,
    overload::PART,
    slow::PART,
    shutdown::PART,
    rotation::PART,
    soak::PART,
];

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
