//! Generated files on disk: found when they differ, and updated without touching the others.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use alipayplus_codegen::diagnostic::DiagnosticCode;
use alipayplus_codegen::explain::{FIXTURES, PAGE};
use alipayplus_codegen::output::{self, Difference, Files, Kind};
use alipayplus_codegen::{Failure, SCHEMAS, differences};
use alipayplus_tests::{generate, one_operation, root};
use serde_json::{Value, json};

const MODEL: &str = "crates/model/src/generated/inquiry_payment.rs";

/// What a file generated from a schema that is gone looks like.
const MARKED: &str = "// @generated from schema/refund.json by `cargo xtask codegen`. Do not edit.\n";

/// The schemas of one operation, everything generated from them, and the page of all diagnostics.
pub(crate) struct Tree(pub(crate) PathBuf);

impl Tree {
    pub(crate) fn new(name: &str) -> Self {
        let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join("up_to_date").join(name);
        match fs::remove_dir_all(&tree) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
        copy(&root().join(FIXTURES), &tree.join(FIXTURES));
        let tree = Self(tree);
        for source in one_operation() {
            tree.add(Path::new(&source.path), &source.text);
        }
        for (path, text) in FILES.iter() {
            tree.add(path, text);
        }
        tree.add(Path::new(PAGE), &fs::read_to_string(root().join(PAGE)).unwrap());
        tree
    }

    fn add(&self, path: &Path, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.0.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {}", path.display());
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    pub(crate) fn differences(&self) -> Vec<Difference> {
        differences(&self.0, false).unwrap().0
    }

    /// Returns the only difference, as text.
    fn difference(&self) -> String {
        let all: Vec<_> = self.differences().iter().map(ToString::to_string).collect();
        let [one] = all.as_slice() else { panic!("{all:?}") };
        one.clone()
    }

    pub(crate) fn write(&self) {
        let (differences, files) = differences(&self.0, false).unwrap();
        output::write(&self.0, &differences, &files).unwrap();
    }
}

/// What is generated from the schemas of a tree.
static FILES: LazyLock<Files> = LazyLock::new(|| generate(&one_operation()));

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_fresh_tree_is_up_to_date() {
    assert!(Tree::new("fresh").differences().is_empty());
}

/// Warnings need no action: `docs/` and the crates are what the schemas say all the same.
#[test]
fn the_project_is_up_to_date() {
    let (differences, _) = differences(&root(), false).unwrap();
    let differences: Vec<_> = differences.iter().filter(|it| it.is_change()).map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn a_touched_generated_file_is_stale() {
    let tree = Tree::new("touched");
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    let text = tree.difference();
    assert!(text.starts_with(&format!("stale: {MODEL}\n")), "{text}");
    assert!(text.contains("-    pub acquirer:") && text.contains("+    pub acquirer_id:"), "{text}");
}

#[test]
fn the_diff_of_a_stale_file_is_short() {
    let tree = Tree::new("short");
    fs::write(tree.0.join(MODEL), "nothing\n".repeat(100)).unwrap();
    let text = tree.difference();
    assert!(text.lines().count() < 20 && text.contains(" more lines"), "{text}");
}

#[test]
fn an_orphan_is_found() {
    let tree = Tree::new("orphan");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), MARKED).unwrap();
    assert_eq!(tree.difference(), "orphan: crates/client/src/generated/refund.rs (no schema generates it)");
}

