//! What each construct becomes: one fixture a construct, one snapshot a generated file. `tests/fixtures` compiles them.

use std::path::Path;

use alipayplus_codegen::output::Files;
use alipayplus_tests::{
    fixture, fixtures, generate_code, has_own_common, nonsense, root, schemas, snapshot_name, snapshots,
};

/// Holds every generated file against its snapshot in a folder.
pub(crate) fn assert_files(folder: &str, files: &Files) {
    for (path, text) in files {
        assert_file(folder, path, text);
    }
}

fn assert_file(folder: &str, path: &Path, text: &str) {
    assert_text(folder, &snapshot_name(path), text);
}

/// Holds a text against its snapshot in a folder.
pub(crate) fn assert_text(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The file that comes from the schema that fixtures share.
pub(crate) const SHARED: &str = "crates/model/src/generated/common.rs";

fn check(name: &str) {
    let mut files = generate_code(&fixture(name));
    if !has_own_common(name) {
        let shared = files.remove(Path::new(SHARED)).unwrap();
        assert_file("fixtures/shared", Path::new(SHARED), &shared);
    }
    assert_files(&format!("fixtures/{name}"), &files);
}

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
            assert_eq!(fixtures(), [$(stringify!($name)),*]);
        }
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
    empty_request,
    family,
    idempotent,
    key_values,
    lists,
    nested_objects,
    numbers,
    optional_members,
    outcome_by_code,
    outcome_by_status_many,
    outcome_by_status_one,
    outcome_two_open_codes,
    outcome_without_members,
    renamed,
    result_only,
    sensitive_text,
    two_operations,
    two_statuses,
    written_scalars,
}

#[test]
fn the_real_schema() {
    assert_files("real", &generate_code(&schemas()));
}

/// The meta-schema takes what the generator takes.
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
