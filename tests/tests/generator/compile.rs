//! Compiles generated files as the modules of one crate.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::thread;

use alipayplus_codegen::output::Files;
use alipayplus_tests::root;

/// The features of generated code.
const CRATES: &[&str] = &["client", "model", "server"];

/// The dependencies of generated code, with the workspace's settings.
const NAMED: &[&str] = &["rust_decimal", "serde", "serde_json"];

/// Checks the files of each name in a package outside of the workspace, which reuses the workspace's build: they compile
/// under the workspace's lints, and rustdoc has nothing to say.
pub(crate) fn check(package: &str, sample: &[(String, &Files)]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(package);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
        _ => {}
    }
    // The compiler checks one crate on one core.
    let crates = thread::available_parallelism().map_or(1, NonZero::get);
    for n in 0..crates {
        let folder = folder.join(n.to_string());
        let mut library = String::from("//! Generated from schemas of a test.\n");
        for (name, files) in sample.iter().skip(n).step_by(crates) {
            library.push_str(&modules(&folder.join("src"), name, files));
        }
        fs::write(folder.join("src/lib.rs"), library).unwrap();
        fs::write(folder.join("Cargo.toml"), manifest(&format!("{package}-{n}"))).unwrap();
    }
    fs::write(folder.join("Cargo.toml"), workspace()).unwrap();
    fs::copy(root().join("clippy.toml"), folder.join("clippy.toml")).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    for command in [&["clippy"][..], &["doc", "--no-deps"]] {
        cargo(&folder, command);
    }
}

fn cargo(folder: &Path, command: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(command).args(["--quiet", "--offline", "--all-features"]).current_dir(folder);
    // The target folder of this test.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let output = cargo.env("CARGO_TARGET_DIR", target).env("RUSTDOCFLAGS", "-D warnings").output().unwrap();
    assert!(output.status.success(), "cargo {command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
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

/// Returns the manifest of a package outside of the workspace with the same dependencies.
fn manifest(package: &str) -> String {
    let mut text = format!(
        "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lints]\nworkspace = true\n\n[features]\nschemars = [\"alipayplus-model/schemars\"]\n\n[dependencies]\n",
    );
    for name in CRATES.iter().chain(&["runtime"]) {
        let path = root().join("crates").join(name).display().to_string();
        writeln!(text, "alipayplus-{name} = {{ path = \"{path}\" }}").unwrap();
    }
    for name in NAMED {
        writeln!(text, "{name}.workspace = true").unwrap();
    }
    text
}

/// Returns the manifest above them: what is compiled has the workspace's lints and versions, and the same profile, so that
/// the workspace's build is reused.
fn workspace() -> String {
    let own = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let from = |start: &str| &own[own.find(start).unwrap()..];
    let lints = from("[workspace.lints.rust]");
    let lints = lints[..lints.find("[profile.").unwrap()]
        .replace("[workspace.lints.rust]", "[workspace.lints.rust]\nwarnings = { level = \"deny\", priority = -2 }");
    let mut text = String::from("[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n\n[workspace.dependencies]\n");
    for name in NAMED {
        let line = own.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        writeln!(text, "{line}").unwrap();
    }
    text + "\n" + &lints + from("[profile.dev]")
}
