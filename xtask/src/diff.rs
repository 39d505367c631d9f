//! `cargo xtask schema`: commands on schemas.

use std::path::Path;
use std::process::ExitCode;

use alipayplus_codegen::diff::read::{self, Schemas, Unreadable};
use alipayplus_codegen::diff::report::Report;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::console::{print, say};

/// How a comparison is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    Human,
    /// One JSON document for programs.
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show what changed from one schema to another, whom it affects, and which version step follows.
    ///
    /// OLD and NEW are each a folder with schema files, or a git revision of this project, whose
    /// `schema/` is read. A name that is both is the folder.
    ///
    ///   cargo xtask schema diff HEAD             what the working tree changes
    ///   cargo xtask schema diff v0.1.0           what changed since a release: which version comes next?
    ///   cargo xtask schema diff main HEAD        what a branch changes
    ///   cargo xtask schema diff ../old schema    two folders
    ///
    /// Each change has a place, a reason, a version step and one or more verdicts:
    ///
    ///   client     a client built on OLD fails: a server on NEW refuses its request, or it can't
    ///              read the response
    ///   server     a server built on OLD fails: it refuses a request of a client on NEW, or its
    ///              response can't be read
    ///   source     a program that uses the crates no longer compiles, or behaves differently when
    ///              compiled again
    ///   harmless   nothing breaks
    ///
    /// Exit codes:
    ///
    ///   0   no change, or harmless ones only
    ///   1   Rust source breaks, and nothing on the wire
    ///   2   something breaks on the wire
    ///   3   the two can't be compared: wrong arguments, no such revision, a schema with errors
    ///
    /// docs/schema-diff.md has examples and the form of the JSON.
    #[command(verbatim_doc_comment)]
    Diff {
        /// A folder with schema files, or a git revision.
        old: String,
        /// The same; by default the working tree's `schema/`.
        new: Option<String>,
        /// For people or for programs.
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
    },
}

/// The exit code of schemas that can't be compared.
pub(crate) const INCOMPARABLE: u8 = 3;

/// Runs a command on the schemas.
pub(crate) fn run(root: &Path, command: &Command) -> ExitCode {
    let Command::Diff { old, new, format } = command;
    let old = read::read(root, old);
    let new = new.as_deref().map_or_else(|| read::working_tree(root), |new| read::read(root, new));
    match (old, new) {
        (Ok(old), Ok(new)) => compared(&old, &new, *format),
        (old, new) => incomparable([("OLD", old.err()), ("NEW", new.err())], *format),
    }
}

fn compared(old: &Schemas, new: &Schemas, format: Format) -> ExitCode {
    let report = Report::of(old, new, version());
    match format {
        Format::Human => print(report.text().trim_end()),
        Format::Json => print(pretty(&report.json())),
    }
    ExitCode::from(report.code())
}

fn incomparable(sides: [(&str, Option<Unreadable>); 2], format: Format) -> ExitCode {
    let faults: Vec<_> = sides.into_iter().filter_map(|(side, why)| Some((side, why?.to_string()))).collect();
    if format == Format::Json {
        let in_json = |(side, why): &(&str, String)| json!({ "side": side.to_lowercase(), "why": why });
        print(pretty(&json!({ "incomparable": faults.iter().map(in_json).collect::<Vec<_>>() })));
        return ExitCode::from(INCOMPARABLE);
    }
    for (side, why) in faults {
        say(format!("can't compare: {side}: {}", why.trim_end()));
    }
    ExitCode::from(INCOMPARABLE)
}

/// Returns the version of the workspace, which this package shares.
fn version() -> [u64; 3] {
    let parts = [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")];
    parts.map(|part| part.parse().unwrap_or_default())
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}
