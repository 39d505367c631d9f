//! IDs of payments that say what is true of the payment.
//!
//! `SBX-` and a word, `~`, and any text: each text is another payment, with a state of its own.

use std::time::Duration;

use alipayplus_server::inquiry_payment::{FailedCode, RefusalCode};
use serde::Serialize;

use super::payment::{Money, Payment, State};
use crate::caller::fault::{Door, Fault};
use crate::caller::faults;
use alipayplus_signing::Timestamp;

/// How all magic IDs begin.
pub(crate) const PREFIX: &str = "SBX-";
/// The longest time that an ID can ask for, in seconds.
const LONGEST: u64 = 600;
/// The fault that is made with the caller's own key.
const CALLERS_KEY: &str = "signature/callers-own-key";

/// What a magic ID asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Magic {
    Paid,
    /// Paid in another currency, with a quote that leads to a tie.
    Tie {
        units: u32,
        rounded: u32,
    },
    Customs,
    Failed(FailedCode),
    Refused(RefusalCode),
    State(State),
    /// In progress for so many seconds, then paid.
    OpenFor(u64),
    /// Trouble so many times, then paid.
    TroubleFor(usize),
    /// Paid, and answered after so many seconds.
    SlowBy(u64),
    Fault(&'static Fault),
}

/// How often and since when a payment was asked about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) first: Timestamp,
    pub(crate) before: usize,
}

impl Magic {
    /// Reads an ID: `None` if it is not of these.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        let (word, _) = id.strip_prefix(PREFIX)?.split_once('~')?;
        if let Some((_, magic, _)) = plain().into_iter().find(|(known, ..)| *known == word) {
            return Some(magic);
        }
        let seconds = |text: &str| text.strip_suffix('S')?.parse().ok().filter(|n| *n <= LONGEST);
        let (kind, rest) = word.split_once('-')?;
        match kind {
            "FAILED" => rest.parse().ok().map(Self::Failed),
            "REFUSED" => rest.parse().ok().map(Self::Refused),
            "OPEN" => seconds(rest).map(Self::OpenFor),
            "TROUBLE" => rest.parse().ok().map(Self::TroubleFor),
            "SLOW" => seconds(rest).map(Self::SlowBy),
            "FAULT" => playable().find(|fault| fault.id == rest || short(fault.id) == rest).map(Self::Fault),
            _ => None,
        }
    }

    /// Returns the payment as it is now.
    pub(crate) fn payment(self, id: &str, asked: Asked, now: Timestamp) -> Payment {
        let in_state = |state| Payment::usual(id, state, asked.first);
        let paid = in_state(State::Paid);
        match self {
            Self::Tie { units, rounded } => Payment {
                payment_amount: Money::new(units, "JPY"),
                pay_to_amount: Some(Money::new(rounded, "KRW")),
                ..paid
            },
            Self::Customs => Payment {
                pay_to_amount: Some(Money::new(5150, "CNY")),
                customs_declaration_amount: Some(Money::new(5150, "CNY")),
                ..paid
            },
            Self::Failed(code) => Payment { code: Some(code.as_str().to_owned()), ..in_state(State::Failed) },
            Self::Refused(code) => Payment { code: Some(code.as_str().to_owned()), ..in_state(State::Refused) },
            Self::State(state) => in_state(state),
            Self::OpenFor(seconds) => {
                let due = asked.first.checked_add(Duration::from_secs(seconds)).unwrap_or(asked.first);
                if now < due { in_state(State::InProgress) } else { Payment::usual(id, State::Paid, due) }
            }
            Self::TroubleFor(times) if asked.before < times => in_state(State::Trouble),
            Self::Paid | Self::SlowBy(_) | Self::Fault(_) | Self::TroubleFor(_) => paid,
        }
    }

    /// Returns the fault that is played.
    pub(crate) fn fault(self) -> Option<&'static Fault> {
        if let Self::Fault(fault) = self { Some(fault) } else { None }
    }

    /// Returns how long the answer is held back.
    pub(crate) fn pause(self) -> Duration {
        if let Self::SlowBy(seconds) = self { Duration::from_secs(seconds) } else { Duration::ZERO }
    }
}

