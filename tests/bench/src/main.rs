//! `cargo xtask bench`: see `--help`.

#[cfg(feature = "allocations")]
mod allocations;
mod baseline;
mod breakdown;
mod client;
mod cost;
mod free;
mod host;
mod interleave;
mod load;
mod machine;
mod mpp_postgres;
mod parse;
mod process;
mod reconcile;
mod sandbox;
mod scale;
mod server;
mod setup;
mod signing;
mod table;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use alipayplus_bench::codegen;
use clap::{Parser, Subcommand, ValueEnum};

/// An error ends the program with its text.
type Failable<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measure the crates and the generator, each against a baseline in the same run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare the crates with what they are built on: parse, signing, server, client, scale.
    ///
    /// The two subjects of a row are interleaved in slices of a few milliseconds, for nine rounds. Processor time
    /// counts, so that other programs disturb little. The ratio is the median of the rounds' ratios, with the least and
    /// the most. A missed goal is no failure of the command, because times depend on the machine.
    Tables {
        /// What to measure, in this order [default: everything].
        #[arg(value_enum)]
        subjects: Vec<Subject>,
    },
    /// Count the allocations of a request, a call and a message. Needs its own build.
    Allocations,
    /// Measure the duration, the memory and the output of codegen.
    ///
    /// Makes families of 10, 50 and 200 synthetic operations with 20 constrained members each (described in
    /// tests/src/synthetic.rs), and runs all of codegen on each in a release build: reading, checks,
    /// model, client, server, documents, and the comparison with the files on disk. No file of the project is written.
    /// For comparison, it runs typify on the same shapes, and codegen on the project's own schema in the profile that
    /// `cargo xtask` uses.
    ///
    /// Every run is a process of its own. Rounds interleave all subjects; the first one fills caches, the other five
    /// count. The table shows the median time with the least and the most, the processor time, the peak memory of a
    /// process, and the lines of Rust code without documentation, comments and blank lines, and then the goals with
    /// pass or MISS. A missed goal is no failure of the command, because times depend on the machine.
    Codegen {
        /// The numbers of operations of the families.
        #[arg(long, value_delimiter = ',', default_value = "10,50,200")]
        sizes: Vec<usize>,
        /// Compile the code of the largest family too (`cargo check`; takes some minutes).
        #[arg(long)]
        compile: bool,
        /// Print one JSON document instead of the table.
        #[arg(long)]
        json: bool,
        /// The path of this program in the dev profile.
        #[arg(long, hide = true)]
        dev: PathBuf,
    },
    /// Compare `examples/mpp-postgres` on one thread with a server by hand that has no database.
    ///
    /// Needs a new `PostgreSQL` database, or that of an earlier run, and psql.
    MppPostgres {
        /// The database, such as `postgres://user:password@localhost/bench`.
        #[arg(long, value_name = "URL")]
        database: String,
        /// The path of the program `mpp-postgres`.
        #[arg(long, hide = true)]
        program: PathBuf,
    },
    /// Reconcile many payments with `alipayplus reconcile` on SQLite, at an MPP whose responses are signed in advance.
    ///
    /// Compares the processor time of one payment with that of its two RSA operations, and starts the command again when
    /// all is known.
    Reconcile {
        /// How many payments there are.
        #[arg(long, default_value_t = 100_000)]
        payments: u32,
        /// The path of the command `alipayplus`.
        #[arg(long, hide = true)]
        alipayplus: PathBuf,
    },
    /// Load the sandbox with its state in an SQLite file and the journal on.
    ///
    /// Sends signed inquiries about magic IDs over 16 connections, as fast as they are answered. The processor time of the
    /// sandbox's threads says what two idle cores could do, whatever else the machine does.
    Sandbox {
        /// How many inquiries are sent.
        #[arg(long, default_value_t = 200_000)]
        requests: u32,
    },
    /// Take one sample in this process; `codegen` starts it.
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
    /// Decoding a message, compared with plain serde structs of the same shape.
    Parse,
    /// Signing and verifying a message, compared with aws-lc-rs.
    Signing,
    /// The server on one core, compared with a hand-written one; then the cost of a request by part.
    Server,
    /// The client, compared with bare reqwest and aws-lc-rs.
    Client,
    /// The server on one core and on two, and with few keys and many.
    Scale,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error cannot be reported.
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
        Command::Allocations => {
            Err("start `cargo xtask bench allocations`, which builds the counting allocator".into())
        }
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
        Command::MppPostgres { database, program } => {
            writeln!(io::stdout(), "{}", machine::line())?;
            print_all(&[Box::new(mpp_postgres::table(&program, &database)?)])
        }
        Command::Reconcile { payments, alipayplus } => {
            writeln!(io::stdout(), "{}\n", machine::line())?;
            reconcile::run(&alipayplus, payments, &mut |line| Ok(writeln!(io::stdout(), "{line}")?))
        }
        Command::Sandbox { requests } => {
            writeln!(io::stdout(), "{}\n", machine::line())?;
            sandbox::run(requests, &mut |line| Ok(writeln!(io::stdout(), "{line}")?))
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
        Subject::Server => vec![Box::new(server::table()?), Box::new(breakdown::table()?)],
        Subject::Client => vec![Box::new(client::table()?)],
        Subject::Scale => vec![Box::new(scale::table()?)],
    })
}
