//! Names, addresses, descriptions, and what a Rust type can do: nothing that travels.

use super::{COMMON, Case, Edit, INQUIRY, REAL, Way};

const SENSITIVE: &[Edit] = &[(
    INQUIRY,
    r#""maxLength": 64,
      "x-sensitive": true"#,
    r#""maxLength": 64"#,
)];
const PAIRS: &[Edit] = &[(INQUIRY, r#""x-scalar": "keyValues","#, "")];

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "operation_called_otherwise",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""name": "inquiryPayment""#, r#""name": "askPayment""#)],
        verdicts: "source",
        place: "inquiryPayment.json#/x-operation/name",
    },
    Case {
        name: "operation_renamed_in_rust",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""idempotent": true,"#, r#""idempotent": true, "x-rust": "AskPayment","#)],
        verdicts: "source",
        place: "inquiryPayment.json#/x-operation/x-rust",
    },
    Case {
        name: "definition_called_otherwise",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, "#/$defs/PspId", "#/$defs/Provider"), (INQUIRY, r#""PspId": {"#, r#""Provider": {"#)],
        verdicts: "source",
        place: "inquiryPayment.json#/$defs/Provider",
    },
    Case {
        name: "definition_of_a_message_called_otherwise",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, "#/$defs/InquiryPaymentRequest", "#/$defs/Question"),
            (INQUIRY, r#""InquiryPaymentRequest": {"#, r#""Question": {"#),
        ],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/Question",
    },
    Case {
        name: "definition_in_another_file",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, "#/$defs/PspId", "common.json#/$defs/PspId"),
            (
                INQUIRY,
                r#""PspId": {
      "description": "The ID that Alipay+ assigned to a mobile payment provider.",
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },"#,
                "",
            ),
            (
                COMMON,
                r#""ServiceResult": {"#,
                r#""PspId": {
      "description": "The ID that Alipay+ assigned to a mobile payment provider.",
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "ServiceResult": {"#,
            ),
        ],
        verdicts: "source",
        place: "common.json#/$defs/PspId",
    },
    Case {
        name: "definition_without_a_type_of_its_own_called_otherwise",
        of: REAL,
        way: Way::There,
        edits: &[(COMMON, "#/$defs/MinorUnits", "#/$defs/Units"), (COMMON, r#""MinorUnits": {"#, r#""Units": {"#)],
        verdicts: "patch",
        place: "common.json#/$defs/Units",
    },
    Case {
        name: "new_definition",
        of: REAL,
        way: Way::There,
        edits: &[(
            COMMON,
            r#""ServiceResult": {"#,
            r#""Spare": { "description": "Not used yet.", "type": "string", "minLength": 1, "maxLength": 9 },
    "ServiceResult": {"#,
        )],
        verdicts: "minor",
        place: "common.json#/$defs/Spare",
    },
    Case {
        name: "other_words_of_a_description",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, "Identifies the payment.", "Names the payment."),
            (INQUIRY, "to the user who paid.", "to the payer."),
            (INQUIRY, "to one of its users.", "to a user."),
            (INQUIRY, r#""title": "inquiryPayment""#, r#""title": "Inquiry""#),
        ],
        verdicts: "patch",
        place: "inquiryPayment.json#/$defs/CustomerId/description",
    },
    Case {
        name: "another_address",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, "https://alipayplus-sdk.example/", "https://elsewhere.example/"),
            (COMMON, "https://alipayplus-sdk.example/", "https://elsewhere.example/"),
        ],
        verdicts: "patch",
        place: "inquiryPayment.json#/$id",
    },
    Case {
        name: "not_sensitive_any_more",
        of: REAL,
        way: Way::There,
        edits: SENSITIVE,
        verdicts: "source",
        place: "old inquiryPayment.json#/$defs/CustomerId/x-sensitive",
    },
    Case {
        name: "sensitive",
        of: REAL,
        way: Way::Back,
        edits: SENSITIVE,
        verdicts: "source",
        place: "inquiryPayment.json#/$defs/CustomerId/x-sensitive",
    },
    Case {
        name: "no_key_value_pairs_any_more",
        of: REAL,
        way: Way::There,
        edits: PAIRS,
        verdicts: "source",
        place: "old inquiryPayment.json#/$defs/PassThroughInfo/x-scalar",
    },
    Case {
        name: "key_value_pairs",
        of: REAL,
        way: Way::Back,
        edits: PAIRS,
        verdicts: "minor",
        place: "inquiryPayment.json#/$defs/PassThroughInfo/x-scalar",
    },
];
