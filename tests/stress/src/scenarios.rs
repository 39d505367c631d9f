//! The scenarios, in the order in which they run.

mod exchanges;
mod handlers;
mod hostile;
mod interop;
mod load;
mod model;
mod money;
mod order;
mod overload;
mod requests;
mod rotation;
mod shutdown;
mod signatures;
mod slow;
mod soak;

use std::fmt::Write as _;

use crate::scenario::Scenario;

/// All scenarios.
pub(crate) const ALL: &[Scenario] = &[
    model::SCENARIO,
    money::SCENARIO,
    signatures::SCENARIO,
    interop::SCENARIO,
    requests::SCENARIO,
    order::SCENARIO,
    handlers::SCENARIO,
    hostile::SCENARIO,
    exchanges::SCENARIO,
    overload::SCENARIO,
    slow::SCENARIO,
    shutdown::SCENARIO,
    rotation::SCENARIO,
    soak::SCENARIO,
];

/// Returns the scenario with this name.
///
/// # Errors
/// No scenario has this name; the text lists the names that exist.
pub(crate) fn named(name: &str) -> Result<&'static Scenario, String> {
    ALL.iter().find(|scenario| scenario.name == name).ok_or_else(|| {
        let names: Vec<_> = ALL.iter().map(|scenario| scenario.name).collect();
        format!("unknown scenario; known: {}", names.join(", "))
    })
}

/// Lists the scenarios, one per line.
pub(crate) fn list() -> String {
    ALL.iter().fold(String::new(), |mut text, scenario| {
        let _ = writeln!(text, "{:<12} {}", scenario.name, scenario.about);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
        assert_eq!(named("money").unwrap().name, "money");
        let error = named("mony").unwrap_err();
        assert!(error.starts_with("unknown scenario; known: model, money, "), "{error}");
    }
}
