//! `cargo xtask demo`: builds the example MPP and the asking side, and runs the one against the other.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use xtask::program;

use crate::say;

const BUILD: &[&str] = &["-p", "alipayplus-server", "--example", "mpp", "-p", "alipayplus-demo", "--bins"];

/// Builds both and hands over to the demo.
pub(crate) fn run(root: &Path, json: bool) -> ExitCode {
    say("building the example MPP and the asking side (the first time takes a few minutes)");
    match start(root, json) {
        Ok(code) => code,
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

fn start(root: &Path, json: bool) -> Result<ExitCode, String> {
    let built = program::build(root, BUILD)?;
    let mut run = Command::new(built.program("alipayplus-demo")?);
    run.arg("--mpp").arg(built.program("mpp")?).current_dir(root).stdin(Stdio::null());
    if json {
        run.arg("--json");
    }
    let status = run.status().map_err(|error| format!("can't start the demo: {error}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
