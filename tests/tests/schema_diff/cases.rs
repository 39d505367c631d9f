//! Cases, each a small edit of the project's own schema or of a fixture.

pub(crate) mod conditions;
pub(crate) mod constructs;
pub(crate) mod exchange;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod tables;
pub(crate) mod words;

/// A file, a text in it, and its replacement.
pub(crate) type Edit = (&'static str, &'static str, &'static str);

/// The direction of the edit.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    There,
    Back,
}

/// A change, and the expected report.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The fixture.
    pub(crate) of: &'static str,
    pub(crate) way: Way,
    pub(crate) edits: &'static [Edit],
    /// The verdicts with their messages, or the step of a harmless change. A question mark follows what no validator can see.
    pub(crate) verdicts: &'static str,
    /// The place of one of the changes; in OLD if it begins with that word.
    pub(crate) place: &'static str,
}

/// The project's own schemas.
pub(crate) const REAL: &str = "";

/// All cases, in the groups that share a snapshot.
pub(crate) const GROUPS: &[(&str, &[Case])] = &[
    ("messages", messages::CASES),
    ("conditions", conditions::CASES),
    ("constructs", constructs::CASES),
    ("tables", tables::CASES),
    ("exchange", exchange::CASES),
    ("names", names::CASES),
    ("words", words::CASES),
];

/// Returns all cases.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    GROUPS.iter().flat_map(|(_, cases)| *cases)
}

const COMMON: &str = "common.json";
const INQUIRY: &str = "inquiryPayment.json";
const ASK: &str = "ask.json";
