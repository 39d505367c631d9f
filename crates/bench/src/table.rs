//! The table, in Markdown, ratios first.

use std::fmt;

use crate::pair::Pair;

/// What was measured against what.
#[derive(Debug)]
pub(crate) struct Table {
    /// What our work is held against.
    pub(crate) other: &'static str,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) pair: Pair,
    /// The most that the ratio should be.
    pub(crate) goal: Option<f64>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| beside {} | ratio | goal | | ours | the other |\n|---|---|---|---|---|---|", self.other)?;
        for Row { what, pair, goal } in &self.rows {
            let [ratio, least, most] = pair.ratio();
            let [ours, other] = [pair.ours(), pair.other()].map(|[median, ..]| median * 1e6);
            let (limit, verdict) = match goal {
                Some(goal) => (format!("{goal:.2}"), if ratio <= *goal { "met" } else { "**missed**" }),
                None => (String::new(), ""),
            };
            let row =
                format!("× {ratio:.3} ({least:.3}–{most:.3}) | {limit} | {verdict} | {ours:.2} µs | {other:.2} µs");
            writeln!(f, "| {what} | {row} |")?;
        }
        Ok(())
    }
}
