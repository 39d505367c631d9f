//! The table of cases, as a page and as data.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use crate::caller;
use crate::case::Case;
use crate::finding::Level;
#[cfg(feature = "sandbox")]
use crate::sandbox::{MPP_FAULTS, MppFault};

/// A case as data.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Group and name.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Where the rule is written.
    pub source: &'static str,
    /// What it needs, in words.
    pub needs: String,
    /// What is sent.
    pub sends: &'static str,
    /// What must be.
    pub rule: Cow<'static, str>,
}

impl From<&Case> for Row {
    fn from(case: &Case) -> Self {
        let Case { id, level, source, sends, rule, .. } = *case;
        Self { id, level, source, needs: case.needs_text(), sends, rule: rule.into() }
    }
}

/// Returns the faults and rules for a caller, as rows.
#[must_use]
pub fn faults() -> Vec<Row> {
    let fault = |fault: &caller::Fault| Row {
        id: fault.id,
        level: fault.level,
        source: fault.source,
        needs: if matches!(fault.door, caller::Door::Certificate(_)) { "TLS (--tls)".into() } else { "-".into() },
        sends: fault.about,
        rule: format!("right: {}", fault.right_text()).into(),
    };
    let rule = |rule: &caller::Rule| Row {
        id: rule.id,
        level: rule.level,
        source: rule.source,
        needs: "-".into(),
        sends: "Every fault.",
        rule: rule.about.into(),
    };
    caller::faults().map(fault).chain(caller::RULES.iter().map(rule)).collect()
}

/// Returns the page of all faults, and of the rules that hold in each.
#[cfg(feature = "sandbox")]
#[must_use]
pub fn page_of_faults() -> String {
    let (faults, count) =
        (caller::faults().count(), |level| caller::faults().filter(|fault| fault.level == level).count());
    let mut page = format!(
        "# Faults of `alipayplus conformance caller`\n\nWritten from the table of faults; the test `page` of `alipayplus-kit` \
         compares it.\n\n{faults} faults: {} MUST, {} SHOULD; and {} rules that hold in each. `unknown` is right wherever it \
         is listed; what is tolerated is noted.\n",
        count(Level::Must),
        count(Level::Should),
        caller::RULES.len(),
    );
    let mut group = "";
    for fault in caller::faults() {
        let (section, _) = fault.id.split_once('/').unwrap_or_default();
        if section != group {
            group = section;
            let _ = write!(
                page,
                "\n## {group}\n\n| fault | level | what the MPP does | right | source |\n|---|---|---|---|---|\n"
            );
        }
        let caller::Fault { id, level, about, source, .. } = fault;
        let _ = writeln!(page, "| `{id}` | {level} | {} | {} | {} |", cell(about), fault.right_text(), cell(source));
    }
    page.push_str("\n## In each fault\n\n| rule | level | what a caller does | source |\n|---|---|---|---|\n");
    for caller::Rule { id, level, about, source, .. } in caller::RULES {
        let _ = writeln!(page, "| `{id}` | {level} | {} | {} |", cell(about), cell(source));
    }
    page.push_str(&mpp_faults());
    page
}

/// Returns the section of faults that are not about one answer.
#[cfg(feature = "sandbox")]
fn mpp_faults() -> String {
    let mut section = "\n## An MPP that is wrong as a whole\n\nThe sandbox plays these too, to try `conformance mpp`. The test \
                       `matrix` of `alipayplus-kit` compares what fails.\n\n| fault | the cases of level MUST that fail |\n|---|---|\n"
        .to_owned();
    for MppFault { id, fails, .. } in MPP_FAULTS {
        let fails: Vec<_> = fails.iter().map(|case| format!("`{case}`")).collect();
        let fails = if fails.is_empty() { "none: the preflight ends the run".to_owned() } else { fails.join(", ") };
        let _ = writeln!(section, "| `{id}` | {fails} |");
    }
    section
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}

/// Returns the page of all cases.
#[must_use]
pub fn page(cases: &[Case]) -> String {
    let count = |level| cases.iter().filter(|case| case.level == level).count();
    let free = cases.iter().filter(|case| case.needs_text() == "-").count();
    let mut page = format!(
        "# Cases of `alipayplus conformance mpp`\n\nWritten from the table of cases; the test `page` of `alipayplus-kit` \
         compares it.\n\n{} cases: {} MUST, {} SHOULD, {} INFO. {free} need only the URL, a Client-Id and the keys.\n",
        cases.len(),
        count(Level::Must),
        count(Level::Should),
        count(Level::Info)
    );
    let mut group = "";
    for case in cases {
        if case.group() != group {
            group = case.group();
            let _ = write!(
                page,
                "\n## {group}\n\n| case | level | needs | sent | rule | source |\n|---|---|---|---|---|---|\n"
            );
        }
        let Row { id, level, source, needs, sends, rule } = case.into();
        let _ = writeln!(
            page,
            "| `{id}` | {level} | {} | {} | {} | {} |",
            cell(&needs),
            cell(sends),
            cell(&rule),
            cell(source)
        );
    }
    page
}
