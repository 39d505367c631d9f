//! Code tables and outcomes.

use super::{ASK, COMMON, Case, Edit, INQUIRY, REAL, Way};

const NEW_FAILURE: &[Edit] = &[
    (
        INQUIRY,
        r#"{ "code": "INVALID_CODE", "status""#,
        r#"{ "code": "EXPIRED_ORDER", "status": "F", "message": "The order is expired." },
        { "code": "INVALID_CODE", "status""#,
    ),
    (
        INQUIRY,
        r#""INVALID_CODE",
"#,
        r#""EXPIRED_ORDER",
                  "INVALID_CODE",
"#,
    ),
];
const NEW_SUCCESS: &[Edit] = &[
    (
        INQUIRY,
        r#"{ "code": "BUSINESS_NOT_SUPPORT", "status""#,
        r#"{ "code": "PARTLY", "status": "S", "message": "In part." },
        { "code": "BUSINESS_NOT_SUPPORT", "status""#,
    ),
    (
        INQUIRY,
        r#""resultCode": { "enum": ["SUCCESS"] } },
            "required": ["resultCode"]
          },
          "then": { "properties": { "resultStatus": { "const": "S" } } }
        },
        {
          "if": {
            "type": "object",
            "properties": {
              "resultCode": {
                "enum": [
                  "BUSINESS"#,
        r#""resultCode": { "enum": ["SUCCESS", "PARTLY"] } },
            "required": ["resultCode"]
          },
          "then": { "properties": { "resultStatus": { "const": "S" } } }
        },
        {
          "if": {
            "type": "object",
            "properties": {
              "resultCode": {
                "enum": [
                  "BUSINESS"#,
    ),
];
const CLOSED: &str = r#""name": "Cancelled",
          "description": "The payment order was closed before it was paid, and will not be paid.",
          "waiting": "final",
          "when": { "result": { "code": "SUCCESS" }, "paymentResult": { "code": "ORDER_IS_CLOSED" } },
          "members": ["passThroughInfo"]
        },
        {"#;
const NO_DENIAL: &[Edit] = &[(INQUIRY, r#", "cause": "forbidden""#, "")];
const NO_NOT_FOUND: &[Edit] = &[(
    INQUIRY,
    r#"{
          "name": "NotFound",
          "description": "The MPP has no such payment order. The inquiry can arrive before the payment, so this is not a failure yet.",
          "waiting": "undetermined",
          "when": { "result": { "code": "ORDER_NOT_EXIST" } },
          "members": ["passThroughInfo"]
        },
        "#,
    "",
)];
const NO_PENDING_MEMBER: &[Edit] = &[(
    INQUIRY,
    r#""paymentResult": { "status": "U" } },
          "members": ["passThroughInfo"]"#,
    r#""paymentResult": { "status": "U" } },
          "members": []"#,
)];

/// A code of the status that the table excludes.
const OTHER_STATUS: &[Edit] = &[
    (ASK, r#"{ "properties": { "status": { "enum": ["Y", "N"] } } },"#, ""),
    (
        ASK,
        r#""message": "It is torn." }"#,
        r#""message": "It is torn." },
        { "code": "BUSY", "status": "P", "message": "It is going on." }"#,
    ),
    (
        ASK,
        r#""then": { "properties": { "status": { "const": "N" } } }
        }"#,
        r#""then": { "properties": { "status": { "const": "N" } } }
        },
        {
          "if": { "type": "object", "properties": { "code": { "enum": ["BUSY"] } }, "required": ["code"] },
          "then": { "properties": { "status": { "const": "P" } } }
        }"#,
    ),
];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "new_code_of_a_failure",
        of: REAL,
        way: Way::There,
        edits: NEW_FAILURE,
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/PaymentResult/x-codes/4",
    },
    Case {
        name: "code_of_a_failure_gone",
        of: REAL,
        way: Way::Back,
        edits: NEW_FAILURE,
        verdicts: "source",
        place: "old inquiryPayment.json#/$defs/PaymentResult/x-codes/4",
    },
    Case {
        name: "new_code_of_a_success",
        of: REAL,
        way: Way::There,
        edits: NEW_SUCCESS,
        verdicts: "client/responses?",
        place: "inquiryPayment.json#/$defs/PaymentResult/x-codes/1",
    },
    Case {
        name: "code_of_a_success_gone",
        of: REAL,
        way: Way::Back,
        edits: NEW_SUCCESS,
        verdicts: "server/responses? source",
        place: "old inquiryPayment.json#/$defs/PaymentResult/x-codes/1",
    },
    Case {
        name: "new_code_where_no_handler_answers",
        of: REAL,
        way: Way::There,
        edits: &[
            (
                COMMON,
                r#""message": "API is not defined.", "cause": "path" }"#,
                r#""message": "API is not defined.", "cause": "path" },
        { "code": "ASLEEP", "status": "F", "message": "It is asleep." }"#,
            ),
            (COMMON, r#"{ "enum": ["NO_INTERFACE_DEF"] }"#, r#"{ "enum": ["NO_INTERFACE_DEF", "ASLEEP"] }"#),
        ],
        verdicts: "minor",
        place: "common.json#/$defs/ServiceResult/x-codes/1",
    },
    Case {
        name: "code_with_another_status",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, r#""RISK_REJECT", "status": "F""#, r#""RISK_REJECT", "status": "U""#),
            (
                INQUIRY,
                r#""RISK_REJECT",
"#,
                "\n",
            ),
            (INQUIRY, r#"["PAYMENT_IN_PROCESS"]"#, r#"["RISK_REJECT", "PAYMENT_IN_PROCESS"]"#),
        ],
        verdicts: "client/responses server/responses source",
        place: "inquiryPayment.json#/$defs/PaymentResult/x-codes/13/status",
    },
    Case {
        name: "codes_in_another_order",
        of: REAL,
        way: Way::There,
        edits: &[
            (
                INQUIRY,
                r#"{ "code": "EXPIRED_CODE", "status": "F", "message": "The code is expired." },
        { "code": "INVALID_CODE", "status": "F", "message": "The code is invalid." },"#,
                r#"{ "code": "INVALID_CODE", "status": "F", "message": "The code is invalid." },
        { "code": "EXPIRED_CODE", "status": "F", "message": "The code is expired." },"#,
            ),
            (
                INQUIRY,
                r#""EXPIRED_CODE",
                  "INVALID_CODE""#,
                r#""INVALID_CODE",
                  "EXPIRED_CODE""#,
            ),
        ],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/PaymentResult/x-codes",
    },
    Case {
        name: "message_of_a_code",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, "The code is expired.", "The code has expired.")],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/PaymentResult/x-codes/3/message",
    },
    Case {
        name: "cause_with_another_code",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, r#", "cause": "forbidden""#, ""),
            (INQUIRY, r#"Do not retry." }"#, r#"Do not retry.", "cause": "forbidden" }"#),
        ],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/InquiryResult/x-codes/10/cause",
    },
    Case {
        name: "cause_with_a_code_of_another_status",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, r#", "cause": "overload""#, ""),
            (INQUIRY, r#"Do not retry." }"#, r#"Do not retry.", "cause": "overload" }"#),
        ],
        verdicts: "client/responses? server/responses?",
        place: "inquiryPayment.json#/$defs/InquiryResult/x-codes/10/cause",
    },
    Case {
        name: "cause_without_a_code_any_more",
        of: REAL,
        way: Way::There,
        edits: NO_DENIAL,
        verdicts: "client/responses? server/responses?",
        place: "old inquiryPayment.json#/$defs/InquiryResult/x-codes/1/cause",
    },
    Case {
        name: "cause_with_a_code_of_its_own",
        of: REAL,
        way: Way::Back,
        edits: NO_DENIAL,
        verdicts: "client/responses? server/responses?",
        place: "inquiryPayment.json#/$defs/InquiryResult/x-codes/1/cause",
    },
    Case {
        name: "cause_without_a_code_and_another_of_its_status_instead",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#", "cause": "key""#, "")],
        verdicts: "patch",
        place: "old inquiryPayment.json#/$defs/InquiryResult/x-codes/4/cause",
    },
    Case {
        name: "longer_codes_that_no_table_has",
        of: REAL,
        way: Way::There,
        edits: &[(
            COMMON,
            r#""maxLength": 64,
      "x-scalar": "code""#,
            r#""maxLength": 32,
      "x-scalar": "code""#,
        )],
        verdicts: "patch",
        place: "common.json#/$defs/ResultCode/maxLength",
    },
    Case {
        name: "longer_code_than_any_was",
        of: "outcome_by_code",
        way: Way::There,
        edits: &[
            (COMMON, r#""maxLength": 16, "x-scalar": "code""#, r#""maxLength": 24, "x-scalar": "code""#),
            (
                COMMON,
                r#"{ "code": "ABSENT", "status": "N", "message": "There is no such thing." },"#,
                r#"{ "code": "ABSENT", "status": "N", "message": "There is no such thing." },
        { "code": "NO_LONGER_TO_BE_HAD", "status": "N", "message": "It is gone." },"#,
            ),
            (
                COMMON,
                r#"["ILLEGAL", "NOWHERE", "ABSENT"]"#,
                r#"["ILLEGAL", "NOWHERE", "ABSENT", "NO_LONGER_TO_BE_HAD"]"#,
            ),
        ],
        verdicts: "client/responses patch",
        place: "common.json#/$defs/Asked/x-codes/4",
    },
    Case {
        name: "status_word_means_something_else",
        of: "result_only",
        way: Way::There,
        edits: &[(COMMON, r#""N": "failure", "P": "unknown""#, r#""N": "unknown", "P": "failure""#)],
        verdicts: "client/responses? server/responses? source",
        place: "common.json#/$defs/EndingStatus/x-status/N",
    },
    Case {
        name: "new_outcome",
        of: REAL,
        way: Way::Back,
        edits: &[(INQUIRY, CLOSED, "")],
        verdicts: "client/responses? server/responses? source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/1",
    },
    Case {
        name: "outcome_gone",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, CLOSED, "")],
        verdicts: "client/responses? server/responses? source minor",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/1",
    },
    Case {
        name: "new_outcome_of_a_code_that_was_a_refusal",
        of: REAL,
        way: Way::Back,
        edits: NO_NOT_FOUND,
        verdicts: "source minor",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/4",
    },
    Case {
        name: "outcome_gone_whose_code_is_a_refusal",
        of: REAL,
        way: Way::There,
        edits: NO_NOT_FOUND,
        verdicts: "client/responses? source minor",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/4",
    },
    Case {
        name: "new_outcome_of_a_new_code",
        of: REAL,
        way: Way::There,
        edits: &[
            (
                INQUIRY,
                r#"{ "code": "PARAM_ILLEGAL", "status""#,
                r#"{ "code": "ORDER_PURGED", "status": "F", "message": "The order was deleted." },
        { "code": "PARAM_ILLEGAL", "status""#,
            ),
            (
                INQUIRY,
                r#"                  "PARAM_ILLEGAL",
"#,
                r#"                  "ORDER_PURGED",
                  "PARAM_ILLEGAL",
"#,
            ),
            (
                INQUIRY,
                r#""x-outcomes": ["#,
                r#""x-outcomes": [
        {
          "name": "Purged",
          "description": "The order was deleted.",
          "waiting": "final",
          "when": { "result": { "code": "ORDER_PURGED" } },
          "members": []
        },"#,
            ),
        ],
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/0",
    },
    Case {
        name: "outcome_called_otherwise",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""name": "Cancelled""#, r#""name": "Closed""#)],
        verdicts: "source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/1/name",
    },
    Case {
        name: "outcome_of_another_code",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#"{ "code": "ORDER_IS_CLOSED" }"#, r#"{ "code": "EXPIRED_CODE" }"#)],
        verdicts: "client/responses? server/responses? source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/1/when",
    },
    Case {
        name: "outcome_that_is_final_now",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""waiting": "undetermined""#, r#""waiting": "final""#)],
        verdicts: "source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/4/waiting",
    },
    Case {
        name: "outcomes_in_another_order",
        of: "condition_enum",
        way: Way::There,
        edits: &[(
            ASK,
            r#"{ "name": "Done", "description": "It is done.", "waiting": "final", "when": { "result": { "code": "DONE" } }, "members": ["name", "other"] },
        { "name": "Absent", "description": "There is none.", "waiting": "final", "when": { "result": { "code": "ABSENT" } }, "members": ["name"] }"#,
            r#"{ "name": "Absent", "description": "There is none.", "waiting": "final", "when": { "result": { "code": "ABSENT" } }, "members": ["name"] },
        { "name": "Done", "description": "It is done.", "waiting": "final", "when": { "result": { "code": "DONE" } }, "members": ["name", "other"] }"#,
        )],
        verdicts: "patch",
        place: "ask.json#/$defs/AskResponse/x-outcomes",
    },
    Case {
        name: "member_of_an_outcome_gone",
        of: REAL,
        way: Way::There,
        edits: NO_PENDING_MEMBER,
        verdicts: "source",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/3/members/0",
    },
    Case {
        name: "new_member_of_an_outcome",
        of: REAL,
        way: Way::Back,
        edits: NO_PENDING_MEMBER,
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/3/members/0",
    },
    Case {
        name: "description_of_an_outcome",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, "The payment succeeded.", "The payment went through.")],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-outcomes/0/description",
    },
    Case {
        name: "member_that_can_be_expected",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#"["paymentId", "paymentAmount"],"#, r#"["paymentId", "paymentAmount", "paymentTime"],"#)],
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/x-expectable/2",
    },
    Case {
        name: "statuses_without_a_code",
        of: "fewer_statuses",
        way: Way::There,
        edits: &[(ASK, r#"{ "properties": { "status": { "enum": ["Y", "N"] } } },"#, "")],
        verdicts: "patch",
        place: "ask.json#/$defs/State/allOf",
    },
    Case {
        name: "code_of_a_status_that_was_excluded",
        of: "fewer_statuses",
        way: Way::There,
        edits: OTHER_STATUS,
        verdicts: "client/responses server/requests patch",
        place: "ask.json#/$defs/State/x-codes/2",
    },
    Case {
        name: "code_of_a_status_that_is_excluded",
        of: "fewer_statuses",
        way: Way::Back,
        edits: OTHER_STATUS,
        verdicts: "server/responses client/requests source patch",
        place: "old ask.json#/$defs/State/x-codes/2",
    },
];
