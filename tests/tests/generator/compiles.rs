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

/// What is awkward about a schema, and the edits for it. Edits that do not affect each other share a case, which has the
/// name of the first ones, since each case takes a second to compile.
const CASES: &[(&str, Edits)] = &[
    (
        "errors",
        &[
            ("find.json", r#""enum": ["small", "large"]"#, r#""enum": ["ERROR", "ERR"]"#),
            ("*", r#""DAMAGED""#, r#""ERROR""#),
            ("*", r#""STOLEN""#, r#""ERR""#),
            ("*", "DepotId", "Error"),
            ("*", "Carrier", "Reply"),
            ("*", "ParcelId", "Schedule"),
        ],
    ),
    (
        "code_error",
        &[
            ("*", r#""UNKNOWN""#, r#""ERROR""#),
            ("*", r#""REFUSED""#, r#""ERR""#),
            ("*", r#""door""#, r#""gen""#),
            ("book.json", r#""timeoutSeconds": 8"#, r#""timeoutSeconds": 86400"#),
        ],
    ),
    (
        "definition_types",
        &[
            ("*", "DepotId", "Retry"),
            ("*", "Carrier", "Signer"),
            ("*", "ParcelId", "Timestamp"),
            ("*", r#""fragile""#, r#""into_it""#),
            ("*", r#""desks""#, r#""is""#),
        ],
    ),
    (
        "definition_d",
        &[
            ("*", "DepotId", "D"),
            ("*", "Carrier", "C"),
            ("*", "ParcelId", "S"),
            ("*", r#""fragile""#, r#""clone""#),
            ("*", r#""desks""#, r#""eq""#),
        ],
    ),
    (
        "definition_t",
        &[
            ("*", "DepotId", "E"),
            ("*", "Carrier", "H"),
            ("*", "ParcelId", "T"),
            ("*", "DeskName", "R"),
            ("book.json", r#""timeoutSeconds": 8"#, r#""timeoutSeconds": 120"#),
            ("find.json", r#""enum": ["small", "large"]"#, r#""enum": ["SIZE_A", "SIZE_B", "SIZE_C"]"#),
        ],
    ),
    ("operation_h", &[("*", r#""name": "sendParcel""#, r#""name": "h""#)]),
    ("operation_clone", &[("*", "send.json", "clone.json"), ("*", r#""name": "sendParcel""#, r#""name": "clone""#)]),
    ("operation_verify", &[("*", "send.json", "verify.json"), ("*", r#""name": "sendParcel""#, r#""name": "verify""#)]),
    (
        "operation_builder",
        &[("*", "send.json", "builder.json"), ("*", r#""name": "sendParcel""#, r#""name": "Server""#)],
    ),
    (
        "operation_from",
        &[
            ("*", "send.json", "from.json"),
            ("*", "book.json", "call.json"),
            ("*", "find.json", "fmt.json"),
            ("*", "#/$defs/Stray\"", "#/$defs/request\""),
            ("common.json", "\"Stray\":", "\"request\":"),
        ],
    ),
    (
        "operation_common",
        &[
            ("*", "more.json", "op.json"),
            ("*", r#""name": "sendParcel""#, r#""name": "common""#),
            ("*", r#""DELIVERED""#, r#""J_A""#),
            ("*", r#""RETURNED""#, r#""J_B""#),
            ("*", r#""DAMAGED""#, r#""J_C""#),
            ("*", r#""STOLEN""#, r#""J_D""#),
            ("*", r#""ON_THE_WAY""#, r#""J_E""#),
        ],
    ),
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
    (
        "large",
        &[
            ("book.json", r#""x-range": [1, 4],"#, r#""x-range": [0, 999999],"#),
            ("book.json", "^([1-4])$", "^([0-9]|[1-9][0-9]|[1-9][0-9]{2}|[1-9][0-9]{3}|[1-9][0-9]{4}|[1-9][0-9]{5})$"),
            ("find.json", r#""maxLength": 2000"#, r#""maxLength": 200000"#),
            ("find.json", r#""minLength": 2, "maxLength": 32"#, r#""minLength": 20000, "maxLength": 200000"#),
            ("book.json", r#""maxItems": 20"#, r#""maxItems": 200000"#),
            ("common.json", r#""maxLength": 16, "x-scalar": "code""#, r#""maxLength": 160000, "x-scalar": "code""#),
        ],
    ),
    (
        "operation_add",
        &[
            ("*", "send.json", "add.json"),
            ("*", "book.json", "cmp.json"),
            ("*", "find.json", "not.json"),
            ("common.json", r#""enum": ["Y", "N", "P"]"#, r#""enum": ["Y", "N", "Q", "P"], "x-rust": {"Q": "Quit"}"#),
            ("common.json", r#""N": "failure""#, r#""N": "failure", "Q": "failure""#),
        ],
    ),
    (
        "operation_eq",
        &[
            ("*", "send.json", "eq.json"),
            ("*", "book.json", "hash.json"),
            ("*", "find.json", "drop.json"),
            ("*", "#/$defs/Stray\"", "#/$defs/box\""),
            ("common.json", "\"Stray\":", "\"box\":"),
        ],
    ),
    (
        "operation_gen",
        &[
            ("*", "send.json", "gen.json"),
            ("*", "book.json", "new.json"),
            ("*", "find.json", "default.json"),
            ("*", "#/$defs/Stray\"", "#/$defs/stray\""),
            ("common.json", "\"Stray\":", "\"stray\":"),
        ],
    ),
    (
        "modules_of_the_crates",
        &[
            ("*", "send.json", "settings.json"),
            ("*", "book.json", "answer.json"),
            ("*", "find.json", "outcome.json"),
            ("*", r#""name": "Lost""#, r#""name": "Call""#),
            ("*", r#""name": "Returned""#, r#""name": "Server""#),
        ],
    ),
    (
        "modules_of_the_runtime",
        &[
            ("*", "send.json", "money.json"),
            ("*", "book.json", "code.json"),
            ("*", "find.json", "model.json"),
            ("*", r#""name": "Lost""#, r#""name": "Error""#),
            ("*", r#""name": "Returned""#, r#""name": "Reply""#),
        ],
    ),
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
