//! The packages of the workspace, as cargo knows them.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// It is for the registry.
    pub(crate) is_published: bool,
    /// Its features, but for the default set.
    pub(crate) features: Vec<String>,
}

/// Returns all packages of the workspace.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let text = read(root, &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let all = metadata["packages"].as_array().into_iter().flatten();
    let packages: Option<Vec<_>> = all.map(package).collect();
    packages.filter(|packages| !packages.is_empty()).ok_or_else(|| "cargo metadata names no package".to_owned())
}

fn package(metadata: &Value) -> Option<Package> {
    let features = metadata["features"].as_object()?.keys().filter(|name| *name != "default");
    let name = metadata["name"].as_str()?.to_owned();
    // `publish = false` is an empty list of registries.
    Some(Package { name, is_published: metadata["publish"].is_null(), features: features.cloned().collect() })
}

/// Returns what cargo prints.
pub(crate) fn read(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = cargo(root, arguments).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| unstarted(&error))?;
    finished(output.status, arguments)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs cargo, which talks to the user itself.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = cargo(root, arguments).status().map_err(|error| unstarted(&error))?;
    finished(status, arguments)
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root).stdin(Stdio::null());
    command
}

fn finished(status: ExitStatus, arguments: &[&str]) -> Result<(), String> {
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed: {status}", arguments.join(" "))) }
}

fn unstarted(error: &io::Error) -> String {
    format!("can't start cargo: {error}")
}
