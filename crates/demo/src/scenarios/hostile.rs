//! A man in the middle without the MPP's key.

use crate::change::Tamper;
use crate::scenario::{CLIENT, ClientOptions, Expect, PLAIN, Scenario};
use crate::sequence::NONE;

const PAID: &str = "none: answered Paid";

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "tampered with",
        sent: "inquiry; JPY 1000 becomes 9000 in the response",
        response: Tamper::Body(r#""value":"1000""#, r#""value":"9000""#),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(signature): the signature is not valid…", PAID),
        ..PLAIN
    },
    Scenario {
        name: "unsigned",
        sent: "inquiry; the response's Signature is removed",
        response: Tamper::WithoutHeader("signature"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(unsigned)", PAID),
        ..PLAIN
    },
    Scenario {
        name: "stale",
        sent: "inquiry, 10 min later by the client's clock; an earlier response comes back",
        client: ClientOptions { clock_off_by: 600, ..CLIENT },
        response: Tamper::EarlierResponse("paid-jpy"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(freshness): the time is 6…", NONE),
        ..PLAIN
    },
    Scenario {
        name: "redirected",
        sent: "inquiry; a 307 to the MPP's own address comes back",
        response: Tamper::Redirect,
        expect: Expect::once(NONE, NONE, "Err(status): 307", NONE),
        ..PLAIN
    },
    Scenario {
        name: "of another paid payment",
        sent: "inquiry, expecting JPY 1000; the genuine response about a payment of USD 0.95 comes back",
        client: ClientOptions { expecting: Some((1000, "JPY")), ..CLIENT },
        response: Tamper::EarlierResponse("paid-usd-up"),
        expect: Expect::once("S SUCCESS", "S SUCCESS", "Err(mismatch): /paymentAmount", NONE),
        ..PLAIN
    },
];
