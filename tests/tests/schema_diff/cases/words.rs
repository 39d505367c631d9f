//! Outcomes that words of a closed set select.

use super::{ASK, Case, Edit, Way};

const FIXTURE: &str = "outcome_by_word";

/// An outcome for a word that none took.
const NEW_OUTCOME: &[Edit] = &[(
    ASK,
    r#"        {
          "name": "Accepted","#,
    r#"        {
          "name": "Cancelled",
          "description": "It is not wanted any more.",
          "waiting": "final",
          "when": { "result": { "code": "DONE" }, "state": { "word": "CANCELLED" } },
          "members": []
        },
        {
          "name": "Accepted","#,
)];

/// A place in another outcome for the member that selects.
const LISTED: &[Edit] = &[(ASK, r#""members": ["verdict"]"#, r#""members": ["verdict", "state"]"#)];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "outcome_by_a_free_word",
        of: FIXTURE,
        way: Way::There,
        edits: NEW_OUTCOME,
        verdicts: "client/responses?",
        place: "ask.json#/$defs/AskResponse/x-outcomes/3",
    },
    Case {
        name: "outcome_by_a_word_gone",
        of: FIXTURE,
        way: Way::Back,
        edits: NEW_OUTCOME,
        verdicts: "server/responses? source",
        place: "old ask.json#/$defs/AskResponse/x-outcomes/3",
    },
    Case {
        name: "outcome_by_another_word",
        of: FIXTURE,
        way: Way::There,
        edits: &[(ASK, r#""state": { "word": "IN_PROGRESS" }"#, r#""state": { "word": "CANCELLED" }"#)],
        verdicts: "server/responses? client/responses? source",
        place: "ask.json#/$defs/AskResponse/x-outcomes/1/when",
    },
    Case {
        name: "place_for_a_word_that_selects",
        of: FIXTURE,
        way: Way::There,
        edits: LISTED,
        verdicts: "client/responses?",
        place: "ask.json#/$defs/AskResponse/x-outcomes/3/members/1",
    },
];
