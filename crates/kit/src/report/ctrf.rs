//! The Common Test Report Format: JSON that tools for test reports read.

use serde_json::{Value, json};

use super::data::{CaseReport, Counts, Report};
use crate::finding::Verdict;

/// Returns the report as CTRF.
#[must_use]
pub fn ctrf(report: &Report) -> String {
    let tests: Vec<Value> = report.cases.iter().map(test).collect();
    let count = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let summary = json!({
        "tests": tests.len(),
        "passed": count("passed"),
        "failed": count("failed"),
        "pending": 0,
        "skipped": count("skipped"),
        "other": count("other"),
        "start": report.started.as_millisecond(),
        "stop": report.ended.as_millisecond(),
    });
    let extra = json!({ "target": report.target, "seed": report.seed, "warnings": report.warnings });
    let results = json!({
        "tool": { "name": "alipayplus conformance", "version": report.version },
        "summary": summary,
        "tests": tests,
        "extra": extra,
    });
    let whole = json!({ "reportFormat": "CTRF", "specVersion": "0.0.0", "results": results });
    format!("{whole:#}\n")
}

fn test(case: &CaseReport) -> Value {
    let status = match (case.counts, case.verdict) {
        (Counts::Fails | Counts::Stale, _) => "failed",
        (_, Verdict::Pass | Verdict::Note) => "passed",
        (_, Verdict::NotRun) => "skipped",
        (_, Verdict::Fail | Verdict::Inconclusive) => "other",
    };
    json!({
        "name": case.id,
        "status": status,
        "duration": case.milliseconds,
        "suite": [case.id.split('/').next()],
        "rawStatus": case.verdict.as_str(),
        "message": case.actual,
        "tags": [case.level],
        "extra": {
            "expected": case.expected,
            "source": case.source,
            "counts": case.counts,
            "repeat": case.repeat,
            "exchanges": case.exchanges,
        },
    })
}
