//! The dependencies of the crates, and the content of their packages.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use clap::Subcommand;

use crate::console::say;
use crate::packages::{self, Package};
use crate::tool::Tool;

/// It is not published, and its users choose its features.
const COMMAND: &str = "alipayplus-cli";

const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Supply {
    /// Check all dependencies against deny.toml: licences, banned crates, second versions, sources.
    ///
    /// A second version of a dependency is a failure in the published crates and a warning in all others. Installs
    /// cargo-deny into the target folder if it is missing. Uses only the packages of Cargo.lock.
    Deny,
    /// Check each published crate, and the command, without features and with each single feature; a warning is a failure.
    Features,
    /// Create the package of each published crate, and check which files it has.
    ///
    /// Includes changes that are not committed.
    Package,
}

pub(crate) fn run(root: &Path, supply: Supply) -> ExitCode {
    let done = match supply {
        Supply::Deny => deny(root),
        Supply::Features => features(root),
        Supply::Package => package(root),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

/// Of the published crates and the crates of their tests, no second version of a crate; a warning is an exception that is
/// needed no more.
const STRICT: &[&str] = &["--locked", "--exclude-unpublished", "check", "--deny", "warnings", "bans"];

/// Of all crates, everything else. The known vulnerabilities lie in a database of their own, which is not to be had
/// everywhere.
const ALL: &[&str] = &[
    "--locked",
    "check",
    "--hide-inclusion-graph",
    "--warn",
    "duplicate",
    "--deny",
    "license-exception-not-encountered",
    "licenses",
    "bans",
    "sources",
];

fn deny(root: &Path) -> Result<(), String> {
    // The examples are a workspace of their own.
    let examples = root.join("examples");
    for (folder, arguments) in [(root, STRICT), (root, ALL), (&examples, ALL)] {
        let mut deny = Command::new(DENY.program()?);
        let status = deny.args(arguments).current_dir(folder).stdin(Stdio::null()).status();
        if !status.map_err(|error| format!("can't start {}: {error}", DENY.name))?.success() {
            return Err(format!("a dependency breaks a rule of {}: see above", folder.join("deny.toml").display()));
        }
    }
    Ok(())
}

fn features(root: &Path) -> Result<(), String> {
    let chosen = |package: &Package| package.is_published || package.name == COMMAND;
    for Package { name, features, .. } in packages::packages(root)?.into_iter().filter(chosen) {
        let single = features.iter().map(String::as_str);
        for feature in std::iter::once("").chain(single) {
            say(format!("{name}: {}", if feature.is_empty() { "no feature" } else { feature }));
            // By clippy, since its `-D warnings` builds the dependencies no other way than all other checks do.
            let mut arguments = vec!["clippy", "--quiet", "--package", &name, "--no-default-features"];
            arguments.extend(["--features", feature, "--", "-D", "warnings"]);
            packages::run(root, &arguments)?;
        }
    }
    Ok(())
}

fn package(root: &Path) -> Result<(), String> {
    let mut packages = packages::packages(root)?;
    packages.retain(|package| package.is_published);
    for Package { name, .. } in &packages {
        let list = packages::read(root, &["package", "--quiet", "--allow-dirty", "--list", "--package", name])?;
        let files: Vec<_> = list.lines().map(|line| line.replace('\\', "/")).collect();
        holds(&files).map_err(|why| format!("the package of {name} {why}"))?;
        say(format!("{name}: {} files", files.len()));
    }
    // Not compiled once more: its files are those of the workspace, whose every feature was checked.
    let mut arguments = vec!["package", "--quiet", "--allow-dirty", "--no-verify"];
    arguments.extend(packages.iter().flat_map(|package| ["--package", &package.name]));
    packages::run(root, &arguments)
}

/// Returns whether a package has what its user needs, and nothing else.
fn holds(files: &[String]) -> Result<(), String> {
    const NEEDED: [&str; 4] = ["Cargo.toml", "LICENSE", "README.md", "src/lib.rs"];
    const WRITTEN_BY_CARGO: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];
    if let Some(name) = NEEDED.iter().find(|name| !files.iter().any(|file| file == *name)) {
        return Err(format!("has no {name}"));
    }
    let is_code = |file: &str| {
        let folder = file.split('/').next().unwrap_or_default();
        ["src", "examples"].contains(&folder) && Path::new(file).extension().is_some_and(|extension| extension == "rs")
    };
    let is_known = |file: &str| NEEDED.contains(&file) || WRITTEN_BY_CARGO.contains(&file) || is_code(file);
    files.iter().find(|file| !is_known(file)).map_or(Ok(()), |file| Err(format!("has a file {file}")))
}
