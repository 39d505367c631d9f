//! Generated files on disk: found when they differ, and mended without touching the others.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use alipayplus_tests::{generate, root, schemas};
use xtask::codegen::output::{self, Difference, Kind};
use xtask::codegen::{Failure, SCHEMAS, differences};

const MODEL: &str = "crates/model/src/generated/inquiry_payment.rs";

/// A copy of the schemas and of everything generated.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str) -> Self {
        let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join("up_to_date").join(name);
        match fs::remove_dir_all(&tree) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
        let sources = fs::read_dir(root().join(SCHEMAS)).unwrap().map(|entry| entry.unwrap().file_name());
        let sources: Vec<_> = sources.map(|name| Path::new(SCHEMAS).join(name)).collect();
        for path in generate(&schemas()).keys().chain(&sources) {
            fs::create_dir_all(tree.join(path).parent().unwrap()).unwrap();
            fs::copy(root().join(path), tree.join(path)).unwrap();
        }
        Self(tree)
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.0.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in {}", path.display());
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn differences(&self) -> Vec<Difference> {
        differences(&self.0, false).unwrap().0
    }

    /// The one difference, as people read it.
    fn difference(&self) -> String {
        let all: Vec<_> = self.differences().iter().map(ToString::to_string).collect();
        let [one] = all.as_slice() else { panic!("{all:?}") };
        one.clone()
    }

    fn write(&self) {
        let (differences, files) = differences(&self.0, false).unwrap();
        output::write(&self.0, &differences, &files).unwrap();
    }
}

#[test]
fn a_fresh_tree_is_up_to_date() {
    assert!(Tree::new("fresh").differences().is_empty());
}

#[test]
fn a_touched_generated_file_is_stale() {
    let tree = Tree::new("touched");
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    let told = tree.difference();
    assert!(told.starts_with(&format!("stale: {MODEL}\n")), "{told}");
    assert!(told.contains("-    pub acquirer:") && told.contains("+    pub acquirer_id:"), "{told}");
}

#[test]
fn the_diff_of_a_stale_file_is_short() {
    let tree = Tree::new("short");
    fs::write(tree.0.join(MODEL), "nothing\n".repeat(100)).unwrap();
    let told = tree.difference();
    assert!(told.lines().count() < 20 && told.contains(" more lines"), "{told}");
}

#[test]
fn an_orphan_is_found() {
    let tree = Tree::new("orphan");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), "").unwrap();
    assert_eq!(tree.difference(), "orphan: crates/client/src/generated/refund.rs (no schema generates it)");
}

#[test]
fn an_orphan_among_the_bundled_schemas_is_found() {
    let tree = Tree::new("orphaned_bundle");
    fs::write(tree.0.join("docs/schemas/refund.request.json"), "").unwrap();
    assert_eq!(tree.difference(), "orphan: docs/schemas/refund.request.json (no schema generates it)");
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
    for file in [MODEL, "docs/openapi.json", "docs/schemas/inquiryPayment.response.json"] {
        let stale = |told: &String| told.starts_with(&format!("stale: {file}\n")) && told.contains("30000");
        assert!(all.iter().any(stale), "{file} is not in {all:?}");
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
    assert!(matches!(&failure, Failure::Io(path, _) if path.ends_with(SCHEMAS)), "{failure}");
}

#[test]
fn writing_touches_nothing_but_what_changed() {
    let tree = Tree::new("writing");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let age = |path: &Path| File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
    let files = generate(&schemas());
    for path in files.keys() {
        age(&tree.0.join(path));
    }
    let orphan = tree.0.join("crates/model/src/generated/refund.rs");
    let orphans = tree.0.join("crates/model/src/generated/refunds");
    fs::write(&orphan, "").unwrap();
    fs::create_dir(&orphans).unwrap();
    fs::write(orphans.join("mod.rs"), "").unwrap();
    fs::remove_file(tree.0.join("crates/client/src/generated/mod.rs")).unwrap();
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");

    tree.write();

    assert!(!orphan.exists() && !orphans.exists());
    let touched = |path: &&PathBuf| fs::metadata(tree.0.join(path)).unwrap().modified().unwrap() != old;
    let touched: Vec<_> = files.keys().filter(touched).collect();
    assert_eq!(touched, [Path::new("crates/client/src/generated/mod.rs"), Path::new(MODEL)]);
    assert!(tree.differences().is_empty());
}

#[test]
fn the_output_is_the_same_every_time() {
    let first = generate(&schemas());
    for _ in 0..5 {
        assert_eq!(generate(&schemas()), first);
    }
    // Nor does it depend on the order in which files are found.
    let mut turned = schemas();
    turned.reverse();
    let turned = generate(&turned);
    let modules = Path::new("crates/model/src/generated/mod.rs");
    for (path, text) in first.iter().filter(|(path, _)| *path != modules) {
        assert_eq!(turned[path], *text, "{}", path.display());
    }
}

#[test]
fn the_kinds_of_differences_are_told_apart() {
    let tree = Tree::new("kinds");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), "").unwrap();
    fs::remove_file(tree.0.join("crates/client/src/generated/mod.rs")).unwrap();
    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    let all = tree.differences();
    // Sorted by path: what is missing, what is orphaned, what is stale.
    assert!(matches!(
        all.iter().map(|it| &it.kind).collect::<Vec<_>>()[..],
        [Kind::Missing, Kind::Orphan, Kind::Stale(_)]
    ));
}

/// The command itself, as CI runs it.
#[test]
fn the_command_fails_with_the_line_that_mends_it() {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--package", "xtask"]).current_dir(root());
    assert!(build.status().unwrap().success());
    let tests = std::env::current_exe().unwrap();
    let command = tests.ancestors().nth(2).unwrap().join("xtask");
    let tree = Tree::new("command");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&command);
        // Cargo says so where the package lies; the rest of the tree is beside it.
        let output = command.args(arguments).env("CARGO_MANIFEST_DIR", tree.0.join("xtask")).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let fresh = format!("{} generated files are up to date\n", generate(&schemas()).len());
    assert_eq!(run(&["codegen", "--check"]), (Some(0), fresh));

    tree.edit(MODEL, "pub acquirer_id", "pub acquirer");
    fs::write(tree.0.join("crates/client/src/generated/refund.rs"), "").unwrap();
    let (code, told) = run(&["codegen", "--check"]);
    assert_eq!(code, Some(1));
    for part in [
        "orphan: crates/client/src/generated/refund.rs",
        &format!("stale: {MODEL}"),
        "2 of the generated files are not what the schema says. Mend it with:\n\n    cargo xtask codegen\n",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!tree.differences().is_empty(), "--check wrote something");

    let mended = format!("removed crates/client/src/generated/refund.rs\nwrote {MODEL}\n");
    assert_eq!(run(&["codegen"]), (Some(0), mended));
    assert_eq!(run(&["codegen", "--check"]).0, Some(0));

    tree.edit("schema/common.json", "\"maxLength\"", "\"maxlength\"");
    let (code, told) = run(&["codegen"]);
    assert_eq!(code, Some(1));
    assert!(told.contains("did you mean `maxLength`?") && told.contains("nothing was written"), "{told}");
}
