//! `cargo xtask stress`: builds the stress test and hands over to it.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use crate::{program, say};

const PACKAGE: &str = "alipayplus-stress";

/// Builds the stress test, and passes all arguments on.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> ExitCode {
    program::exit(start(root, arguments))
}

fn start(root: &Path, arguments: &[OsString]) -> Result<ExitCode, String> {
    let is_short = arguments.iter().any(|argument| ["--quick", "--list", "--help", "-h"].iter().any(|a| argument == a));
    // What is compiled for the tests already serves a few cases; a million want a release build.
    let build: &[&str] = if is_short { &["-p", PACKAGE] } else { &["--release", "-p", PACKAGE] };
    say(format!("building the stress test: cargo build {}", build.join(" ")));
    let programs = program::build(root, build)?;
    program::hand_over(root, programs.program(PACKAGE)?, arguments)
}
