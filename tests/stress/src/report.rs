//! The table, for a terminal and for a page.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::part::Disproof;
use crate::run::Fact;

/// What came of one part.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) part: &'static str,
    pub(crate) facts: Vec<Fact>,
    pub(crate) took: Duration,
    pub(crate) ended: Result<(), Disproof>,
}

/// What came of all parts. Prints as a table in Markdown.
#[derive(Debug)]
pub(crate) struct Report {
    seed: u64,
    quick: bool,
    proofs: Vec<Proof>,
}

impl Report {
    pub(crate) fn new(seed: u64, quick: bool) -> Self {
        Self { seed, quick, proofs: Vec::new() }
    }

    pub(crate) fn add(&mut self, proof: Proof) {
        self.proofs.push(proof);
    }

    /// Whether everything held.
    pub(crate) fn holds(&self) -> bool {
        self.proofs.iter().all(|proof| proof.ended.is_ok())
    }

    /// The table as a page of the documentation.
    pub(crate) fn page(&self) -> String {
        let date = told_by(Command::new("date").args(["-u", "+%Y-%m-%d"]));
        let compiler = told_by(Command::new("rustc").arg("--version"));
        let machine = machine();
        let command = self.command();
        format!(
            "# Proof\n\nWhat `{command}` found on {date}, on {machine},\nwith {compiler}. What each part tries, and how:\n\
             `cargo xtask stress --list` and `tests/stress/src/parts/`.\n\n{self}"
        )
    }

    fn command(&self) -> String {
        format!("cargo xtask stress {}--seed {}", if self.quick { "--quick " } else { "" }, self.seed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| part | what | found |\n|---|---|---|")?;
        for proof in &self.proofs {
            let Proof { part, facts, took, ended } = proof;
            let verdict = if ended.is_ok() { "holds" } else { "**FAILED**" };
            writeln!(f, "| **{part}** | in {:.1} s | {verdict} |", took.as_secs_f64())?;
            for Fact { what, found } in facts {
                writeln!(f, "| | {what} | {found} |")?;
            }
        }
        writeln!(f, "\nSeed {}. All of it: `{}`.", self.seed, self.command())?;
        for proof in &self.proofs {
            let Err(Disproof { what, case }) = &proof.ended else { continue };
            let case = case.map_or_else(String::new, |case| format!(" --case {case}"));
            writeln!(f, "\n{}: {what}\nrepeat it: {} --only {}{case}", proof.part, self.command(), proof.part)?;
        }
        Ok(())
    }
}

fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let told = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = told.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1)).map(str::trim);
    format!("{cpus} cores of {}", model.unwrap_or("a processor without a name"))
}

/// The first line that a program prints, or nothing.
fn told_by(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}
