//! The XML of `JUnit`, which build servers read.

use maud::{PreEscaped, html};

use super::data::{CaseReport, Counts, Report};
use crate::finding::Verdict;

/// Returns the report as `JUnit` XML, with a suite for each group.
#[must_use]
pub fn junit(report: &Report) -> String {
    let group = |case: &CaseReport| case.id.split('/').next().unwrap_or_default();
    let mut groups: Vec<&str> = report.cases.iter().map(group).collect();
    groups.dedup();
    let markup = html! {
        testsuites name="alipayplus conformance" tests=(report.cases.len()) failures=(report.failures()) {
            @for name in groups {
                @let cases: Vec<_> = report.cases.iter().filter(|case| group(case) == name).collect();
                @let count = |test: &dyn Fn(&CaseReport) -> bool| cases.iter().filter(|case| test(case)).count();
                testsuite name=(name) tests=(cases.len()) failures=(count(&is_failure)) errors=(count(&is_error))
                    skipped=(count(&is_skipped)) timestamp=(report.started) {
                    @for case in &cases { (test_case(case, name)) }
                }
            }
        }
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", markup.into_string())
}

fn is_failure(case: &CaseReport) -> bool {
    matches!(case.counts, Counts::Fails | Counts::Stale)
}

fn is_error(case: &CaseReport) -> bool {
    case.verdict == Verdict::Inconclusive
}

fn is_skipped(case: &CaseReport) -> bool {
    !is_failure(case) && matches!(case.verdict, Verdict::NotRun | Verdict::Fail)
}

fn test_case(case: &CaseReport, group: &str) -> PreEscaped<String> {
    let name = case.id.split('/').nth(1).unwrap_or_default();
    let seconds = format!("{}.{:03}", case.milliseconds / 1000, case.milliseconds % 1000);
    let text = format!("{} {}: {}", case.level, case.verdict, case.actual);
    html! {
        testcase classname=(group) name=(name) time=(seconds) {
            @if is_failure(case) {
                failure message=(text) type=(case.level) { (details(case)) }
            } @else if is_error(case) {
                error message=(text) { (details(case)) }
            } @else if is_skipped(case) {
                skipped message=(text) {}
            } @else {
                system-out { (text) }
            }
        }
    }
}

fn details(case: &CaseReport) -> String {
    let stale = if case.counts == Counts::Stale { "It is a known failure, and does not fail any more.\n" } else { "" };
    let mut text = format!(
        "{stale}expected: {}\nactual: {}\nsource: {}\nrepeat: {}\n",
        case.expected, case.actual, case.source, case.repeat
    );
    for exchange in &case.exchanges {
        text.extend(["\n", &exchange.request, "\n\n", &exchange.answer, "\n"]);
        text.extend(exchange.repeat.iter().flat_map(|repeat| ["\n", repeat, "\n"]));
    }
    text
}
