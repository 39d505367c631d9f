//! The commands in clones as people have them: with CRLF, with stray files, and read by programs that stop early.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use alipayplus_codegen::{differences, run};
use alipayplus_tests::{generate, root, schemas};

use crate::up_to_date::{Tree, command, program};

const STRAY: &str = "crates/client/src/generated/notes.txt";

/// Returns all diagnostics of a tree, as `CODE title`.
fn diagnostics(tree: &Tree) -> Vec<String> {
    let run = run(&tree.0).unwrap();
    run.diagnostics.iter().map(|it| format!("{} {}", it.code.as_str(), it.title)).collect()
}

#[test]
fn a_checkout_with_crlf_is_up_to_date() {
    fn convert(folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                convert(&entry.path());
            } else {
                let text = fs::read_to_string(entry.path()).unwrap();
                fs::write(entry.path(), text.replace('\n', "\r\n")).unwrap();
            }
        }
    }
    let tree = Tree::new("crlf");
    convert(&tree.0);
    assert!(tree.differences().is_empty(), "{:#?}", tree.differences());

    tree.edit("crates/model/src/generated/inquiry_payment.rs", "pub acquirer_id", "pub acquirer");
    assert_eq!(tree.differences().len(), 1);
    tree.write();
    assert!(tree.differences().is_empty());
}

#[test]
fn git_gives_every_clone_lf() {
    let mut git = Command::new("git");
    let git = git.args(["check-attr", "text", "eol", "--", "schema/common.json"]).current_dir(root()).output().unwrap();
    let attributes = String::from_utf8(git.stdout).unwrap();
    assert_eq!(attributes, "schema/common.json: text: auto\nschema/common.json: eol: lf\n");
}

#[test]
fn hidden_files_are_no_schemas() {
    let tree = Tree::new("hidden");
    let usual = diagnostics(&tree);
    for name in [".common.json.swp.json", "._common.json", ".DS_Store"] {
        fs::write(tree.0.join("schema").join(name), b"\xff").unwrap();
    }
    fs::create_dir(tree.0.join("schema/.idea")).unwrap();
    assert_eq!(diagnostics(&tree), usual);
    assert!(tree.differences().is_empty());
}

#[test]
fn files_that_look_like_schemas_are_named() {
    let tree = Tree::new("lookalikes");
    let usual = diagnostics(&tree);
    fs::create_dir(tree.0.join("schema/old.json")).unwrap();
    for name in ["pay.yaml", "pay.JSON", "pay.txt"] {
        fs::write(tree.0.join("schema").join(name), "").unwrap();
    }
    let titles = ["schema/old.json/", "schema/pay.JSON", "schema/pay.yaml"].map(|it| format!("W0001 {it} is not read"));
    let mut found = diagnostics(&tree);
    found.retain(|it| !usual.contains(it));
    assert_eq!(found, titles);
    assert!(tree.differences().is_empty());

    // They are named beside errors too: one may be the reason for the other.
    fs::rename(tree.0.join("schema/common.json"), tree.0.join("schema/common.jsonc")).unwrap();
    let all = diagnostics(&tree);
    assert!(all.contains(&"W0001 schema/common.jsonc is not read".to_owned()), "{all:#?}");
    let (code, _, text) = command(&tree)(&["codegen"]);
    assert!(code == Some(1) && text.contains(" errors and 4 warnings; nothing was written:\n"), "{text}");
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let tree = Tree::new("byte_order_mark");
    let path = tree.0.join("schema/common.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("\u{feff}{text}")).unwrap();
    assert!(tree.differences().is_empty());
}

#[test]
fn utf_16_is_an_error_that_names_the_file() {
    let tree = Tree::new("utf_16");
    let path = tree.0.join("schema/common.json");
    let text = fs::read_to_string(&path).unwrap();
    let utf_16 = |mark: &[u8]| [mark, &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat();
    for bytes in [utf_16(b"\xff\xfe"), utf_16(b"")] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(diagnostics(&tree), ["E0011 `common.json` is not UTF-8 text"]);
    }
}

#[test]
#[cfg(unix)]
fn a_link_to_nowhere_is_named_with_its_target() {
    let tree = Tree::new("link");
    std::os::unix::fs::symlink("gone/pay.json", tree.0.join("schema/pay.json")).unwrap();
    let text = differences(&tree.0, false).unwrap_err().to_string();
    assert!(text.ends_with("schema/pay.json: it is a link to gone/pay.json, which does not exist"), "{text}");
}

#[test]
fn a_file_that_can_not_be_written_is_named() {
    let tree = Tree::new("unwritable");
    let path = tree.0.join("crates/client/src/generated/inquiry_payment.rs");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let (code, _, text) = command(&tree)(&["codegen"]);
    assert!(code == Some(1) && text.contains("client/src/generated/inquiry_payment.rs: "), "{text}");
}

#[test]
fn writing_leaves_no_temporary_file() {
    let tree = Tree::new("temporary");
    let folder = tree.0.join("crates/client/src/generated");
    fs::remove_dir_all(&folder).unwrap();
    tree.write();
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["inquiry_payment.rs", "mod.rs"]);
}

