//! `cargo xtask bench parse` and `bench signing`: the crates beside what they stand on; see `--help`.

mod pair;
mod parse;
mod signing;
mod table;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::table::Table;

/// Measure the crates beside what they stand on.
///
/// Each row compares two things in one run: they take turns, so that a machine that slows down slows both. The ratio is
/// the median of the rounds' own ratios, with the least and the most.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// What to measure.
    #[arg(value_enum)]
    subject: Subject,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subject {
    /// Reading and checking a message, beside plain serde structs of the same shape.
    Parse,
    /// Signing and verifying a message, beside aws-lc-rs alone.
    Signing,
}

fn main() -> ExitCode {
    match measure(Arguments::parse().subject).and_then(|table| Ok(write!(io::stdout(), "{table}")?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without anybody to read it there is nothing to be done.
            drop(writeln!(io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(subject: Subject) -> Result<Table, Box<dyn Error>> {
    match subject {
        Subject::Parse => parse::table(),
        Subject::Signing => signing::table(),
    }
}
