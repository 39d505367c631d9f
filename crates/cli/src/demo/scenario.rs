//! What a scenario is: the client and its request, what happens meanwhile, and the expected result.

use std::ops::RangeInclusive;

use super::change::Change;
use super::sequence::NONE;

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
    pub(crate) expect: Expect,
}

/// How the client is configured and called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientOptions {
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

/// What the demo does to the sandbox during the inquiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Nothing,
    /// Pays the payment once the sandbox has answered that it is in progress.
    Pays,
    /// Takes all permits of the concurrency limit by inquiries about a payment whose backend is slow.
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

pub(crate) const CLIENT: ClientOptions =
    ClientOptions { clock_off_by: 0, attempts: 1, wait: Wait::No, expecting: None };

/// An inquiry without interference.
pub(crate) const PLAIN: Scenario = Scenario {
    name: "",
    sent: "",
    payment: "paid-jpy",
    client: CLIENT,
    meanwhile: Meanwhile::Nothing,
    request: Change::Nothing,
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
