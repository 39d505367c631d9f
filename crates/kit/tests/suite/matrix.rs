//! Each fault of an MPP fails the cases that it has to, and no other that is MUST.

use std::collections::BTreeSet;

use alipayplus_kit::finding::{Level, Verdict};
use alipayplus_kit::inquiry_payment::cases;
use futures_util::{StreamExt as _, stream};

use crate::setup::{results, with};

/// Faults, and the MUST cases that fail.
const FAULTS: &[(&str, &[&str])] = &[
    (
        "verifies nothing",
        &[
            "member/none-in-a-refusal",
            "signature/body-changed",
            "signature/body-reserialised",
            "signature/body-line-feed",
            "signature/time-changed",
            "signature/time-rewritten",
            "signature/client-changed",
            "signature/path-changed",
            "signature/method-changed",
            "signature/of-another-request",
            "signature/boundary-client-time",
            "signature/boundary-time-body",
            "signature/none",
            "signature/empty",
            "signature/other-key",
            "signature/one-bit",
            "signature/short",
            "signature/long",
            "signature/not-base64",
            "signature/md5",
            "signature/sha-1",
            "signature/algorithm-none",
            "client/unknown",
            "client/key-of-another",
            "key/unknown-version",
            "key/other-version",
            "time/missing",
            "time/unreadable",
            "answer/no-signature-over-a-strangers-text",
        ],
    ),
    ("needs no signature", &["signature/none"]),
    ("takes a default client", &["client/missing"]),
    ("gives unknown clients a key", &["client/unknown"]),
    ("is slow to refuse a method", &["deadline/each-in-5-s"]),
    (
        "tells of a payment in a refusal",
        &[
            "result/payment-result-only-with-S",
            "member/none-in-a-refusal",
            "signature/body-changed",
            "signature/body-reserialised",
            "signature/body-line-feed",
            "signature/time-changed",
            "signature/time-rewritten",
            "signature/client-changed",
            "signature/path-changed",
            "signature/method-changed",
            "signature/of-another-request",
            "signature/boundary-client-time",
            "signature/boundary-time-body",
            "signature/none",
            "signature/empty",
            "signature/other-key",
            "signature/one-bit",
            "signature/short",
            "signature/long",
            "signature/not-base64",
            "signature/md5",
            "signature/sha-1",
            "signature/algorithm-none",
            "client/unknown",
            "client/missing",
            "client/key-of-another",
            "key/unknown-version",
            "key/other-version",
            "time/missing",
            "time/unreadable",
        ],
    ),
    ("reads a time up to its Z", &["signature/boundary-time-body"]),
    ("knows UTC only", &["time/offset", "answer/signed"]),
    ("knows no fractions", &["time/fraction", "answer/signed"]),
    ("needs no time", &["time/missing", "time/unreadable"]),
    ("skips a time that it can't read", &["signature/boundary-time-body", "time/missing", "time/unreadable"]),
    (
        "reads a Client-Id up to a point",
        &["signature/boundary-client-time", "signature/boundary-time-body", "time/missing", "time/unreadable"],
    ),
    ("reads no header without blanks", &["signature/no-blanks"]),
    ("knows the algorithm none", &["signature/algorithm-none"]),
    ("ignores the algorithm", &["signature/algorithm-none"]),
    ("skips a signature that it can't read", &["signature/empty", "signature/not-base64", "signature/algorithm-none"]),
    ("ignores the key version", &["key/unknown-version", "key/other-version"]),
    ("tries the keys of all clients", &["client/key-of-another"]),
    (
        "serializes the body again",
        &["request/spaces-and-order", "signature/body-reserialised", "signature/body-line-feed", "answer/signed"],
    ),
    ("trims the body", &["request/spaces-and-order", "signature/body-line-feed", "answer/signed"]),
    ("writes the time again", &["signature/time-rewritten", "time/offset", "time/fraction", "answer/signed"]),
    ("allows a second of difference", &["signature/time-changed"]),
    ("verifies over another client too", &["signature/client-changed"]),
    ("verifies over another path too", &["signature/path-changed"]),
    ("verifies over another method too", &["signature/method-changed"]),
    ("cuts a long signature", &["signature/long"]),
    (
        "compares the start of a signature",
        &["member/none-in-a-refusal", "signature/one-bit", "signature/short", "signature/long"],
    ),
    ("knows MD5", &["signature/md5"]),
    ("knows SHA-1", &["signature/sha-1"]),
    ("takes any text for a request", &["request/not-json", "request/cut"]),
    ("takes an empty body", &["request/empty-body"]),
    ("takes any JSON for a request", &["request/not-an-object"]),
    ("needs no acquirerId", &["request/no-acquirer-id"]),
    ("needs no pspId", &["request/no-psp-id"]),
    ("needs no paymentRequestId", &["request/no-payment-request-id"]),
    ("takes null for an ID", &["request/null-for-required"]),
    ("takes an empty ID", &["request/empty-for-required"]),
    ("counts to 63", &["request/id-of-64"]),
    (
        "rounds half up",
        &["member/figures-of-the-file", "money/two-decimals", "money/half-even", "money/half-even-tie-down"],
    ),
    ("rounds down", &["member/figures-of-the-file", "money/two-decimals", "money/half-even", "money/half-even-tie-up"]),
    ("refuses a failed payment", &["result/failed"]),
    ("hides the code", &["result/failed-code"]),
    ("forgets a cancelled payment", &["result/cancelled"]),
    ("calls an open payment trouble", &["result/in-progress"]),
    ("calls an open payment failed", &["result/in-progress"]),
    ("calls a paid payment open", &["result/paid"]),
    ("says success without a payment result", &["result/paid", "result/payment-result-only-with-S"]),
    ("calls a missing payment trouble", &["result/not-found", "result/code-has-its-status"]),
    ("tells of a missing payment", &["result/payment-result-only-with-S", "member/none-when-not-found"]),
    ("counts in numbers", &["member/all-scalars-are-strings"]),
    ("leaves texts empty", &["member/no-empty-strings"]),
    (
        "sends an amount as a number",
        &[
            "member/all-scalars-are-strings",
            "member/figures-of-the-file",
            "money/digits-only",
            "money/no-decimals",
            "money/two-decimals",
        ],
    ),
    ("sends decimals", &["member/figures-of-the-file", "money/digits-only", "money/no-decimals", "money/two-decimals"]),
    ("sends small letters", &["member/figures-of-the-file", "money/currency-form"]),
    ("multiplies yen", &["member/figures-of-the-file", "money/no-decimals"]),
    ("divides cents", &["member/figures-of-the-file", "money/two-decimals"]),
    (
        "sends payToAmount always",
        &[
            "member/pay-to-amount-when-currencies-differ",
            "member/pay-to-amount-when-equal",
            "member/figures-of-the-file",
            "money/no-decimals",
            "money/two-decimals",
            "money/half-even",
            "money/half-even-tie-down",
            "money/half-even-tie-up",
        ],
    ),
    ("sends a time without an offset", &["member/figures-of-the-file", "datetime/form"]),
    ("sends a day that does not exist", &["member/figures-of-the-file", "datetime/real-day"]),
    ("sends an empty customer", &["member/customer-id", "member/no-empty-strings"]),
    ("sends pass through info as an object", &["member/pass-through", "member/figures-of-the-file"]),
    ("declares in another currency", &["member/figures-of-the-file", "money/customs-currency"]),
    ("numbers payments anew", &["member/figures-of-the-file", "state/repeat-agrees"]),
    ("leaves out paymentId", &["member/payment-id", "member/figures-of-the-file"]),
    (
        "leaves out paymentAmount",
        &["member/payment-amount", "member/figures-of-the-file", "money/no-decimals", "money/two-decimals"],
    ),
    ("leaves out paymentTime", &["member/payment-time", "member/figures-of-the-file"]),
    ("leaves out customerId", &["member/customer-id"]),
    (
        "leaves out payToAmount",
        &[
            "member/pay-to-amount-when-currencies-differ",
            "member/figures-of-the-file",
            "money/no-decimals",
            "money/two-decimals",
            "money/half-even",
            "money/half-even-tie-down",
            "money/half-even-tie-up",
        ],
    ),
    (
        "leaves out customsDeclarationAmount",
        &["member/customs-when-required", "member/figures-of-the-file", "money/customs-currency"],
    ),
    ("writes milliseconds", &["answer/time"]),
    ("leaves the Client-Id out", &["answer/client-id"]),
    ("signs no refusals", &["answer/signed"]),
    ("signs the time of the request", &["answer/signed"]),
    ("reads no escapes", &["request/escapes"]),
    ("changes a final payment", &["state/final-stays"]),
    ("waits for its backend", &["deadline/slow-payment", "deadline/each-in-5-s"]),
    ("calls a payment missing while its store is down", &["result/trouble"]),
    ("answers from a cache", &["state/progress-to-final"]),
    ("loses a payment that ends", &["state/progress-to-final"]),
    ("signs everything", &["answer/no-signature-over-a-strangers-text"]),
    ("knows no names in capitals", &["signature/header-names-any-case"]),
    // The preflight asks nine times. An MPP that never answered the usual request would end the run there.
    (
        "lets a client ask nine times",
        &[
            "result/paid",
            "result/failed",
            "result/in-progress",
            "result/cancelled",
            "result/not-found",
            "state/progress-to-final",
            "request/minimal",
            "request/spaces-and-order",
            "request/escapes",
            "request/id-of-64",
            "signature/good",
            "signature/blanks-after-commas",
            "signature/no-blanks",
            "signature/header-names-any-case",
            "time/utc",
            "time/offset",
            "time/fraction",
            "answer/signed",
        ],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_fails_its_cases_and_no_other() {
    let tried = stream::iter(FAULTS).map(|(fault, due)| async move {
        let failing = tokio::spawn(failing_must(fault, due)).await.unwrap();
        (*fault, *due, failing)
    });
    let tried: Vec<_> = tried.buffered(6).collect().await;
    let mut wrong = Vec::new();
    for (fault, due, ids) in &tried {
        let undue: Vec<_> = ids.iter().filter(|id| !due.contains(id)).collect();
        let missed: Vec<_> = due.iter().filter(|id| !ids.contains(id)).collect();
        if !undue.is_empty() || !missed.is_empty() {
            wrong.push(format!("{fault}: fails too: {undue:?}; does not fail: {missed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let failed: BTreeSet<_> = tried.iter().flat_map(|(_, _, ids)| ids).copied().collect();
    let must = cases().into_iter().filter(|case| case.level == Level::Must).map(|case| case.id);
    let never: Vec<_> = must.filter(|id| !failed.contains(id)).collect();
    assert!(never.is_empty(), "no fault fails {never:?}");
}

async fn failing_must(fault: &'static str, due: &'static [&'static str]) -> Vec<&'static str> {
    let results = results(fault, due).await;
    let failing = with(&results, Verdict::Fail);
    failing.iter().filter(|result| result.case.level == Level::Must).map(|result| result.case.id).collect()
}

#[tokio::test]
async fn an_mpp_without_a_fault_passes() {
    let results =
        results("", &["datetime/stable", "result/trouble", "state/concurrent-agree", "state/after-restart"]).await;
    let found: Vec<_> = with(&results, Verdict::Fail).iter().map(|result| result.case.id).collect();
    // Its JSON library has no numbers that large, and it looks at one ID only.
    let advised = ["request/huge-number-in-unknown-member", "request/other-psp", "client/payment-of-another"];
    assert_eq!(found, advised);
    let found: Vec<_> = with(&results, Verdict::Inconclusive).iter().map(|result| &result.finding).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn the_time_of_the_answer_is_no_time_of_a_payment() {
    let results = results("sends the time of the answer", &["datetime/stable"]).await;
    let failing = with(&results, Verdict::Fail);
    assert!(failing.iter().any(|result| result.case.id == "datetime/stable"));
}

#[tokio::test]
async fn a_wrong_signature_is_explained() {
    let results = results("signs the time of the request", &[]).await;
    let failing = with(&results, Verdict::Fail);
    let signed = failing.iter().find(|result| result.case.id == "answer/signed").unwrap();
    assert!(signed.finding.actual.contains("time-of-the-request: "), "{}", signed.finding.actual);
}

#[tokio::test]
async fn what_a_hook_can_not_do_is_inconclusive_in_its_own_words() {
    let results = results("has a hook without open payments", &["state/concurrent-agree", "state/after-restart"]).await;
    let found: Vec<_> = with(&results, Verdict::Inconclusive).iter().map(|result| result.case.id).collect();
    assert_eq!(found, ["state/progress-to-final", "state/concurrent-agree"]);
    let words = with(&results, Verdict::Inconclusive).iter().all(|result| {
        result.finding.actual == "the hook failed for the state in_progress: HTTP 500: no open payments here"
    });
    assert!(words, "{:?}", with(&results, Verdict::Inconclusive)[0].finding);
}

#[tokio::test]
async fn a_cached_and_a_forgotten_payment_are_seen() {
    for (fault, verdict, id) in [
        ("answers from a cache", Verdict::Fail, "state/concurrent-agree"),
        ("keeps payments in memory", Verdict::Note, "state/after-restart"),
    ] {
        let results = results(fault, &[id]).await;
        let result = results.iter().find(|result| result.case.id == id).unwrap();
        assert_eq!(result.finding.verdict, verdict, "{:?}", result.finding);
    }
}
