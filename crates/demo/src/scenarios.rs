//! All scenarios with their expectations, in the order in which they run and are shown.

mod codes;
mod hostile;
mod payments;

use crate::database::{Payment, State};
use crate::scenario::Scenario;
pub(crate) use payments::SHOWN;

/// Scenarios under one heading.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) heading: &'static str,
    pub(crate) scenarios: &'static [Scenario],
}

/// All scenarios. A later one may need the exchanges of an earlier one.
pub(crate) const GROUPS: &[Group] = &[
    Group { heading: "The state of a payment", scenarios: payments::ALL },
    Group { heading: "Each result code, by the check that returns it", scenarios: codes::ALL },
    Group { heading: "Responses that the client must refuse", scenarios: hostile::ALL },
];

const fn paid(units: u32, currency: &'static str, price: &'static str, wallet: &'static str) -> State {
    State::Paid { asked: (units, currency), price, wallet, is_declared: false }
}

/// The payments in the database at the start.
pub(crate) const PAYMENTS: &[Payment] = &[
    Payment { id: "paid-jpy", state: paid(1000, "JPY", "1", "JPY") },
    // 85 × 7.3 = 620.5 and 95 × 7.3 = 693.5: rounded HALF EVEN to 620 and 694.
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

/// The final state of the open payment of [`Meanwhile::Pays`](crate::scenario::Meanwhile::Pays).
pub(crate) const PAYS_SOON: Payment = Payment { id: "pays-soon", state: paid(500, "JPY", "1", "JPY") };
