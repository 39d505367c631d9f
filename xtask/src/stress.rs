//! `cargo xtask stress`: builds the stress test and hands over to it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use crate::console::say;
use crate::program;

const PACKAGE: &str = "alipayplus-stress";

/// Builds the stress test, and passes all arguments on.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> ExitCode {
    program::exit(start(root, arguments))
}

fn start(root: &Path, arguments: &[OsString]) -> Result<ExitCode, String> {
    let has = |options: &[&str]| arguments.iter().any(|argument| options.iter().any(|option| argument == option));
    // What is compiled for the tests already is enough for a few cases; a million need a release build.
    let dev = &[program::AS_TESTS, &["--bin", PACKAGE]].concat();
    if has(&["--quick", "--list", "--help", "-h"]) {
        return build(root, dev).and_then(|program| program::hand_over(root, &program, arguments));
    }
    if !arguments.is_empty() {
        // A wrong argument fails now, and not after minutes of a release build. `--list` parses them and runs no test.
        let program = build(root, dev)?;
        let mut check = Command::new(&program);
        check.args(arguments).arg("--list").current_dir(root).stdin(Stdio::null()).stdout(Stdio::null());
        let checked = check.status().map_err(|error| format!("can't start {}: {error}", program.display()))?;
        if !checked.success() {
            return Ok(program::code(checked));
        }
    }
    let program = build(root, &["--release", "-p", PACKAGE])?;
    program::hand_over(root, &program, arguments)
}

fn build(root: &Path, arguments: &[&str]) -> Result<PathBuf, String> {
    say(format!("building the stress test: cargo build {}", arguments.join(" ")));
    program::build(root, arguments)?.program(PACKAGE).map(Path::to_owned)
}
