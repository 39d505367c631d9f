//! The figures of a run as a table with goals, or as JSON.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::figures::Figures;
use alipayplus_tests::synthetic::MEMBERS;

/// How often each subject is measured.
pub(super) const ROUNDS: usize = 5;
/// The goals are those of a family of so many operations.
const GOAL_SIZE: usize = 200;
const GOAL_TIME: Duration = Duration::from_secs(1);
const GOAL_PEAK: u64 = 256 << 20;
/// Lines of code that a member and an operation may take.
const GOAL_LINES: usize = 5 * MEMBERS + 100;
/// How much faster than the input the time may seem to grow, since a clock is never still.
const NOISE: f64 = 1.05;

/// Everything that was measured.
#[derive(Debug)]
pub struct Report {
    pub(super) sizes: Vec<Size>,
    pub(super) real: Figures,
    pub(super) compiled: Option<Duration>,
}

/// What was measured of a family.
#[derive(Debug)]
pub(super) struct Size {
    pub(super) operations: usize,
    pub(super) bytes: usize,
    pub(super) codegen: Figures,
    pub(super) typify: Figures,
}

impl Size {
    pub(super) fn new(operations: usize, bytes: usize) -> Self {
        Self { operations, bytes, codegen: Figures::default(), typify: Figures::default() }
    }

    /// A number of the whole, for one operation.
    #[expect(clippy::cast_precision_loss, reason = "for people")]
    fn each(&self, whole: f64) -> f64 {
        whole / self.operations.max(1) as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "for people")]
    fn lines_each(&self, figures: &Figures) -> f64 {
        self.each(figures.lines() as f64)
    }

    fn time_each(&self, figures: &Figures) -> f64 {
        self.each(figures.median().as_secs_f64())
    }
}

/// A goal, the result, and whether the goal is met.
struct Goal {
    what: String,
    found: String,
    met: bool,
}

impl Report {
    fn goals(&self) -> Vec<Goal> {
        let mut goals = Vec::new();
        let mut goal = |what: String, found: String, met: bool| goals.push(Goal { what, found, met });
        for size in self.sizes.iter().filter(|size| size.operations == GOAL_SIZE) {
            let (time, lines) = (size.codegen.median(), size.codegen.lines());
            goal(format!("{GOAL_SIZE} operations in under 1 s"), seconds(time), time < GOAL_TIME);
            if let Some(peak) = size.codegen.peak() {
                goal(format!("{GOAL_SIZE} operations in under 256 MiB"), mebibytes(peak), peak < GOAL_PEAK);
            }
            let most = GOAL_LINES * GOAL_SIZE;
            let what = format!("{GOAL_SIZE} operations in under {} lines of code", thousands(most));
            goal(what, thousands(lines), lines < most);
        }
        for pair in self.sizes.windows(2) {
            let [small, large] = pair else { continue };
            let (from, to) = (small.operations, large.operations);
            let time = large.time_each(&large.codegen) / small.time_each(&small.codegen);
            let lines = large.lines_each(&large.codegen) / small.lines_each(&small.codegen);
            let what = |of| format!("{of} per operation, {to} compared with {from}: no more");
            goal(what("time"), format!("× {time:.2}"), time <= NOISE);
            goal(what("lines"), format!("× {lines:.2}"), lines <= 1.0);
        }
        let real = self.real.median();
        goal("the project's schema, dev profile, under 0.5 s".to_owned(), seconds(real), real < GOAL_TIME / 2);
        goals
    }

