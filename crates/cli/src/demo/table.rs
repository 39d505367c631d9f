//! The table, the exchange in full and the verdict, for a terminal of 120 columns.

use std::fmt::Write as _;

use super::exchange::Side;
use super::report::{Report, Row};

const WIDTH: usize = 120;
const COLUMNS: [(&str, usize); 7] = [
    ("scenario", 16),
    ("what was sent", 17),
    ("result", 15),
    ("paymentResult", 15),
    ("outcome for the client", 16),
    ("cause in the journal", 18),
    ("verdict", 11),
];
const GAP: &str = "  ";

/// Whether to write escape sequences.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn paint(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn verdict(self, is_good: bool, text: &str) -> String {
        self.paint(if is_good { "32" } else { "1;31" }, text)
    }
}

pub(crate) fn text(report: &Report, is_coloured: bool) -> String {
    let paint = Paint(is_coloured);
    let mut text = String::new();
    let mut heading = "";
    for row in &report.rows {
        if row.heading != heading {
            heading = row.heading;
            let _ = write!(text, "{}\n\n{}", paint.bold(heading), titles());
        }
        text.push_str(&cells(row, paint));
        for difference in &row.differences {
            for line in wrap(difference, WIDTH - 4) {
                let _ = writeln!(text, "    {}", paint.verdict(false, &line));
            }
        }
        text.push('\n');
    }
    text.push_str("– means: no such member, or no message. Causes are those of the sandbox's journal.\n\n");
    if let Some(exchange) = &report.exchange {
        let heading = format!("One exchange in full: {}", exchange.scenario);
        let _ = writeln!(text, "{}\n(long lines are folded; --json has them whole)", paint.bold(&heading));
        side(&mut text, "The request", &exchange.request, paint);
        side(&mut text, "The response", &exchange.response, paint);
    }
    text.push('\n');
    text.push_str(&end(report, paint));
    text
}

fn titles() -> String {
    let titles = COLUMNS.map(|(title, _)| title.to_owned());
    let rules = COLUMNS.map(|(_, width)| "─".repeat(width));
    format!("{}{}\n", lines(&titles, |_, text| text.to_owned()), rules.join(GAP))
}

fn cells(row: &Row, paint: Paint) -> String {
    let is_good = row.is_as_expected();
    let times = if row.requests == 1 { String::new() } else { format!(" ({} requests)", row.requests) };
    let cells = [
        row.scenario.to_owned(),
        format!("{}{times}", row.sent),
        row.result.to_string(),
        row.payment_result.to_string(),
        row.outcome.clone(),
        row.cause.to_string(),
        if is_good { "as expected" } else { "DIFFERS:" }.to_owned(),
    ];
    lines(&cells, |column, text| if column == 6 { paint.verdict(is_good, text) } else { text.to_owned() })
}

/// Returns the lines of adjacent cells. Colours are added at the end, so that they do not count as characters.
fn lines(cells: &[String; 7], colour: impl Fn(usize, &str) -> String) -> String {
    let wrapped: Vec<Vec<String>> = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| wrap(cell, width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
    let mut text = String::new();
    for n in 0..height {
        let mut line = String::new();
        for (column, cell) in wrapped.iter().enumerate() {
            let part = cell.get(n).map_or("", String::as_str);
            let pad = " ".repeat(COLUMNS[column].1.saturating_sub(part.chars().count()));
            let part = if part.is_empty() { String::new() } else { colour(column, part) };
            let _ = write!(line, "{part}{pad}{GAP}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Wraps between words, and inside words that do not fit after `_` and `-` and before `/`.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let pieces = if length(word.trim_end()) > width { pieces(word) } else { vec![word] };
        for piece in pieces {
            match lines.last_mut() {
                Some(line) if length(line) + length(piece.trim_end()) <= width => line.push_str(piece),
                _ => lines.push(piece.to_owned()),
            }
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

fn pieces(word: &str) -> Vec<&str> {
    word.split_inclusive(['_', '-'])
        .flat_map(|part| {
            let slashes = part.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
            let ends: Vec<usize> = slashes.chain([part.len()]).collect();
            let starts = std::iter::once(0).chain(ends.clone());
            starts.zip(ends).map(|(start, end)| &part[start..end]).collect::<Vec<_>>()
        })
        .collect()
}

fn side(text: &mut String, name: &str, side: &Side, paint: Paint) {
    let verdict = paint.verdict(side.verifies, if side.verifies { "valid" } else { "DIFFERS: invalid" });
    let parts = [
        (format!("{name}, headers"), side.head.join("\n")),
        (format!("{name}, body"), side.body.clone()),
        (format!("{name}, the signed content ({verdict})"), side.signed_content.clone()),
    ];
    for (title, part) in parts {
        let _ = writeln!(text, "\n  {title}:");
        for line in part.lines() {
            let characters: Vec<char> = line.chars().collect();
            for (n, piece) in characters.chunks(WIDTH - 8).enumerate() {
                let indent = if n == 0 { "    " } else { "      " };
                let _ = writeln!(text, "{indent}{}", piece.iter().collect::<String>());
            }
        }
    }
}

fn end(report: &Report, paint: Paint) -> String {
    let (all, differing, unseen) = (report.rows.len(), report.differing(), report.codes_not_seen());
    let mut lines = vec![match unseen.as_slice() {
        [] => {
            paint.verdict(true, &format!("The sandbox sent all {} result codes of the specification.", Report::codes()))
        }
        unseen => paint.verdict(false, &format!("DIFFERS: the sandbox never sent {}.", unseen.join(", "))),
    }];
    if report.exchange.is_none() {
        lines.push(paint.verdict(false, "DIFFERS: there is no exchange to show in full."));
    }
    lines.push(match differing {
        0 => paint.verdict(true, &format!("All {all} scenarios as expected.")),
        n => paint.verdict(false, &format!("{n} of {all} scenarios DIFFER: see above.")),
    });
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::report;

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_word_is_lost() {
        let text = super::text(&report(&["result: other"]), false);
        assert!(text.lines().all(|line| line.chars().count() <= super::WIDTH), "{text}");
        for word in ["TRAFFIC_EXCEED_", "DIFFERS:", "result: other", "1 of 1 scenarios DIFFER", "POST /"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(super::text(&report(&[]), false).contains("as expected"));
    }

    #[test]
    fn words_break_where_they_read_best() {
        assert_eq!(super::wrap("at /a/bc/def: NOT_FOUND, a_b", 7), ["at /a", "/bc", "/def:", "NOT_", "FOUND,", "a_b"]);
        assert_eq!(super::wrap("", 7), [""]);
    }

    #[test]
    fn colours_are_there_only_when_asked_for() {
        assert!(!super::text(&report(&["x"]), false).contains('\u{1b}'));
        assert!(super::text(&report(&[]), true).contains("\u{1b}[32mas expected\u{1b}[0m"));
        assert!(super::text(&report(&["x"]), true).contains("\u{1b}[1;31mDIFFERS:\u{1b}[0m"));
    }
}
