//! Tables in Markdown, ratios first.

use std::fmt;

use crate::interleave::Rounds;

/// What was measured against what.
#[derive(Debug)]
pub(crate) struct Table {
    /// What our work is held against.
    pub(crate) other: &'static str,
    pub(crate) rows: Vec<Row>,
}

/// Two sides that took turns: ours and the other.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) rounds: Rounds,
    pub(crate) goal: Goal,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Reported without a goal.
    None,
    /// Our work takes no more than so many times the other's.
    Times(f64),
    /// We get so much of the other's work done in the same time.
    Share(f64),
}

impl Goal {
    /// The words for the limit and for whether it is kept.
    fn judge(self, ratio: f64) -> (String, &'static str) {
        let (limit, is_met) = match self {
            Self::None => return (String::new(), ""),
            Self::Times(most) => (format!("≤ {most:.2}"), ratio <= most),
            Self::Share(least) => (format!("≥ {least:.2}"), ratio >= least),
        };
        (limit, verdict(is_met))
    }
}

pub(crate) fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

impl Row {
    /// Ours beside the other, or what we get done beside the other.
    fn sides(&self) -> (usize, usize) {
        if matches!(self.goal, Goal::Share(_)) { (1, 0) } else { (0, 1) }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| beside {} | ratio | goal | | by the clock | ours | the other |", self.other)?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, to) = self.sides();
        let [ratio, least, most] = self.rounds.ratio(one, to, |cost| cost.cpu);
        let [by_the_clock, ..] = self.rounds.ratio(one, to, |cost| cost.wall);
        let (limit, verdict) = self.goal.judge(ratio);
        let [ours, other] = [0, 1].map(|side| self.rounds.micros(side));
        write!(f, "| {} | × {ratio:.3} ({least:.3}–{most:.3}) | {limit} | {verdict} | ", self.what)?;
        write!(f, "× {by_the_clock:.3} | {ours:.2} µs | {other:.2} µs |")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_kept_from_its_own_side() {
        assert_eq!(Goal::Times(1.5).judge(1.4), ("≤ 1.50".to_owned(), "met"));
        assert_eq!(Goal::Times(1.5).judge(1.6).1, "**missed**");
        assert_eq!(Goal::Share(0.95).judge(0.96), ("≥ 0.95".to_owned(), "met"));
        assert_eq!(Goal::Share(0.95).judge(0.94).1, "**missed**");
    }
}
