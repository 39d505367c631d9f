//! `cargo xtask stress`: tests what the crates promise with millions of inputs; see `--help`.

mod change;
mod counting;
mod failure;
mod log;
mod message;
mod mpp;
mod progress;
mod report;
mod repository;
mod run;
mod runtime;
mod scenario;
mod scenarios;
mod test_bed;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::report::{Report, ScenarioResult};
use crate::run::Run;
use crate::scenario::Scenario;

const EXIT: &str = "Exit code: 0 if every scenario passed, 1 if not, 2 for wrong usage.";

/// Test what the crates promise: messages, signatures and money with millions of inputs, and both
/// sides of an exchange against hostile clients and servers, under load and with network faults.
///
/// Runs one scenario after the other, with progress on standard error, and prints a table of what
/// was tested, how often, and with which result. A scenario that fails says why, and how to repeat
/// the case; the others still run.
///
/// Everything random comes from the seed: the same seed tests the same inputs. The quick form tests
/// fewer of them and asserts no durations in real time; `cargo xtask ci` runs it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask stress", verbatim_doc_comment, after_help = EXIT)]
struct Arguments {
    /// Test fewer inputs: takes a minute instead of a quarter of an hour.
    #[arg(long)]
    quick: bool,
    /// The seed of all random numbers [default: 1 for the quick form, random for the long one].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Run only this scenario. Can be repeated.
    #[arg(long, value_name = "NAME", value_parser = scenarios::named)]
    only: Vec<&'static Scenario>,
    /// Run only this case of the one scenario that --only names.
    #[arg(long, value_name = "N", requires = "only")]
    case: Option<u64>,
    /// List the scenarios, and run none.
    #[arg(long)]
    list: bool,
    /// Write the table to this file too, as a page with the command, the machine and the date.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        return print(&scenarios::list());
    }
    let seed = arguments.seed.unwrap_or_else(|| if arguments.quick { 1 } else { fastrand::u64(..1_000_000) });
    let chosen: Vec<&Scenario> =
        if arguments.only.is_empty() { scenarios::ALL.iter().collect() } else { arguments.only.clone() };
    let mut report = Report::new(seed, arguments.quick);
    for (n, scenario) in chosen.iter().enumerate() {
        let name = scenario.name;
        progress::say(format!("[{}/{}] {name}: {}", n + 1, chosen.len(), scenario.about));
        let mut run = Run::new(name, seed, arguments.quick, arguments.case);
        let begin = Instant::now();
        let result = (scenario.run)(&mut run);
        report.add(ScenarioResult { name, facts: run.into_facts(), took: begin.elapsed(), result });
    }
    let mut is_written = true;
    if let Some(path) = &arguments.report {
        let written = std::fs::write(path, report.page());
        is_written = written.inspect_err(|error| progress::say(format!("{}: {error}", path.display()))).is_ok();
    }
    let printed = print(&report.to_string());
    if is_written && report.is_passed() { printed } else { ExitCode::FAILURE }
}

/// Prints a text on standard output; the exit code says whether that worked.
fn print(text: &str) -> ExitCode {
    let mut out = io::stdout();
    let is_printed = out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok();
    if is_printed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
