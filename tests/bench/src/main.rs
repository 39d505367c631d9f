//! `cargo xtask bench parse` and its neighbours: the crates beside what they stand on; see `--help`.

#[cfg(feature = "allocations")]
mod allocations;
mod client;
mod cost;
mod floor;
mod free;
mod host;
mod load;
mod machine;
mod parse;
mod parts;
mod raw;
mod scale;
mod server;
mod signing;
mod stage;
mod table;
mod turns;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// What fails ends the program with its text.
type Failable<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measure the crates beside what they stand on.
///
/// Each row compares things in one run: they take turns of a few milliseconds, for nine rounds. What counts is the time
/// that a processor was busy. The ratio is the median of the rounds' own ratios, with the least and the most.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    /// What to measure, one after the other.
    #[arg(value_enum, required = true)]
    subjects: Vec<Subject>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// Reading and checking a message, beside plain serde structs of the same shape.
    Parse,
    /// Signing and verifying a message, beside aws-lc-rs alone.
    Signing,
    /// The server on one core, beside one by hand; then what a request costs by part.
    Server,
    /// The client, beside bare reqwest and aws-lc-rs.
    Client,
    /// The server on one core and two, and with few keys and many.
    Scale,
    /// What is allocated for a request, a call and a message.
    #[cfg(feature = "allocations")]
    Allocations,
}

fn main() -> ExitCode {
    match tell(&Arguments::parse().subjects) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without anybody to read it there is nothing to be done.
            drop(writeln!(io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

fn tell(subjects: &[Subject]) -> Failable<()> {
    writeln!(io::stdout(), "{}", machine::line())?;
    for subject in subjects {
        for table in measure(*subject)? {
            writeln!(io::stdout(), "\n{table}")?;
        }
    }
    Ok(())
}

fn measure(subject: Subject) -> Failable<Vec<Box<dyn Display>>> {
    Ok(match subject {
        Subject::Parse => vec![Box::new(parse::table()?)],
        Subject::Signing => vec![Box::new(signing::table()?)],
        Subject::Server => vec![Box::new(server::table()?), Box::new(parts::table()?)],
        Subject::Client => vec![Box::new(client::table()?)],
        Subject::Scale => vec![Box::new(scale::table()?)],
        #[cfg(feature = "allocations")]
        Subject::Allocations => vec![Box::new(allocations::table()?)],
    })
}
