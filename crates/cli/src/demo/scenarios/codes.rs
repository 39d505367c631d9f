//! Each of the specification's 13 result codes, in its order.

use super::super::change::Change;
use super::super::scenario::{CLIENT, ClientOptions, Expect, Meanwhile, PLAIN, Scenario, Wait};
use super::super::sequence::NONE;

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "SUCCESS",
        sent: "inquiry about open",
        payment: "open",
        expect: Expect::once("S SUCCESS", "U PAYMENT_IN_PROCESS", "Ok(InProgress)", "none"),
        ..PLAIN
    },
    Scenario {
        name: "ACCESS_DENIED",
        sent: "inquiry about of-another, which is another client's",
        payment: "of-another",
        expect: Expect::once(
            "F ACCESS_DENIED",
            NONE,
            "Err(refused): ACCESS_DENIED",
            "handler: … another client owns it",
        ),
        ..PLAIN
    },
    Scenario {
        name: "INVALID_CLIENT",
        sent: "raw: an unknown Client-Id",
        request: Change::Header("client-id", "SANDBOX_UNKNOWN"),
        expect: unsigned(
            "F INVALID_CLIENT",
            "Err(unsigned): claims INVALID_CLIENT",
            "client-of-another-environment: …SANDBOX_UNKNOWN…",
        ),
        ..PLAIN
    },
    Scenario {
        name: "INVALID_SIGNATURE",
        sent: "raw: a body that was changed after it was signed",
        request: Change::Body("paid-jpy", "paid-xyz"),
        expect: unsigned(
            "F INVALID_SIGNATURE",
            "Err(unsigned): claims INVALID_SIGNATURE",
            "content-not-found: The key is right, and another content was signed…",
        ),
        ..PLAIN
    },
    Scenario {
        name: "INVALID_SIGNATURE, out of time",
        sent: "inquiry by a clock that is 10 min slow",
        client: ClientOptions { clock_off_by: -600, ..CLIENT },
        expect: unsigned(
            "F INVALID_SIGNATURE",
            "Err(unsigned): claims INVALID_SIGNATURE",
            "clock-behind: The clock of the sender is behind (by 6…",
        ),
        ..PLAIN
    },
    Scenario {
        name: "KEY_NOT_FOUND",
        sent: "raw: keyVersion=9 in the Signature",
        request: Change::InHeader("signature", "keyVersion=1", "keyVersion=9"),
        expect: unsigned(
            "F KEY_NOT_FOUND",
            "Err(unsigned): claims KEY_NOT_FOUND",
            "key-of-another-version: … names version 9, and version 1 …",
        ),
        ..PLAIN
    },
    Scenario {
        name: "MEDIA_TYPE_NOT_ACCEPTABLE",
        sent: "raw: Content-Type: text/xml",
        request: Change::Header("content-type", "text/xml"),
        expect: unsigned(
            "F MEDIA_TYPE_NOT_ACCEPTABLE",
            "Err(unsigned): claims MEDIA_TYPE_NOT_ACCEPTABLE",
            "media type: …",
        ),
        ..PLAIN
    },
    Scenario {
        name: "METHOD_NOT_SUPPORTED",
        sent: "raw: PUT",
        request: Change::Method("PUT"),
        expect: unsigned("F METHOD_NOT_SUPPORTED", "Err(unsigned): claims METHOD_NOT_SUPPORTED", "method: …"),
        ..PLAIN
    },
    Scenario {
        name: "NO_INTERFACE_DEF",
        sent: "raw: the path /aps/api/v1/payments/pay",
        request: Change::Path("/aps/api/v1/payments/pay"),
        expect: unsigned("F NO_INTERFACE_DEF", "Err(unsigned): claims NO_INTERFACE_DEF", "path: …"),
        ..PLAIN
    },
    Scenario {
        name: "ORDER_NOT_EXIST",
        sent: "inquiry about unheard-of, wait_until_final, stop_when_undetermined",
        payment: "unheard-of",
        client: ClientOptions { wait: Wait::UntilFinalOrUndetermined, ..CLIENT },
        expect: Expect::once("F ORDER_NOT_EXIST", NONE, "Ok(NotFound)", "none"),
        ..PLAIN
    },
    Scenario {
        name: "PARAM_ILLEGAL",
        sent: "raw, and signed: a pspId of \"\" and a number for a text",
        request: Change::SignedBody(r#"{"acquirerId":"1022188000000000001","pspId":"","paymentRequestId":7}"#),
        expect: Expect::once("F PARAM_ILLEGAL", NONE, "Err(refused): PARAM_ILLEGAL", "body: …"),
        ..PLAIN
    },
    Scenario {
        name: "PROCESS_FAIL",
        sent: "inquiry about blocked",
        payment: "blocked",
        expect: Expect::once(
            "F PROCESS_FAIL",
            NONE,
            "Err(refused): PROCESS_FAIL",
            "handler: the state of the payment is `refused`…",
        ),
        ..PLAIN
    },
    Scenario {
        name: "REQUEST_TRAFFIC_EXCEED_LIMIT",
        sent: "inquiry, while 2 others wait for a slow backend",
        meanwhile: Meanwhile::TakesPermits,
        expect: unsigned(
            "U REQUEST_TRAFFIC_EXCEED_LIMIT",
            "Err(unsigned): claims REQUEST_TRAFFIC_EXCEED_LIMIT; retryable",
            "load: …",
        ),
        ..PLAIN
    },
    Scenario {
        name: "UNKNOWN_EXCEPTION",
        sent: "inquiry about in-trouble",
        payment: "in-trouble",
        expect: Expect::once(
            "U UNKNOWN_EXCEPTION",
            NONE,
            "Err(trouble): UNKNOWN_EXCEPTION; retryable",
            "handler: the state of the payment is `trouble`",
        ),
        ..PLAIN
    },
];

/// A refusal before the signature was verified: it is unsigned, so the client does not trust it.
const fn unsigned(result: &'static str, outcome: &'static str, cause: &'static str) -> Expect {
    Expect::once(result, NONE, outcome, cause)
}
