//! Every outcome of a payment.

use super::super::scenario::{CLIENT, ClientOptions, Expect, Meanwhile, PLAIN, Scenario, Wait};
use super::super::sequence::NONE;

/// The cause of an answer that is no refusal.
const NO_CAUSE: &str = "none";

/// The scenario that is shown in full.
pub(crate) const SHOWN: &str = "paid in another currency: a tie goes down";

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "paid in one currency",
        sent: "inquiry about paid-jpy",
        payment: "paid-jpy",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Ok(Paid): JPY 1000", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: SHOWN,
        sent: "inquiry about paid-usd-down; 0.85 × 7.3 = 6.205",
        payment: "paid-usd-down",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Ok(Paid): USD 0.85, pay-to CNY 6.20", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "paid in another currency: a tie goes up",
        sent: "inquiry about paid-usd-up; 0.95 × 7.3 = 6.935",
        payment: "paid-usd-up",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Ok(Paid): USD 0.95, pay-to CNY 6.94", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "paid, with a customs amount",
        sent: "inquiry about paid-declared; 12 × 7.1 = 85.2",
        payment: "paid-declared",
        expect: Expect::once(
            "S SUCCESS",
            "S SUCCESS",
            "Ok(Paid): USD 12.00, pay-to CNY 85.20, customs CNY 85.20",
            NO_CAUSE,
        ),
        ..PLAIN
    },
    Scenario {
        name: "in progress, then paid",
        sent: "inquiry about pays-soon, wait_until_final",
        payment: "pays-soon",
        client: ClientOptions { wait: Wait::UntilFinal, ..CLIENT },
        meanwhile: Meanwhile::Pays,
        expect: Expect {
            result: "S SUCCESS",
            payment_result: "U PAYMENT_IN_PROCESS, then S SUCCESS",
            outcome: "Ok(Paid): JPY 500",
            cause: NO_CAUSE,
            requests: 2..=20,
        },
        ..PLAIN
    },
    Scenario {
        name: "failed: balance",
        sent: "inquiry about declined-1",
        payment: "declined-1",
        expect: Expect::once("S SUCCESS", "F USER_BALANCE_NOT_ENOUGH", "Ok(Failed): USER_BALANCE_NOT_ENOUGH", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "failed: risk control",
        sent: "inquiry about declined-2",
        payment: "declined-2",
        expect: Expect::once("S SUCCESS", "F RISK_REJECT", "Ok(Failed): RISK_REJECT", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "failed: code expired",
        sent: "inquiry about declined-3",
        payment: "declined-3",
        expect: Expect::once("S SUCCESS", "F EXPIRED_CODE", "Ok(Failed): EXPIRED_CODE", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "cancelled",
        sent: "inquiry about closed",
        payment: "closed",
        expect: Expect::once("S SUCCESS", "F ORDER_IS_CLOSED", "Ok(Cancelled)", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "unknown order",
        sent: "inquiry about unheard-of",
        payment: "unheard-of",
        expect: Expect::once("F ORDER_NOT_EXIST", NONE, "Ok(NotFound)", NO_CAUSE),
        ..PLAIN
    },
    Scenario {
        name: "trouble that ends after a retry",
        sent: "inquiry about SBX-TROUBLE-1~x, in trouble once",
        payment: "SBX-TROUBLE-1~x",
        client: ClientOptions { attempts: 3, ..CLIENT },
        expect: Expect {
            result: "U UNKNOWN_EXCEPTION, then S SUCCESS",
            payment_result: "–, then S SUCCESS",
            outcome: "Ok(Paid): JPY 1000",
            cause: "handler: the state of the payment is `trouble`, then none",
            requests: 2..=2,
        },
        ..PLAIN
    },
];
