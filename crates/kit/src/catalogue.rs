//! The table of cases, as a page and as data.

use std::fmt::Write as _;

use serde::Serialize;

use crate::case::Case;
use crate::finding::Level;

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
    pub rule: &'static str,
}

impl From<&Case> for Row {
    fn from(case: &Case) -> Self {
        let Case { id, level, source, sends, rule, .. } = *case;
        Self { id, level, source, needs: case.needs_text(), sends, rule }
    }
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
        let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*");
        let _ = writeln!(
            page,
            "| `{id}` | {level} | {} | {} | {} | {} |",
            cell(&needs),
            cell(sends),
            cell(rule),
            cell(source)
        );
    }
    page
}
