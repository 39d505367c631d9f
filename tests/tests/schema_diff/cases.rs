//! Changes, each a small edit of the project's own schema or of a fixture.

pub(crate) mod conditions;
pub(crate) mod constructs;
pub(crate) mod exchange;
pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod tables;

/// A file, a text of it, and what stands there instead.
pub(crate) type Edit = (&'static str, &'static str, &'static str);

/// Whether the edit leads from OLD to NEW or back.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    There,
    Back,
}

/// A change and what is said of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The fixture.
    pub(crate) of: &'static str,
    pub(crate) way: Way,
    pub(crate) edits: &'static [Edit],
    /// Who breaks, and on which messages; the step of harmless changes. What no validator can see has a question mark.
    pub(crate) verdicts: &'static str,
    /// Where one of the changes stands; in OLD if the file has that in front.
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
];

/// Returns all cases.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    GROUPS.iter().flat_map(|(_, cases)| *cases)
}

const COMMON: &str = "common.json";
const INQUIRY: &str = "inquiryPayment.json";
const ASK: &str = "ask.json";
