//! `cargo xtask`: see `--help`.

mod bench;
mod ci;
mod codegen;
mod console;
mod demo;
mod diff;
mod explain;
mod growth;
mod packages;
mod program;
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
    /// Generate the model, the client, the server and the documents in docs/ from schema/.
    ///
    /// Reads every schema, checks all of them, and writes the files in crates/*/src/generated/ and docs/ that changed.
    /// If a schema has an error, all errors are shown, each with its position and what to write instead, and no file is
    /// written.
    Codegen {
        /// Write no file; fail and list every file that is stale, missing or orphaned.
        #[arg(long)]
        check: bool,
        /// Output format: for people, or one JSON document on stdout.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Explain a diagnostic code with an example; without a code, list all of them.
    Explain {
        /// The code, such as E0203.
        id: Option<String>,
    },
    /// Query a sandbox about payments over signed HTTP on loopback, and show every case.
    ///
    /// Builds the command and runs `alipayplus demo`: a sandbox in a separate process, with an SQLite file and newly created
    /// keys, is queried about one payment per case. Exits with 1 if a result differs from the expected one.
    Demo {
        /// Print one JSON document instead of tables.
        #[arg(long)]
        json: bool,
        /// Leave the sandbox running until Ctrl-C, and print the address of its admin API.
        #[arg(long)]
        stay: bool,
        /// Build the command with the features of the tests: longer, but for nothing where they are compiled already.
        #[arg(long)]
        all_features: bool,
    },
    /// Test the guarantees of the crates in millions of cases, against hostile peers and under load; see `stress --help`.
    ///
    /// The long form builds in release, which takes minutes, and runs for 15 minutes; `--quick` takes one minute.
    #[command(disable_help_flag = true)]
    Stress {
        /// Options of the stress test: --quick, --seed, --only and more.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Measure the crates and the generator; see `bench --help`.
    ///
    /// Builds in release first, which takes minutes.
    #[command(disable_help_flag = true)]
    Bench {
        /// Options of the benchmark.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Check docs/openapi.json and docs/schemas/ with stock tools, and the example MPP with an official client.
    ///
    /// Installs the packages of tests/tools/requirements.txt and tests/tools/package.json into the target folder if they
    /// are missing, and prints a table of the tools. Fails if a linter has an error, if a validator is wrong about a
    /// message of docs/messages, if generated types reject a valid message or accept one without a required member, or
    /// if the official client rejects a valid signed response of the example MPP or accepts an invalid one, or if a caller
    /// and an MPP on the official package fail at other cases of `alipayplus conformance` than the kept lists have.
    StockTools(stock_tools::Options),
    /// Check the dependencies of the crates, and the content of their packages.
    #[command(subcommand)]
    Supply(supply::Supply),
    /// Compare schemas.
    Schema {
        #[command(subcommand)]
        command: diff::Command,
    },
    /// Add an operation to a copy of the project, rename and remove it, and run there what depends on the schema.
    ///
    /// The copy is in the target folder. The operation is the example of schema/README.md. Fails if anything but the
    /// schema and the snapshots would have to be changed by hand, or if anything is left of an operation that is
    /// removed.
    Growth {
        /// Add the six operations of tests/fixtures/family too, and run every suite of generated code.
        #[arg(long)]
        all: bool,
    },
    /// Run every check and test that has to pass before a change is merged.
    Ci,
}

fn main() -> ExitCode {
    let root = root();
    match arguments().command {
        Command::Codegen { check, format } => codegen::run(&root, check, format),
        Command::Explain { id } => explain::run(&root, id.as_deref()),
        Command::Demo { json, stay, all_features } => demo::run(&root, json, stay, all_features),
        Command::Stress { arguments } => stress::run(&root, &arguments),
        Command::Bench { arguments } => bench::run(&root, &arguments),
        Command::StockTools(options) => stock_tools::run(&root, &options),
        Command::Supply(supply) => supply::run(&root, supply),
        Command::Schema { command } => diff::run(&root, &command),
        Command::Growth { all } => growth::run(&root, all),
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

/// Returns the project's root: where this package's folder lies. Cargo says where that is now; a build may have moved.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.parent().unwrap_or(here).to_owned()
}
