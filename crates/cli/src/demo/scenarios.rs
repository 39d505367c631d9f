//! All scenarios with their expectations, in the order in which they run and are shown.

mod codes;
mod hostile;
mod payments;

pub(crate) use payments::SHOWN;

use super::scenario::Scenario;

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

/// A payment that is created at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment {
    pub(crate) id: &'static str,
    /// As the admin API names it.
    pub(crate) state: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) terms: Option<Terms>,
    pub(crate) is_of_another_client: bool,
}

/// The amounts of a payment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The requested amount in minor units, and its currency.
    pub(crate) asked: (u32, &'static str),
    /// The price of a major unit in the wallet's own currency.
    pub(crate) price: &'static str,
    pub(crate) wallet: &'static str,
    /// Whether the wallet's amount is declared to customs.
    pub(crate) is_declared: bool,
}

/// The payment whose backend is slow.
pub(crate) const SLOW: &str = "slow";

/// The payments at the start.
pub(crate) const PAYMENTS: &[Payment] = &[
    paid("paid-jpy", 1000, "JPY", "1", "JPY"),
    // 85 × 7.3 = 620.5 and 95 × 7.3 = 693.5: rounded HALF EVEN to 620 and 694.
    paid("paid-usd-down", 85, "USD", "7.3", "CNY"),
    paid("paid-usd-up", 95, "USD", "7.3", "CNY"),
    Payment {
        terms: Some(Terms { asked: (1200, "USD"), price: "7.1", wallet: "CNY", is_declared: true }),
        ..paid("paid-declared", 0, "", "", "")
    },
    in_state("open", "in_progress"),
    Payment { state: "in_progress", ..paid("pays-soon", 500, "JPY", "1", "JPY") },
    coded("declined-1", "failed", "USER_BALANCE_NOT_ENOUGH"),
    coded("declined-2", "failed", "RISK_REJECT"),
    coded("declined-3", "failed", "EXPIRED_CODE"),
    in_state("closed", "cancelled"),
    coded("blocked", "refused", "PROCESS_FAIL"),
    in_state("in-trouble", "trouble"),
    Payment { is_of_another_client: true, ..in_state("of-another", "paid") },
    in_state(SLOW, "paid"),
];

const fn in_state(id: &'static str, state: &'static str) -> Payment {
    Payment { id, state, code: None, terms: None, is_of_another_client: false }
}

const fn coded(id: &'static str, state: &'static str, code: &'static str) -> Payment {
    Payment { code: Some(code), ..in_state(id, state) }
}

const fn paid(
    id: &'static str,
    units: u32,
    currency: &'static str,
    price: &'static str,
    wallet: &'static str,
) -> Payment {
    let terms = Terms { asked: (units, currency), price, wallet, is_declared: false };
    Payment { terms: Some(terms), ..in_state(id, "paid") }
}
