//! Cases about payments that a hook makes and changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alipayplus_model::inquiry_payment::InquiryResultCode;
use alipayplus_model::runtime::code::Code;
use futures_util::future::{join, join_all};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;

use super::answer::{ACQUIRER, PSP, body, state_of};
use crate::case::unanswered;
use crate::exchange::{Exchange, Reply};
use crate::finding::Finding;
use crate::probe::Probe;
use crate::session::Session;

/// How many inquiries are made while a state changes.
const WHILE_CHANGING: u32 = 50;
/// The longest pause between two of them.
const MAX_PAUSE: Duration = Duration::from_millis(200);
/// How long callers wait.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a hook may answer, by the names that files of payments have.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Made {
    #[serde(rename = "acquirer_id")]
    acquirer: Option<String>,
    #[serde(rename = "psp_id")]
    psp: Option<String>,
    #[serde(rename = "payment_request_id")]
    payment: Option<String>,
}

/// Returns a request about a payment that a hook has made.
pub(super) fn body_of(id: &str, answer: &Value) -> Result<Vec<u8>, String> {
    let made: Option<Made> =
        Deserialize::deserialize(answer).map_err(|error| format!("its answer can't be used: {error}"))?;
    let Made { acquirer, psp, payment } = made.unwrap_or_default();
    let or = |given: Option<String>, usual: &str| given.unwrap_or_else(|| usual.to_owned());
    Ok(body(&or(acquirer, ACQUIRER), &or(psp, PSP), &or(payment, id)))
}

/// Returns what was found, or why nothing could be.
fn decided(found: Result<Finding, Finding>) -> Finding {
    found.unwrap_or_else(|why| why)
}

/// An answer after which callers ask again.
const LATER: &str = "trouble";

/// Returns the state that an answer tells.
fn state_in(exchange: &Exchange) -> Result<&'static str, Finding> {
    let reply = exchange.reply.as_ref().map_err(|error| unanswered(exchange, error))?;
    Ok(match &reply.message {
        Some(message) if message.status.as_deref() == Some("U") => LATER,
        Some(message) => state_of(message),
        None if is_turned_away(reply) => LATER,
        None => "unclear",
    })
}

fn is_turned_away(reply: &Reply) -> bool {
    matches!(reply.raw.status, 429 | 503)
}

async fn asked(session: &Session, probe: &Probe) -> Result<&'static str, Finding> {
    state_in(&session.ask(probe).await)
}

pub(super) async fn trouble(session: Arc<Session>) -> Finding {
    let id = session.new_id();
    let finding = match session.bring("trouble", &id).await {
        Ok((probe, _)) => in_trouble(&session.ask(&probe).await),
        Err(why) => why,
    };
    // Also after a failure, which may have come late: other cases follow.
    let undone = session.bring("recovered", &id).await;
    Finding::worst([Some(finding), undone.err()].into_iter().flatten())
}

fn in_trouble(exchange: &Exchange) -> Finding {
    let text = exchange.describe();
    let reply = match &exchange.reply {
        Ok(reply) => reply,
        Err(error) => return unanswered(exchange, error),
    };
    let Some(message) = &reply.message else {
        return if is_turned_away(reply) { Finding::note(text) } else { Finding::fail(text) };
    };
    let is_unknown = message.status.as_deref() == Some("U") && message.root.at("/paymentResult").is_none();
    let status = message.code.as_deref().and_then(InquiryResultCode::find).and_then(Code::status);
    match is_unknown {
        true if status.is_some_and(|status| status.as_str() == "U") => Finding::pass(text),
        true => Finding::note(text),
        false => Finding::fail(text),
    }
}

pub(super) async fn progress_to_final(session: Arc<Session>) -> Finding {
    let (paid, failed) = (progress(&session, "paid").await, progress(&session, "failed").await);
    Finding::worst([paid, failed].map(decided))
}

/// Asks about an open payment before, while and after it gets to its end.
async fn progress(session: &Session, end: &str) -> Result<Finding, Finding> {
    let id = session.new_id();
    let (open, _) = session.bring("in_progress", &id).await?;
    let before = asked(session, &open).await?;
    let while_changing = async {
        let mut states = Vec::new();
        for _ in 0..5 {
            states.push(asked(session, &open).await?);
            sleep(Duration::from_millis(20)).await;
        }
        Ok::<_, Finding>(states)
    };
    let (changed, between) = join(session.bring(end, &id), while_changing).await;
    changed?;
    let (between, after) = (between?, [asked(session, &open).await?, asked(session, &open).await?]);
    let is_right = before == "in_progress"
        && between.iter().all(|state| [before, end, LATER].contains(state))
        && !between.windows(2).any(|pair| pair == [end, before])
        && after.iter().all(|state| *state == end);
    let [between, after] = [between.join(", "), after.join(", ")];
    Ok(Finding::when(is_right, format!("{before}; while it became {end}: {between}; then {after}")))
}