    /// The same as one JSON document: times in seconds, memory in bytes.
    #[must_use]
    pub fn json(&self) -> Value {
        let figures = |figures: &Figures| {
            let (least, most) = figures.spread();
            json!({
                "seconds": figures.median().as_secs_f64(),
                "leastSeconds": least.as_secs_f64(),
                "mostSeconds": most.as_secs_f64(),
                "processorSeconds": figures.busy().map(|time| time.as_secs_f64()),
                "peakBytes": figures.peak(),
                "lines": figures.lines(),
            })
        };
        let sizes = self.sizes.iter().map(|size| {
            json!({
                "operations": size.operations,
                "schemaBytes": size.bytes,
                "codegen": figures(&size.codegen),
                "typify": figures(&size.typify),
            })
        });
        let sizes: Vec<_> = sizes.collect();
        let goals: Vec<_> =
            self.goals().iter().map(|it| json!({ "goal": it.what, "found": it.found, "met": it.met })).collect();
        json!({
            "sizes": sizes,
            "project": { "profile": "dev", "codegen": figures(&self.real) },
            "compileSeconds": self.compiled.map(|time| time.as_secs_f64()),
            "goals": goals,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MEMBERS} members per operation; the median of {ROUNDS} runs, and the least and the most\n")?;
        row(
            f,
            [
                "",
                "operations",
                "time",
                "",
                "per operation",
                "processors",
                "peak memory",
                "lines of code",
                "per operation",
            ],
        )?;
        for size in &self.sizes {
            measured(f, "codegen", size, &size.codegen)?;
        }
        for size in &self.sizes {
            measured(f, "typify", size, &size.typify)?;
        }
        writeln!(
            f,
            "\ntypify generates the shapes; codegen generates them, the checks, the model, the client and the server."
        )?;
        let (least, most) = self.real.spread();
        let range = range(least, most);
        writeln!(f, "The project's own schema in the dev profile: {} {range}.", seconds(self.real.median()))?;
        if let Some(time) = self.compiled {
            writeln!(f, "Compiled (cargo check, its dependencies checked before): {}.", seconds(time))?;
        }
        writeln!(f, "\ngoals")?;
        for goal in self.goals() {
            let met = if goal.met { "pass" } else { "MISS" };
            writeln!(f, "  {met}  {}: {}", goal.what, goal.found)?;
        }
        Ok(())
    }
}

fn measured(f: &mut fmt::Formatter<'_>, what: &str, size: &Size, figures: &Figures) -> fmt::Result {
    let (least, most) = figures.spread();
    row(
        f,
        [
            what,
            &size.operations.to_string(),
            &seconds(figures.median()),
            &range(least, most),
            &format!("{:.2} ms", size.time_each(figures) * 1000.0),
            &figures.busy().map_or_else(|| "unknown".into(), seconds),
            &figures.peak().map_or_else(|| "unknown".into(), mebibytes),
            &thousands(figures.lines()),
            &format!("{:.0}", size.lines_each(figures)),
        ],
    )
}

fn row(
    f: &mut fmt::Formatter<'_>,
    [what, size, time, range, each, busy, peak, lines, each_lines]: [&str; 9],
) -> fmt::Result {
    writeln!(
        f,
        "{what:<12} {size:>10} {time:>9} {range:<15} {each:>12} {busy:>10} {peak:>11} {lines:>14} {each_lines:>12}"
    )
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

fn range(least: Duration, most: Duration) -> String {
    format!("({:.3}–{:.3})", least.as_secs_f64(), most.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn mebibytes(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / f64::from(1 << 20))
}

/// Returns a number with commas.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::sample::Sample;
    use super::*;

    /// A family whose runs all took so long and gave so much.
    fn size(operations: usize, millis: u64, mib: u64, lines: usize) -> Size {
        let mut size = Size::new(operations, 1000 * operations);
        let sample = Sample { time: Duration::from_millis(millis), busy: None, peak: Some(mib << 20), lines };
        size.codegen.add(sample);
        size.typify.add(sample);
        size
    }

    fn missed(sizes: Vec<Size>) -> Vec<String> {
        let report = Report { sizes, real: Figures::default(), compiled: None };
        report.goals().into_iter().filter(|goal| !goal.met).map(|goal| goal.what).collect()
    }

    #[test]
    fn goals_are_met_or_missed_one_by_one() {
        assert_eq!(missed(vec![size(50, 200, 60, 9_900), size(200, 800, 200, 39_000)]), Vec::<String>::new());
        let all = missed(vec![size(50, 200, 60, 9_900), size(200, 1000, 256, 40_000)]);
        let expected = [
            "200 operations in under 1 s",
            "200 operations in under 256 MiB",
            "200 operations in under 40,000 lines of code",
            "time per operation, 200 compared with 50: no more",
            "lines per operation, 200 compared with 50: no more",
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
