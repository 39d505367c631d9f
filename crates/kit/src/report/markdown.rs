//! Markdown, for a comment or a wiki.

use std::fmt::Write as _;

use super::data::{CaseReport, Counts, Report};
use crate::finding::Verdict;

/// Returns the report as Markdown.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# Conformance of {}\n\n{}; {} fail the run. Client-Id `{}`, seed {}, {}.\n",
        escaped(&report.target),
        report.summary(),
        report.failures(),
        report.client_id.replace('`', ""),
        report.seed,
        report.started
    );
    for warning in &report.warnings {
        let _ = writeln!(text, "\n> Warning: {}", escaped(warning));
    }
    text.push_str("\n| case | level | verdict | expected | actual |\n|---|---|---|---|---|\n");
    for case in &report.cases {
        let CaseReport { id, level, verdict, expected, actual, .. } = case;
        let counts = match case.counts {
            Counts::Expected => ", expected",
            Counts::Stale => ", expected to fail",
            Counts::Fails | Counts::Nothing => "",
        };
        let mark = if *verdict == Verdict::Fail { "**" } else { "" };
        let (expected, actual) = (escaped(expected), escaped(actual));
        let _ = writeln!(text, "| `{id}` | {level} | {mark}{verdict}{mark}{counts} | {expected} | {actual} |");
    }
    for case in report.cases.iter().filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::Inconclusive)) {
        let _ = write!(text, "\n## {}\n\nSource: {}\n\nRepeat: `{}`\n", case.id, escaped(case.source), case.repeat);
        for exchange in &case.exchanges {
            for block in
                [Some(&exchange.request), Some(&exchange.answer), exchange.repeat.as_ref()].into_iter().flatten()
            {
                let fence = "`".repeat(longest_run(block).max(2) + 1);
                let _ = write!(text, "\n{fence}text\n{block}\n{fence}\n");
            }
        }
    }
    text
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        if matches!(char, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!') {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
