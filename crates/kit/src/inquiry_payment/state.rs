//! What stays between two inquiries.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::answer::state_of;
use crate::case::Check::{Dialogue, Subjects};
use crate::case::Need::Subject;
use crate::case::{Case, Phase};
use crate::exchange::Exchange;
use crate::finding::Finding;
use crate::finding::Level::Must;
use crate::session::Session;
use crate::source;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "deadline/slow-payment",
        Must,
        source::DEADLINE,
        "an inquiry about a payment whose own backend is slow",
        "a slow backend is answered within 5 s, with status U if it did not answer",
        Subjects("slow", |subject, exchange| {
            let in_time = exchange.elapsed <= Duration::from_secs(5);
            let text = format!("{}: {} in {:.1?}", subject.name, exchange.describe(), exchange.elapsed);
            let is_unknown = exchange.message().is_some_and(|message| message.status.as_deref() == Some("U"));
            let is_told = exchange.message().is_some_and(|message| state_of(message) == subject.state);
            Finding::when(in_time && (is_unknown || is_told), text)
        }),
    )
    .phase(Phase::Timed),
    Case::new(
        "state/repeat-agrees",
        Must,
        source::READ,
        "ten inquiries about each final payment",
        "the answers about a final payment agree in result and members",
        Dialogue(|session| Box::pin(repeat_agrees(session))),
    )
    .needs(&[Subject("final")]),
    Case::new(
        "state/final-stays",
        Must,
        source::READ,
        "each final payment at the end of the run",
        "a final payment has the state at the end of the run that it had at its start",
        Dialogue(|session| Box::pin(final_stays(session))),
    )
    .needs(&[Subject("final")])
    .phase(Phase::Separate),
];

fn finals(session: &Session) -> Vec<usize> {
    let all = session.subjects.iter().enumerate();
    all.filter(|(_, subject)| subject.has("final")).map(|(n, _)| n).collect()
}

async fn repeat_agrees(session: Arc<Session>) -> Finding {
    let mut findings = Vec::new();
    for position in finals(&session) {
        let probes: Vec<_> = (0..10).map(|_| session.about(position)).collect();
        let exchanges = join_all(probes.iter().map(|probe| session.ask(probe))).await;
        let messages: Vec<_> = exchanges.iter().filter_map(Exchange::message).collect();
        let agree = messages.windows(2).all(|pair| pair[0].root == pair[1].root);
        let name = &session.subjects[position].name;
        findings.push(match messages.len() {
            10 => Finding::when(agree, format!("{name}: the answers {}", if agree { "agree" } else { "differ" })),
            got => Finding::inconclusive(format!("{name}: {got} of 10 were answered")),
        });
    }
    Finding::worst(findings)
}

async fn final_stays(session: Arc<Session>) -> Finding {
    let mut findings = Vec::new();
    for position in finals(&session) {
        let first = session.first_state(position);
        let last = session.ask(&session.about(position)).await;
        let last = last.message().map(state_of);
        let text = format!(
            "{}: {}, then {}",
            session.subjects[position].name,
            first.unwrap_or("none"),
            last.unwrap_or("none")
        );
        findings.push(Finding::when(first.is_some() && first == last, text));
    }
    Finding::worst(findings)
}
