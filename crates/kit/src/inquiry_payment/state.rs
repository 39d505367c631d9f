//! What stays between two inquiries.

use std::sync::Arc;

use futures_util::future::join_all;

use super::answer::state_of;
use super::made;
use crate::case::Check::Dialogue;
use crate::case::Need::{Hook, Load, Subject, SubjectOrHook};
use crate::case::{Case, Phase};
use crate::exchange::Exchange;
use crate::finding::Finding;
use crate::finding::Level::{Info, Must, Should};
use crate::session::Session;
use crate::source;

pub(super) const CASES: &[Case] = &[
    Case::new(
        "deadline/slow-payment",
        Must,
        source::DEADLINE,
        "an inquiry about a payment whose own backend is slow",
        "a slow backend is answered within 5 s, with status U if it did not answer",
        Dialogue(|session| Box::pin(made::slow_payment(session))),
    )
    .needs(&[SubjectOrHook("slow")])
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
    Case::new(
        "state/progress-to-final",
        Must,
        source::READ,
        "inquiries about two open payments before, while and after one becomes paid and the other fails",
        "an open payment that comes to its end is answered with status U, then with S or F, and is known all the time",
        Dialogue(|session| Box::pin(made::progress_to_final(session))),
    )
    .needs(&[Hook]),
    Case::new(
        "state/not-found-then-known",
        Should,
        source::READ,
        "an inquiry about a payment before it exists, and one after it was paid",
        "a payment that was unknown is known as soon as it exists",
        Dialogue(|session| Box::pin(made::not_found_then_known(session))),
    )
    .needs(&[Hook]),
    Case::new(
        "state/concurrent-agree",
        Should,
        source::READ,
        "50 inquiries while an open payment becomes paid",
        "no answer contradicts an earlier one that the payment is paid",
        Dialogue(|session| Box::pin(made::concurrent_agree(session))),
    )
    .needs(&[Load, Hook])
    .phase(Phase::Separate),
    Case::new(
        "state/after-restart",
        Info,
        source::CHOICE,
        "an inquiry about a paid payment before and after the target was restarted",
        "measured: whether a restart changes the answer",
        Dialogue(|session| Box::pin(made::after_restart(session))),
    )
    .needs(&[Hook])
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
