//! The run: which cases, in which order, and what became of each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::case::{Case, Check, Need, Phase, accepted, each, refused};
use crate::exchange::Exchange;
use crate::finding::{Finding, Level, Verdict};
use crate::message::Message;
use crate::operation::Subject;
use crate::session::Session;

/// How many cases run beside each other.
const AT_ONCE: usize = 8;

/// What became of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// What it found.
    pub finding: Finding,
    /// What was sent and came back; of a case over the whole run, the exchange that decided.
    pub exchanges: Vec<Exchange>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Which groups may run that are off against targets that are not this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Load.
    pub load: bool,
    /// Hostile requests.
    pub hostile: bool,
}

/// Selects cases or faults by patterns: an ID, a group, or a text with `*`.
///
/// # Errors
/// Returns the pattern that matches no case, or that nothing is left.
pub fn select<T: Copy>(
    all: &[T],
    id: fn(&T) -> &'static str,
    only: &[String],
    skip: &[String],
) -> Result<Vec<T>, String> {
    for pattern in only.iter().chain(skip) {
        if !all.iter().any(|one| matches(pattern, id(one))) {
            return Err(format!("`{pattern}` matches nothing; see `alipayplus conformance list`"));
        }
    }
    let is_selected = |one: &&T| {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, id(one)));
        (only.is_empty() || any(only)) && !any(skip)
    };
    let selected: Vec<_> = all.iter().filter(is_selected).copied().collect();
    if selected.is_empty() { Err("nothing is left to run".into()) } else { Ok(selected) }
}

