//! The diagnostics of wrong schemas. `crates/codegen/diagnostics/` has a fixture for each code; the page
//! `docs/diagnostics.md` shows the first case of each, and a snapshot the others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use alipayplus_codegen::diagnostic::{self, Diagnostic, DiagnosticCode, Span};
use alipayplus_codegen::explain::{FIXTURES, Fixtures, PAGE};
use alipayplus_codegen::lower;
use alipayplus_codegen::source::{Source, position};
use alipayplus_tests::{errors, generate, one_operation, root};

use crate::snapshots::assert_text;

fn fixtures() -> Fixtures {
    Fixtures::read(&root()).unwrap()
}

const SEVERAL: &str = "several";
const BROKEN: &str = "broken_beside_others";
const AS_JSON: &str = "as_json";
const FURTHER: &str = "further_cases";

/// The names of the snapshots.
pub(crate) const NAMES: &[&str] = &[SEVERAL, BROKEN, AS_JSON, FURTHER];

/// Returns the diagnostics of schemas, which are sorted, distinct and at places that exist.
fn check(sources: &[Source]) -> Vec<Diagnostic> {
    let (family, all) = lower::check(sources);
    assert_eq!(family.is_none(), all.iter().any(Diagnostic::is_error));
    let key = |it: &Diagnostic| (it.span.file, it.span.range.start);
    assert!(all.is_sorted_by_key(key), "{all:#?}");
    for (n, it) in all.iter().enumerate() {
        assert!(!all[..n].contains(it), "reported twice: {it:#?}");
        let places = it.also.iter().map(|(place, _)| place).chain([&it.span]);
        for place in places {
            assert!(sources[place.file].text.get(place.range.clone()).is_some(), "{it:#?}");
        }
        assert!(!it.title.is_empty() && !it.help.is_empty(), "{it:#?}");
    }
    all
}

#[test]
fn the_base_has_no_diagnostics() {
    let base = fixtures().base;
    assert_eq!(check(&base), []);
    assert!(!generate(&base).is_empty());
}

#[test]
fn every_id_has_a_fixture_and_every_fixture_an_id() {
    let names: BTreeSet<String> = DiagnosticCode::ALL.iter().map(|id| id.as_str().to_owned()).collect();
    assert_eq!(names.len(), DiagnosticCode::ALL.len());
    let files = fs::read_dir(root().join(FIXTURES)).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let found: BTreeSet<String> = files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, found);
}

