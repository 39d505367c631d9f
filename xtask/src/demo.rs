//! `cargo xtask demo`: builds the example MPP and the asking side, and runs the one against the other.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::say;

/// Builds both and hands over to the demo.
pub(crate) fn run(root: &Path, json: bool) -> ExitCode {
    say("building the example MPP and the asking side (the first time takes a few minutes)");
    let arguments = ["build", "-p", "alipayplus-server", "--example", "mpp", "-p", "alipayplus-demo", "--bins"];
    let status = Command::new(env!("CARGO")).args(arguments).current_dir(root).status();
    if !status.is_ok_and(|status| status.success()) {
        say("the build failed: see above");
        return ExitCode::FAILURE;
    }
    let mut run = Command::new(env!("CARGO"));
    run.args(["run", "--quiet", "-p", "alipayplus-demo", "--"]).current_dir(root).stdin(Stdio::null());
    if json {
        run.arg("--json");
    }
    match run.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(format!("can't start the demo: {error}"));
            ExitCode::FAILURE
        }
    }
}
