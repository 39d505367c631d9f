//! What a run prints, and the files that it writes.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use alipayplus_kit::finding::Verdict;
use alipayplus_kit::report::{CaseReport, Counts, Report, ctrf, html, junit, markdown};

use crate::console::{could_not_run, print, progress, usage};

/// The form of a report and its file.
#[derive(Clone, Debug)]
pub(crate) struct ReportFile {
    write: fn(&Report) -> String,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let write = match text.split_once('=') {
            Some(("junit", _)) => junit,
            Some(("json", _)) => ctrf,
            Some(("md", _)) => markdown,
            Some(("html", _)) => html,
            _ => return Err("a report is junit=FILE, json=FILE, md=FILE or html=FILE".into()),
        };
        let path = text.split_once('=').map(|(_, path)| path).filter(|path| !path.is_empty());
        Ok(Self { write, path: path.ok_or("the file has no name")?.into() })
    }
}

impl ReportFile {
    /// Writes the report.
    pub(crate) fn write(&self, report: &Report) -> Result<(), String> {
        fs::write(&self.path, (self.write)(report))
            .map_err(|error| format!("can't write {}: {error}", self.path.display()))
    }
}

/// Returns what is wrong if a report would be written over a file: a slip could name a key or another input of the run.
pub(crate) fn in_the_way(reports: &[ReportFile], force: bool) -> Option<String> {
    let there = reports.iter().find(|report| !force && report.path.symlink_metadata().is_ok())?;
    Some(format!("--report: {} is there already: choose another name, or add --force", there.path.display()))
}

/// Shows on a terminal how many cases have run.
pub(crate) struct Progress {
    done: usize,
    all: usize,
}

impl Progress {
    pub(crate) fn new(all: usize) -> Self {
        Self { done: 0, all }
    }

    pub(crate) fn next(&mut self, id: &str) {
        self.done += 1;
        progress(&format!("{}/{} {id}", self.done, self.all));
    }
}

/// Prints a report, writes it to files, and returns what it means for the run.
pub(crate) fn end(report: &Report, json: bool, files: &[ReportFile]) -> ExitCode {
    print(if json { serde_json::json!(report).to_string() } else { text(report) });
    for file in files {
        if let Err(message) = file.write(report) {
            return could_not_run(message);
        }
    }
    exit_code(report)
}

fn exit_code(report: &Report) -> ExitCode {
    if report.failures() > 0 {
        ExitCode::FAILURE
    } else if report.count(Verdict::NotRun) == report.cases.len() {
        usage("no case ran: each needs something that was not given")
    } else if report.count(Verdict::Inconclusive) > 0 {
        could_not_run("some cases are inconclusive")
    } else {
        ExitCode::SUCCESS
    }
}

/// Returns what people read: each case that does not simply pass, and the counts.
fn text(report: &Report) -> String {
    let colour = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut lines: Vec<String> = report.warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    let is_shown = |case: &&CaseReport| case.verdict != Verdict::Pass || case.counts == Counts::Stale;
    lines.extend(report.cases.iter().filter(is_shown).map(|case| line(case, colour)));
    let failures = report.failures();
    lines.push(format!("{}; {failures} fail the run (seed {})", report.summary(), report.seed));
    lines.join("\n")
}

fn line(case: &CaseReport, colour: bool) -> String {
    let verdict = if colour {
        let code = match case.verdict {
            Verdict::Fail => 31,
            Verdict::Pass => 32,
            Verdict::Note => 33,
            Verdict::NotRun | Verdict::Inconclusive => 2,
        };
        format!("\x1b[{code}m{:12}\x1b[0m", case.verdict)
    } else {
        format!("{:12}", case.verdict)
    };
    let CaseReport { id, level, actual, expected, repeat, .. } = case;
    let counts = match case.counts {
        Counts::Expected => " (a known failure)",
        Counts::Stale => " (listed as a known failure, and does not fail)",
        Counts::Fails | Counts::Nothing => "",
    };
    let head = format!("{verdict} {level:6} {id}{counts}: {actual}");
    match case.verdict {
        Verdict::Fail => format!("{head}\n             expected: {expected}\n             repeat:   {repeat}"),
        _ => head,
    }
}
