//! The table, for a terminal and for a page.

use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::failure::Failure;
use crate::run::Fact;

/// The result of one scenario.
#[derive(Debug)]
pub(crate) struct ScenarioResult {
    pub(crate) name: &'static str,
    pub(crate) facts: Vec<Fact>,
    pub(crate) took: Duration,
    pub(crate) result: Result<(), Failure>,
}

/// The results of all scenarios. Displays as a table in Markdown.
#[derive(Debug)]
pub(crate) struct Report {
    seed: u64,
    quick: bool,
    results: Vec<ScenarioResult>,
}

impl Report {
    pub(crate) fn new(seed: u64, quick: bool) -> Self {
        Self { seed, quick, results: Vec::new() }
    }

    pub(crate) fn add(&mut self, result: ScenarioResult) {
        self.results.push(result);
    }

    /// Whether every scenario passed.
    pub(crate) fn is_passed(&self) -> bool {
        self.results.iter().all(|it| it.result.is_ok())
    }

    /// Returns the table as a page of the documentation.
    pub(crate) fn page(&self) -> String {
        let date = first_line(Command::new("date").args(["-u", "+%Y-%m-%d"]));
        let compiler = first_line(Command::new("rustc").arg("--version"));
        let machine = machine();
        let command = self.command();
        format!(
            "# Stress report\n\nResults of `{command}` on {date}, on {machine},\nwith {compiler}. What each scenario \
             tests, and how:\n`cargo xtask stress --list` and `tests/stress/src/scenarios/`.\n\nA row with several names \
             has as many values, in the same order.\n\n{self}"
        )
    }

    fn command(&self) -> String {
        format!("cargo xtask stress {}--seed {}", if self.quick { "--quick " } else { "" }, self.seed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| scenario | what | result |\n|---|---|---|")?;
        for ScenarioResult { name, facts, took, result } in &self.results {
            let verdict = if result.is_ok() { "passed" } else { "**FAILED**" };
            writeln!(f, "| **{name}** | in {:.1} s | {verdict} |", took.as_secs_f64())?;
            for Fact { what, found } in facts {
                writeln!(f, "| | {what} | {found} |")?;
            }
        }
        writeln!(f, "\nSeed {}. To repeat the run: `{}`.", self.seed, self.command())?;
        for ScenarioResult { name, result, .. } in &self.results {
            let Err(Failure { what, case }) = result else { continue };
            let case = case.map_or_else(String::new, |case| format!(" --case {case}"));
            writeln!(f, "\n{name}: {what}\nrepeat it: {} --only {name}{case}", self.command())?;
        }
        Ok(())
    }
}

fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1)).map(str::trim);
    format!("{cpus} cores of {}", model.unwrap_or("an unknown processor"))
}

/// Returns the first line that a program prints, or an empty text.
fn first_line(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or_default().to_owned()
}