#[test]
fn an_orphan_among_the_bundled_schemas_is_found() {
    let tree = Tree::new("orphaned_bundle");
    fs::write(tree.0.join("docs/schemas/refund.request.json"), r#"{ "$comment": "@generated from a schema" }"#)
        .unwrap();
    assert_eq!(tree.difference(), "orphan: docs/schemas/refund.request.json (no schema generates it)");
}

/// Beside it lie guides and a document that was never generated.
#[test]
fn the_openapi_document_of_a_side_that_is_gone_is_an_orphan() {
    let tree = Tree::new("orphaned_openapi");
    let marked = r#"{ "x-generated": "@generated from schema" }"#;
    for (name, text) in [("openapi-mpp.json", marked), ("openapi-hand.json", "{}"), ("guide.json", marked)] {
        fs::write(tree.0.join("docs").join(name), text).unwrap();
    }
    assert_eq!(tree.difference(), "orphan: docs/openapi-mpp.json (no schema generates it)");
    tree.write();
    assert!(tree.differences().is_empty() && tree.0.join("docs/openapi-hand.json").exists());
}

#[test]
fn a_missing_file_is_found() {
    let tree = Tree::new("missing");
    fs::remove_file(tree.0.join("crates/server/src/generated/mod.rs")).unwrap();
    assert_eq!(tree.difference(), "missing: crates/server/src/generated/mod.rs");
}

#[test]
fn a_missing_folder_is_found_and_made() {
    let tree = Tree::new("folder");
    fs::remove_dir_all(tree.0.join("crates/server")).unwrap();
    assert_eq!(tree.differences().len(), 2);
    tree.write();
    assert!(tree.differences().is_empty());
}

#[test]
fn a_touched_schema_makes_its_files_stale() {
    let tree = Tree::new("schema");
    tree.edit("schema/inquiryPayment.json", "\"maxLength\": 20000", "\"maxLength\": 30000");
    let all: Vec<_> = tree.differences().iter().map(ToString::to_string).collect();
    for path in
        [MODEL, "docs/openapi.json", "docs/schemas/inquiryPayment.response.json", "docs/messages/inquiryPayment.json"]
    {
        let text = all.iter().find(|text| text.starts_with(&format!("stale: {path}\n")));
        assert!(text.is_some_and(|text| text.contains("30000")), "{path} is not among {all:#?}");
        // A line as long as the text is cut.
        assert!(text.is_some_and(|text| text.len() < 3000), "{path}: {} bytes", text.map_or(0, String::len));
    }
}

#[test]
fn a_broken_schema_is_no_difference_but_a_failure() {
    let tree = Tree::new("broken");
    tree.edit("schema/common.json", "\"maxLength\"", "\"maxlength\"");
    let failure = differences(&tree.0, false).unwrap_err();
    assert!(matches!(&failure, Failure::Schema(text) if text.contains("schema/common.json")), "{failure}");
}

#[test]
fn a_missing_schema_folder_is_named() {
    let tree = Tree::new("nowhere");
    fs::remove_dir_all(tree.0.join(SCHEMAS)).unwrap();
    let failure = differences(&tree.0, false).unwrap_err();
    assert!(matches!(&failure, Failure::File(error) if error.path.ends_with(SCHEMAS)), "{failure}");
}

#[test]
fn a_file_that_is_no_text_is_named_and_so_is_a_folder_without_any() {
    let tree = Tree::new("no_text");
    fs::write(tree.0.join(SCHEMAS).join("odd.json"), b"\xff").unwrap();
    let text = differences(&tree.0, false).unwrap_err().to_string();
    assert!(text.contains("schema/odd.json:1:1: E0011: `odd.json` is not UTF-8 text"), "{text}");
    for entry in fs::read_dir(tree.0.join(SCHEMAS)).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let text = differences(&tree.0, false).unwrap_err().to_string();
    assert!(text.contains(SCHEMAS) && text.contains("there is no schema"), "{text}");
}

#[test]
fn writing_touches_nothing_but_what_changed() {
    let tree = Tree::new("writing");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let age = |path: &Path| File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    for path in FILES.keys() {
        age(&tree.0.join(path));
    }
    let orphan = tree.0.join("crates/model/src/generated/refund.rs");
    let orphans = tree.0.join("crates/model/src/generated/refunds");
    fs::write(&orphan, MARKED).unwrap();
    fs::create_dir(&orphans).unwrap();
    fs::write(orphans.join("mod.rs"), MARKED).unwrap();
    fs::remove_file(tree.0.join("crates/client/src/generated/mod.rs")).unwrap();
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");

    tree.write();

    assert!(!orphan.exists() && !orphans.exists());
    let touched = |path: &&PathBuf| fs::metadata(tree.0.join(path)).unwrap().modified().unwrap() != old;
    let touched: Vec<_> = FILES.keys().filter(touched).collect();
    assert_eq!(touched, [Path::new("crates/client/src/generated/mod.rs"), Path::new(MODEL)]);
    assert!(tree.differences().is_empty());
}

#[test]
fn the_output_is_the_same_every_time() {
    let first = generate(&one_operation());
    for _ in 0..5 {
        assert_eq!(generate(&one_operation()), first);
    }
    // It does not depend on the order in which files are found.
    let mut turned = one_operation();
    turned.reverse();
    let turned = generate(&turned);
    let modules = Path::new("crates/model/src/generated/mod.rs");
    for (path, text) in first.iter().filter(|(path, _)| *path != modules) {
        assert_eq!(turned[path], *text, "{}", path.display());
    }
}

#[test]
fn the_kinds_of_differences_are_distinguished() {
    let tree = Tree::new("kinds");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), MARKED).unwrap();
    fs::remove_file(tree.0.join("crates/client/src/generated/mod.rs")).unwrap();
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    let all = tree.differences();
    // Sorted by path: what is missing, what is orphaned, what is stale.
    assert!(matches!(
        all.iter().map(|it| &it.kind).collect::<Vec<_>>()[..],
        [Kind::Missing, Kind::Orphan, Kind::Stale(_)]
    ));
}

