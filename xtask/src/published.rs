//! The packages that are published, as cargo knows them.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

/// A package for the registry.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Its features, but for the default set.
    pub(crate) features: Vec<String>,
}

/// Returns all packages of the workspace that may be published.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let text = read(root, &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let all = metadata["packages"].as_array().into_iter().flatten();
    // `publish = false` is an empty list of registries.
    let published = all.filter(|package| package["publish"].is_null());
    let packages: Option<Vec<_>> = published.map(package).collect();
    packages.filter(|packages| !packages.is_empty()).ok_or_else(|| "cargo metadata names no package".to_owned())
}

fn package(metadata: &Value) -> Option<Package> {
    let features = metadata["features"].as_object()?.keys().filter(|name| *name != "default");
    Some(Package { name: metadata["name"].as_str()?.to_owned(), features: features.cloned().collect() })
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
