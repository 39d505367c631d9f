//! What each construct becomes: a fixture per construct. A fixture's snapshot shows what differs from the simplest
//! one's; `tests/fixtures` compiles all of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use alipayplus_codegen::output::Files;
use alipayplus_tests::{fixture, fixtures, generate_code, nonsense, root, schemas};

use crate::excerpt::excerpt;
use crate::snapshots::assert_text;

/// The simplest fixture: its snapshot shows every generated file.
const BASE: &str = "result_only";

/// Fixtures about the members of objects and the rules for them: their snapshots show nothing but the objects.
const OF_OBJECTS: &[&str] = &[
    "condition_enum",
    "condition_exactly_one",
    "condition_forbidden",
    "condition_given",
    "condition_on_status",
    "condition_one_of_two",
    "condition_two_tests",
    "differs_in_request",
    "lists",
    "nested_objects",
    "optional_members",
    "result_in_request",
];

/// Fixtures about what selects an outcome: their snapshots show nothing but the conversions of the operation.
const OF_CONVERSIONS: &[&str] =
    &["outcome_by_code", "outcome_by_word", "outcome_default_code", "outcome_without_members"];

/// Returns a generated file's name in snapshots: `crates/model/src/generated/common.rs` is `model/common.rs`.
fn short(path: &Path) -> PathBuf {
    let of = path.components().nth(1).unwrap().as_os_str();
    Path::new(of).join(path.file_name().unwrap())
}

fn check(name: &str) {
    let mut files = generate_code(&fixture(name));
    remove_second(&mut files);
    let base = generate_code(&fixture(BASE));
    let text = match name {
        BASE => whole(&files),
        _ if OF_OBJECTS.contains(&name) => items(&files, &base, is_object),
        _ if OF_CONVERSIONS.contains(&name) => items(&files, &base, |item| item.starts_with("impl Operation for ")),
        _ => special(&files, &base),
    };
    assert_text("fixtures", name, &text);
}

/// Shows items of the operation that are not in the base.
fn items(files: &Files, base: &Files, is_shown: fn(&str) -> bool) -> String {
    let path = Path::new("crates/model/src/generated/ask.rs");
    let (items, _) = excerpt(&files[path], &base[path]);
    let shown: Vec<_> = items.iter().map(String::as_str).filter(|item| is_shown(item)).collect();
    shown.join("\n")
}

fn is_object(item: &str) -> bool {
    let heads = |line: &str| line.starts_with("pub struct ") && line.ends_with('{');
    item.lines().any(heads) || item.starts_with("impl Object for ")
}

/// Removes the modules of the operation `second`: they are those of `first` with another name.
fn remove_second(files: &mut Files) {
    for of in ["model", "server"] {
        let path = format!("crates/{of}/src/generated/second.rs");
        if let Some(text) = files.remove(Path::new(&path)) {
            let first = &files[Path::new(&path.replace("second", "first"))];
            assert_eq!(first.replace("first", "second").replace("First", "Second"), text);
        }
    }
}

/// Shows every file.
fn whole(files: &Files) -> String {
    let mut all = String::new();
    for (path, text) in files {
        write!(all, "// === {}\n{text}\n", short(path).display()).unwrap();
    }
    all
}

/// Shows what is not in the files of the base, and says what is.
fn special(files: &Files, base: &Files) -> String {
    let (mut all, mut equal) = (String::new(), Vec::new());
    for (path, text) in files {
        let shown = short(path);
        match base.get(path) {
            Some(same) if same == text => equal.push(shown.display().to_string()),
            other => {
                let (items, count) = excerpt(text, other.map_or("", String::as_str));
                let items = items.join("\n");
                write!(all, "// === {}, and {count} items of `{BASE}`\n{items}\n\n", shown.display()).unwrap();
            }
        }
    }
    format!("// As in `{BASE}`: {}\n\n{all}", equal.join(", "))
}

/// Fixtures whose messages and exchanges are checked by the tests `family` and `fixtures`, which says more than their text.
const EXCHANGED: &[&str] = &["family", "family_more", "two_sides"];

macro_rules! check {
    ($($name:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                check(stringify!($name));
            }
        )*

        #[test]
        fn every_fixture_is_checked() {
            let mut names = fixtures();
            names.retain(|name| !EXCHANGED.contains(&name.as_str()));
            assert_eq!(names, NAMES);
        }

        /// The names of the snapshots.
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

check! {
    awkward_names,
    awkward_texts,
    bounded_text,
    closed_words,
    compares,
    condition_deep,
    condition_enum,
    condition_exactly_one,
    condition_forbidden,
    condition_given,
    condition_on_code,
    condition_on_status,
    condition_one_of_two,
    condition_two_tests,
    differs,
    differs_in_request,
    empty_request,
    fewer_statuses,
    formed_text,
    idempotent,
    key_values,
    lists,
    nested_objects,
    numbers,
    optional_members,
    outcome_by_code,
    outcome_by_status_many,
    outcome_by_status_one,
    outcome_by_word,
    outcome_default_code,
    outcome_two_open_codes,
    outcome_without_members,
    renamed,
    result_in_request,
    result_only,
    sensitive_text,
    two_operations,
    two_statuses,
    written_scalars,
}

#[test]
fn the_real_schema() {
    for (path, text) in generate_code(&schemas()) {
        assert_text("real", &real(&path), &text);
    }
}

/// Returns the name of the snapshot of a file that the real schema generates.
pub(crate) fn real(path: &Path) -> String {
    short(path).with_extension("").display().to_string().replace('/', ".")
}

/// The meta-schema accepts what the generator accepts.
#[test]
fn every_fixture_is_of_the_profile() {
    let profile = std::fs::read_to_string(root().join("schema/profile.json")).unwrap();
    let profile = jsonschema::validator_for(&serde_json::from_str(&profile).unwrap()).unwrap();
    let all = fixtures().into_iter().map(|name| (fixture(&name), name));
    for (sources, name) in all.chain([(nonsense::schemas(), "nonsense".to_owned())]) {
        for source in sources {
            let errors: Vec<_> = profile
                .iter_errors(&serde_json::from_str(&source.text).unwrap())
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}, {}: {errors:#?}", source.path);
        }
    }
}
