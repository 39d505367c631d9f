//! Programs of this workspace, built by cargo and found wherever it puts them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use serde_json::Value;

use crate::console::say;

/// Selects the features that the workspace's tests have, which need more than programs do, as examples do: what is
/// compiled for the one is used for the other.
pub(crate) const AS_TESTS: &[&str] = &["--workspace", "--all-features", "--example", "mpp"];

/// Programs that cargo has built.
#[derive(Debug)]
pub(crate) struct Built(Vec<(String, PathBuf)>);

/// Runs `cargo build` with these arguments. What the compiler says goes to standard error.
///
/// Not `cargo run`: that would build much again, with the features of that package only.
///
/// # Errors
/// In words: the build failed, or cargo could not be started.
pub(crate) fn build(root: &Path, arguments: &[&str]) -> Result<Built, String> {
    let mut build = Command::new(env!("CARGO"));
    build.arg("build").args(arguments).arg("--message-format=json-render-diagnostics");
    let output = build.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("can't start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo build {}` failed: see above", arguments.join(" ")));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = |artifact: Value| {
        Some((artifact["target"]["name"].as_str()?.to_owned(), artifact["executable"].as_str()?.into()))
    };
    Ok(Built(artifacts.filter_map(program).collect()))
}

impl Built {
    /// Returns where the program of this name lies.
    ///
    /// # Errors
    /// In words: cargo built no such program.
    pub(crate) fn program(&self, name: &str) -> Result<&Path, String> {
        let found = self.0.iter().find(|(built, _)| built == name);
        found.map(|(_, path)| path.as_path()).ok_or_else(|| format!("cargo built no program `{name}`"))
    }
}

/// Runs a program of the workspace in the project's root, and ends as it does.
pub(crate) fn hand_over(root: &Path, program: &Path, arguments: &[OsString]) -> Result<ExitCode, String> {
    let status = Command::new(program).args(arguments).current_dir(root).stdin(Stdio::null()).status();
    let status = status.map_err(|error| format!("can't start {}: {error}", program.display()))?;
    Ok(code(status))
}

/// Returns the exit code of a program as one of this program.
pub(crate) fn code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Returns the exit code of a command, which says why it failed.
pub(crate) fn exit(done: Result<ExitCode, String>) -> ExitCode {
    done.unwrap_or_else(|why| {
        say(why);
        ExitCode::FAILURE
    })
}