pub(super) async fn not_found_then_known(session: Arc<Session>) -> Finding {
    decided(known_later(&session).await)
}

async fn known_later(session: &Session) -> Result<Finding, Finding> {
    let id = session.new_id();
    let before = asked(session, &session.request(body_of(&id, &Value::Null).map_err(Finding::inconclusive)?)).await?;
    let (probe, is_other) = session.bring("paid", &id).await?;
    if is_other {
        return Ok(Finding::not_run(
            "the hook names payments itself, so that none can be asked about before it is made",
        ));
    }
    let after = asked(session, &probe).await?;
    Ok(Finding::when([before, after] == ["not_found", "paid"], format!("{before}, then {after}")))
}

pub(super) async fn concurrent_agree(session: Arc<Session>) -> Finding {
    decided(agree(&session).await)
}

/// Spreads inquiries over the time in which a hook changes a payment.
async fn agree(session: &Session) -> Result<Finding, Finding> {
    let (id, start) = (session.new_id(), Instant::now());
    let (open, _) = session.bring("in_progress", &id).await?;
    let pause = (start.elapsed() * 2 / WHILE_CHANGING).min(MAX_PAUSE);
    let inquiries = (0..WHILE_CHANGING).map(|n| {
        let open = &open;
        async move {
            sleep(pause * n).await;
            let sent = Instant::now();
            let state = asked(session, open).await?;
            Ok::<_, Finding>((sent, Instant::now(), state))
        }
    });
    let (changed, answers) = join(session.bring("paid", &id), join_all(inquiries)).await;
    changed?;
    let answers: Vec<_> = answers.into_iter().collect::<Result<_, _>>()?;
    let last = asked(session, &open).await?;
    let first_end = answers.iter().filter(|(_, _, state)| *state == "paid").map(|(_, ended, _)| *ended).min();
    let contradicts = |(sent, _, state): &&(Instant, Instant, &str)| {
        first_end.is_some_and(|end| *sent > end) && !["paid", LATER].contains(state)
    };
    let wrong = answers.iter().filter(contradicts).count();
    let text =
        format!("{wrong} of {WHILE_CHANGING} contradict an earlier answer that it is paid; at last it is {last}");
    Ok(Finding::when(wrong == 0 && last == "paid", text))
}

pub(super) async fn after_restart(session: Arc<Session>) -> Finding {
    decided(restarted(&session).await)
}

async fn restarted(session: &Session) -> Result<Finding, Finding> {
    let id = session.new_id();
    let (probe, _) = session.bring("paid", &id).await?;
    let before = session.ask(&probe).await;
    session.bring("restarted", &id).await?;
    let after = session.ask(&probe).await;
    for exchange in [&before, &after] {
        state_in(exchange)?;
    }
    let root = |exchange: &Exchange| exchange.message().map(|message| message.root.clone());
    let is_same = root(&before).is_some() && root(&before) == root(&after);
    let text = format!("before {}, after {}", before.describe(), after.describe());
    Ok(Finding::when(is_same, text))
}

pub(super) async fn slow_payment(session: Arc<Session>) -> Finding {
    let slow: Vec<_> = session.subjects.iter().enumerate().filter(|(_, subject)| subject.has("slow")).collect();
    let mut findings = Vec::new();
    for (position, subject) in &slow {
        let exchange = session.ask(&session.about(*position)).await;
        findings.push(in_time(&exchange, &[subject.state.as_str()]));
    }
    if slow.is_empty() {
        findings.push(match session.bring("slow", &session.new_id()).await {
            Ok((probe, _)) => in_time(&session.ask(&probe).await, &["paid", "failed", "cancelled", "in_progress"]),
            Err(why) => why,
        });
    }
    Finding::worst(findings)
}

fn in_time(exchange: &Exchange, states: &[&str]) -> Finding {
    let is_unknown = exchange.message().is_some_and(|message| message.status.as_deref() == Some("U"));
    let is_known = exchange.message().is_some_and(|message| states.contains(&state_of(message)));
    let text = format!("{} in {:.1?}", exchange.describe(), exchange.elapsed);
    Finding::when(exchange.elapsed <= DEADLINE && (is_unknown || is_known), text)
}
