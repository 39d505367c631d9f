//! `cargo xtask demo`: builds the example MPP and the asking side, and runs the one against the other.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

use crate::say;

const BUILD: &[&str] = &["build", "-p", "alipayplus-server", "--example", "mpp", "-p", "alipayplus-demo", "--bins"];

/// Builds both and hands over to the demo.
pub(crate) fn run(root: &Path, json: bool) -> ExitCode {
    say("building the example MPP and the asking side (the first time takes a few minutes)");
    let Some([mpp, demo]) = build(root) else {
        say("the build failed: see above");
        return ExitCode::FAILURE;
    };
    // Not by `cargo run`, which would build much of it once more, with the features of the one package alone.
    let mut run = Command::new(demo);
    run.args(["--mpp", &mpp]).current_dir(root).stdin(Stdio::null());
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

/// The programs, wherever cargo puts them.
fn build(root: &Path) -> Option<[String; 2]> {
    let mut build = Command::new(env!("CARGO"));
    build.args(BUILD).arg("--message-format=json-render-diagnostics");
    let output = build.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit()).output().ok()?;
    let messages = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let artifacts: Vec<Value> = messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let program = |name: &str| {
        let found =
            artifacts.iter().find(|artifact| artifact["target"]["name"] == name && !artifact["executable"].is_null());
        found?["executable"].as_str().map(ToOwned::to_owned)
    };
    Some([program("mpp")?, program("alipayplus-demo")?])
}