/// The IDs without a number or a code, and what they mean.
fn plain() -> Vec<(&'static str, Magic, &'static str)> {
    vec![
        ("PAID", Magic::Paid, "paid: JPY 1000"),
        (
            "PAID-TIE-DOWN",
            Magic::Tie { units: 85, rounded: 620 },
            "paid: JPY 85 at KRW 7.3 are 620.5, and by HALF EVEN KRW 620",
        ),
        (
            "PAID-TIE-UP",
            Magic::Tie { units: 95, rounded: 694 },
            "paid: JPY 95 at KRW 7.3 are 693.5, and by HALF EVEN KRW 694",
        ),
        ("PAID-CUSTOMS", Magic::Customs, "paid: JPY 1000 at CNY 0.0515, with a customsDeclarationAmount"),
        ("CANCELLED", Magic::State(State::Cancelled), "closed before it was paid"),
        ("UNKNOWN", Magic::State(State::NotFound), "no such payment order"),
        ("OPEN", Magic::State(State::InProgress), "in progress for ever"),
        ("TROUBLE", Magic::State(State::Trouble), "UNKNOWN_EXCEPTION for ever"),
    ]
}

/// Returns the faults that can be played on a connection that is open.
pub(crate) fn playable() -> impl Iterator<Item = &'static Fault> {
    faults().filter(|fault| fault.door == Door::Open)
}

/// Returns whether a fault can be played only by someone who has the caller's private key.
pub(crate) fn needs_callers_key(fault: &Fault) -> bool {
    fault.id == CALLERS_KEY
}

/// Returns an ID of a fault without its middle, so that a magic ID has room for it.
fn short(id: &str) -> String {
    match (id.split_once('/'), id.rsplit_once('/')) {
        (Some((section, _)), Some((_, last))) => format!("{section}/{last}"),
        _ => id.to_owned(),
    }
}

/// A magic ID, as it is listed.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MagicRow {
    /// The ID; what follows `~` is any text.
    pub id: String,
    /// What is true of the payment, or which fault is played.
    pub about: String,
}

/// Returns all magic IDs.
#[must_use]
pub fn rows() -> Vec<MagicRow> {
    let row = |word: &str, about: &str| MagicRow { id: format!("{PREFIX}{word}~x"), about: about.to_owned() };
    let plain = plain().into_iter().map(|(word, _, about)| row(word, about));
    let counted = [
        row("OPEN-5S", "in progress for 5 s after the first inquiry, then paid; any number to 600"),
        row("TROUBLE-2", "UNKNOWN_EXCEPTION two times, then paid; any number"),
        row("SLOW-3S", "paid, and answered after 3 s; any number to 600"),
    ];
    let failed = FailedCode::ALL.iter().map(|code| row(&format!("FAILED-{}", code.as_str()), "failed with this code"));
    let refused = RefusalCode::ALL.iter();
    let refused =
        refused.map(|code| row(&format!("REFUSED-{}", code.as_str()), "the inquiry is refused with this code"));
    let faults = playable().map(|fault| row(&format!("FAULT-{}", short(fault.id)), fault.about));
    plain.chain(counted).chain(failed).chain(refused).chain(faults).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_listed_id_is_read_and_leaves_room_for_a_text() {
        let rows = rows();
        let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len());
        for id in ids {
            assert!(Magic::parse(id).is_some(), "{id}");
            assert!(id.len() + 15 <= 64, "{id}");
        }
        for fault in playable() {
            assert_eq!(playable().filter(|other| short(other.id) == short(fault.id)).count(), 1, "{}", fault.id);
        }
        for wrong in ["SBX-PAID", "SBX-~x", "SBX-OPEN-5~x", "SBX-OPEN-601S~x", "SBX-FAILED-SUCCESS~x", "paid~x"] {
            assert!(Magic::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn each_payment_can_be_answered() {
        let now = Timestamp::now();
        for row in rows() {
            let payment = Magic::parse(&row.id).unwrap().payment(&row.id, Asked { first: now, before: 0 }, now);
            assert!(matches!(payment.state, State::Trouble | State::Refused) || payment.answer().is_ok(), "{}", row.id);
        }
    }
}
