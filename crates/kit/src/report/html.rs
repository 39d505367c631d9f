//! One HTML file that needs no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::data::{CaseReport, Counts, ExchangeReport, Report};
use crate::finding::{Level, Verdict};

const STYLE: &str = "
:root { color-scheme: light dark; --back: #fff; --text: #1c1e21; --soft: #f3f4f6; --line: #d5d8dd; --dim: #5b6270;
  --fail: #b3261e; --pass: #1b6e3c; --note: #7a5b00; --other: #51565f; }
@media (prefers-color-scheme: dark) { :root { --back: #16181c; --text: #e6e8eb; --soft: #22252b; --line: #3a3f47;
  --dim: #a3abb8; --fail: #ff8a80; --pass: #7fd6a0; --note: #e6c35c; --other: #b0b6c0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .5rem; padding: 0; }
.counts li { list-style: none; background: var(--soft); border-radius: .5rem; padding: .5rem .75rem; }
.counts b { display: block; font-size: 1.5rem; }
.warning { border-left: .3rem solid var(--note); padding: .25rem .75rem; background: var(--soft); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .35rem 0; }
summary { padding: .45rem .75rem; cursor: pointer; }
details > div { padding: 0 .75rem .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: var(--dim); } dd { margin: 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
pre { background: var(--soft); padding: .75rem; border-radius: .5rem; overflow-x: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font: .85rem/1.45 ui-monospace, monospace; margin: .25rem 0; }
.verdict { font-weight: 600; } .level { color: var(--dim); font-size: .85rem; }
.fail { color: var(--fail); } .pass { color: var(--pass); } .note { color: var(--note); }
.not-run, .inconclusive { color: var(--other); }
";

/// Returns the report as HTML.
#[must_use]
pub fn html(report: &Report) -> String {
    let failures = report.failures();
    let worst: Vec<_> = report.cases.iter().filter(|case| case.verdict == Verdict::Fail).collect();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Conformance of " (report.target) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Conformance of " (report.target) }
                p { (verdict(failures)) " " (report.summary()) "." }
                ul class="counts" {
                    @for verdict in Verdict::ALL {
                        li { b class=(class(verdict)) { (report.count(verdict)) } (verdict) }
                    }
                }
                (levels(report))
                @for warning in &report.warnings { p class="warning" { (warning) } }
                dl {
                    dt { "operation" } dd { (report.operation) }
                    dt { "Client-Id" } dd { (report.client_id) }
                    dt { "started" } dd { (report.started) }
                    dt { "seed" } dd { (report.seed) }
                    dt { "version" } dd { (report.version) }
                }
                @if !worst.is_empty() {
                    h2 { "What fails" }
                    @for case in worst { (case_details(case, true)) }
                }
                (groups(report))
            }
        }
    };
    markup.into_string()
}

const fn verdict(failures: usize) -> &'static str {
    if failures == 0 { "The run passed." } else { "The run failed." }
}

/// Returns how many cases of each level were tried and failed.
fn levels(report: &Report) -> Markup {
    html! {
        dl {
            @for (level, text) in [(Level::Must, "required"), (Level::Should, "advised"), (Level::Info, "measured")] {
                @let of = |test: &dyn Fn(&CaseReport) -> bool| report.cases.iter().filter(|case| case.level == level && test(case)).count();
                dt { (level) ", " (text) }
                dd {
                    (of(&|_| true)) " cases, " (of(&|case| case.verdict == Verdict::Fail)) " fail, "
                    (of(&|case| case.verdict == Verdict::NotRun)) " not run"
                }
            }
        }
    }
}

fn groups(report: &Report) -> Markup {
    let group = |case: &CaseReport| case.id.split('/').next().unwrap_or_default();
    let mut groups: Vec<&str> = report.cases.iter().map(group).collect();
    groups.dedup();
    html! {
        @for name in groups {
            h2 { (name) }
            @for case in report.cases.iter().filter(|case| group(case) == name) { (case_details(case, false)) }
        }
    }
}

fn class(verdict: Verdict) -> String {
    verdict.as_str().replace(' ', "-")
}

fn case_details(case: &CaseReport, open: bool) -> Markup {
    html! {
        details open[open] {
            summary {
                span class={ "verdict " (class(case.verdict)) } { (case.verdict) } " "
                code { (case.id) } " " span class="level" { (case.level) }
            }
            div {
                dl {
                    dt { "expected" } dd { (case.expected) }
                    dt { "actual" } dd { (case.actual) }
                    dt { "sent" } dd { (case.sends) }
                    dt { "source" } dd { (case.source) }
                    @if case.counts == Counts::Expected { dt { "known" } dd { "It is a known failure." } }
                    @if case.counts == Counts::Stale { dt { "known" } dd { "It is listed as a known failure, and does not fail." } }
                    dt { "repeat" } dd { code { (case.repeat) } }
                }
                @for exchange in &case.exchanges { (exchange_details(exchange)) }
            }
        }
    }
}

fn exchange_details(exchange: &ExchangeReport) -> Markup {
    html! {
        h3 { "Request" @if !exchange.label.is_empty() { ": " (exchange.label) } }
        pre { (exchange.request) }
        h3 { "Answer, after " (exchange.milliseconds) " ms" }
        pre { (exchange.answer) }
        @if let Some(repeat) = &exchange.repeat {
            h3 { "In a shell" }
            pre { (repeat) }
        }
    }
}
