//! What both sides know of an exchange beside its messages. No validator sees any of it.

use super::{Case, INQUIRY, REAL, Way};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "another_method",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""method": "POST""#, r#""method": "PUT""#)],
        verdicts: "asker answerer",
        place: "inquiryPayment.json#/x-operation/method",
    },
    Case {
        name: "another_path",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""path": "/aps/api/v1"#, r#""path": "/aps/api/v2"#)],
        verdicts: "asker answerer",
        place: "inquiryPayment.json#/x-operation/path",
    },
    Case {
        name: "longer_wait",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""timeoutSeconds": 5"#, r#""timeoutSeconds": 8"#)],
        verdicts: "asker",
        place: "inquiryPayment.json#/x-operation/timeoutSeconds",
    },
    Case {
        name: "shorter_wait",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""timeoutSeconds": 5"#, r#""timeoutSeconds": 3"#)],
        verdicts: "answerer",
        place: "inquiryPayment.json#/x-operation/timeoutSeconds",
    },
    Case {
        name: "not_repeatable_any_more",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""idempotent": true"#, r#""idempotent": false"#)],
        verdicts: "asker",
        place: "inquiryPayment.json#/x-operation/idempotent",
    },
    Case {
        name: "idempotent",
        of: REAL,
        way: Way::Back,
        edits: &[(INQUIRY, r#""idempotent": true"#, r#""idempotent": false"#)],
        verdicts: "answerer",
        place: "inquiryPayment.json#/x-operation/idempotent",
    },
    Case {
        name: "who_asks",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""client": "Alipay+""#, r#""client": "An acquirer""#)],
        verdicts: "patch",
        place: "inquiryPayment.json#/x-operation/caller",
    },
];
