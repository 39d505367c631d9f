//! Each form of a report is read by a parser, and shows nothing that is sensitive.

use alipayplus_kit::finding::Verdict;
use alipayplus_kit::inquiry_payment::{OPERATION, cases};
use alipayplus_kit::mask::Mask;
use alipayplus_kit::report::{Facts, Report, ctrf, html, junit, markdown};
use alipayplus_kit::run::{Groups, run, select};
use alipayplus_signing::Timestamp;
use serde::Deserialize;

use crate::setup::session;

async fn report(fault: &'static str, expected: &[(String, bool)]) -> Report {
    let (session, warnings) = session(fault, "").await.unwrap();
    let only = ["member", "result", "signature", "request"].map(str::to_owned);
    let selected = select(&cases(), |case| case.id, &only, &[]).unwrap();
    let results = run(&session, &cases(), &selected, Groups::default(), |_| ()).await;
    let facts = Facts {
        operation: "inquiryPayment",
        target: "http://<b>&\"'</b>.example/".into(),
        client_id: "SANDBOX_1".into(),
        seed: 7,
        started: Timestamp::now(),
        strict: false,
        warnings,
    };
    let mask = Mask::new(&OPERATION, &session.subjects, &session.recorded(), &[]);
    Report::new(facts, &results, expected, &mask)
}

#[tokio::test]
async fn junit_is_read_by_a_parser() {
    let report = report("mpp/tells-of-a-payment-in-a-refusal", &[]).await;
    let text = junit(&report);
    let document = roxmltree::Document::parse(&text).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(count("testcase"), report.cases.len());
    assert!(report.failures() > 0);
    assert_eq!(count("failure"), report.failures());
    let sum = |name: &str| -> usize {
        let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
        suites.map(|suite| suite.attribute(name).unwrap().parse::<usize>().unwrap()).sum()
    };
    assert_eq!((sum("tests"), sum("failures")), (report.cases.len(), report.failures()));
    assert_eq!(sum("errors"), count("error"));
    assert_eq!(sum("skipped"), count("skipped"));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ctrf {
    report_format: String,
    spec_version: String,
    results: Results,
}

#[derive(Deserialize)]
struct Results {
    tool: Tool,
    summary: Summary,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

#[derive(Deserialize)]
struct Summary {
    tests: usize,
    passed: usize,
    failed: usize,
    pending: usize,
    skipped: usize,
    other: usize,
    start: u64,
    stop: u64,
}

#[derive(Deserialize)]
struct Test {
    name: String,
    status: Status,
    #[serde(rename = "duration")]
    _duration: u64,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Skipped,
    Pending,
    Other,
}

#[tokio::test]
async fn ctrf_has_the_members_that_it_requires() {
    let report = report("mpp/tells-of-a-payment-in-a-refusal", &[]).await;
    let Ctrf { report_format, spec_version, results } = serde_json::from_str(&ctrf(&report)).unwrap();
    assert_eq!((report_format.as_str(), spec_version.as_str()), ("CTRF", "0.0.0"));
    let Summary { tests, passed, failed, pending, skipped, other, start, stop } = results.summary;
    assert_eq!(tests, report.cases.len());
    assert_eq!(tests, passed + failed + pending + skipped + other);
    assert!(start <= stop && results.tool.name == "alipayplus conformance");
    let failing = results.tests.iter().filter(|test| test.status == Status::Failed);
    assert_eq!(failing.clone().count(), report.failures());
    assert!(failing.clone().any(|test| test.name == "member/none-in-a-refusal"));
}

#[tokio::test]
async fn html_is_one_file_in_which_all_text_is_escaped() {
    let report = report("mpp/tells-of-a-payment-in-a-refusal", &[]).await;
    let text = html(&report);
    assert!(text.starts_with("<!DOCTYPE html>") && text.contains("name=\"viewport\""));
    assert!(text.contains("prefers-color-scheme: dark"));
    // Nothing is loaded, and nothing that a target or an argument says becomes markup.
    for markup in ["<script", "<link", "<img", "src=", "href=", "@import", "url(", "<b>&"] {
        assert!(!text.contains(markup), "{markup}");
    }
    // What opens is closed: a parser of XML reads the body.
    let body = &text[text.find("<body>").unwrap()..text.find("</html>").unwrap()];
    let body = body.replace("<details open>", "<details open=\"\">");
    let document = roxmltree::Document::parse(&body).unwrap();
    let details = document.descendants().filter(|node| node.has_tag_name("details")).count();
    assert_eq!(details, report.cases.len() + report.count(Verdict::Fail));
    assert!(text.contains("&lt;CR&gt;&lt;LF&gt;"));
}

#[tokio::test]
async fn markdown_has_a_row_for_each_case() {
    let report = report("mpp/tells-of-a-payment-in-a-refusal", &[]).await;
    let text = markdown(&report);
    let rows = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, report.cases.len());
    assert!(text.contains("\n## member/none-in-a-refusal\n"));
}

#[tokio::test]
async fn no_report_shows_a_customer() {
    // The answers to bad signatures hold a whole payment, and are shown because they fail.
    let report = report("mpp/tells-of-a-payment-in-a-refusal", &[]).await;
    let json = serde_json::to_string(&report).unwrap();
    for text in [junit(&report), ctrf(&report), html(&report), markdown(&report), json] {
        assert!(text.contains("[hidden]"));
        assert!(!text.contains("sandbox-customer"));
    }
}

#[tokio::test]
async fn known_failures_do_not_fail_the_run_unless_they_pass() {
    let known = |id: &str, flaky| (id.to_owned(), flaky);
    let without = report("mpp/needs-no-pspId", &[]).await;
    assert_eq!(without.failures(), 1);
    let expected = report("mpp/needs-no-pspId", &[known("request/no-psp-id", false)]).await;
    assert_eq!(expected.failures(), 0);
    let stale = report("", &[known("request/no-psp-id", false)]).await;
    assert_eq!(stale.failures(), 1);
    let flaky = report("", &[known("request/no-psp-id", true)]).await;
    assert_eq!(flaky.failures(), 0);
}