/// Builds the command and returns where it lies.
pub(crate) fn program() -> PathBuf {
    static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "alipayplus-xtask"]).current_dir(root());
        assert!(build.status().unwrap().success());
        let tests = std::env::current_exe().unwrap();
        tests.ancestors().nth(2).unwrap().join("xtask")
    });
    PROGRAM.clone()
}

/// Runs the command itself; returns its exit code, and what it prints to stdout and to stderr.
pub(crate) fn command(tree: &Tree) -> impl Fn(&[&str]) -> (Option<i32>, String, String) {
    let command = program();
    // Cargo sets this to the package's folder; the rest of the tree is beside it.
    let package = tree.0.join("xtask");
    move |arguments| {
        let output = Command::new(&command).args(arguments).env("CARGO_MANIFEST_DIR", &package).output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    }
}

/// As CI runs it.
#[test]
fn the_command_fails_with_the_command_that_updates_the_files() {
    let tree = Tree::new("command");
    let command = command(&tree);
    let run = |arguments: &[&str]| {
        let (code, _, text) = command(arguments);
        (code, text)
    };
    // The page of all diagnostics comes from their fixtures.
    let fresh = format!("{} generated files are up to date\n", FILES.len() + 1);
    // A warning of the schemas may be in front of it.
    let (code, text) = run(&["codegen", "--check"]);
    assert!(code == Some(0) && text.ends_with(&fresh), "{text}");

    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    tree.edit(PAGE, "# Diagnostics", "# Faults");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), MARKED).unwrap();
    let (code, text) = run(&["codegen", "--check"]);
    assert_eq!(code, Some(1));
    for part in [
        "orphan: crates/client/src/generated/refund.rs",
        &format!("stale: {MODEL}"),
        &format!("stale: {PAGE}"),
        "3 of the generated files are not what the schema says. Update them with:\n\n    cargo xtask codegen\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!tree.differences().is_empty(), "--check wrote something");

    let updated = format!("removed crates/client/src/generated/refund.rs\nwrote {MODEL}\nwrote {PAGE}\n");
    let (code, text) = run(&["codegen"]);
    assert!(code == Some(0) && text.ends_with(&updated), "{text}");
    assert_eq!(run(&["codegen", "--check"]).0, Some(0));

    // A warning is shown and does not stop the generator.
    tree.edit("schema/common.json", "\"$defs\": {", UNUSED);
    let (code, text) = run(&["codegen"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("warning[W0201]: no operation uses `Idle`") && text.contains(": W0201: "), "{text}");
    assert!(text.contains("wrote crates/model/src/generated/common.rs"), "{text}");

    tree.edit("schema/common.json", "\"maxLength\"", "\"maxlength\"");
    let (code, text) = run(&["codegen"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("did you mean `maxLength`?") && text.contains("nothing was written"), "{text}");
    assert!(!text.contains('\u{1b}'), "colours without a terminal: {text}");
}

/// A definition without a reference to it.
const UNUSED: &str = r#""$defs": {
    "Idle": { "description": "Nothing.", "type": "string", "minLength": 1, "maxLength": 8 },"#;

#[test]
fn the_command_prints_one_json_document_for_programs() {
    let tree = Tree::new("program");
    let command = command(&tree);
    let run = |arguments: &[&str]| {
        let (code, text, nothing) = command(&[&["codegen", "--format", "json"], arguments].concat());
        assert_eq!(nothing, "");
        (code, serde_json::from_str::<Value>(&text).unwrap())
    };
    let (code, fresh) = run(&["--check"]);
    let warnings = fresh["diagnostics"].as_array().unwrap();
    assert!(warnings.iter().all(|it| it["severity"] == "warning"), "{fresh:#}");
    let found = |files: Value| json!({ "diagnostics": warnings, "files": files, "failure": null });
    assert_eq!((code, &fresh), (Some(0), &found(json!([]))));

    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    let files = |change: &str| found(json!([{ "path": MODEL, "change": change }]));
    assert_eq!(run(&["--check"]), (Some(1), files("stale")));
    assert_eq!(run(&[]), (Some(0), files("wrote")));

    tree.edit("schema/common.json", "\"$defs\": {", UNUSED);
    let (code, text) = run(&["--check"]);
    let unused = text["diagnostics"].as_array().unwrap().iter().find(|it| it["title"].to_string().contains("`Idle`"));
    assert_eq!((code, &unused.unwrap()["severity"]), (Some(1), &json!("warning")));
    assert!(!text["files"].as_array().unwrap().is_empty());
    assert_eq!(run(&[]).0, Some(0));

    tree.edit("schema/common.json", "\"maxLength\"", "\"maxlength\"");
    let (code, text) = run(&["--check"]);
    let first = &text["diagnostics"][0];
    assert_eq!((code, &first["id"], &first["severity"]), (Some(1), &json!("E0101"), &json!("error")));
    assert_eq!(text["files"], json!([]));

    fs::remove_dir_all(tree.0.join(SCHEMAS)).unwrap();
    let (code, text) = run(&[]);
    assert_eq!(code, Some(1));
    assert!(text["failure"].as_str().unwrap().contains(SCHEMAS), "{text}");
}

#[test]
fn the_command_explains() {
    let tree = Tree::new("explains");
    let run = command(&tree);
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let (code, all, _) = run(&["explain"]);
    assert_eq!((code, all.lines().count()), (Some(0), DiagnosticCode::ALL.len()));
    for id in DiagnosticCode::ALL {
        assert!(all.contains(&format!("{}  ", id.as_str())), "{all}");
    }
    let (code, one, _) = run(&["explain", "e0203"]);
    assert_eq!(code, Some(0));
    assert!(one.starts_with("# E0203: ") && page.contains(one.trim_start_matches("# ").trim_end()), "{one}");
    for part in ["Wrong, in `schema/find.json`:", "error[E0203]: ", "Right, in `schema/find.json`:"] {
        assert!(one.contains(part), "{one}");
    }
    let (code, nothing, text) = run(&["explain", "E2003"]);
    assert_eq!((code, nothing.as_str()), (Some(1), ""));
    assert!(text.starts_with("there is no diagnostic `E2003`: did you mean `E"), "{text}");
}
