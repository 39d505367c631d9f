//! Outcomes that words of a closed set select, and the codes of answers that name none.

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

const OF_ONE_CODE: &str = "outcome_by_status_one";

/// The edits of a table that get a second code of a status; the last one is of the outcome.
macro_rules! second_code {
    ($selector:literal) => {
        &[
            (
                ASK,
                r#"{ "code": "BUSY", "status""#,
                r#"{ "code": "QUEUED", "status": "P", "message": "It is next." },
        { "code": "BUSY", "status""#,
            ),
            (ASK, r#"{ "enum": ["BUSY"] }"#, r#"{ "enum": ["QUEUED", "BUSY"] }"#),
            (ASK, r#""state": { "status": "P" }"#, $selector),
        ]
    };
}

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
    Case {
        name: "second_code_with_a_default",
        of: OF_ONE_CODE,
        way: Way::There,
        edits: second_code!(r#""state": { "status": "P", "default": "BUSY" }"#),
        verdicts: "minor",
        place: "ask.json#/$defs/AskResponse/x-outcomes/2/when",
    },
    Case {
        name: "second_code_with_another_default",
        of: OF_ONE_CODE,
        way: Way::There,
        edits: second_code!(r#""state": { "status": "P", "default": "QUEUED" }"#),
        verdicts: "source minor",
        place: "ask.json#/$defs/AskResponse/x-outcomes/2/when",
    },
    Case {
        name: "second_code_without_a_default",
        of: OF_ONE_CODE,
        way: Way::There,
        edits: second_code!(r#""state": { "status": "P" }"#),
        verdicts: "source minor",
        place: "ask.json#/$defs/AskResponse/x-outcomes/2/when",
    },
    Case {
        name: "default_of_one_code",
        of: OF_ONE_CODE,
        way: Way::There,
        edits: &[(ASK, r#""state": { "status": "P" }"#, r#""state": { "status": "P", "default": "BUSY" }"#)],
        verdicts: "patch",
        place: "ask.json#/$defs/AskResponse/x-outcomes/2/when/state",
    },
    Case {
        name: "another_default_code",
        of: "outcome_default_code",
        way: Way::There,
        edits: &[(ASK, r#""default": "BUSY""#, r#""default": "QUEUED""#)],
        verdicts: "source",
        place: "ask.json#/$defs/AskResponse/x-outcomes/2/when/state",
    },
];
