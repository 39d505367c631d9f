//! `cargo xtask stress`: what the crates promise, tried by the million; see `--help`.

mod change;
mod counting;
mod house;
mod log;
mod message;
mod mpp;
mod part;
mod parts;
mod progress;
mod report;
mod repository;
mod run;
mod runtime;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::part::Part;
use crate::report::{Proof, Report};
use crate::run::Run;

const EXIT: &str = "Exit code: 0 if everything held, 1 if not, 2 for wrong usage.";

/// Try what the crates promise: messages, signatures and money by the million, and both ends of an exchange before
/// hostile peers, under load and in bad weather.
///
/// Runs one part after the other, with progress on standard error, and prints a table of what was tried, how often, and
/// what was found. A part that fails says what was wrong and how to repeat that alone; the others still run.
///
/// Everything random comes from the seed: the same seed tries the same things. The quick form tries fewer of them and
/// judges no real times; `cargo xtask ci` runs it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask stress", verbatim_doc_comment, after_help = EXIT)]
struct Arguments {
    /// Try fewer things: a minute in place of a quarter of an hour.
    #[arg(long)]
    quick: bool,
    /// Where chance begins [default: 1 for the quick form, any for the long one].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Run this part alone. May be said several times.
    #[arg(long, value_name = "NAME", value_parser = parts::named)]
    only: Vec<&'static Part>,
    /// Of the one part that --only names, try this case alone.
    #[arg(long, value_name = "N", requires = "only")]
    case: Option<u64>,
    /// List the parts, and run none.
    #[arg(long)]
    list: bool,
    /// Write the table into this file, too, as a page with command, machine and date.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        return told(&parts::list());
    }
    let seed = arguments.seed.unwrap_or_else(|| if arguments.quick { 1 } else { fastrand::u64(..1_000_000) });
    let chosen: Vec<&Part> =
        if arguments.only.is_empty() { parts::ALL.iter().collect() } else { arguments.only.clone() };
    let mut report = Report::new(seed, arguments.quick);
    for (n, part) in chosen.iter().enumerate() {
        progress::say(format!("[{}/{}] {}: {}", n + 1, chosen.len(), part.name, part.about));
        let mut run = Run::new(part.name, seed, arguments.quick, arguments.case);
        let begin = Instant::now();
        let ended = (part.prove)(&mut run);
        report.add(Proof { part: part.name, facts: run.into_facts(), took: begin.elapsed(), ended });
    }
    let mut is_written = true;
    if let Some(path) = &arguments.report {
        let written = std::fs::write(path, report.page());
        is_written = written.inspect_err(|error| progress::say(format!("{}: {error}", path.display()))).is_ok();
    }
    let printed = told(&report.to_string());
    if is_written && report.holds() { printed } else { ExitCode::FAILURE }
}

fn told(text: &str) -> ExitCode {
    let mut out = io::stdout();
    let is_told = out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok();
    if is_told { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
