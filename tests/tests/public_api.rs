//! The public API of each published crate is a snapshot, so that every change of it is reviewed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alipayplus_tests::{root, snapshots};
use public_api::Builder;
use serde_json::Value;

const CRATES: &[&str] = &["model", "runtime", "signing", "server", "client"];

#[test]
fn is_as_in_the_snapshots() {
    let documented = document();
    for name in CRATES {
        let json = documented.join(format!("alipayplus_{name}.json"));
        assert_readable(&json);
        let builder = Builder::from_rustdoc_json(json);
        // Blanket and auto trait implementations would hide what a crate defines itself.
        let api = builder.omit_blanket_impls(true).omit_auto_trait_impls(true).build().unwrap().to_string();
        assert_text(name, &api);
        assert_names_only_stable_crates(name, &api);
    }
}

/// A release of a 0.x crate must not be a breaking change of ours. `tower-service` is the exception: a service is of no
/// use without its trait.
fn assert_names_only_stable_crates(name: &str, api: &str) {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let value = |package: &str, key: &str| Some(package.split_once(key)?.1.split_once('"')?.0.replace('-', "_"));
    let crate_of = |package| Some((value(package, "name = \"")?, value(package, "version = \"")?.starts_with("0.")));
    let (unstable, stable): (Vec<_>, Vec<_>) =
        lock.split("[[package]]").skip(1).filter_map(crate_of).partition(|(_, is_unstable)| *is_unstable);
    let is_allowed = |name: &String| name == "tower_service" || name.starts_with("alipayplus_");
    // Two versions of one crate have the same name in the text.
    let is_stable = |name: &String| stable.iter().any(|(stable, _)| stable == name);
    for unstable in unstable.into_iter().map(|(name, _)| name).filter(|name| !is_allowed(name) && !is_stable(name)) {
        let path = format!("{unstable}::");
        let is_start = |at: usize| !api[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if let Some((at, _)) = api.match_indices(&path).find(|(at, _)| is_start(*at)) {
            panic!("the API of {name} names a 0.x crate: {}", api[at..].lines().next().unwrap());
        }
    }
}

/// Documents the crates with all features as JSON; returns the folder.
fn document() -> PathBuf {
    // The target folder of this test and the features of all checks, so that only rustdoc is left to run.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["doc", "--quiet", "--workspace", "--lib", "--no-deps", "--all-features", "--target-dir"]).arg(target);
    cargo.env("RUSTDOC", root().join("tests/tools/rustdoc-json"));
    // Separates this in cargo's fingerprints from ordinary documentation.
    cargo.env("RUSTDOCFLAGS", "--cap-lints=allow");
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("doc")
}

/// Checks that the toolchain writes the format that the reader reads.
fn assert_readable(json: &Path) {
    let document: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    let (written, read) = (&document["format_version"], rustdoc_types::FORMAT_VERSION);
    assert!(
        *written == read,
        "rustdoc of this toolchain writes format {written}, and the reader reads {read}: choose the version of the crates \
         `public-api` and `rustdoc-types` in the root Cargo.toml that fits the toolchain, or test with Rust 1.95"
    );
}

/// Compares a text with its snapshot.
fn assert_text(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots().join("public_api"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
