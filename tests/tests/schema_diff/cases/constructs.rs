//! Lists, numbers, defaults, comparisons, and conditions of every form.

use super::{ASK, Case, Edit, Way};

const MORE_NAMES: &[Edit] = &[(ASK, r#""maxItems": 3"#, r#""maxItems": 4"#)];
const MORE_THINGS: &[Edit] = &[(
    ASK,
    r#""x-range": [1, 10],
      "pattern": "^([1-9]|10)$""#,
    r#""x-range": [1, 12],
      "pattern": "^([1-9]|1[0-2])$""#,
)];
const NO_DEFAULT: &[Edit] = &[(
    ASK,
    r##"[{ "$ref": "#/$defs/Count" }, { "type": "null" }], "default": "1" }"##,
    r##"[{ "$ref": "#/$defs/Count" }, { "type": "null" }] }"##,
)];
const NO_KEY: &[Edit] = &[(ASK, r#""idempotentBy": "askId","#, "")];
const EXACTLY_ONE: &[Edit] = &[(
    ASK,
    r#""anyOf": [
            { "properties": { "first""#,
    r#""oneOf": [
            { "properties": { "first""#,
)];
const MAY_HAVE_BOTH: &[Edit] = &[(ASK, r#""second": { "type": "null" }, "third": { "not""#, r#""third": { "not""#)];
const FIRMS_NEED_NO_CITY: &[Edit] = &[(
    ASK,
    r#"{ "kind": { "const": "FIRM" } }, "required": ["kind"] },
          "then": {
            "properties": {
              "party": {
                "properties": { "place": { "properties": { "city": { "not": { "type": "null" } } }, "required": ["city"] } }
              }
            }
          }"#,
    r#"{ "kind": { "const": "FIRM" } }, "required": ["kind"] },
          "then": {
            "properties": {
              "party": { "properties": { "name": { "not": { "type": "null" } } }, "required": ["name"] }
            }
          }"#,
)];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "longer_list",
        of: "lists",
        way: Way::There,
        edits: MORE_NAMES,
        verdicts: "server/requests client/responses",
        place: "ask.json#/$defs/Names/maxItems",
    },
    Case {
        name: "shorter_list",
        of: "lists",
        way: Way::Back,
        edits: MORE_NAMES,
        verdicts: "client/requests server/responses",
        place: "ask.json#/$defs/Names/maxItems",
    },
    Case {
        name: "list_with_a_limit",
        of: "lists",
        way: Way::There,
        edits: &[(
            ASK,
            r##""items": { "$ref": "#/$defs/Line" }"##,
            r##""items": { "$ref": "#/$defs/Line" }, "maxItems": 2"##,
        )],
        verdicts: "client/requests server/responses",
        place: "ask.json#/$defs/Lines/maxItems",
    },
    Case {
        name: "narrower_form",
        of: "formed_text",
        way: Way::There,
        edits: &[(ASK, r#""^[A-Z]{2}$""#, r#""^[A-L][A-Z]$""#)],
        verdicts: "client/requests",
        place: "ask.json#/$defs/Region/pattern",
    },
    Case {
        name: "wider_form",
        of: "formed_text",
        way: Way::Back,
        edits: &[(ASK, r#""^[A-Z]{2}$""#, r#""^[A-L][A-Z]$""#)],
        verdicts: "server/requests",
        place: "ask.json#/$defs/Region/pattern",
    },
    Case {
        name: "form_of_the_same_texts",
        of: "formed_text",
        way: Way::There,
        edits: &[(ASK, r#""^[0-9]{4}$""#, r#""^[0-9][0-9]{3}$""#)],
        verdicts: "patch",
        place: "ask.json#/$defs/Branch/pattern",
    },
    Case {
        name: "no_form",
        of: "formed_text",
        way: Way::There,
        edits: &[(
            ASK,
            r#""maxLength": 4,
      "pattern": "^[0-9]{4}$""#,
            r#""maxLength": 4"#,
        )],
        verdicts: "server/requests client/responses",
        place: "old ask.json#/$defs/Branch/pattern",
    },
    Case {
        name: "greater_range",
        of: "numbers",
        way: Way::There,
        edits: MORE_THINGS,
        verdicts: "server/requests client/responses",
        place: "ask.json#/$defs/Count/x-range",
    },
    Case {
        name: "smaller_range",
        of: "numbers",
        way: Way::Back,
        edits: MORE_THINGS,
        verdicts: "client/requests server/responses",
        place: "ask.json#/$defs/Count/x-range",
    },
    Case {
        name: "yes_or_no_becomes_two_words",
        of: "numbers",
        way: Way::There,
        edits: &[(ASK, r#""x-scalar": "boolean", "#, "")],
        verdicts: "source",
        place: "ask.json#/$defs/Urgent",
    },
    Case {
        name: "another_default",
        of: "numbers",
        way: Way::There,
        edits: &[(ASK, r#""default": "1""#, r#""default": "2""#)],
        verdicts: "client/requests? server/requests? source",
        place: "ask.json#/$defs/AskRequest/properties/count/default",
    },
    Case {
        name: "no_default_any_more",
        of: "numbers",
        way: Way::There,
        edits: NO_DEFAULT,
        verdicts: "client/requests? server/requests? source",
        place: "old ask.json#/$defs/AskRequest/properties/count/default",
    },
    Case {
        name: "new_default",
        of: "numbers",
        way: Way::Back,
        edits: NO_DEFAULT,
        verdicts: "client/requests? server/requests?",
        place: "ask.json#/$defs/AskRequest/properties/count/default",
    },
    Case {
        name: "stricter_comparison",
        of: "compares",
        way: Way::There,
        edits: &[(ASK, r#""is": "atMost""#, r#""is": "less""#)],
        verdicts: "client/requests?",
        place: "ask.json#/$defs/AskRequest/x-compares/1",
    },
    Case {
        name: "comparison_gone",
        of: "compares",
        way: Way::There,
        edits: &[(ASK, r#"{ "left": "/least", "is": "atMost", "right": "/most" },"#, "")],
        verdicts: "server/requests?",
        place: "old ask.json#/$defs/AskRequest/x-compares/1",
    },
    Case {
        name: "not_idempotent_any_more",
        of: "idempotent",
        way: Way::There,
        edits: NO_KEY,
        verdicts: "client server source",
        place: "old ask.json#/x-operation/idempotentBy",
    },
    Case {
        name: "idempotent",
        of: "idempotent",
        way: Way::Back,
        edits: NO_KEY,
        verdicts: "client server",
        place: "ask.json#/x-operation/idempotentBy",
    },
    Case {
        name: "exactly_one_of_two",
        of: "condition_one_of_two",
        way: Way::There,
        edits: EXACTLY_ONE,
        verdicts: "client/requests patch",
        place: "ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "at_least_one_of_two",
        of: "condition_one_of_two",
        way: Way::Back,
        edits: EXACTLY_ONE,
        verdicts: "server/requests patch",
        place: "old ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "member_is_forbidden_no_longer",
        of: "condition_forbidden",
        way: Way::There,
        edits: MAY_HAVE_BOTH,
        verdicts: "server/requests",
        place: "old ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "member_is_forbidden",
        of: "condition_forbidden",
        way: Way::Back,
        edits: MAY_HAVE_BOTH,
        verdicts: "client/requests",
        place: "ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "condition_on_what_is_there",
        of: "condition_given",
        way: Way::There,
        edits: &[(
            ASK,
            r#""properties": { "first": { "not": { "type": "null" } } }, "required": ["first"] },"#,
            r#""properties": { "first": { "not": { "type": "null" } }, "third": { "not": { "type": "null" } } }, "required": ["first", "third"] },"#,
        )],
        verdicts: "server/requests patch",
        place: "old ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "condition_on_other_members_deeper",
        of: "condition_deep",
        way: Way::There,
        edits: FIRMS_NEED_NO_CITY,
        verdicts: "client/requests server/requests",
        place: "ask.json#/$defs/AskRequest/allOf/0",
    },
    Case {
        name: "other_names_in_rust",
        of: "renamed",
        way: Way::There,
        edits: &[
            (ASK, r#""x-rust": "old_user_id""#, r#""x-rust": "former_user_id""#),
            (ASK, r#""x-rust": { "S": "VerySmall" }"#, r#""x-rust": { "S": "Tiny" }"#),
            (ASK, r#""rust": "NotDone""#, r#""rust": "Undone""#),
        ],
        verdicts: "source",
        place: "ask.json#/$defs/AskRequest/properties/user_id/x-rust",
    },
];
