//! Programs of this workspace, built by cargo and found wherever it puts them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Programs that cargo has built.
#[derive(Debug)]
pub struct Built(Vec<(String, PathBuf)>);

/// Runs `cargo build` with these arguments. What the compiler says goes to standard error.
///
/// Not `cargo run`: that would build much once more, with the features of the one package alone.
///
/// # Errors
/// In words: the build failed, or cargo could not be started.
pub fn build(root: &Path, arguments: &[&str]) -> Result<Built, String> {
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
    /// Where the program of this name lies.
    ///
    /// # Errors
    /// In words: cargo built no such program.
    pub fn program(&self, name: &str) -> Result<&Path, String> {
        let found = self.0.iter().find(|(built, _)| built == name);
        found.map(|(_, path)| path.as_path()).ok_or_else(|| format!("cargo built no program `{name}`"))
    }
}
