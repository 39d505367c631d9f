//! What messages may hold: scalars and members.

use super::{ASK, COMMON, Case, Edit, INQUIRY, REAL, Way};

const LONGER_REQUEST: &[Edit] = &[(
    INQUIRY,
    r#""description": "The ID that Alipay+ assigned to an Acquiring Service Provider.",
      "type": "string",
      "minLength": 1,
      "maxLength": 64"#,
    r#""description": "The ID that Alipay+ assigned to an Acquiring Service Provider.",
      "type": "string",
      "minLength": 1,
      "maxLength": 65"#,
)];
const SHORTER_RESPONSE: &[Edit] = &[(INQUIRY, r#""maxLength": 20000"#, r#""maxLength": 10000"#)];
const NEW_WORD: &[Edit] =
    &[(ASK, r#""enum": ["RED", "DARK_BLUE", "green"]"#, r#""enum": ["RED", "DARK_BLUE", "PINK", "green"]"#)];
const OPTIONAL_IN_REQUEST: &[Edit] = &[(
    ASK,
    r#""box": { "description": "An object.""#,
    r##""size": { "description": "A size.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] },
        "box": { "description": "An object.""##,
)];
const REQUIRED_IN_REQUEST: &[Edit] = &[
    (
        INQUIRY,
        r#""pspId": {
          "description""#,
        r##""shopId": { "description": "The shop.", "$ref": "#/$defs/PspId" },
        "pspId": {
          "description""##,
    ),
    (INQUIRY, r#""required": ["acquirerId", "pspId","#, r#""required": ["acquirerId", "shopId", "pspId","#),
];
const REQUIRED: &[Edit] = &[(
    ASK,
    r##""name": { "description": "A scalar.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] },
        "box": { "description": "An object.", "anyOf": [{ "$ref": "#/$defs/Box" }, { "type": "null" }] }
      }"##,
    r##""name": { "description": "A scalar.", "$ref": "#/$defs/Name" },
        "box": { "description": "An object.", "anyOf": [{ "$ref": "#/$defs/Box" }, { "type": "null" }] }
      },
      "required": ["name"]"##,
)];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "longer_text_in_a_request",
        of: REAL,
        way: Way::There,
        edits: LONGER_REQUEST,
        verdicts: "server/requests",
        place: "inquiryPayment.json#/$defs/AcquirerId/maxLength",
    },
    Case {
        name: "shorter_text_in_a_request",
        of: REAL,
        way: Way::Back,
        edits: LONGER_REQUEST,
        verdicts: "client/requests",
        place: "inquiryPayment.json#/$defs/AcquirerId/maxLength",
    },
    Case {
        name: "shorter_text_in_a_response",
        of: REAL,
        way: Way::There,
        edits: SHORTER_RESPONSE,
        verdicts: "server/responses",
        place: "inquiryPayment.json#/$defs/PassThroughInfo/maxLength",
    },
    Case {
        name: "longer_text_in_a_response",
        of: REAL,
        way: Way::Back,
        edits: SHORTER_RESPONSE,
        verdicts: "client/responses",
        place: "inquiryPayment.json#/$defs/PassThroughInfo/maxLength",
    },
    Case {
        name: "greater_least_length_in_both_messages",
        of: "nested_objects",
        way: Way::There,
        edits: &[(ASK, r#""minLength": 1"#, r#""minLength": 2"#)],
        verdicts: "client/requests server/responses",
        place: "ask.json#/$defs/Name/minLength",
    },
    Case {
        name: "shorter_message_of_a_result",
        of: REAL,
        way: Way::There,
        edits: &[(COMMON, r#""maxLength": 256"#, r#""maxLength": 200"#)],
        verdicts: "server/responses",
        place: "common.json#/$defs/ResultMessage/maxLength",
    },
    Case {
        name: "new_word_in_a_request",
        of: "closed_words",
        way: Way::There,
        edits: NEW_WORD,
        verdicts: "server/requests",
        place: "ask.json#/$defs/Colour/enum/2",
    },
    Case {
        name: "word_gone_from_a_request",
        of: "closed_words",
        way: Way::Back,
        edits: NEW_WORD,
        verdicts: "client/requests source",
        place: "old ask.json#/$defs/Colour/enum/2",
    },
    Case {
        name: "words_in_another_order",
        of: "closed_words",
        way: Way::There,
        edits: &[(ASK, r#"["RED", "DARK_BLUE", "green"]"#, r#"["DARK_BLUE", "RED", "green"]"#)],
        verdicts: "patch",
        place: "ask.json#/$defs/Colour/enum",
    },
    Case {
        name: "text_becomes_words",
        of: "bounded_text",
        way: Way::There,
        edits: &[(ASK, r#""minLength": 1, "maxLength": 8"#, r#""enum": ["LEFT", "RIGHT"]"#)],
        verdicts: "client/requests source",
        place: "ask.json#/$defs/Short",
    },
    Case {
        name: "words_become_a_narrow_text",
        of: "closed_words",
        way: Way::There,
        edits: &[(ASK, r#""enum": ["RED", "DARK_BLUE", "green"]"#, r#""minLength": 1, "maxLength": 5"#)],
        verdicts: "client/requests server/requests source",
        place: "ask.json#/$defs/Colour",
    },
    Case {
        name: "new_optional_member_of_a_request",
        of: "optional_members",
        way: Way::There,
        edits: OPTIONAL_IN_REQUEST,
        verdicts: "minor",
        place: "ask.json#/$defs/AskRequest/properties/size",
    },
    Case {
        name: "optional_member_of_a_request_gone",
        of: "optional_members",
        way: Way::Back,
        edits: OPTIONAL_IN_REQUEST,
        verdicts: "source",
        place: "old ask.json#/$defs/AskRequest/properties/size",
    },
    Case {
        name: "optional_member_of_a_request_called_otherwise",
        of: "optional_members",
        way: Way::There,
        edits: &[(
            ASK,
            r#""name": { "description": "A scalar.", "anyOf""#,
            r#""title": { "description": "A scalar.", "anyOf""#,
        )],
        verdicts: "client/requests? server/requests? source",
        place: "ask.json#/$defs/AskRequest/properties/title",
    },
    Case {
        name: "optional_member_in_the_place_of_one_of_another_type",
        of: "optional_members",
        way: Way::There,
        edits: &[(
            ASK,
            r##""name": { "description": "A scalar.", "anyOf": [{ "$ref": "#/$defs/Name" }"##,
            r##""title": { "description": "A scalar.", "anyOf": [{ "$ref": "#/$defs/Box" }"##,
        )],
        verdicts: "source minor",
        place: "ask.json#/$defs/AskRequest/properties/title",
    },
    Case {
        name: "new_required_member_of_a_request",
        of: REAL,
        way: Way::There,
        edits: REQUIRED_IN_REQUEST,
        verdicts: "client/requests source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentRequest/properties/shopId",
    },
    Case {
        name: "required_member_of_a_request_gone",
        of: REAL,
        way: Way::Back,
        edits: REQUIRED_IN_REQUEST,
        verdicts: "server/requests source",
        place: "old inquiryPayment.json#/$defs/InquiryPaymentRequest/properties/shopId",
    },
    Case {
        name: "member_of_a_request_becomes_required",
        of: "optional_members",
        way: Way::There,
        edits: REQUIRED,
        verdicts: "client/requests source",
        place: "ask.json#/$defs/AskRequest/properties/name",
    },
    Case {
        name: "member_of_a_request_becomes_optional",
        of: "optional_members",
        way: Way::Back,
        edits: REQUIRED,
        verdicts: "server/requests source",
        place: "ask.json#/$defs/AskRequest/properties/name",
    },
    Case {
        name: "member_of_an_object_in_both_messages_becomes_optional",
        of: "nested_objects",
        way: Way::There,
        edits: &[(
            ASK,
            r##""mark": { "description": "What marks it.", "$ref": "#/$defs/Name" } },
      "required": ["mark"]"##,
            r##""mark": { "description": "What marks it.", "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] } }"##,
        )],
        verdicts: "client/responses server/requests source",
        place: "ask.json#/$defs/Spot/properties/mark",
    },
    Case {
        name: "new_member_of_a_response",
        of: REAL,
        way: Way::There,
        edits: &[(
            INQUIRY,
            r#""paymentTime": {
          "description""#,
            r#""settleTime": {
          "description": "When it is settled.",
          "anyOf": [{ "$ref": "common.json#/$defs/Datetime" }, { "type": "null" }]
        },
        "paymentTime": {
          "description""#,
        )],
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/properties/settleTime",
    },
    Case {
        name: "members_in_another_order",
        of: "bounded_text",
        way: Way::There,
        edits: &[(
            ASK,
            r##""short": { "description": "Bounded on both sides.", "$ref": "#/$defs/Short" },
        "exact": { "description": "Of one length.", "$ref": "#/$defs/Exact" }"##,
            r##""exact": { "description": "Of one length.", "$ref": "#/$defs/Exact" },
        "short": { "description": "Bounded on both sides.", "$ref": "#/$defs/Short" }"##,
        )],
        verdicts: "patch",
        place: "ask.json#/$defs/AskRequest/properties",
    },
    Case {
        name: "member_refers_to_another_scalar",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, "common.json#/$defs/Datetime", "#/$defs/PaymentId")],
        verdicts: "client/responses source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/properties/paymentTime",
    },
    Case {
        name: "member_refers_to_another_object",
        of: "nested_objects",
        way: Way::There,
        edits: &[(
            ASK,
            r##""where": { "description": "Where it was found.", "anyOf": [{ "$ref": "#/$defs/Place" }"##,
            r##""where": { "description": "Where it was found.", "anyOf": [{ "$ref": "#/$defs/Spot" }"##,
        )],
        verdicts: "client/responses server/responses source",
        place: "ask.json#/$defs/AskResponse/properties/where",
    },
    Case {
        name: "member_refers_to_an_object",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, "#/$defs/PassThroughInfo", "common.json#/$defs/Amount")],
        verdicts: "client/responses server/responses source",
        place: "inquiryPayment.json#/$defs/InquiryPaymentResponse/properties/passThroughInfo",
    },
    Case {
        name: "amount_is_no_money_any_more",
        of: REAL,
        way: Way::There,
        edits: &[(
            COMMON,
            r#""properties": {
        "currency": {"#,
            r##""properties": {
        "note": { "description": "A note.", "anyOf": [{ "$ref": "#/$defs/Currency" }, { "type": "null" }] },
        "currency": {"##,
        )],
        verdicts: "source minor",
        place: "common.json#/$defs/Amount",
    },
];
