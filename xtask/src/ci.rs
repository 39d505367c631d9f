//! `cargo xtask ci`: every check and test, in the order in which they fail fastest.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::say;

/// A program that the checks need, with the Debian package that brings it.
const NEEDED: &[(&str, &str)] = &[("cc", "gcc"), ("openssl", "openssl")];

/// A check: a name for people, cargo's arguments, and environment variables.
type Step = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const STEPS: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("generated code is up to date", &["run", "--quiet", "--package", "xtask", "--", "codegen", "--check"], &[]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"], &[]),
    ("docs", &["doc", "--workspace", "--all-features", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")]),
    ("doc tests", &["test", "--workspace", "--all-features", "--doc", "--quiet"], &[]),
    ("demo", &["run", "--quiet", "--package", "xtask", "--", "demo"], &[]),
    // Last, since its summary is what a reader of the log looks for.
    ("tests", &["test", "--workspace", "--all-features", "--tests", "--no-fail-fast"], &[]),
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run(root: &Path) -> ExitCode {
    let missing: Vec<_> = NEEDED.iter().filter(|(program, _)| !is_there(program)).collect();
    for (program, package) in &missing {
        say(format!("`{program}` is missing: install the Debian package `{package}`"));
    }
    if !missing.is_empty() {
        return ExitCode::FAILURE;
    }
    for (n, (name, arguments, environment)) in STEPS.iter().enumerate() {
        say(format!("[{}/{}] {name}: cargo {}", n + 1, STEPS.len(), arguments.join(" ")));
        let start = Instant::now();
        let mut step = Command::new(env!("CARGO"));
        step.args(*arguments).envs(environment.iter().copied()).current_dir(root).stdin(Stdio::null());
        if std::env::var_os("CI").is_some() {
            // A snapshot is written by a person who reads it, never by a machine.
            step.env("INSTA_UPDATE", "no");
        }
        if !step.status().is_ok_and(|status| status.success()) {
            say(format!("[{}/{}] {name}: failed", n + 1, STEPS.len()));
            return ExitCode::FAILURE;
        }
        // The log ends with the test runner's own summary.
        if n + 1 < STEPS.len() {
            say(format!("[{}/{}] {name}: passed in {} s", n + 1, STEPS.len(), start.elapsed().as_secs()));
        }
    }
    ExitCode::SUCCESS
}

fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok() || Command::new(program).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
