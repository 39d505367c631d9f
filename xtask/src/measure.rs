//! `cargo xtask bench`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Subcommand;
use xtask::bench::sample::{self, Subject};
use xtask::bench::{self, Options};
use xtask::program;

use crate::say;

/// The program that measures the crates.
const PACKAGE: &str = "alipayplus-bench";

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// How long codegen takes, how much memory, and how many lines of code it makes
    ///
    /// Makes families of 10, 50 and 200 synthetic operations with 20 constrained members each (xtask/src/bench/synthetic.rs
    /// says of what), and runs all of codegen on each in a release build: reading, checks, model, client, server,
    /// documents, and the comparison with what lies there. Nothing of the project is written. Beside it runs typify
    /// alone on the same shapes, and codegen on the project's own schema in the profile that `cargo xtask` uses.
    ///
    /// Every run is a process of its own. Rounds go through all subjects in turn; the first fills caches, the other five
    /// count. The table has the median time with the least and the most, how long processors were busy with it, the most
    /// memory that a process ever held, and the lines of Rust code without documentation, comments and blank lines. The
    /// goals stand below with pass or MISS. A missed one is no failure of the command: times are those of a machine.
    ///
    /// It builds xtask in release the first time, which takes about two minutes; the runs take about one.
    #[command(verbatim_doc_comment)]
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
    },
    /// Reading and checking a message, beside plain serde structs of the same shape.
    ///
    /// The two take turns of a few milliseconds for nine rounds, in one release build. What counts is the time that a
    /// processor was busy, so that other programs disturb little. The ratio is the median of the rounds' own ratios, with
    /// the least and the most. A missed goal is no failure of the command: times are those of a machine.
    Parse,
    /// Signing and verifying a message, beside aws-lc-rs alone.
    Signing,
    /// The server on one core beside one written by hand, over sockets; then what a request costs by part.
    ///
    /// The other one verifies and signs by aws-lc-rs, answers the same bytes, and does nothing else. Both are asked over
    /// connections that stay open, by requests that were signed before, from another thread, whose time does not count.
    Server,
    /// The client beside bare reqwest and aws-lc-rs, with 1, 16 and 256 calls in flight, over sockets.
    Client,
    /// The server on one core and on two, with one key and with many.
    Scale,
    /// How often a request, a call and a message ask for memory. It needs a build of its own.
    Allocations,
    /// All tables of the crates, for docs/measurements.md: parse, signing, server, client, scale, allocations.
    Crates,
    /// One run, in this process: what `bench codegen` starts.
    #[command(hide = true)]
    Sample {
        /// codegen, project or typify.
        subject: Subject,
        /// Where the folder with the schemas lies.
        folder: PathBuf,
    },
}

pub(crate) fn run(root: &Path, bench: Bench) -> ExitCode {
    let printed = match bench {
        Bench::Sample { subject, folder } => sample::take(subject, &folder).map(|sample| sample.to_string()),
        Bench::Parse => beside(root, &["parse"]),
        Bench::Signing => beside(root, &["signing"]),
        Bench::Server => beside(root, &["server"]),
        Bench::Client => beside(root, &["client"]),
        Bench::Scale => beside(root, &["scale"]),
        Bench::Allocations => counted(root),
        Bench::Crates => beside(root, &["parse", "signing", "server", "client", "scale"])
            .and_then(|times| Ok(format!("{times}\n{}", counted(root)?))),
        Bench::Codegen { sizes, compile, json } => {
            let mut sizes: Vec<usize> = sizes.into_iter().filter(|size| *size > 0).collect();
            sizes.sort_unstable();
            sizes.dedup();
            let report = bench::codegen(root, &Options { sizes, compile }, &|line| say(line));
            report.map(|report| if json { format!("{:#}", report.json()) } else { report.to_string() })
        }
    };
    match printed {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err(why) => {
            say(why);
            ExitCode::FAILURE
        }
    }
}

/// Has the crates measured beside what they stand on.
fn beside(root: &Path, subjects: &[&str]) -> Result<String, String> {
    measured(root, &[], subjects)
}

/// Has allocations counted. The allocator that counts would slow the other tables down.
fn counted(root: &Path) -> Result<String, String> {
    measured(root, &["--features", "allocations"], &["allocations"])
}

fn measured(root: &Path, features: &[&str], subjects: &[&str]) -> Result<String, String> {
    say("building the benchmark in release");
    let built = program::build(root, &[&["--release", "-p", PACKAGE], features].concat())?;
    let mut run = Command::new(built.program(PACKAGE)?);
    say(format!("measuring: {} (up to a minute each)", subjects.join(", ")));
    let output = run.args(subjects).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("can't start the benchmark: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err("the benchmark failed: see above".to_owned())
    }
}

#[expect(clippy::print_stdout, reason = "the result is what the command is for")]
fn print(text: &str) {
    println!("{}", text.trim_end());
}
