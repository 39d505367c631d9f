//! Conditions over several members.

use super::{ASK, Case, Edit, INQUIRY, REAL, Way};

const NO_PAYMENT_TIME: &[Edit] = &[
    (
        INQUIRY,
        r#""paymentTime": { "not": { "type": "null" } },
              "customerId""#,
        r#""customerId""#,
    ),
    (INQUIRY, r#""paymentAmount", "paymentTime", "customerId"]"#, r#""paymentAmount", "customerId"]"#),
];
const STATUS_S: &str = r#""properties": { "resultStatus": { "const": "S" } },
                "required": ["resultStatus"]
              }
            },
            "required": ["paymentResult"]"#;
const CODE_SUCCESS: &str = r#""properties": { "resultCode": { "const": "SUCCESS" } },
                "required": ["resultCode"]
              }
            },
            "required": ["paymentResult"]"#;
const STATUS_F: &str = r#""properties": { "resultStatus": { "enum": ["F", "S"] } },
                "required": ["resultStatus"]
              }
            },
            "required": ["paymentResult"]"#;
const NO_DIFFERS: &[Edit] =
    &[(INQUIRY, r#""x-differs": [{ "member": "payToAmount", "from": "paymentAmount", "in": "currency" }],"#, "")];
const NO_NAME: &[Edit] = &[
    (
        ASK,
        r##"{ "$ref": "#/$defs/Kind" }, { "type": "null" }] },
        "name": { "description": "What it is called.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] }"##,
        r##"{ "$ref": "#/$defs/Kind" }, { "type": "null" }] }"##,
    ),
    (
        ASK,
        r#""required": ["result"],
      "allOf": [
        {
          "if": {
            "type": "object",
            "properties": {
              "result": { "type": "object", "properties": { "status": { "const": "Y" } }, "required": ["status"] },
              "kind": { "enum": ["BIG", "SMALL"] }
            },
            "required": ["result", "kind"]
          },
          "then": { "properties": { "name": { "not": { "type": "null" } } }, "required": ["name"] }
        }
      ],"#,
        r#""required": ["result"],"#,
    ),
    (ASK, r#""members": ["kind", "name"]"#, r#""members": ["kind"]"#),
];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "conditional_member_of_a_response_gone",
        of: "condition_two_tests",
        way: Way::There,
        edits: NO_NAME,
        verdicts: "client/responses source",
        place: "old ask.json#/$defs/AskResponse/properties/name",
    },
    Case {
        name: "condition_gone",
        of: REAL,
        way: Way::There,
        edits: NO_PAYMENT_TIME,
        verdicts: "client/responses source",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentResponse/allOf/1",
    },
    Case {
        name: "new_condition",
        of: REAL,
        way: Way::Back,
        edits: NO_PAYMENT_TIME,
        verdicts: "server/responses source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/allOf/1",
    },
    Case {
        name: "condition_on_the_code_in_place_of_its_status",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, STATUS_S, CODE_SUCCESS)],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/allOf/1",
    },
    Case {
        name: "condition_in_more_cases",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, STATUS_S, STATUS_F),
            (
                INQUIRY,
                r#""when": { "result": { "code": "SUCCESS" }, "paymentResult": { "code": "ORDER_IS_CLOSED" } },
          "members": ["#,
                r#""when": { "result": { "code": "SUCCESS" }, "paymentResult": { "code": "ORDER_IS_CLOSED" } },
          "members": ["paymentId", "paymentAmount", "paymentTime", "customerId", "#,
            ),
            (
                INQUIRY,
                r#""when": { "result": { "code": "SUCCESS" }, "paymentResult": { "status": "F" } },
          "members": ["#,
                r#""when": { "result": { "code": "SUCCESS" }, "paymentResult": { "status": "F" } },
          "members": ["paymentId", "paymentAmount", "paymentTime", "customerId", "#,
            ),
        ],
        verdicts: "server/responses source patch",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/allOf/1",
    },
    Case {
        name: "condition_with_a_word_more",
        of: "condition_two_tests",
        way: Way::There,
        edits: &[(
            ASK,
            r#""kind": { "enum": ["BIG", "SMALL"] }
            },
            "required": ["result", "kind"]"#,
            r#""kind": { "enum": ["BIG", "SMALL", "NONE"] }
            },
            "required": ["result", "kind"]"#,
        )],
        verdicts: "server/responses patch",
        place: "ask.json#/$defs/AskResponse/allOf/0",
    },
    Case {
        name: "condition_with_a_word_less",
        of: "condition_two_tests",
        way: Way::There,
        edits: &[(ASK, r#""kind": { "enum": ["BIG", "SMALL"] }"#, r#""kind": { "enum": ["BIG"] }"#)],
        verdicts: "client/responses patch",
        place: "old ask.json#/$defs/AskResponse/allOf/0",
    },
    Case {
        name: "absence_means_nothing_any_more",
        of: REAL,
        way: Way::There,
        edits: NO_DIFFERS,
        verdicts: "client/responses? server/responses? source",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentResponse/x-differs/0",
    },
    Case {
        name: "absence_means_what_another_member_is",
        of: REAL,
        way: Way::Back,
        edits: NO_DIFFERS,
        verdicts: "client/responses? server/responses? source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-differs/0",
    },
];
