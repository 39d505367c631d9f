//! `alipayplus conformance`: is an implementation right?

mod caller;
mod expected;
mod mpp;
mod output;

use std::process::ExitCode;

use alipayplus_kit::catalogue::{self, Row};
use alipayplus_kit::inquiry_payment::cases;
use clap::Subcommand;

use crate::console::{print, usage};

/// Try an MPP, or a program that asks MPPs, with a catalogue, or look at the catalogue.
#[derive(Subcommand)]
pub(crate) enum Conformance {
    Mpp(Box<mpp::MppArguments>),
    Caller(Box<caller::CallerArguments>),
    /// List the cases for an MPP, or the faults for a caller.
    ///
    /// Example: alipayplus conformance list | grep MUST
    List {
        /// The faults for a caller.
        #[arg(long)]
        caller: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a case for an MPP, or a fault for a caller.
    ///
    /// Example: alipayplus conformance show signature/long
    Show {
        /// A fault for a caller.
        #[arg(long)]
        caller: bool,
        /// The case's ID, as `list` prints it.
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs a command.
pub(crate) fn run(command: Conformance) -> ExitCode {
    match command {
        Conformance::Mpp(arguments) => mpp::run(&arguments),
        Conformance::Caller(arguments) => caller::run(&arguments),
        Conformance::List { caller, json } => list(&rows(caller), json),
        Conformance::Show { id, caller, json } => show(&rows(caller), &id, json),
    }
}

/// Returns the rows of a catalogue.
fn rows(caller: bool) -> Vec<Row> {
    if caller { catalogue::faults() } else { cases().iter().map(Row::from).collect() }
}

fn list(rows: &[Row], json: bool) -> ExitCode {
    if json {
        print(serde_json::json!(rows).to_string());
    } else {
        let lines = rows.iter().map(|Row { id, level, rule, .. }| format!("{level:6} {id:46} {rule}"));
        print(lines.collect::<Vec<_>>().join("\n"));
    }
    ExitCode::SUCCESS
}

fn show(rows: &[Row], id: &str, json: bool) -> ExitCode {
    let Some(row) = rows.iter().find(|row| row.id == id) else {
        return usage(format!("there is no `{id}`; see `alipayplus conformance list`, or `list --caller`"));
    };
    if json {
        print(serde_json::json!(row).to_string());
    } else {
        let Row { id, level, source, needs, sends, rule } = row;
        print(format!("{id}, {level}\nrule:   {rule}\nsource: {source}\nsent:   {sends}\nneeds:  {needs}"));
    }
    ExitCode::SUCCESS
}
