//! Compiles generated files as the modules of one crate.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use alipayplus_codegen::output::Files;
use alipayplus_tests::root;

/// The features of generated code.
const CRATES: &[&str] = &["client", "model", "server"];

/// The dependencies of generated code, with the workspace's settings.
const NAMED: &[&str] = &["rust_decimal", "serde", "serde_json"];

/// Compiles the files of each name in one crate outside of the workspace, which reuses the workspace's build.
pub(super) fn check(sample: &[(String, &Files)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
    let mut library = String::from("//! Generated from mutated schemas.\n");
    for (name, files) in sample {
        library.push_str(&modules(&folder.join("src"), name, files));
    }
    fs::write(folder.join("src/lib.rs"), library).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest()).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet", "--offline", "--all-features"]).current_dir(&folder);
    // The target folder of this test.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = cargo.env("CARGO_TARGET_DIR", target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Writes the files of a name, and returns the modules for them.
fn modules(source: &Path, family: &str, files: &Files) -> String {
    let folder = source.join(family);
    for (path, text) in files {
        // `crates/model/src/generated/common.rs` is the module `common` of the model.
        let of = path.components().nth(1).unwrap();
        let to = folder.join(of).join(path.file_name().unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, text).unwrap();
    }
    let mut text = format!("/// One schema.\npub mod {family} {{\n");
    for name in ["model", "client", "server"] {
        let model = if name == "model" { "" } else { "use super::model;\n" };
        let path = folder.join(name).join("mod.rs").display().to_string();
        write!(
            text,
            "/// The {name}.\npub mod {name} {{\n{model}#[path = \"{path}\"]\nmod generated;\npub use generated::*;\n}}\n"
        )
        .unwrap();
    }
    text + "}\n"
}

/// Returns the manifest of a crate outside of the workspace with the same dependencies.
fn manifest() -> String {
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut text = String::from(
        "[package]\nname = \"mutations\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [features]\nschemars = [\"alipayplus-model/schemars\"]\n\n[lints.rust]\nwarnings = \"deny\"\n\n[dependencies]\n",
    );
    for name in CRATES.iter().chain(&["runtime"]) {
        let path = root().join("crates").join(name).display().to_string();
        writeln!(text, "alipayplus-{name} = {{ path = \"{path}\" }}").unwrap();
    }
    for name in NAMED {
        let line = workspace.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        writeln!(text, "{line}").unwrap();
    }
    // The same profile, so that the workspace's build is reused.
    text + "\n" + &workspace[workspace.find("[profile.dev]").unwrap()..]
}
