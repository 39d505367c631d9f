//! `cargo xtask mutants`: how many changes of the code the tests notice.

mod groups;
mod record;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use fastrand::Rng;
use groups::{GROUPS, Group};
use record::Record;

use crate::tool::{Tool, target};
use crate::{print, say};

const TOOL: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };
/// How many of a hundred changes have to be noticed.
const GOAL: usize = 95;

#[derive(Args)]
pub(crate) struct Options {
    /// How many changes are tried of a group; all, if it has fewer.
    #[arg(long, default_value_t = 300)]
    sample: usize,
    /// Where the sample's chance begins.
    #[arg(long, default_value_t = 20_261_125)]
    seed: u64,
    /// Only these groups: signing, model, server, client.
    #[arg(long)]
    only: Vec<String>,
    /// Try those once more that no test has noticed, or that never ended: after a test was written, on an idle machine.
    #[arg(long)]
    again: bool,
    /// Try no change: show what is known of them. The tool lists them, so it is installed for that, too.
    #[arg(long)]
    report: bool,
}

/// Tries what is left of the samples, and reports.
pub(crate) fn run(root: &Path, options: &Options) -> ExitCode {
    match all(root, options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

/// Whether every group reached the goal.
fn all(root: &Path, options: &Options) -> Result<bool, String> {
    let unknown = options.only.iter().find(|name| !GROUPS.iter().any(|group| group.name == **name));
    if let Some(name) = unknown {
        return Err(format!("there is no group `{name}`"));
    }
    let tool = TOOL.program()?;
    let mut reached = true;
    for group in GROUPS.iter().filter(|group| options.only.is_empty() || options.only.iter().any(|o| o == group.name)) {
        let known = known(&tool, root, group)?;
        let sample = sample(&known, options);
        let folder = folder()?.join(group.name);
        let mut record = Record::open(folder, root, &known).map_err(|error| format!("target/mutants: {error}"))?;
        let is_done = |name: &&String| {
            let fate = record.tried.get(*name);
            fate.is_some_and(|fate| !options.again || ["caught", "unviable"].contains(&fate.as_str()))
        };
        let rest: Vec<_> = sample.iter().filter(|name| !is_done(name)).collect();
        if !rest.is_empty() && !options.report {
            say(format!("{}: {} changes to try", group.name, rest.len()));
            attempt(&tool, root, group, &rest, &record)?;
            record.gather().map_err(|error| format!("target/mutants: {error}"))?;
        }
        reached &= report(group, known.len(), &sample, &record);
    }
    Ok(reached)
}

/// All changes that cargo-mutants knows in the group's files.
fn known(tool: &Path, root: &Path, group: &Group) -> Result<Vec<String>, String> {
    let output = mutants(tool, root, group).arg("--list").stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("can't start {}: {error}", TOOL.name))?;
    let list = String::from_utf8_lossy(&output.stdout);
    let known: Vec<_> = list.lines().map(str::to_owned).collect();
    if known.is_empty() { Err(format!("{}: nothing to change was found", group.name)) } else { Ok(known) }
}

/// The same ones for the same code, size and seed; a larger sample has those of a smaller one.
fn sample(known: &[String], options: &Options) -> Vec<String> {
    let mut sample = known.to_owned();
    Rng::with_seed(options.seed).shuffle(&mut sample);
    sample.truncate(options.sample);
    sample
}

/// Has these changes tried, one after the other, on a copy of the source.
fn attempt(tool: &Path, root: &Path, group: &Group, names: &[&String], record: &Record) -> Result<(), String> {
    let mut command = mutants(tool, root, group);
    for name in names {
        command.arg("--re").arg(format!("^{}$", regex_syntax::escape(name)));
    }
    // On a busy machine the tests take ten times as long; a change that hangs them would hang for ever.
    command.args(["--no-shuffle", "--colors=never", "--minimum-test-timeout=120", "--output"]).arg(record.folder());
    // The crate's own tests; its examples would be built once more for every change.
    command.args(["--cargo-arg=--lib", "--cargo-arg=--test=suite"]);
    if !group.skipped.is_empty() {
        command.args(["--", "--"]).args(group.skipped.iter().flat_map(|start| ["--skip", start]));
    }
    // Dependencies are built once for all groups and calls.
    command.env("CARGO_TARGET_DIR", folder()?.join("build"));
    let status = command.status().map_err(|error| format!("can't start {}: {error}", TOOL.name))?;
    match status.code() {
        // All noticed; some not; some never came to an end.
        Some(0 | 2 | 3) => Ok(()),
        _ => Err(format!("{} ended with {status}; its logs are in {}", TOOL.name, record.folder().display())),
    }
}

fn mutants(tool: &Path, root: &Path, group: &Group) -> Command {
    let mut command = Command::new(tool);
    command.args(["mutants", "--package", group.package]).current_dir(root).stdin(Stdio::null());
    command.args(group.files.iter().flat_map(|glob| ["--file", glob]));
    command.args(group.excluded.iter().flat_map(|glob| ["--exclude", glob]));
    command
}

fn folder() -> Result<PathBuf, String> {
    target().map(|target| target.join("mutants")).map_err(|error| error.to_string())
}

/// Prints a group's figures and its survivors; whether it reached the goal.
fn report(group: &Group, known: usize, sample: &[String], record: &Record) -> bool {
    let all = ["caught", "timeout", "missed", "unviable"].map(|fate| record.of(sample, fate));
    let [caught, timeout, missed, unviable] = all.each_ref().map(Vec::len);
    // A change that hangs the tests does not pass them.
    let (noticed, viable) = (caught + timeout, caught + timeout + missed);
    let reached = viable > 0 && noticed * 100 >= viable * GOAL;
    print(format!(
        "{}: {} of a sample of {} from {known} tried: {caught} caught, {timeout} never ended, {missed} missed, \
         {unviable} did not compile; {} of {viable} noticed, goal {GOAL} %: {}",
        group.name,
        viable + unviable,
        sample.len(),
        percent(noticed, viable),
        if reached { "pass" } else { "MISS" },
    ));
    let [_, _, missed, _] = all;
    for name in missed {
        print(format!("  missed: {name}"));
    }
    reached
}

/// Tenths of a percent, rounded down: no rate looks better than it is.
fn percent(part: usize, whole: usize) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
