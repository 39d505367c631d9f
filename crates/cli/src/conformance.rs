//! `alipayplus conformance`: is an implementation right?

mod expected;
mod mpp;
mod output;

use std::process::ExitCode;

use alipayplus_kit::catalogue::Row;
use alipayplus_kit::inquiry_payment::OPERATION;
use clap::Subcommand;

use crate::console::{print, usage};

/// The exit code for what could not be tried.
const COULD_NOT_RUN: u8 = 3;

/// Try an MPP with the cases of a catalogue, or look at the catalogue.
#[derive(Subcommand)]
pub(crate) enum Conformance {
    Mpp(Box<mpp::MppArguments>),
    /// List the cases.
    ///
    /// Example: alipayplus conformance list | grep MUST
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show a case.
    ///
    /// Example: alipayplus conformance show signature/long
    Show {
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
        Conformance::List { json } => list(json),
        Conformance::Show { id, json } => show(&id, json),
    }
}

fn list(json: bool) -> ExitCode {
    let cases = (OPERATION.cases)();
    let rows: Vec<Row> = cases.iter().map(Row::from).collect();
    if json {
        print(serde_json::json!(rows).to_string());
    } else {
        let lines = rows.iter().map(|Row { id, level, rule, .. }| format!("{level:6} {id:46} {rule}"));
        print(lines.collect::<Vec<_>>().join("\n"));
    }
    ExitCode::SUCCESS
}

fn show(id: &str, json: bool) -> ExitCode {
    let cases = (OPERATION.cases)();
    let Some(case) = cases.iter().find(|case| case.id == id) else {
        return usage(format!("there is no case `{id}`; see `alipayplus conformance list`"));
    };
    let row = Row::from(case);
    if json {
        print(serde_json::json!(row).to_string());
    } else {
        let Row { id, level, source, needs, sends, rule } = row;
        print(format!("{id}, {level}\nrule:   {rule}\nsource: {source}\nsent:   {sends}\nneeds:  {needs}"));
    }
    ExitCode::SUCCESS
}