#[test]
fn every_case_has_the_diagnostic_of_its_fixture_and_no_other() {
    let fixtures = fixtures();
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let (mut wrong, mut further) = (Vec::new(), String::new());
    for (id, fixture) in &fixtures.all {
        let name = id.as_str();
        assert!(!fixture.title.is_empty() && !fixture.about.is_empty() && !fixture.cases.is_empty());
        for (n, case) in fixture.cases.iter().enumerate() {
            let sources = case.sources(&fixtures.base).unwrap_or_else(|error| panic!("{name}: {error}"));
            let all = check(&sources);
            let rendered = diagnostic::render(&sources, &all, false);
            let found: BTreeSet<&str> = all.iter().map(|it| it.code.as_str()).collect();
            let expected: BTreeSet<&str> = case.with.iter().map(String::as_str).chain([name]).collect();
            if found != expected {
                wrong.push(format!("case {} of {name} has {found:?}\n{rendered}", n + 1));
            }
            if n == 0 {
                assert!(page.contains(&rendered), "{PAGE} does not show:\n{rendered}");
            } else {
                writeln!(further, "{name}, case {}", n + 1).unwrap();
                further.extend(all.iter().map(|it| brief(&sources, it)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_text("diagnostics", FURTHER, &further);
}

/// The examples of a page say something by themselves.
#[test]
fn every_page_shows_what_is_wrong_and_what_is_right() {
    let fixtures = fixtures();
    for (id, _) in &fixtures.all {
        let page = fixtures.explain(*id).unwrap().unwrap();
        let examples: Vec<&str> = page.split("```json\n").skip(1).map(|it| it.split("```").next().unwrap()).collect();
        assert!(examples.len() >= 2 && examples.len().is_multiple_of(2), "{page}");
        let (wrong, right) = examples.split_at(examples.len() / 2);
        assert_ne!(wrong, right, "{page}");
        for example in examples {
            let says = example.trim().is_empty() || example.contains(|c: char| c.is_alphanumeric());
            assert!(says, "an example of {} is `{example}`", id.as_str());
        }
    }
}

/// Shows a diagnostic without an excerpt of the schema.
fn brief(sources: &[Source], it: &Diagnostic) -> String {
    let at = |place: &Span| {
        let text = &sources[place.file].text;
        let (start, end) = (position(text, place.range.start), position(text, place.range.end));
        format!("{}:{}:{}-{}:{}", sources[place.file].path, start.0, start.1, end.0, end.1)
    };
    let mut text = format!("  {}: {}: {}\n", at(&it.span), it.code.as_str(), it.title);
    it.label.iter().for_each(|label| writeln!(text, "    here: {label}").unwrap());
    it.also.iter().for_each(|(place, label)| writeln!(text, "    {}: {label}", at(place)).unwrap());
    writeln!(text, "    help: {}", it.help).unwrap();
    text
}

/// Returns the base with each of these texts replaced.
pub(crate) fn edited(edits: &[(&str, &str, &str)]) -> Vec<Source> {
    let mut sources = fixtures().base;
    for (name, right, wrong) in edits {
        let file = sources.iter_mut().find(|source| source.name() == *name).unwrap();
        assert!(file.text.contains(right), "{name} has no `{right}`");
        file.text = file.text.replacen(right, wrong, 1);
    }
    sources
}

const FAULTY: &[(&str, &str, &str)] = &[
    ("find.json", r#""waiting": "pending""#, r#""waiting": "open""#),
    ("find.json", "#/$defs/Receiver", "#/$defs/Recipient"),
    ("common.json", "^[A-Z]{3}$", "^[A-Z]+$"),
    ("common.json", r#""description": "A currency.""#, r#""descripton": "A currency.""#),
    ("find.json", r#""code": "STOLEN""#, r#""code": "STOLEN_ON_THE_WAY""#),
];

#[test]
fn all_errors_of_all_files_are_shown_in_one_run() {
    let text = errors(&edited(FAULTY));
    assert_text("diagnostics", SEVERAL, &text);

    // The short lines at the end are sorted by place and list every error above.
    let lines: Vec<_> = text.lines().skip_while(|line| !line.contains("; nothing was written:")).skip(1).collect();
    assert_eq!(text.matches("error[").count(), lines.len());
    let place = |line: &&str| {
        let mut parts = line.split(':');
        let path = parts.next().unwrap().to_owned();
        let mut number = || parts.next().unwrap().parse::<usize>().unwrap();
        (path, number(), number())
    };
    assert!(lines.is_sorted_by_key(place), "{lines:#?}");
    assert_eq!(lines.len(), FAULTY.len(), "{lines:#?}");
}

#[test]
fn json_has_the_same_content() {
    let sources = edited(FAULTY);
    let all = check(&sources);
    let json = diagnostic::json(&sources, &all);
    assert_text("diagnostics", AS_JSON, &format!("{json:#}"));

    let short = diagnostic::render(&sources, &all, false);
    for (it, diagnostic) in json.as_array().unwrap().iter().zip(&all) {
        let [file, id, title] = ["file", "id", "title"].map(|key| it[key].as_str().unwrap());
        assert!(short.contains(&format!("{file}:{}:{}: {id}: {title}\n", it["line"], it["column"])), "{it}");
        let end = position(&sources[diagnostic.span.file].text, diagnostic.span.range.end);
        assert_eq!((it["endLine"].clone(), it["endColumn"].clone()), (end.0.into(), end.1.into()));
    }
}

/// A file that is not JSON hides no error of the others, and references to it are not reported.
#[test]
fn a_broken_file_does_not_hide_errors_of_others() {
    let broken = ("common.json", "\"$defs\": {", "\"$defs\" {");
    let only = check(&edited(&[broken]));
    assert_eq!(only.iter().map(|it| it.code).collect::<Vec<_>>(), [DiagnosticCode::E0001]);

    let text = errors(&edited(&[
        broken,
        ("find.json", "\"timeoutSeconds\": 5,", "\"timeoutSeconds\": 5"),
        ("send.json", r#""timeoutSeconds": 8"#, r#""timeoutSeconds": 0"#),
    ]));
    assert_text("diagnostics", BROKEN, &text);
    assert!(text.contains("3 errors; nothing was written"), "{text}");
}

/// The example in the profile's reference is accepted together with the project's own schemas.
#[test]
fn the_example_of_the_profile_is_accepted() {
    let reference = fs::read_to_string(root().join("schema/README.md")).unwrap();
    let (_, example) = reference.split_once("## A whole example to copy").unwrap();
    let text = example.split_once("```json\n").unwrap().1.split_once("```").unwrap().0.to_owned();
    let mut sources = one_operation();
    sources.insert(0, Source { path: "schema/cancelOrder.json".into(), text });
    let mut found = check(&sources);
    found.retain(|it| it.span.file == 0);
    // Its table is short.
    assert_eq!(found.iter().map(|it| it.code).collect::<Vec<_>>(), [DiagnosticCode::W0601]);
    assert!(!generate(&sources).is_empty());
}

/// A condition that never holds while `x-differs` leaves the member out requires it without a fault.
#[test]
fn a_condition_may_require_a_member_where_it_is_not_left_out() {
    let price = r#""anyOf": [{ "$ref": "common.json#/$defs/Price" }, { "type": "null" }]"#;
    let name = r##""name": { "description": "Who it is.", "$ref": "#/$defs/ShopName" },"##;
    let fees = format!(
        r#"{name} "usual": {{ "description": "As a rule.", {price} }}, "fee": {{ "description": "Here.", {price} }},"#
    );
    let given = r#"{ "not": { "type": "null" } }"#;
    let required = "\"required\": [\"name\"]\n";
    let found = |premise: &str| {
        let rules = format!(
            r#""required": ["name"], "x-differs": [{{ "member": "fee", "from": "usual", "in": "unit" }}],
            "allOf": [{{ "if": {{ "type": "object", {premise} }},
              "then": {{ "properties": {{ "fee": {given} }}, "required": ["fee"] }} }}]"#
        );
        let all = check(&edited(&[("book.json", name, &fees), ("book.json", required, &rules)]));
        all.iter().map(|it| it.code).collect::<Vec<_>>()
    };
    assert_eq!(found(r#""properties": { "usual": { "type": "null" } }"#), []);
    assert_eq!(
        found(&format!(r#""properties": {{ "usual": {given} }}, "required": ["usual"]"#)),
        [DiagnosticCode::E0512]
    );
    assert_eq!(found(r#""properties": { "phone": { "type": "null" } }"#), [DiagnosticCode::E0512]);
}

/// A misspelt keyword is reported once, without follow-up errors.
#[test]
fn a_misspelt_keyword_is_one_error() {
    let base = fixtures().base;
    let mut count = 0;
    for (n, source) in base.iter().enumerate() {
        for (start, word) in keywords(&source.text) {
            let mut sources = base.clone();
            let misspelt: String = word.chars().chain(['e']).collect();
            sources[n].text.replace_range(start..start + word.len(), &misspelt);
            let all = check(&sources);
            let rendered = diagnostic::render(&sources, &all, false);
            assert!(
                all.len() == 1 && all[0].code == DiagnosticCode::E0101,
                "`{misspelt}` in {}:\n{rendered}",
                source.path
            );
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

/// Returns the keywords of a file with their positions.
fn keywords(text: &str) -> Vec<(usize, &str)> {
    const KEYWORDS: &[&str] = &[
        "$schema",
        "$id",
        "title",
        "description",
        "x-operation",
        "x-service",
        "$defs",
        "method",
        "path",
        "client",
        "server",
        "timeoutSeconds",
        "idempotent",
        "request",
        "response",
        "type",
        "properties",
        "required",
        "minLength",
        "maxLength",
        "enum",
        "x-status",
        "x-scalar",
        "x-sensitive",
        "pattern",
        "format",
        "$ref",
        "anyOf",
        "allOf",
        "if",
        "then",
        "not",
        "x-differs",
        "x-expectable",
        "x-outcomes",
        "waiting",
        "when",
        "members",
        "x-codes",
        "message",
        "cause",
        "member",
        "from",
        "x-range",
        "items",
        "minItems",
        "maxItems",
        "default",
        "x-compares",
        "left",
        "is",
        "right",
        "idempotentBy",
    ];
    let quoted = |word: &'static str| text.match_indices(word).map(move |(start, _)| (start, word));
    let is_key =
        |(start, word): &(usize, &str)| text[..*start].ends_with('"') && text[start + word.len()..].starts_with("\":");
    KEYWORDS.iter().copied().flat_map(quoted).filter(is_key).collect()
}
