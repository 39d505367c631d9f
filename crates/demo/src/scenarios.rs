//! All scenarios, in the order in which they run and are shown. Each has its expectation beside it.

mod codes;
mod hostile;
mod payments;

use crate::database::{Payment, State};
use crate::scenario::Scenario;

/// Scenarios under one heading.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) heading: &'static str,
    pub(crate) scenarios: &'static [Scenario],
}

/// A later scenario may need what an earlier one has recorded.
pub(crate) const GROUPS: &[Group] = &[
    Group { heading: "What became of a payment", scenarios: payments::ALL },
    Group { heading: "Each result code, by the check that gives it", scenarios: codes::ALL },
    Group { heading: "Answers that the client must refuse", scenarios: hostile::ALL },
];

/// The scenario that is shown in full.
pub(crate) const SHOWN: &str = "paid in another currency: a tie goes down";

const fn paid(units: u32, currency: &'static str, price: &'static str, wallet: &'static str) -> State {
    State::Paid { asked: (units, currency), price, wallet, is_declared: false }
}

/// What the MPP knows of at the start.
pub(crate) const PAYMENTS: &[Payment] = &[
    Payment { id: "paid-jpy", state: paid(1000, "JPY", "1", "JPY") },
    // 85 × 7.3 = 620.5 and 95 × 7.3 = 693.5: HALF EVEN makes 620 and 694 of them.
    Payment { id: "paid-usd-down", state: paid(85, "USD", "7.3", "CNY") },
    Payment { id: "paid-usd-up", state: paid(95, "USD", "7.3", "CNY") },
    Payment {
        id: "paid-declared",
        state: State::Paid { asked: (1200, "USD"), price: "7.1", wallet: "CNY", is_declared: true },
    },
    Payment { id: "open", state: State::Open },
    Payment { id: "pays-soon", state: State::Open },
    Payment { id: "declined-1", state: State::Declined("USER_BALANCE_NOT_ENOUGH") },
    Payment { id: "declined-2", state: State::Declined("RISK_REJECT") },
    Payment { id: "declined-3", state: State::Declined("EXPIRED_CODE") },
    Payment { id: "closed", state: State::Closed },
    Payment { id: "blocked", state: State::Blocked },
];

/// What becomes of the open payment of [`Meanwhile::Pays`](crate::scenario::Meanwhile::Pays).
pub(crate) const PAYS_SOON: Payment = Payment { id: "pays-soon", state: paid(500, "JPY", "1", "JPY") };
