//! `cargo xtask codegen`: generates, reports, and writes or compares.

use std::path::Path;
use std::process::ExitCode;

use alipayplus_codegen::output::{self, Difference, Files, Kind};
use alipayplus_codegen::{Failure, Run, diagnostic};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::console::{has_colour, print, say};

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on stderr; in colour on a terminal.
    Human,
    /// One JSON document on stdout.
    Json,
}

/// What was done to a file, or would be.
type Change = (String, &'static str);

/// Generates; with `check`, writes nothing.
pub(crate) fn run(root: &Path, check: bool, format: Format) -> ExitCode {
    let run = alipayplus_codegen::run(root);
    let done = match &run {
        Ok(Run { generated: Some((differences, files)), .. }) if !check => write(root, differences, files),
        Ok(Run { generated: Some((differences, _)), .. }) => Ok(found(differences)),
        _ => Ok(Vec::new()),
    };
    let failed = done.is_err() || run.as_ref().map_or(true, |run| run.generated.is_none());
    let generated = run.as_ref().ok().and_then(|run| run.generated.as_ref());
    let is_stale = check && generated.is_some_and(|(differences, _)| differences.iter().any(Difference::is_change));
    match format {
        Format::Human => human(&run, &done, check),
        Format::Json => print(format!("{:#}", document(&run, &done))),
    }
    if failed || is_stale { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn found(differences: &[Difference]) -> Vec<Change> {
    differences.iter().map(|it| (it.path.display().to_string(), it.kind.as_str())).collect()
}

fn write(root: &Path, differences: &[Difference], files: &Files) -> Result<Vec<Change>, Failure> {
    output::write(root, differences, files)?;
    let what = |it: &Difference| match it.kind {
        Kind::Missing | Kind::Stale(_) => "wrote",
        Kind::Orphan => "removed",
        Kind::Foreign => "left",
    };
    Ok(differences.iter().map(|it| (it.path.display().to_string(), what(it))).collect())
}

fn human(run: &Result<Run, Failure>, done: &Result<Vec<Change>, Failure>, check: bool) {
    let (run, done) = match (run, done) {
        (Ok(run), Ok(done)) => (run, done),
        (Err(failure), _) | (_, Err(failure)) => return say(failure.to_string()),
    };
    if !run.diagnostics.is_empty() {
        say(diagnostic::render(&run.sources, &run.diagnostics, has_colour()));
    }
    let Some((differences, files)) = &run.generated else { return };
    let (changes, foreign): (Vec<_>, Vec<_>) = differences.iter().partition(|it| it.is_change());
    for difference in foreign {
        say(difference.to_string());
    }
    if changes.is_empty() {
        say(format!("{} generated files are up to date", files.len()));
    } else if check {
        for difference in &changes {
            say(difference.to_string());
        }
        say(format!(
            "\n{} of the generated files are not what the schema says. Update them with:\n\n    cargo xtask codegen\n",
            changes.len()
        ));
    } else {
        for (path, what) in done.iter().filter(|(_, what)| *what != "left") {
            say(format!("{what} {path}"));
        }
    }
}

fn document(run: &Result<Run, Failure>, done: &Result<Vec<Change>, Failure>) -> Value {
    let diagnostics = run.as_ref().map(|run| diagnostic::json(&run.sources, &run.diagnostics));
    let files = done.as_ref().map(|done| done.iter().map(|(path, what)| json!({ "path": path, "change": what })));
    let failure = run.as_ref().err().or(done.as_ref().err()).map(ToString::to_string);
    json!({
        "diagnostics": diagnostics.unwrap_or_else(|_| json!([])),
        "files": files.map_or_else(|_| json!([]), Iterator::collect),
        "failure": failure,
    })
}
