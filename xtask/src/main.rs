//! `cargo xtask`: see `--help`.

mod ci;
mod demo;
mod stock_tools;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::codegen::{self, output};

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
    /// Have stock tools judge docs/openapi.json and docs/schemas/.
    ///
    /// Installs the Python packages of tests/tools/requirements.txt into the target folder, unless they are there. Fails
    /// when one of the tools does not take a document, or takes a broken message.
    StockTools,
    /// Run every check and test: what has to pass before a change lands.
    Ci,
}

fn main() -> ExitCode {
    let root = root();
    match Arguments::parse().command {
        Command::Codegen { check } => codegen(&root, check),
        Command::Demo { json } => demo::run(&root, json),
        Command::StockTools => stock_tools::run(&root),
        Command::Ci => ci::run(&root),
    }
}

/// The project's root: where this package's folder lies. Cargo says where that is now; a build may have moved.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.parent().unwrap_or(here).to_owned()
}

/// A line for the person who waits.
#[expect(clippy::print_stderr, reason = "a command talks to its user")]
fn say(line: impl AsRef<str>) {
    eprintln!("{}", line.as_ref());
}

fn codegen(root: &Path, check: bool) -> ExitCode {
    let (differences, files) = match codegen::differences(root, std::io::stderr().is_terminal()) {
        Ok(found) => found,
        Err(failure) => {
            say(failure.to_string());
            return ExitCode::FAILURE;
        }
    };
    if differences.is_empty() {
        say(format!("{} generated files are up to date", files.len()));
        return ExitCode::SUCCESS;
    }
    if check {
        for difference in &differences {
            say(difference.to_string());
        }
        say(format!(
            "\n{} of the generated files are not what the schema says. Mend it with:\n\n    cargo xtask codegen\n",
            differences.len()
        ));
        return ExitCode::FAILURE;
    }
    if let Err(error) = output::write(root, &differences, &files) {
        say(format!("can't write: {error}"));
        return ExitCode::FAILURE;
    }
    for difference in &differences {
        let what = if files.contains_key(&difference.path) { "wrote" } else { "removed" };
        say(format!("{what} {}", difference.path.display()));
    }
    ExitCode::SUCCESS
}
