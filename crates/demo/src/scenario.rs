//! What a scenario is: whom, how and about what is asked, what happens meanwhile, and what has to come of it.

use std::ops::RangeInclusive;

use crate::change::{Change, Twist};
use crate::sequence::NONE;

/// One row of the table, and one question of a client.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// What is sent, in words.
    pub(crate) sent: &'static str,
    /// The paymentRequestId that is asked about.
    pub(crate) payment: &'static str,
    pub(crate) asker: Asker,
    pub(crate) meanwhile: Meanwhile,
    pub(crate) request: Change,
    pub(crate) answer: Twist,
    pub(crate) expect: Expect,
}

/// The client that asks, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) client_id: &'static str,
    /// By how many seconds its clock is wrong.
    pub(crate) clock_off_by: i64,
    /// How many requests an inquiry may take.
    pub(crate) attempts: u32,
    pub(crate) wait: Wait,
    /// The amount that `expecting` compares with.
    pub(crate) expecting: Option<(u32, &'static str)>,
}

/// Whether the client waits for a final outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    No,
    UntilFinal,
    /// Also until an outcome that may not be the last word.
    UntilFinalOrUnsettled,
}

/// What the demo does to the MPP while the client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Nothing,
    /// Pays the payment once the MPP has said that it is in progress.
    Pays,
    /// Locks the database.
    Locks,
    /// Locks the database, and unlocks it once the MPP has had trouble.
    LocksAtFirst,
    /// Holds all places for requests in flight.
    HoldsPlaces,
}

/// What has to come of it. In a text, `…` stands for anything.
///
/// What was different from one request to the next is joined with ", then ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expect {
    pub(crate) result: &'static str,
    pub(crate) payment_result: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) cause: &'static str,
    /// How many requests it takes.
    pub(crate) requests: RangeInclusive<usize>,
}

/// The client that may ask.
pub(crate) const ALLOWED: &str = "SANDBOX_5X00000000000000";
/// One whose signature is verified, and that may not.
pub(crate) const DENIED: &str = "SANDBOX_5X00000000000001";

pub(crate) const ASKER: Asker =
    Asker { client_id: ALLOWED, clock_off_by: 0, attempts: 1, wait: Wait::No, expecting: None };

/// A question that nobody interferes with.
pub(crate) const PLAIN: Scenario = Scenario {
    name: "",
    sent: "",
    payment: "paid-jpy",
    asker: ASKER,
    meanwhile: Meanwhile::Nothing,
    request: Change::Nothing,
    answer: Twist::Nothing,
    expect: Expect { result: NONE, payment_result: NONE, outcome: NONE, cause: NONE, requests: 1..=1 },
};

impl Expect {
    pub(crate) const fn once(
        result: &'static str,
        payment_result: &'static str,
        outcome: &'static str,
        cause: &'static str,
    ) -> Self {
        Self { result, payment_result, outcome, cause, requests: 1..=1 }
    }
}
