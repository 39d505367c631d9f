//! The catalogue of faults.

mod content;
mod good;
mod meaning;
mod money;
mod signature;
mod status;
mod time;
mod tls;
mod transport;

use super::fault::Fault;

/// Returns all rows, in the order in which they are shown.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    let sections = [
        good::FAULTS,
        meaning::FAULTS,
        money::FAULTS,
        signature::FAULTS,
        time::FAULTS,
        content::FAULTS,
        transport::FAULTS,
        status::FAULTS,
        tls::FAULTS,
    ];
    sections.into_iter().flatten()
}
