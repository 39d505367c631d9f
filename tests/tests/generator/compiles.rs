//! Schemas with names, texts and sizes at which generated code once did not compile, or broke a lint: each is accepted,
//! and what it generates compiles under the workspace's lints.

use std::fmt::Write as _;

use alipayplus_codegen::source::Source;
use alipayplus_tests::generate_code;

use crate::compile;
use crate::diagnostics::edited;

/// Edits of the base of the diagnostics: file, text, replacement. Every occurrence is replaced in every file if the file
/// is `*`.
type Edits = &'static [(&'static str, &'static str, &'static str)];

/// What is awkward about a schema, and the edits for it.
const CASES: &[(&str, Edits)] = &[
    ("word_error", &[("find.json", r#""enum": ["small", "large"]"#, r#""enum": ["ERROR", "ERR"]"#)]),
    ("code_error", &[("*", r#""UNKNOWN""#, r#""ERROR""#), ("*", r#""REFUSED""#, r#""ERR""#)]),
    ("code_open_error", &[("*", r#""DAMAGED""#, r#""ERROR""#), ("*", r#""STOLEN""#, r#""ERR""#)]),
    ("member_gen", &[("*", r#""door""#, r#""gen""#)]),
    ("definition_errors", &[("*", "DepotId", "Error"), ("*", "Carrier", "Reply"), ("*", "ParcelId", "Schedule")]),
    ("definition_types", &[("*", "DepotId", "Retry"), ("*", "Carrier", "Signer"), ("*", "ParcelId", "Timestamp")]),
    ("definition_d", &[("*", "DepotId", "D"), ("*", "Carrier", "C"), ("*", "ParcelId", "S")]),
    ("definition_t", &[("*", "DepotId", "E"), ("*", "Carrier", "H"), ("*", "ParcelId", "T"), ("*", "DeskName", "R")]),
    ("operation_h", &[("*", r#""name": "sendParcel""#, r#""name": "h""#)]),
    ("operation_clone", &[("*", "send.json", "clone.json"), ("*", r#""name": "sendParcel""#, r#""name": "clone""#)]),
    ("operation_verify", &[("*", "send.json", "verify.json"), ("*", r#""name": "sendParcel""#, r#""name": "verify""#)]),
    (
        "operation_builder",
        &[("*", "send.json", "builder.json"), ("*", r#""name": "sendParcel""#, r#""name": "Server""#)],
    ),
    (
        "operation_from",
        &[("*", "send.json", "from.json"), ("*", "book.json", "call.json"), ("*", "find.json", "fmt.json")],
    ),
    ("operation_common", &[("*", "more.json", "op.json"), ("*", r#""name": "sendParcel""#, r#""name": "common""#)]),
    (
        "service_request",
        &[("*", "#/$defs/Stray\"", "#/$defs/request\""), ("common.json", "\"Stray\":", "\"request\":")],
    ),
    ("service_box", &[("*", "#/$defs/Stray\"", "#/$defs/box\""), ("common.json", "\"Stray\":", "\"box\":")]),
    ("service_stray", &[("*", "#/$defs/Stray\"", "#/$defs/stray\""), ("common.json", "\"Stray\":", "\"stray\":")]),
    (
        "default_with",
        &[
            ("*", r#""size""#, r#""with""#),
            (
                "find.json",
                r##""anyOf": [{ "$ref": "#/$defs/Size" }, { "type": "null" }]"##,
                r##""anyOf": [{ "$ref": "#/$defs/Size" }, { "type": "null" }], "default": "small""##,
            ),
        ],
    ),
    ("default_clone", &[("*", r#""fragile""#, r#""clone""#), ("*", r#""desks""#, r#""eq""#)]),
    (
        "number_large",
        &[
            ("book.json", r#""x-range": [1, 4],"#, r#""x-range": [0, 999999],"#),
            ("book.json", "^([1-4])$", "^([0-9]|[1-9][0-9]|[1-9][0-9]{2}|[1-9][0-9]{3}|[1-9][0-9]{4}|[1-9][0-9]{5})$"),
        ],
    ),
    (
        "text_large",
        &[
            ("find.json", r#""maxLength": 2000"#, r#""maxLength": 200000"#),
            ("find.json", r#""minLength": 2, "maxLength": 32"#, r#""minLength": 20000, "maxLength": 200000"#),
        ],
    ),
    ("list_large", &[("book.json", r#""maxItems": 20"#, r#""maxItems": 200000"#)]),
    ("timeout_large", &[("book.json", r#""timeoutSeconds": 8"#, r#""timeoutSeconds": 86400"#)]),
    (
        "code_large",
        &[("common.json", r#""maxLength": 16, "x-scalar": "code""#, r#""maxLength": 160000, "x-scalar": "code""#)],
    ),
    (
        "two_words",
        &[
            ("common.json", r#""enum": ["Y", "N", "P"]"#, r#""enum": ["Y", "N", "Q", "P"], "x-rust": {"Q": "Quit"}"#),
            ("common.json", r#""N": "failure""#, r#""N": "failure", "Q": "failure""#),
        ],
    ),
    (
        "operation_add",
        &[("*", "send.json", "add.json"), ("*", "book.json", "cmp.json"), ("*", "find.json", "not.json")],
    ),
    (
        "operation_eq",
        &[("*", "send.json", "eq.json"), ("*", "book.json", "hash.json"), ("*", "find.json", "drop.json")],
    ),
    (
        "operation_gen",
        &[("*", "send.json", "gen.json"), ("*", "book.json", "new.json"), ("*", "find.json", "default.json")],
    ),
    (
        "modules_of_the_crates",
        &[("*", "send.json", "settings.json"), ("*", "book.json", "answer.json"), ("*", "find.json", "outcome.json")],
    ),
    (
        "modules_of_the_runtime",
        &[("*", "send.json", "money.json"), ("*", "book.json", "code.json"), ("*", "find.json", "model.json")],
    ),
    (
        "alike_codes",
        &[
            ("*", r#""DELIVERED""#, r#""J_A""#),
            ("*", r#""RETURNED""#, r#""J_B""#),
            ("*", r#""DAMAGED""#, r#""J_C""#),
            ("*", r#""STOLEN""#, r#""J_D""#),
            ("*", r#""ON_THE_WAY""#, r#""J_E""#),
        ],
    ),
    ("alike_words", &[("find.json", r#""enum": ["small", "large"]"#, r#""enum": ["SIZE_A", "SIZE_B", "SIZE_C"]"#)]),
    ("timeout_minutes", &[("book.json", r#""timeoutSeconds": 8"#, r#""timeoutSeconds": 120"#)]),
    (
        "outcome_error",
        &[("*", r#""name": "Lost""#, r#""name": "Error""#), ("*", r#""name": "Returned""#, r#""name": "Reply""#)],
    ),
    (
        "outcome_call",
        &[("*", r#""name": "Lost""#, r#""name": "Call""#), ("*", r#""name": "Returned""#, r#""name": "Server""#)],
    ),
    ("default_as", &[("*", r#""fragile""#, r#""into_it""#), ("*", r#""desks""#, r#""is""#)]),
    (
        "texts",
        &[
            ("find.json", "Where it goes.", "An unbalanced ` backtick before [close](x"),
            (
                "find.json",
                "How big it is",
                "How `x[y](z` big it ] is <b> & \\\\ \\\" *a* _b_ ![i](u) https://e.org/a_b_c",
            ),
        ],
    ),
];

fn sources(edits: Edits) -> Vec<Source> {
    let (all, single): (Vec<_>, Vec<_>) = edits.iter().partition(|(file, _, _)| *file == "*");
    let mut sources = edited(&single);
    for (_, from, to) in all {
        assert!(sources.iter().any(|source| source.text.contains(from)), "no file has {from}");
        for source in &mut sources {
            source.text = source.text.replace(from, to);
            source.path = source.path.replace(from, to);
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Returns the base with many more optional members of a response, each in the outcome that has the most.
fn with_members(count: usize) -> Vec<Source> {
    let mut sources = edited(&[]);
    let find = sources.iter_mut().find(|source| source.name() == "find.json").unwrap();
    let (mut properties, mut names) = (String::new(), String::new());
    for n in 0..count {
        let any = r##""anyOf": [{ "$ref": "#/$defs/Town" }, { "type": "null" }]"##;
        write!(properties, r#""more{n}": {{ "description": "More.", {any} }},"#).unwrap();
        write!(names, r#""more{n}", "#).unwrap();
    }
    find.text = find.text.replacen("\"size\": {", &format!("{properties}\"size\": {{"), 1);
    find.text = find.text.replacen("\"members\": [\"handedAt\"", &format!("\"members\": [{names}\"handedAt\""), 1);
    sources
}

#[test]
fn awkward_schemas_compile_without_a_lint() {
    let mut cases: Vec<_> = CASES.iter().map(|(name, edits)| ((*name).to_owned(), sources(edits))).collect();
    cases.extend([3, 20, 120].map(|count| (format!("members_{count}"), with_members(count))));
    let files: Vec<_> = cases.iter().map(|(name, sources)| (name.clone(), generate_code(sources))).collect();
    let sample: Vec<_> = files.iter().map(|(name, files)| (name.clone(), files)).collect();
    compile::check("compiles", &sample);
}
