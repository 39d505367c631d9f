//! A run, without sensitive values.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use crate::caller;
use crate::exchange::{Exchange, Reply};
use crate::finding::{Level, Verdict};
use crate::mask::Mask;
use crate::run::CaseResult;

/// The longest part of a message that a report shows, in characters.
const MAX_SHOWN: usize = 4000;
/// How much of a message is looked at for it.
const MAX_READ: usize = 64 * 1024;
/// How many exchanges of a case a report shows.
const MAX_EXCHANGES: usize = 3;

/// A run, without sensitive values.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of the kit.
    pub version: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The URL of the target.
    pub target: String,
    /// The Client-Id.
    pub client_id: String,
    /// The seed.
    pub seed: u64,
    /// When the run began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// Whether a SHOULD that fails fails the run.
    pub strict: bool,
    /// What was found before the first case.
    pub warnings: Vec<String>,
    /// The cases.
    pub cases: Vec<CaseReport>,
}

/// A case and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// Group and name.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What became of it.
    pub verdict: Verdict,
    /// What that means for the run.
    pub counts: Counts,
    /// What must be.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// What was sent, in words.
    pub sends: &'static str,
    /// Where the rule is written.
    pub source: &'static str,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// The command that runs it again.
    pub repeat: String,
    /// What was sent and came back, the exchange that decided first.
    pub exchanges: Vec<ExchangeReport>,
}

/// What a verdict means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Nothing.
    Nothing,
    /// It fails the run.
    Fails,
    /// It failed as expected.
    Expected,
    /// It was expected to fail and does not: the list of expected failures is stale, which fails the run.
    Stale,
}

/// A request and its answer, as texts in which invisible characters are visible.
#[derive(Clone, Debug, Serialize)]
pub struct ExchangeReport {
    /// What is particular about the request.
    pub label: String,
    /// The request.
    pub request: String,
    /// The answer, or why there is none.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Shell commands that sign and send it again.
    pub repeat: Option<String>,
}

/// What a report has to know besides the results.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The operation.
    pub operation: &'static str,
    /// The URL of the target.
    pub target: String,
    /// The Client-Id.
    pub client_id: String,
    /// The seed.
    pub seed: u64,
    /// When the run began.
    pub started: Timestamp,
    /// Whether a SHOULD that fails fails the run.
    pub strict: bool,
    /// What was found before the first case.
    pub warnings: Vec<String>,
}

impl Report {
    /// Returns a report. `expected` holds the known failures, and whether each is flaky.
    #[must_use]
    pub fn new(facts: Facts, results: &[CaseResult], expected: &[(String, bool)], mask: &Mask) -> Self {
        let Facts { operation, target, client_id, seed, started, strict, warnings } = facts;
        let case = |result: &CaseResult| {
            let known = expected.iter().find(|(id, _)| id == result.case.id).map(|(_, flaky)| *flaky);
            let counts = counts(result.finding.verdict, result.case.level, strict, known);
            case_report(result, counts, mask, seed)
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            operation,
            target,
            client_id,
            seed,
            started,
            ended: Timestamp::now(),
            strict,
            warnings: warnings.iter().map(|warning| mask.apply(warning)).collect(),
            cases: results.iter().map(case).collect(),
        }
    }

    /// Returns the report about a caller. `options` are those that another run needs.
    #[must_use]
    pub fn of_caller(
        facts: Facts,
        rows: &[caller::Row],
        expected: &[(String, bool)],
        mask: &Mask,
        options: &str,
    ) -> Self {
        let only = |fault: Option<&str>| fault.map(|fault| format!(" --only {fault}")).unwrap_or_default();
        let case = |row: &caller::Row| {
            let known = expected.iter().find(|(id, _)| id == row.id).map(|(_, flaky)| *flaky);
            CaseReport {
                id: row.id,
                level: row.level,
                verdict: row.finding.verdict,
                counts: counts(row.finding.verdict, row.level, facts.strict, known),
                expected: row.right.clone(),
                actual: visible(&mask.apply(&row.finding.actual), false),
                sends: row.about,
                source: row.source,
                milliseconds: milliseconds(row.elapsed),
                repeat: format!("alipayplus conformance caller{options}{} -- {}", only(row.shown_by), facts.target),
                exchanges: row
                    .exchanges
                    .iter()
                    .take(MAX_EXCHANGES)
                    .map(|exchange| caller_exchange(exchange, mask))
                    .collect(),
            }
        };
        let cases = rows.iter().map(case).collect();
        Self { cases, ..Self::new(facts, &[], &[], mask) }
    }

    /// Returns how many cases have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.cases.iter().filter(|case| case.verdict == verdict).count()
    }

    /// Returns how many cases fail the run.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.cases.iter().filter(|case| matches!(case.counts, Counts::Fails | Counts::Stale)).count()
    }

    /// Returns the counts of all verdicts as one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts = Verdict::ALL.map(|verdict| format!("{} {verdict}", self.count(verdict)));
        format!("{} cases: {}", self.cases.len(), counts.join(", "))
    }
}

fn counts(verdict: Verdict, level: Level, strict: bool, known: Option<bool>) -> Counts {
    let matters = level == Level::Must || (strict && level == Level::Should);
    match (verdict, known) {
        (Verdict::Fail, Some(_)) => Counts::Expected,
        (Verdict::Fail, None) if matters => Counts::Fails,
        (Verdict::Pass | Verdict::Note, Some(false)) => Counts::Stale,
        _ => Counts::Nothing,
    }
}

