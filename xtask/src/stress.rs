//! `cargo xtask stress`: builds the proof and hands over to it.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use xtask::program;

use crate::say;

const PACKAGE: &str = "alipayplus-stress";

/// Builds the proof, and passes all arguments on.
pub(crate) fn run(root: &Path, arguments: &[OsString]) -> ExitCode {
    match start(root, arguments) {
        Ok(code) => code,
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

fn start(root: &Path, arguments: &[OsString]) -> Result<ExitCode, String> {
    let is_short = arguments.iter().any(|argument| ["--quick", "--list", "--help", "-h"].iter().any(|a| argument == a));
    // What is compiled for the tests already serves a few cases; a million want a release build.
    let build: &[&str] = if is_short { &["-p", PACKAGE] } else { &["--release", "-p", PACKAGE] };
    say(format!("building the proof: cargo build {}", build.join(" ")));
    let programs = program::build(root, build)?;
    let mut run = Command::new(programs.program(PACKAGE)?);
    let status = run.args(arguments).current_dir(root).stdin(Stdio::null()).status();
    let status = status.map_err(|error| format!("can't start the proof: {error}"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
