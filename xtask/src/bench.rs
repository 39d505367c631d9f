//! `cargo xtask bench`: builds the benchmark and hands over to it.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::console::say;
use crate::program::{self, Built};

const PACKAGE: &str = "alipayplus-bench";

/// Builds the benchmark, and passes all arguments on.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> ExitCode {
    program::exit(start(root, arguments))
}

fn start(root: &Path, arguments: &[OsString]) -> Result<ExitCode, String> {
    let subject = arguments.first().and_then(|subject| subject.to_str()).unwrap_or_default();
    let mut build = vec!["--package", PACKAGE];
    // Help needs no measure. The allocator that counts would slow the other tables down.
    match subject {
        "codegen" | "mpp-postgres" | "sandbox" | "tables" => build.push("--release"),
        "reconcile" => build.extend(["--release", "--package", "alipayplus-cli", "--bins"]),
        "allocations" => build.extend(["--release", "--features", "allocations"]),
        _ => {}
    }
    say(format!("building the benchmark: cargo build {}", build.join(" ")));
    let programs = program::build(root, &build)?;
    let mut arguments = arguments.to_vec();
    if subject == "codegen" {
        // The project's own schema is measured in the profile that `cargo xtask` uses.
        let dev: Built = program::build(root, &["--package", PACKAGE])?;
        arguments.extend(["--dev".into(), dev.program(PACKAGE)?.into()]);
    }
    if subject == "reconcile" {
        arguments.extend(["--alipayplus".into(), programs.program("alipayplus")?.into()]);
    }
    if subject == "mpp-postgres" {
        // A workspace of its own.
        let selected =
            ["--manifest-path", "examples/Cargo.toml", "--target-dir", "target", "--release", "--package", subject];
        arguments.extend(["--program".into(), program::build(root, &selected)?.program(subject)?.into()]);
    }
    program::hand_over(root, programs.program(PACKAGE)?, &arguments)
}