/// Returns whether a pattern selects an ID.
#[must_use]
pub fn matches(pattern: &str, id: &str) -> bool {
    match pattern.split_once('*') {
        None => {
            id == pattern || id.strip_prefix(pattern.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
        }
        Some((start, end)) => id.len() >= start.len() + end.len() && id.starts_with(start) && id.ends_with(end),
    }
}

/// Runs some of all cases. Calls a function for each as it ends. Returns the results in the order of the cases.
pub async fn run(
    session: &Session,
    all: &[Case],
    cases: &[Case],
    groups: Groups,
    mut done: impl FnMut(&CaseResult),
) -> Vec<CaseResult> {
    let runs = |case: &Case| missing(case, session, groups).is_none();
    let (ready, not_run): (Vec<Case>, Vec<Case>) = cases.iter().copied().partition(runs);
    let mut results: Vec<_> = not_run.iter().map(|case| without(*case, session, groups)).collect();
    background(session, all, &ready).await;
    let together: Vec<Case> = ready.iter().filter(|case| case.phase == Phase::Together).copied().collect();
    let mut running = stream::iter(together).map(|case| one(session, case)).buffer_unordered(AT_ONCE);
    while let Some(result) = running.next().await {
        done(&result);
        results.push(result);
    }
    for phase in [Phase::Separate, Phase::Timed, Phase::End] {
        for case in ready.iter().filter(|case| case.phase == phase) {
            let mut result = one(session, *case).await;
            if phase == Phase::Timed && result.finding.verdict == Verdict::Fail {
                result = one(session, *case).await;
            }
            done(&result);
            results.push(result);
        }
    }
    let position = |result: &CaseResult| cases.iter().position(|case| case.id == result.case.id);
    results.sort_by_key(position);
    results
}

/// Sends what the other cases send if a case over the whole run was selected without them.
async fn background(session: &Session, all: &[Case], selected: &[Case]) {
    if !selected.iter().any(|case| matches!(case.check, Check::WholeRun(_))) {
        return;
    }
    let mut others = all.to_vec();
    others.retain(|case| {
        let is_selected = selected.iter().any(|other| other.id == case.id);
        // A hook is called for what was selected only: it changes the target.
        let calls_hook = case.needs.contains(&Need::Hook);
        case.phase == Phase::Together
            && !is_selected
            && !calls_hook
            && missing(case, session, Groups::default()).is_none()
    });
    let mut running = stream::iter(others).map(|case| one(session, case)).buffer_unordered(AT_ONCE);
    while running.next().await.is_some() {}
}

fn without(case: Case, session: &Session, groups: Groups) -> CaseResult {
    let missing = missing(&case, session, groups).unwrap_or_default();
    let finding = Finding::not_run(format!("missing: {missing}"));
    CaseResult { case, finding, exchanges: Vec::new(), elapsed: Duration::ZERO }
}

/// Returns what a case needs and was not given.
fn missing(case: &Case, session: &Session, groups: Groups) -> Option<String> {
    let has = |tag: &str| session.subjects.iter().any(|subject| subject.has(tag));
    let is_given = |need: &Need| match need {
        Need::Subject(tag) => has(tag),
        Need::Hook => session.hook.is_some(),
        Need::SubjectOrHook(tag) => has(tag) || session.hook.is_some(),
        Need::SecondKey => session.target.second_key.is_some(),
        Need::SecondClient => session.target.second_client.is_some(),
        Need::Load => groups.load || session.target.is_loopback(),
        Need::Hostile => groups.hostile || session.target.is_loopback(),
    };
    let tag = match case.check {
        Check::Subjects(tag, _) | Check::Members(tag, _) => Some(Need::Subject(tag)),
        _ => None,
    };
    let missing: Vec<_> = case.needs.iter().copied().chain(tag).filter(|need| !is_given(need)).collect();
    let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
    (!missing.is_empty()).then(|| missing.join("; "))
}

async fn one(session: &Session, case: Case) -> CaseResult {
    let session = session.for_case(case.id);
    let start = Instant::now();
    let (mut finding, mut exchanges) = tried(&session, &case).await;
    if finding.verdict == Verdict::Fail && case.needs.contains(&Need::Load) && !session.is_reachable().await {
        finding = Finding::inconclusive(format!("{}; the target can't be reached any more", finding.actual));
    }
    if case.level == Level::Info && finding.verdict == Verdict::Fail {
        finding.verdict = Verdict::Note;
    }
    if let Check::WholeRun(_) = case.check {
        exchanges = finding.exchange.and_then(|n| exchanges.get(n).cloned()).into_iter().collect();
        // A pass is about all of them.
        if finding.verdict == Verdict::Pass {
            exchanges.clear();
        }
        finding.exchange = None;
    }
    CaseResult { case, finding, exchanges, elapsed: start.elapsed() }
}

async fn tried(session: &Session, case: &Case) -> (Finding, Vec<Exchange>) {
    let mut scope = session.scope();
    let probes = match case.check {
        Check::Asks(probes, _) | Check::Accepted(probes) | Check::Refused(_, probes) => probes(&mut scope),
        Check::Subjects(tag, _) | Check::Members(tag, _) => {
            let tagged = session.subjects.iter().enumerate().filter(|(_, subject)| subject.has(tag));
            tagged.map(|(position, _)| session.about(position)).collect()
        }
        Check::WholeRun(judge) => {
            let all = session.recorded();
            return (judge(&all), all);
        }
        Check::Dialogue(run) => {
            let finding = run(Arc::new(session.clone())).await;
            let own = session.recorded().into_iter().filter(|exchange| exchange.case == case.id);
            return (finding, own.collect());
        }
    };
    let mut exchanges = Vec::new();
    for probe in &probes {
        exchanges.push(session.ask(probe).await);
    }
    (judged(session, case, &exchanges), exchanges)
}

fn judged(session: &Session, case: &Case, exchanges: &[Exchange]) -> Finding {
    let subject = |exchange: &Exchange| exchange.subject.and_then(|position| session.subjects.get(position));
    let none = || Finding::inconclusive("there is no payment");
    match case.check {
        Check::Asks(_, judge) => judge(exchanges),
        Check::Accepted(_) => each(exchanges, accepted),
        Check::Refused(strict, _) => each(exchanges, |exchange| refused(exchange, strict)),
        Check::Subjects(_, judge) => {
            each(exchanges, |exchange| subject(exchange).map_or_else(none, |subject| judge(subject, exchange)))
        }
        Check::Members(_, judge) => each(exchanges, |exchange| {
            subject(exchange).map_or_else(none, |subject| in_its_state(session, subject, exchange, judge))
        }),
        Check::WholeRun(_) | Check::Dialogue(_) => Finding::inconclusive("there was nothing to judge"),
    }
}

fn in_its_state(
    session: &Session,
    subject: &Subject,
    exchange: &Exchange,
    judge: fn(&Subject, &Message) -> Finding,
) -> Finding {
    let Some(message) = exchange.message() else { return Finding::inconclusive(exchange.describe()) };
    let state = (session.operation.state)(message);
    if state != subject.state {
        return Finding::inconclusive(format!("{}: it is {state}, not {}", exchange.describe(), subject.state));
    }
    let finding = judge(subject, message);
    Finding { actual: format!("{}: {}", subject.name, finding.actual), ..finding }
}

#[cfg(test)]
mod tests {
    use super::{matches, select};
    use crate::inquiry_payment;

    #[test]
    fn a_pattern_is_an_id_a_group_or_has_a_star() {
        assert!(matches("time/utc", "time/utc") && matches("time", "time/utc") && matches("time/*", "time/utc"));
        assert!(!matches("tim", "time/utc") && !matches("time/utc", "time/utc-2") && !matches("*/offset", "time/utc"));
    }

    #[test]
    fn a_selection_that_matches_nothing_is_an_error() {
        let cases = inquiry_payment::cases();
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert!(
            select(&cases, |case| case.id, &texts(&["nothing/like-it"]), &[]).unwrap_err().contains("nothing/like-it")
        );
        assert!(select(&cases, |case| case.id, &[], &texts(&["nothing"])).is_err());
        assert!(select(&cases, |case| case.id, &texts(&["time/utc"]), &texts(&["time"])).is_err());
        assert_eq!(select(&cases, |case| case.id, &texts(&["time/utc"]), &[]).unwrap().len(), 1);
    }

    #[test]
    fn ids_are_unique_and_grouped() {
        let cases = inquiry_payment::cases();
        let mut ids: Vec<_> = cases.iter().map(|case| case.id).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(cases.iter().all(|case| case.id.split('/').count() == 2 && !case.rule.is_empty()));
    }
}
