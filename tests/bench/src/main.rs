//! `cargo xtask bench`: see `--help`.

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
use std::path::PathBuf;
use std::process::ExitCode;

use alipayplus_bench::codegen;
use clap::{Parser, Subcommand, ValueEnum};

/// What fails ends the program with its text.
type Failable<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measure the crates and the generator, each beside something else in one run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The crates beside what they are built on: parse, signing, server, client, scale.
    ///
    /// The two of a row take turns of a few milliseconds, for nine rounds. What counts is the time that a processor was
    /// busy, so that other programs disturb little. The ratio is the median of the rounds' own ratios, with the least and
    /// the most. A missed goal is no failure of the command: times are those of a machine.
    Tables {
        /// What to measure, one after the other; all of it unless something is named.
        #[arg(value_enum)]
        subjects: Vec<Subject>,
    },
    /// How often a request, a call and a message allocate. It needs a build of its own.
    Allocations,
    /// How long codegen takes, how much memory, and how many lines of code it makes.
    ///
    /// Makes families of 10, 50 and 200 synthetic operations with 20 constrained members each
    /// (tests/bench/src/codegen/synthetic.rs says of what), and runs all of codegen on each in a release build: reading,
    /// checks, model, client, server, documents, and the comparison with the files on disk. Nothing of the project is
    /// written. Beside it runs typify on the same shapes, and codegen on the project's own schema in the profile that
    /// `cargo xtask` uses.
    ///
    /// Every run is a process of its own. Rounds go through all subjects in turn; the first fills caches, the other five
    /// count. The table has the median time with the least and the most, how long processors were busy with it, the most
    /// memory that a process ever held, and the lines of Rust code without documentation, comments and blank lines, and
    /// then the goals with pass or MISS. A missed one is no failure of the command: times are those of a machine.
    Codegen {
        /// How many operations the families have.
        #[arg(long, value_delimiter = ',', default_value = "10,50,200")]
        sizes: Vec<usize>,
        /// Let the compiler check the code of the largest family, too (`cargo check`; some minutes).
        #[arg(long)]
        compile: bool,
        /// Print one JSON document instead of the table.
        #[arg(long)]
        json: bool,
        /// This program in the dev profile.
        #[arg(long, hide = true)]
        dev: PathBuf,
    },
    /// One run, in this process: what `codegen` starts.
    #[command(hide = true)]
    Sample {
        /// codegen, project or typify.
        subject: codegen::Subject,
        /// The folder that holds the folder of the schemas.
        folder: PathBuf,
    },
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
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without anybody to read it there is nothing to be done.
            drop(writeln!(io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Failable<()> {
    match command {
        Command::Tables { subjects } if subjects.is_empty() => print_tables(Subject::value_variants()),
        Command::Tables { subjects } => print_tables(&subjects),
        #[cfg(feature = "allocations")]
        Command::Allocations => print_all(&[Box::new(allocations::table()?)]),
        #[cfg(not(feature = "allocations"))]
        Command::Allocations => Err("start this by `cargo xtask bench allocations`, which builds what counts".into()),
        Command::Codegen { mut sizes, compile, json, dev } => {
            sizes.retain(|size| *size > 0);
            sizes.sort_unstable();
            sizes.dedup();
            let options = codegen::Options { sizes, compile, dev };
            let progress = |line: &str| drop(writeln!(io::stderr(), "{line}"));
            let report = codegen::measure(&std::env::current_dir()?, &options, &progress)?;
            let text = if json { format!("{:#}", report.json()) } else { report.to_string() };
            Ok(writeln!(io::stdout(), "{}", text.trim_end())?)
        }
        Command::Sample { subject, folder } => {
            Ok(writeln!(io::stdout(), "{}", codegen::sample::take(subject, &folder)?)?)
        }
    }
}

fn print_tables(subjects: &[Subject]) -> Failable<()> {
    writeln!(io::stdout(), "{}", machine::line())?;
    subjects.iter().try_for_each(|subject| print_all(&measure(*subject)?))
}

fn print_all(tables: &[Box<dyn Display>]) -> Failable<()> {
    Ok(tables.iter().try_for_each(|table| writeln!(io::stdout(), "\n{table}"))?)
}

fn measure(subject: Subject) -> Failable<Vec<Box<dyn Display>>> {
    Ok(match subject {
        Subject::Parse => vec![Box::new(parse::table()?)],
        Subject::Signing => vec![Box::new(signing::table()?)],
        Subject::Server => vec![Box::new(server::table()?), Box::new(parts::table()?)],
        Subject::Client => vec![Box::new(client::table()?)],
        Subject::Scale => vec![Box::new(scale::table()?)],
    })
}
