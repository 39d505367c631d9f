//! What the generator says of broken schemas: each case is one small edit of the project's own, and a snapshot of all
//! that a person reads. The table is in the order of `schema/README.md`.

use alipayplus_tests::{faults, fixture, schemas};
use xtask::codegen::source::Source;

use crate::fixtures::assert_text;

/// A file, a text of it, and what stands there instead.
type Edit = (&'static str, &'static str, &'static str);
/// A name and what is broken.
type Case = (&'static str, &'static [Edit]);

const COMMON: &str = "schema/common.json";
const INQUIRY: &str = "schema/inquiryPayment.json";

const CASES: &[Case] = &[
    // Files
    ("json_syntax", &[(INQUIRY, r#""waitSeconds": 5,"#, r#""waitSeconds": 5"#)]),
    ("json_comment", &[(INQUIRY, r#""waitSeconds": 5,"#, r#""waitSeconds": 5, // seconds"#)]),
    ("json_trailing_comma", &[(INQUIRY, r#""repeatable": true,"#, r#""repeatable": true,,"#)]),
    ("duplicate_key", &[(INQUIRY, r#""maxLength": 64,"#, r#""maxLength": 64, "maxLength": 65,"#)]),
    ("not_draft_2020_12", &[(COMMON, "draft/2020-12/schema", "draft/2019-09/schema")]),
    ("misspelt_keyword", &[(INQUIRY, r#""description": "Which payment"#, r#""descripton": "Which payment"#)]),
    ("unknown_keyword", &[(INQUIRY, r#""maxLength": 64,"#, r#""maxLength": 64, "deprecated": true,"#)]),
    ("empty_description", &[(INQUIRY, r#""The payment succeeded.""#, r#""""#)]),
    ("no_service", &[(COMMON, r##""x-service": { "$ref": "#/$defs/ServiceResponse" },"##, "")]),
    (
        "two_services",
        &[(
            INQUIRY,
            r#""title": "inquiryPayment","#,
            r##""title": "inquiryPayment", "x-service": { "$ref": "#/$defs/InquiryPaymentResponse" },"##,
        )],
    ),
    ("service_without_path", &[(COMMON, r#", "cause": "path""#, "")]),
    ("neither_string_nor_object", &[(COMMON, r#""type": "object""#, r#""type": "number""#)]),
    // The operation
    ("unknown_method", &[(INQUIRY, r#""method": "POST""#, r#""method": "GET""#)]),
    ("relative_path", &[(INQUIRY, r#""path": "/aps"#, r#""path": "aps"#)]),
    ("no_waiting", &[(INQUIRY, r#""waitSeconds": 5"#, r#""waitSeconds": 0"#)]),
    ("quoted_number", &[(INQUIRY, r#""waitSeconds": 5"#, r#""waitSeconds": "5""#)]),
    ("quoted_boolean", &[(INQUIRY, r#""repeatable": true"#, r#""repeatable": "true""#)]),
    ("request_of_another_file", &[(INQUIRY, "#/$defs/InquiryPaymentRequest", "common.json#/$defs/Amount")]),
    ("request_is_response", &[(INQUIRY, "#/$defs/InquiryPaymentRequest", "#/$defs/InquiryPaymentResponse")]),
    ("operation_name", &[(INQUIRY, r#""name": "inquiryPayment""#, r#""name": "查询""#)]),
    // References
    ("unknown_definition", &[(INQUIRY, "#/$defs/CustomerId", "#/$defs/CustomersId")]),
    ("unknown_file", &[(INQUIRY, "common.json#/$defs/Datetime", "commons.json#/$defs/Datetime")]),
    ("no_reference", &[(INQUIRY, "#/$defs/CustomerId", "CustomerId")]),
    // Strings
    ("missing_max_length", &[(INQUIRY, r#""maxLength": 64,"#, "")]),
    ("lengths_turned", &[(INQUIRY, r#""minLength": 1"#, r#""minLength": 65"#)]),
    ("empty_text_allowed", &[(INQUIRY, r#""minLength": 1"#, r#""minLength": 0"#)]),
    ("wrong_pattern", &[(COMMON, "^[A-Z]{3}$", "^[A-Z]{3,4}$")]),
    ("missing_format", &[(COMMON, r#""format": "date-time","#, "")]),
    ("pattern_of_a_text", &[(INQUIRY, r#""maxLength": 20000,"#, r#""maxLength": 20000, "pattern": "=","#)]),
    ("unknown_scalar", &[(INQUIRY, r#""x-scalar": "keyValues""#, r#""x-scalar": "keyValue""#)]),
    ("sensitive_words", &[(COMMON, r#""enum": ["S", "F", "U"],"#, r#""enum": ["S", "F", "U"], "x-sensitive": true,"#)]),
    ("word_without_meaning", &[(COMMON, r#""enum": ["S", "F", "U"]"#, r#""enum": ["S", "F", "U", "X"]"#)]),
    ("meaning_without_word", &[(COMMON, r#""U": "unknown" }"#, r#""U": "unknown", "X": "unknown" }"#)]),
    ("unknown_meaning", &[(COMMON, r#""U": "unknown" }"#, r#""U": "unkown" }"#)]),
    ("words_twice", &[(COMMON, r#""enum": ["S", "F", "U"]"#, r#""enum": ["S", "F", "U", "S"]"#)]),
    // Objects
    (
        "optional_member_not_null",
        &[(
            INQUIRY,
            r##""anyOf": [{ "$ref": "#/$defs/PaymentId" }, { "type": "null" }]"##,
            r##""$ref": "#/$defs/PaymentId""##,
        )],
    ),
    (
        "any_of_form",
        &[(
            INQUIRY,
            r##"{ "$ref": "#/$defs/PaymentId" }, { "type": "null" }"##,
            r##"{ "type": "null" }, { "$ref": "#/$defs/PaymentId" }"##,
        )],
    ),
    (
        "required_no_member",
        &[(INQUIRY, r#""required": ["acquirerId", "pspId", "#, r#""required": ["acquirerId", "pspID", "#)],
    ),
    ("member_name", &[(INQUIRY, r#""paymentTime": {"#, r#""payment/time": {"#)]),
    ("members_clash", &[(INQUIRY, r#""customerId": {"#, r#""payment_id": {"#)]),
    ("object_contains_itself", &[(COMMON, r##""$ref": "#/$defs/Currency""##, r##""$ref": "#/$defs/Amount""##)]),
    ("member_without_table", &[(INQUIRY, "#/$defs/PaymentResult\"", "common.json#/$defs/Result\"")]),
    (
        "message_as_member",
        &[(
            INQUIRY,
            r##""anyOf": [{ "$ref": "#/$defs/PaymentId" }"##,
            r##""anyOf": [{ "$ref": "#/$defs/InquiryPaymentRequest" }"##,
        )],
    ),
    (
        "definitions_clash",
        &[(INQUIRY, "#/$defs/PspId", "#/$defs/acquirerID"), (INQUIRY, r#""PspId": {"#, r#""acquirerID": {"#)],
    ),
    (
        "lent_name_clashes",
        &[(INQUIRY, "#/$defs/PspId", "#/$defs/Amount"), (INQUIRY, r#""PspId": {"#, r#""Amount": {"#)],
    ),
    (
        "codes_clash",
        &[
            (INQUIRY, "#/$defs/PspId", "#/$defs/InquiryResultCode"),
            (INQUIRY, r#""PspId": {"#, r#""InquiryResultCode": {"#),
        ],
    ),
    // Conditions
    ("premise_without_required", &[(INQUIRY, r#""required": ["resultStatus"]"#, r#""required": []"#)]),
    (
        "premise_without_type",
        &[(
            INQUIRY,
            r#""type": "object",
                "properties": { "resultStatus": { "const": "S" } }"#,
            r#""properties": { "resultStatus": { "const": "S" } }"#,
        )],
    ),
    (
        "unknown_status_in_condition",
        &[(INQUIRY, r#""resultStatus": { "const": "S" }"#, r#""resultStatus": { "const": "T" }"#)],
    ),
    (
        "unknown_code_in_condition",
        &[(
            INQUIRY,
            r#""properties": { "resultStatus": { "const": "S" } },
                "required": ["resultStatus"]"#,
            r#""properties": { "resultCode": { "const": "SUCCES" } },
                "required": ["resultCode"]"#,
        )],
    ),
    (
        "unknown_member_in_condition",
        &[(INQUIRY, r#""resultStatus": { "const": "S" }"#, r#""resultStats": { "const": "S" }"#)],
    ),
    ("test_without_word", &[(INQUIRY, r#"{ "const": "S" }"#, r#"{ "minLength": 1 }"#)]),
    ("consequence_allows_null", &[(INQUIRY, r#""paymentTime": { "not": { "type": "null" } },"#, "")]),
    (
        "consequence_of_no_member",
        &[(
            INQUIRY,
            r#""required": ["paymentResult"]
          }
        },"#,
            r#""required": ["paymentResults"]
          }
        },"#,
        )],
    ),
    ("else_is_not_taken", &[(INQUIRY, r#""then": {"#, r#""else": {}, "then": {"#)]),
    ("differs_in_no_part", &[(INQUIRY, r#""in": "currency""#, r#""in": "unit""#)]),
    ("differs_of_two_kinds", &[(INQUIRY, r#""from": "paymentAmount""#, r#""from": "paymentTime""#)]),
    (
        "differs_twice",
        &[(
            INQUIRY,
            r#""in": "currency" }]"#,
            r#""in": "currency" }, { "member": "payToAmount", "from": "customsDeclarationAmount", "in": "value" }]"#,
        )],
    ),
    (
        "expectable_no_member",
        &[(INQUIRY, r#""x-expectable": ["paymentId","#, r#""x-expectable": ["paymentIdentifier","#)],
    ),
    (
        "expectable_twice",
        &[(INQUIRY, r#""x-expectable": ["paymentId","#, r#""x-expectable": ["paymentId", "paymentId","#)],
    ),
    // Code tables
    ("code_twice", &[(INQUIRY, r#"{ "code": "KEY_NOT_FOUND""#, r#"{ "code": "INVALID_CLIENT""#)]),
    (
        "variants_clash",
        &[
            (INQUIRY, r#"{ "code": "KEY_NOT_FOUND""#, r#"{ "code": "InvalidClient""#),
            (INQUIRY, "\"KEY_NOT_FOUND\",\n", "\"InvalidClient\",\n"),
        ],
    ),
    ("code_other", &[(INQUIRY, r#"{ "code": "KEY_NOT_FOUND""#, r#"{ "code": "OTHER""#)]),
    ("code_too_long", &[(COMMON, r#""maxLength": 64"#, r#""maxLength": 24"#)]),
    (
        "table_of_no_result",
        &[(INQUIRY, r#""$ref": "common.json#/$defs/Result""#, r#""$ref": "common.json#/$defs/Amount""#)],
    ),
    (
        "all_of_disagrees",
        &[(
            INQUIRY,
            r#""enum": ["REQUEST_TRAFFIC_EXCEED_LIMIT", "UNKNOWN_EXCEPTION"]"#,
            r#""enum": ["UNKNOWN_EXCEPTION"]"#,
        )],
    ),
    (
        "status_disagrees",
        &[(INQUIRY, r#""code": "ORDER_NOT_EXIST", "status": "F""#, r#""code": "ORDER_NOT_EXIST", "status": "U""#)],
    ),
    (
        "unknown_status",
        &[(INQUIRY, r#""code": "ORDER_NOT_EXIST", "status": "F""#, r#""code": "ORDER_NOT_EXIST", "status": "f""#)],
    ),
    ("unknown_cause", &[(INQUIRY, r#""cause": "mediaType""#, r#""cause": "media-type""#)]),
    ("cause_twice", &[(INQUIRY, r#""cause": "client""#, r#""cause": "key""#)]),
    ("cause_of_a_success", &[(INQUIRY, r#""message": "Success" }"#, r#""message": "Success", "cause": "path" }"#)]),
    ("no_unexpected_cause", &[(INQUIRY, r#", "cause": "unexpected""#, "")]),
    // Responses and outcomes
    (
        "no_result",
        &[(
            INQUIRY,
            r#""required": ["result"],
      "allOf""#,
            r#""required": [],
      "allOf""#,
        )],
    ),
    (
        "second_required_member",
        &[
            (
                INQUIRY,
                r##""anyOf": [{ "$ref": "#/$defs/PassThroughInfo" }, { "type": "null" }]"##,
                r##""$ref": "#/$defs/PassThroughInfo""##,
            ),
            (
                INQUIRY,
                r#""required": ["result"],
      "allOf""#,
                r#""required": ["result", "passThroughInfo"],
      "allOf""#,
            ),
        ],
    ),
    (
        "required_member_null",
        &[(
            INQUIRY,
            r#""required": ["result"],
      "allOf""#,
            r#""required": ["result", "paymentTime"],
      "allOf""#,
        )],
    ),
    (
        "outcomes_of_a_request",
        &[(INQUIRY, r#""required": ["acquirerId","#, r#""x-outcomes": [], "required": ["acquirerId","#)],
    ),
    ("no_outcomes", &[(INQUIRY, r#""x-outcomes": ["#, r#""x-outcomes": [], "x-outcomess": ["#)]),
    ("unknown_code_in_outcome", &[(INQUIRY, r#"{ "code": "ORDER_IS_CLOSED" }"#, r#"{ "code": "ORDER_CLOSED" }"#)]),
    (
        "outcome_without_implied_member",
        &[(
            INQUIRY,
            r#""paymentTime",
            "customerId","#,
            r#""customerId","#,
        )],
    ),
    ("outcome_without_result", &[(INQUIRY, r#""when": { "result": { "code": "ORDER_NOT_EXIST" } }"#, r#""when": {}"#)]),
    ("outcome_of_no_member", &[(INQUIRY, r#""members": ["passThroughInfo"]"#, r#""members": ["passThroughInf"]"#)]),
    ("outcome_lists_a_selector", &[(INQUIRY, r#""members": ["passThroughInfo"]"#, r#""members": ["paymentResult"]"#)]),
    ("outcome_lacks_what_differs", &[(INQUIRY, r#""members": ["passThroughInfo"]"#, r#""members": ["payToAmount"]"#)]),
    ("outcome_twice", &[(INQUIRY, r#""name": "Cancelled""#, r#""name": "paid""#)]),
    ("outcome_reserved", &[(INQUIRY, r#""name": "Cancelled""#, r#""name": "Option""#)]),
    ("outcome_called_like_a_type", &[(INQUIRY, r#""name": "Cancelled""#, r#""name": "Amount""#)]),
    ("outcome_called_like_its_operation", &[(INQUIRY, r#""name": "Cancelled""#, r#""name": "inquiryPayment""#)]),
    (
        "outcome_never_read",
        &[(INQUIRY, r#""paymentResult": { "code": "ORDER_IS_CLOSED" }"#, r#""paymentResult": { "code": "SUCCESS" }"#)],
    ),
    (
        "outcome_of_no_code",
        &[(INQUIRY, r#""paymentResult": { "status": "U" }"#, r#""paymentResult": { "status": "S" }"#)],
    ),
    (
        "again_with_a_code",
        &[(
            INQUIRY,
            r#""when": { "result": { "status": "U" } }"#,
            r#""when": { "result": { "code": "PROCESS_FAIL" } }"#,
        )],
    ),
    ("unknown_waiting", &[(INQUIRY, r#""waiting": "pending""#, r#""waiting": "open""#)]),
    ("code_and_status", &[(INQUIRY, r#"{ "status": "F" }"#, r#"{ "status": "F", "code": "PROCESS_FAIL" }"#)]),
];

/// The names of all cases, and so of their snapshots.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CASES.iter().map(|(name, _)| *name).chain([SEVERAL])
}

/// The project's schemas with these edits.
fn edited(edits: &[Edit]) -> Vec<Source> {
    let mut sources = schemas();
    for (path, from, to) in edits {
        let file = sources.iter_mut().find(|source| source.path == *path).unwrap();
        assert!(file.text.contains(from), "`{from}` is not in {path}");
        file.text = file.text.replacen(from, to, 1);
    }
    sources
}

#[test]
fn every_fault_is_shown_at_its_place_with_what_to_write() {
    for (name, edits) in CASES {
        let text = faults(&edited(edits));
        assert!(text.contains("  = help: "), "{name}: no help\n{text}");
        assert_text("diagnostics", name, &text);
    }
}

const SEVERAL: &str = "several_faults_in_two_files";

#[test]
fn all_faults_of_all_files_are_shown_in_one_run() {
    let faulty = [
        (INQUIRY, r#""waiting": "pending""#, r#""waiting": "open""#),
        (INQUIRY, "#/$defs/CustomerId", "#/$defs/CustomersId"),
        (COMMON, "^[A-Z]{3}$", "^[A-Z]+$"),
        (COMMON, r#""description": "An ISO 4217"#, r#""descripton": "An ISO 4217"#),
    ];
    let text = faults(&edited(&faulty));
    assert_text("diagnostics", SEVERAL, &text);

    // The short lines at the end are sorted by place and name every fault that stands above.
    let lines: Vec<_> = text.lines().skip_while(|line| !line.contains("; nothing was written:")).skip(1).collect();
    assert_eq!(text.matches("error: ").count(), lines.len());
    let place = |line: &&str| {
        let mut parts = line.split(':');
        let path = parts.next().unwrap().to_owned();
        let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
        (path, number(), number())
    };
    assert!(lines.is_sorted_by_key(place), "{lines:#?}");
    assert!(lines.len() >= faulty.len(), "{lines:#?}");
    for path in [COMMON, INQUIRY] {
        assert!(lines.iter().any(|line| line.starts_with(path)), "{lines:#?}");
    }
}

#[test]
fn a_syntax_error_does_not_hide_one_of_another_file() {
    let broken = [COMMON, INQUIRY].map(|path| (path, "\"$defs\": {", "\"$defs\" {"));
    let text = faults(&edited(&broken));
    assert!(text.contains("2 faults; nothing was written"), "{text}");
}

#[test]
fn outcomes_leave_a_code_to_refuse_with() {
    let mut sources = fixture("result_only");
    let outcome = |code: &str| {
        let when = format!(r#"{{ "result": {{ "code": "{code}" }} }}"#);
        format!(r#"{{ "name": "{code}", "description": "It.", "waiting": "final", "when": {when}, "members": [] }}"#)
    };
    let all = ["DONE", "ILLEGAL", "NOWHERE", "ABSENT", "BROKEN"].map(outcome).join(", ");
    let text = &mut sources.iter_mut().find(|source| source.name() == "ask.json").unwrap().text;
    let start = text.find(r#"{ "name": "Done""#).unwrap();
    let end = start + text[start..].find("]\n").unwrap();
    text.replace_range(start..end, "");
    text.insert_str(start, &all);
    let text = faults(&sources);
    assert!(text.contains("no code of `result` is left for a refusal") && text.contains("1 fault;"), "{text}");
}

#[test]
fn names_are_told_apart() {
    let mut all: Vec<_> = names().collect();
    all.sort_unstable();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
}
