//! What a scenario is: the client and its request, what happens meanwhile, and the expected result.

use std::ops::RangeInclusive;

use crate::change::{Change, Tamper};
use crate::sequence::NONE;

/// One row of the table, and one inquiry of a client.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// A description of what is sent.
    pub(crate) sent: &'static str,
    /// The paymentRequestId of the inquiry.
    pub(crate) payment: &'static str,
    pub(crate) client: ClientOptions,
    pub(crate) meanwhile: Meanwhile,
    pub(crate) request: Change,
    pub(crate) response: Tamper,
    pub(crate) expect: Expect,
}

/// How the client is configured and called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientOptions {
    pub(crate) client_id: &'static str,
    /// The error of its clock in seconds.
    pub(crate) clock_off_by: i64,
    /// The most requests of an inquiry.
    pub(crate) attempts: u32,
    pub(crate) wait: Wait,
    /// The amount for `expecting`.
    pub(crate) expecting: Option<(u32, &'static str)>,
}

/// Whether the client waits for a final outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    No,
    UntilFinal,
    /// Also ends with an undetermined outcome.
    UntilFinalOrUndetermined,
}

/// What the demo does to the MPP during the inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Nothing,
    /// Pays the payment once the MPP has responded that it is in progress.
    Pays,
    /// Locks the database.
    Locks,
    /// Locks the database, and unlocks it after the first failed request.
    LocksAtFirst,
    /// Takes all permits of the concurrency limit.
    TakesPermits,
}

/// The expected result. In a text, `…` matches anything.
///
/// Values that change from one request to the next are joined with ", then ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expect {
    pub(crate) result: &'static str,
    pub(crate) payment_result: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) cause: &'static str,
    /// The number of requests.
    pub(crate) requests: RangeInclusive<usize>,
}

/// The client that is authorized.
pub(crate) const ALLOWED: &str = "SANDBOX_5X00000000000000";
/// A client with a verified signature that is not authorized.
pub(crate) const DENIED: &str = "SANDBOX_5X00000000000001";

pub(crate) const CLIENT: ClientOptions =
    ClientOptions { client_id: ALLOWED, clock_off_by: 0, attempts: 1, wait: Wait::No, expecting: None };

/// An inquiry without interference.
pub(crate) const PLAIN: Scenario = Scenario {
    name: "",
    sent: "",
    payment: "paid-jpy",
    client: CLIENT,
    meanwhile: Meanwhile::Nothing,
    request: Change::Nothing,
    response: Tamper::Nothing,
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
