//! Changes of an exchange outside of its messages. No validator sees them.

use super::{Case, INQUIRY, REAL, Way};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "another_method",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""method": "POST""#, r#""method": "PUT""#)],
        verdicts: "client server",
        place: "inquiryPayment.json#/x-operation/method",
    },
    Case {
        name: "another_path",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""path": "/aps/api/v1"#, r#""path": "/aps/api/v2"#)],
        verdicts: "client server",
        place: "inquiryPayment.json#/x-operation/path",
    },
    Case {
        name: "longer_wait",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""timeoutSeconds": 5"#, r#""timeoutSeconds": 8"#)],
        verdicts: "client",
        place: "inquiryPayment.json#/x-operation/timeoutSeconds",
    },
    Case {
        name: "shorter_wait",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""timeoutSeconds": 5"#, r#""timeoutSeconds": 3"#)],
        verdicts: "server",
        place: "inquiryPayment.json#/x-operation/timeoutSeconds",
    },
    Case {
        name: "may_not_be_repeated_any_more",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""idempotent": true"#, r#""idempotent": false"#)],
        verdicts: "client",
        place: "inquiryPayment.json#/x-operation/idempotent",
    },
    Case {
        name: "may_be_repeated",
        of: REAL,
        way: Way::Back,
        edits: &[(INQUIRY, r#""idempotent": true"#, r#""idempotent": false"#)],
        verdicts: "server",
        place: "inquiryPayment.json#/x-operation/idempotent",
    },
    Case {
        name: "who_asks",
        of: REAL,
        way: Way::There,
        edits: &[(INQUIRY, r#""client": "Alipay+""#, r#""client": "An acquirer""#)],
        verdicts: "patch",
        place: "inquiryPayment.json#/x-operation/client",
    },
    Case {
        name: "who_asks_is_asked",
        of: REAL,
        way: Way::There,
        edits: &[
            (INQUIRY, r#""client": "Alipay+""#, r#""client": "the other""#),
            (INQUIRY, r#""server": "MPP""#, r#""server": "Alipay+""#),
            (INQUIRY, r#""client": "the other""#, r#""client": "MPP""#),
        ],
        verdicts: "client server",
        place: "inquiryPayment.json#/x-operation/client",
    },
];
