//! `cargo xtask`: see `--help`.

mod bench;
mod ci;
mod codegen;
mod console;
mod demo;
mod diff;
mod explain;
mod program;
mod published;
mod stock_tools;
mod stress;
mod supply;
mod tool;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use codegen::Format;

/// The project's own commands.
///
/// The schema is the source of truth: change a file in schema/, run `cargo xtask codegen`, read the diff, and run
/// `cargo xtask ci`.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the model, the client, the server and the documents in docs/ from schema/.
    ///
    /// Reads every schema, checks all of them, and writes the files in crates/*/src/generated/ and docs/ that changed.
    /// When a schema has a fault, all faults are shown, each at its place and with what to write instead, and nothing is
    /// written.
    Codegen {
        /// Write nothing; fail and list every file that is stale, missing or orphaned.
        #[arg(long)]
        check: bool,
        /// How to tell what was found: for people, or one JSON document on stdout.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Say what an id of a diagnostic means, with an example; without an id, list all of them.
    Explain {
        /// The id, such as E0203.
        id: Option<String>,
    },
    /// Ask the example MPP about payments over signed HTTP on loopback, and show every case.
    ///
    /// Builds and starts the example MPP in a process of its own, on an SQLite file and with keys made on the spot,
    /// and asks it about one payment a case. Exits with 1 if anything is not as expected.
    Demo {
        /// Print one JSON document instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// Try what the crates promise by the million, before hostile peers and under load; see `stress --help`.
    ///
    /// The long form builds in release, which takes minutes, and runs for a quarter of an hour; `--quick` takes a minute.
    #[command(disable_help_flag = true)]
    Stress {
        /// What the proof itself takes: --quick, --seed, --only and more.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure the crates and the generator; see `bench --help`.
    ///
    /// Builds in release first, which takes minutes.
    #[command(disable_help_flag = true)]
    Bench {
        /// What the benchmark itself takes.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Have stock tools judge docs/openapi.json and docs/schemas/, and an official client ask the example MPP.
    ///
    /// Installs the Python packages of tests/tools/requirements.txt into the target folder, unless they are there. Fails
    /// when one of the tools does not take a document, or takes a broken message, and when the official client does not
    /// accept a signed answer of the example MPP, or accepts one that it must not.
    StockTools,
    /// Check what the crates stand on, and what goes into their packages.
    #[command(subcommand)]
    Supply(supply::Supply),
    /// Compare schemas.
    Schema {
        #[command(subcommand)]
        command: diff::Command,
    },
    /// Run every check and test: what has to pass before a change lands.
    Ci,
}

fn main() -> ExitCode {
    let root = root();
    match arguments().command {
        Command::Codegen { check, format } => codegen::run(&root, check, format),
        Command::Explain { id } => explain::run(&root, id.as_deref()),
        Command::Demo { json } => demo::run(&root, json),
        Command::Stress { arguments } => stress::run(&root, &arguments),
        Command::Bench { arguments } => bench::run(&root, &arguments),
        Command::StockTools => stock_tools::run(&root),
        Command::Supply(supply) => supply::run(&root, supply),
        Command::Schema { command } => diff::run(&root, &command),
        Command::Ci => ci::run(&root),
    }
}

/// Parses the arguments. Wrong ones end with 2, as clap has it; those of `schema` with a code that is no verdict.
fn arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        let is_schema = std::env::args_os().nth(1).is_some_and(|command| command == "schema");
        let code = if error.use_stderr() && is_schema { diff::INCOMPARABLE.into() } else { error.exit_code() };
        // There is no other way to report that this can't be printed.
        let _ = error.print();
        std::process::exit(code)
    })
}

/// The project's root: where this package's folder lies. Cargo says where that is now; a build may have moved.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.parent().unwrap_or(here).to_owned()
}
