//! Times of payments.

use std::sync::Arc;

use alipayplus_model::Datetime;
use alipayplus_model::runtime::scalar::Scalar as _;

use super::member::INQUIRY;
use crate::case::Check::{Dialogue, Members, Subjects};
use crate::case::Need::Subject;
use crate::case::{Case, Phase};
use crate::finding::Finding;
use crate::finding::Level::{Must, Should};
use crate::message::Message;
use crate::session::Session;
use crate::source;

const POINTER: &str = "/paymentTime";

pub(super) const CASES: &[Case] = &[
    Case::new(
        "datetime/form",
        Must,
        source::BODIES,
        INQUIRY,
        "paymentTime is ISO 8601 with seconds and an offset",
        Members("paid", |_, message| judge(message, |text| Finding::when(has_form(text), format!("`{text}`")))),
    ),
    Case::new(
        "datetime/real-day",
        Must,
        source::BODIES,
        INQUIRY,
        "paymentTime is on a day and at a time that exist",
        Members("paid", |_, message| {
            // A text of another form has no day to judge.
            judge(message, |text| Finding::when(!has_form(text) || Datetime::parse(text).is_ok(), format!("`{text}`")))
        }),
    ),
    Case::new(
        "datetime/not-in-the-future",
        Should,
        source::RESPONSE,
        INQUIRY,
        "paymentTime is not later than the target's clock and a minute",
        Subjects("paid", |_, exchange| {
            let Some(message) = exchange.message() else { return Finding::inconclusive(exchange.describe()) };
            match message.root.text_at(POINTER).and_then(|text| Datetime::parse(text).ok()?.timestamp()) {
                None => Finding::inconclusive("there is no paymentTime"),
                Some(time) => {
                    let ahead = time.as_second() - exchange.target_time.as_second();
                    Finding::when(ahead <= 60, format!("{ahead} s after the target's clock"))
                }
            }
        }),
    ),
    Case::new(
        "datetime/stable",
        Should,
        source::RESPONSE,
        "two inquiries about a paid payment, more than a second apart",
        "paymentTime is the moment of the final state, not of the answer",
        Dialogue(|session| Box::pin(stable(session))),
    )
    .needs(&[Subject("paid")])
    .phase(Phase::Timed),
];

fn judge(message: &Message, judge: impl Fn(&str) -> Finding) -> Finding {
    match message.root.text_at(POINTER) {
        Some(text) => judge(text),
        None => Finding::inconclusive("there is no paymentTime"),
    }
}

/// Returns whether a text is `YYYY-MM-DDThh:mm:ss`, perhaps a fraction, and `Z` or an offset.
fn has_form(text: &str) -> bool {
    let (time, rest) = text.split_at_checked(19).unwrap_or(("", ""));
    let shape: String = time.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(rest) => rest.trim_start_matches(|char: char| char.is_ascii_digit()),
    };
    let offset = zone.strip_prefix(['+', '-']).and_then(|zone| zone.split_once(':'));
    let is_offset = offset
        .is_some_and(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2 && digits(hours) && digits(minutes));
    shape == "0000-00-00T00:00:00" && (zone == "Z" || is_offset)
}

async fn stable(session: Arc<Session>) -> Finding {
    let Some(position) = session.subjects.iter().position(|subject| subject.has("paid")) else {
        return Finding::not_run("a paid payment");
    };
    let first = session.ask(&session.about(position)).await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let second = session.ask(&session.about(position)).await;
    let [first, second] =
        [&first, &second].map(|exchange| exchange.message().and_then(|message| message.root.text_at(POINTER)));
    match (first, second) {
        (Some(first), Some(second)) => Finding::when(first == second, format!("`{first}`, then `{second}`")),
        _ => Finding::inconclusive("there is no paymentTime"),
    }
}