fn case_report(result: &CaseResult, counts: Counts, mask: &Mask, seed: u64) -> CaseReport {
    let case = &result.case;
    let decided = result.finding.exchange.and_then(|n| result.exchanges.get(n));
    let others = result.exchanges.iter().enumerate().filter(|(n, _)| Some(*n) != result.finding.exchange);
    let shown = decided.into_iter().chain(others.map(|(_, exchange)| exchange)).take(MAX_EXCHANGES);
    CaseReport {
        id: case.id,
        level: case.level,
        verdict: result.finding.verdict,
        counts,
        expected: case.rule.to_owned(),
        actual: visible(&mask.apply(&result.finding.actual), false),
        sends: case.sends,
        source: case.source,
        milliseconds: milliseconds(result.elapsed),
        repeat: format!("alipayplus conformance mpp --only {} --seed {seed}", case.id),
        exchanges: shown.map(|exchange| exchange_report(exchange, mask)).collect(),
    }
}

fn exchange_report(exchange: &Exchange, mask: &Mask) -> ExchangeReport {
    let answer = match &exchange.reply {
        Err(error) => error.to_string(),
        Ok(reply) => shown(&whole(reply), mask),
    };
    ExchangeReport {
        label: mask.apply(&exchange.label),
        request: shown(&exchange.asked.bytes, mask),
        answer,
        milliseconds: milliseconds(exchange.elapsed),
        repeat: exchange.asked.repeat.as_ref().map(|repeat| mask.apply(repeat)),
    }
}

fn caller_exchange(exchange: &caller::Exchange, mask: &Mask) -> ExchangeReport {
    let answer = shown(&exchange.answer, mask);
    let end = if exchange.answer.is_empty() || exchange.end.is_empty() { "" } else { "\n" };
    ExchangeReport {
        label: String::new(),
        request: shown(&exchange.request, mask),
        answer: format!("{answer}{end}{}", exchange.end),
        milliseconds: milliseconds(exchange.elapsed),
        repeat: None,
    }
}

fn milliseconds(elapsed: std::time::Duration) -> u64 {
    elapsed.as_millis().try_into().unwrap_or(u64::MAX)
}

fn whole(reply: &Reply) -> Vec<u8> {
    [reply.raw.head.as_slice(), &reply.raw.body].concat()
}

/// Returns bytes as text without sensitive values, in which every character can be seen.
fn shown(bytes: &[u8], mask: &Mask) -> String {
    let mut text = String::new();
    for chunk in bytes[..bytes.len().min(MAX_READ)].utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "<{byte:02X}>");
        }
    }
    let text = visible(&mask.apply(&text), true);
    match text.char_indices().nth(MAX_SHOWN) {
        None => text,
        Some((end, _)) => format!("{}… ({} bytes in all)", &text[..end], bytes.len()),
    }
}

/// Replaces what can't be seen by its name; line ends are followed by a new line if `lines` says so.
///
/// The symbols that Unicode has for control characters are missing in many fonts.
fn visible(text: &str, lines: bool) -> String {
    let mut shown = String::new();
    for char in text.chars() {
        let _ = match char {
            '\n' if lines => writeln!(shown, "<LF>"),
            '\n' => write!(shown, "<LF>"),
            '\r' => write!(shown, "<CR>"),
            '\t' => write!(shown, "<TAB>"),
            '\0'..='\x1F'
            | '\x7F'..='\u{A0}'
            | '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202F}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{E000}'..='\u{F8FF}'
            | '\u{FFFE}'
            | '\u{FFFF}' => write!(shown, "<U+{:04X}>", u32::from(char)),
            _ => write!(shown, "{char}"),
        };
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Counts, counts, shown, visible};
    use crate::finding::{Level, Verdict};
    use crate::mask::Mask;

    #[test]
    fn invisible_characters_become_visible() {
        assert_eq!(visible("a\r\n\tb\u{FEFF}\u{202E}", true), "a<CR><LF>\n<TAB>b<U+FEFF><U+202E>");
        assert_eq!(shown(b"a\xFFb\0", &Mask::default()), "a<FF>b<U+0000>");
        let long = shown(&vec![b'x'; 10_000], &Mask::default());
        assert!(long.ends_with("… (10000 bytes in all)"));
    }

    #[test]
    fn what_counts_follows_the_level_and_the_list_of_known_failures() {
        assert_eq!(counts(Verdict::Fail, Level::Must, false, None), Counts::Fails);
        assert_eq!(counts(Verdict::Fail, Level::Should, false, None), Counts::Nothing);
        assert_eq!(counts(Verdict::Fail, Level::Should, true, None), Counts::Fails);
        assert_eq!(counts(Verdict::Fail, Level::Must, true, Some(false)), Counts::Expected);
        assert_eq!(counts(Verdict::Pass, Level::Must, false, Some(false)), Counts::Stale);
        assert_eq!(counts(Verdict::Pass, Level::Must, false, Some(true)), Counts::Nothing);
        assert_eq!(counts(Verdict::NotRun, Level::Must, false, Some(false)), Counts::Nothing);
    }
}
