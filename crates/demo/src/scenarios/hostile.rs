//! Somebody on the line between client and MPP. Nobody here has the MPP's key.

use crate::change::Twist;
use crate::scenario::{ASKER, Asker, Expect, PLAIN, Scenario};
use crate::sequence::NONE;

const PAID: &str = "none: answered Paid";

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "tampered with",
        sent: "inquiry; JPY 1000 becomes 9000 in the answer",
        answer: Twist::Body(r#""value":"1000""#, r#""value":"9000""#),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(Signature): it does not verify…", PAID),
        ..PLAIN
    },
    Scenario {
        name: "unsigned",
        sent: "inquiry; the answer's Signature is taken out",
        answer: Twist::WithoutHeader("signature"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(Unsigned)", PAID),
        ..PLAIN
    },
    Scenario {
        name: "stale",
        sent: "inquiry, 10 min later by the client's clock; the earlier answer comes back",
        asker: Asker { clock_off_by: 600, ..ASKER },
        answer: Twist::EarlierAnswer("paid-jpy"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(Freshness): the time is 6…", NONE),
        ..PLAIN
    },
    Scenario {
        name: "redirected",
        sent: "inquiry; a 307 to the MPP's own address comes back",
        answer: Twist::Redirect,
        expect: Expect::once(NONE, NONE, "Err(Status): 307", NONE),
        ..PLAIN
    },
    Scenario {
        name: "of another paid payment",
        sent: "inquiry, expecting JPY 1000; the genuine answer about a payment of USD 0.95 comes back",
        asker: Asker { expecting: Some((1000, "JPY")), ..ASKER },
        answer: Twist::EarlierAnswer("paid-usd-up"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(Unexpected): /paymentAmount", NONE),
        ..PLAIN
    },
];
