//! Faults that the sandbox plays, each for one payment.

use super::super::scenario::{CLIENT, ClientOptions, Expect, PLAIN, Scenario};

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "tampered with",
        sent: "inquiry about SBX-FAULT-signature/body-changed~1",
        payment: "SBX-FAULT-signature/body-changed~1",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(signature): the signature is not valid…", "none"),
        ..PLAIN
    },
    Scenario {
        name: "unsigned",
        sent: "inquiry about SBX-FAULT-signature/none-paid~1",
        payment: "SBX-FAULT-signature/none-paid~1",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(unsigned)", "none"),
        ..PLAIN
    },
    Scenario {
        name: "stale",
        sent: "inquiry about SBX-FAULT-time/yesterdays-answer~1",
        payment: "SBX-FAULT-time/yesterdays-answer~1",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(freshness): the time is 8…", "none"),
        ..PLAIN
    },
    Scenario {
        name: "redirected",
        sent: "inquiry about SBX-FAULT-status/redirect~1",
        payment: "SBX-FAULT-status/redirect~1",
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(status): 307", "none"),
        ..PLAIN
    },
    Scenario {
        name: "of another paid payment",
        sent: "inquiry about paid-usd-up, expecting JPY 1000",
        payment: "paid-usd-up",
        client: ClientOptions { expecting: Some((1000, "JPY")), ..CLIENT },
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(mismatch): /paymentAmount", "none"),
        ..PLAIN
    },
];