/// A writer that fails half-way must not leave half a file, so a file is replaced, and never written in place.
#[test]
#[cfg(unix)]
fn a_file_is_replaced_and_not_written_in_place() {
    let tree = Tree::new("replaced");
    let path = tree.0.join("docs/openapi.json");
    let second = tree.0.join("docs/second");
    fs::write(&path, "half").unwrap();
    fs::hard_link(&path, &second).unwrap();
    tree.write();
    assert_ne!(fs::read_to_string(&path).unwrap(), "half");
    assert_eq!(fs::read_to_string(&second).unwrap(), "half");
}

#[test]
fn every_generated_file_says_so() {
    for (path, text) in generate(&schemas()) {
        let head: String = text.chars().take(400).collect();
        assert!(head.contains("@generated from "), "{}: {head}", path.display());
    }
}

#[test]
fn files_that_were_not_generated_are_named_and_left() {
    let tree = Tree::new("foreign");
    let below = "docs/schemas/drafts/pay.json";
    fs::write(tree.0.join(STRAY), "notes").unwrap();
    fs::create_dir(tree.0.join("docs/schemas/drafts")).unwrap();
    fs::write(tree.0.join(below), "{}").unwrap();
    let command = command(&tree);
    for arguments in [&["codegen", "--check"] as &[_], &["codegen"]] {
        let (code, _, text) = command(arguments);
        assert_eq!(code, Some(0), "{text}");
        for path in [STRAY, below] {
            assert!(text.contains(&format!("foreign: {path} (not generated, and left as it is)\n")), "{text}");
        }
    }
    assert!(tree.0.join(STRAY).exists() && tree.0.join(below).exists());
}

#[test]
fn a_reader_that_stops_early_is_no_panic() {
    let tree = Tree::new("pipe");
    let mut explain = Command::new(program());
    explain.args(["codegen", "--check", "--format", "json"]).env("CARGO_MANIFEST_DIR", tree.0.join("xtask"));
    let mut child = explain.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!((child.wait().unwrap().code(), text.as_str()), (Some(0), ""));
}

#[test]
fn wrong_arguments_end_with_the_code_for_usage() {
    let tree = Tree::new("usage");
    let command = command(&tree);
    for arguments in [&["codgen"] as &[_], &["codegen", "--chek"], &["explain", "E0101", "E0102"], &[]] {
        assert_eq!(command(arguments).0, Some(2), "{arguments:?}");
    }
    // Here, 2 is a verdict.
    assert_eq!(command(&["schema", "diff"]).0, Some(3));
}

/// Building the stress test takes minutes, so its arguments are checked by the build that the tests have anyway.
#[test]
fn an_unknown_scenario_fails_before_a_release_build() {
    let mut stress = Command::new(program());
    let output = stress.args(["stress", "--only", "nosuch"]).env("CARGO_MANIFEST_DIR", root().join("xtask")).output();
    let output = output.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("nosuch") && !text.contains("--release"), "{text}");
}
