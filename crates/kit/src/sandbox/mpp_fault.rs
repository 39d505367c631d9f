//! The faults of an MPP as a whole, and the cases of `conformance mpp` that each fails.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The most payments that are remembered.
const MOST_SEEN: usize = 10_000;

/// A fault of an MPP: what it accepts, answers or signs.
#[derive(Debug)]
#[non_exhaustive]
pub struct MppFault {
    /// Its name, which says what the MPP does.
    pub id: &'static str,
    /// The cases of level MUST that fail; none if the preflight ends the run.
    pub fails: &'static [&'static str],
}

/// All faults.
pub const MPP_FAULTS: &[MppFault] = &[
    fault(
        "mpp/verifies-nothing",
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
    fault("mpp/needs-no-signature", &["signature/none"]),
    fault("mpp/takes-a-default-client", &["client/missing"]),
    fault("mpp/gives-unknown-clients-a-key", &["client/unknown"]),
    fault("mpp/is-slow-to-refuse-a-method", &["deadline/each-in-5-s"]),
    fault(
        "mpp/tells-of-a-payment-in-a-refusal",
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
    fault("mpp/reads-a-time-up-to-its-Z", &["signature/boundary-time-body"]),
    fault("mpp/knows-UTC-only", &["time/offset", "answer/signed"]),
    fault("mpp/knows-no-fractions", &["time/fraction", "answer/signed"]),
    fault("mpp/needs-no-time", &["time/missing", "time/unreadable"]),
    fault("mpp/skips-a-time-that-is-unreadable", &["signature/boundary-time-body", "time/missing", "time/unreadable"]),
    fault(
        "mpp/reads-a-Client-Id-up-to-a-point",
        &["signature/boundary-client-time", "signature/boundary-time-body", "time/missing", "time/unreadable"],
    ),
    fault("mpp/reads-no-header-without-blanks", &["signature/no-blanks"]),
    fault("mpp/knows-the-algorithm-none", &["signature/algorithm-none"]),
    fault("mpp/ignores-the-algorithm", &["signature/algorithm-none"]),
    fault(
        "mpp/skips-a-signature-that-is-unreadable",
        &["signature/empty", "signature/not-base64", "signature/algorithm-none"],
    ),
    fault("mpp/ignores-the-key-version", &["key/unknown-version", "key/other-version"]),
    fault("mpp/tries-the-keys-of-all-clients", &["client/key-of-another"]),
    fault(
        "mpp/serializes-the-body-again",
        &["request/spaces-and-order", "signature/body-reserialised", "signature/body-line-feed", "answer/signed"],
    ),
    fault("mpp/trims-the-body", &["request/spaces-and-order", "signature/body-line-feed", "answer/signed"]),
    fault("mpp/writes-the-time-again", &["signature/time-rewritten", "time/offset", "time/fraction", "answer/signed"]),
    fault("mpp/allows-a-second-of-difference", &["signature/time-changed"]),
    fault("mpp/verifies-over-another-client-too", &["signature/client-changed"]),
    fault("mpp/verifies-over-another-path-too", &["signature/path-changed"]),
    fault("mpp/verifies-over-another-method-too", &["signature/method-changed"]),
    fault("mpp/cuts-a-long-signature", &["signature/long"]),
    fault(
        "mpp/compares-the-start-of-a-signature",
        &["member/none-in-a-refusal", "signature/one-bit", "signature/short", "signature/long"],
    ),
    fault("mpp/knows-MD5", &["signature/md5"]),
    fault("mpp/knows-SHA-1", &["signature/sha-1"]),
    fault("mpp/takes-any-text-for-a-request", &["request/not-json", "request/cut"]),
    fault("mpp/takes-an-empty-body", &["request/empty-body"]),
    fault("mpp/takes-any-JSON-for-a-request", &["request/not-an-object"]),
    fault("mpp/needs-no-acquirerId", &["request/no-acquirer-id"]),
    fault("mpp/needs-no-pspId", &["request/no-psp-id"]),
    fault("mpp/needs-no-paymentRequestId", &["request/no-payment-request-id"]),
    fault("mpp/takes-null-for-an-ID", &["request/null-for-required"]),
    fault("mpp/takes-an-empty-ID", &["request/empty-for-required"]),
    fault("mpp/counts-to-63", &["request/id-of-64"]),
    fault(
        "mpp/rounds-half-up",
        &[
            "member/figures-of-the-file",
            "money/two-decimals",
            "money/half-even",
            "money/half-even-tie-down",
            "money/no-decimals",
        ],
    ),
    fault(
        "mpp/rounds-down",
        &["member/figures-of-the-file", "money/two-decimals", "money/half-even", "money/half-even-tie-up"],
    ),
    fault("mpp/refuses-a-failed-payment", &["result/failed"]),
    fault("mpp/hides-the-code", &["result/failed-code"]),
    fault("mpp/forgets-a-cancelled-payment", &["result/cancelled"]),
    fault("mpp/calls-an-open-payment-trouble", &["result/in-progress", "state/progress-to-final"]),
    fault("mpp/calls-an-open-payment-failed", &["result/in-progress", "state/progress-to-final"]),
    fault("mpp/calls-a-paid-payment-open", &["result/paid", "state/progress-to-final"]),
    fault(
        "mpp/says-success-without-a-payment-result",
        &["result/paid", "result/payment-result-only-with-S", "state/progress-to-final"],
    ),
    fault("mpp/calls-a-missing-payment-trouble", &["result/not-found", "result/code-has-its-status"]),
    fault("mpp/tells-of-a-missing-payment", &["result/payment-result-only-with-S", "member/none-when-not-found"]),
    fault("mpp/counts-in-numbers", &["member/all-scalars-are-strings"]),
    fault("mpp/leaves-texts-empty", &["member/no-empty-strings"]),
    fault(
        "mpp/sends-an-amount-as-a-number",
        &[
            "member/all-scalars-are-strings",
            "member/figures-of-the-file",
            "money/digits-only",
            "money/no-decimals",
            "money/two-decimals",
        ],
    ),
    fault(
        "mpp/sends-decimals",
        &["member/figures-of-the-file", "money/digits-only", "money/no-decimals", "money/two-decimals"],
    ),
    fault("mpp/sends-small-letters", &["member/figures-of-the-file", "money/currency-form"]),
    fault("mpp/multiplies-yen", &["member/figures-of-the-file", "money/no-decimals"]),
    fault("mpp/divides-cents", &["member/figures-of-the-file", "money/two-decimals"]),
    fault(
        "mpp/sends-payToAmount-always",
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
    fault("mpp/sends-a-time-without-an-offset", &["member/figures-of-the-file", "datetime/form"]),
    fault("mpp/sends-a-day-that-does-not-exist", &["member/figures-of-the-file", "datetime/real-day"]),
    fault(
        "mpp/sends-an-empty-customer",
        &["member/customer-id", "member/no-empty-strings", "member/figures-of-the-file"],
    ),
    fault("mpp/sends-pass-through-info-as-an-object", &["member/pass-through", "member/figures-of-the-file"]),
    fault("mpp/declares-in-another-currency", &["member/figures-of-the-file", "money/customs-currency"]),
    fault("mpp/numbers-payments-anew", &["member/figures-of-the-file", "state/repeat-agrees"]),
    fault("mpp/leaves-out-paymentId", &["member/payment-id", "member/figures-of-the-file"]),
    fault(
        "mpp/leaves-out-paymentAmount",
        &["member/payment-amount", "member/figures-of-the-file", "money/no-decimals", "money/two-decimals"],
    ),
    fault("mpp/leaves-out-paymentTime", &["member/payment-time", "member/figures-of-the-file"]),
    fault("mpp/leaves-out-customerId", &["member/customer-id", "member/figures-of-the-file"]),
    fault(
        "mpp/leaves-out-payToAmount",
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
    fault(
        "mpp/leaves-out-customsDeclarationAmount",
        &["member/customs-when-required", "member/figures-of-the-file", "money/customs-currency"],
    ),
    fault("mpp/writes-milliseconds", &["answer/time"]),
    fault("mpp/leaves-the-Client-Id-out", &["answer/client-id"]),
    fault("mpp/signs-no-refusals", &["answer/signed"]),
    fault("mpp/signs-the-time-of-the-request", &["answer/signed"]),
    fault("mpp/reads-no-escapes", &["request/escapes"]),
    fault("mpp/changes-a-final-payment", &["result/failed", "state/final-stays"]),
    fault("mpp/waits-for-its-backend", &["deadline/slow-payment", "deadline/each-in-5-s"]),
    fault("mpp/calls-a-payment-missing-while-its-store-is-down", &["result/trouble"]),
    fault("mpp/answers-from-a-cache", &["state/progress-to-final"]),
    fault("mpp/loses-a-payment-that-ends", &["state/progress-to-final"]),
    fault("mpp/signs-everything", &["answer/no-signature-over-a-strangers-text"]),
    fault("mpp/knows-no-names-in-capitals", &["signature/header-names-any-case"]),
    // The preflight asks nine times. An MPP that never answered the usual request would end the run there.
    fault(
        "mpp/lets-callers-ask-nine-times",
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
        ],
    ),
    fault("mpp/sends-the-time-of-the-answer", &["member/figures-of-the-file", "state/repeat-agrees"]),
    fault("mpp/signs-by-another-key", &[]),
    fault("mpp/signs-the-path-behind-its-gateway", &[]),
    fault("mpp/signs-a-body-and-sends-another-form-of-it", &[]),
    fault("mpp/trims-the-path", &[]),
];

const fn fault(id: &'static str, fails: &'static [&'static str]) -> MppFault {
    MppFault { id, fails }
}

impl MppFault {
    /// Returns the fault with an ID.
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        MPP_FAULTS.iter().find(|fault| fault.id == id)
    }

    /// Returns the ID without its section.
    pub(super) fn name(&self) -> &'static str {
        self.id.strip_prefix("mpp/").unwrap_or(self.id)
    }

    /// Returns what the MPP does, in words.
    #[must_use]
    pub fn about(&self) -> String {
        format!("The MPP {}.", self.name().replace('-', " "))
    }
}

/// A fault that is on, and what was answered meanwhile.
#[derive(Debug)]
pub(crate) struct FaultOn {
    pub(crate) number: i64,
    pub(crate) fault: &'static MppFault,
    seen: Mutex<HashMap<String, Seen>>,
    accepted: AtomicU32,
}

/// What was answered about a payment.
#[derive(Debug)]
struct Seen {
    first: Value,
    times: u32,
}

impl FaultOn {
    pub(crate) fn new(number: i64, fault: &'static MppFault) -> Self {
        Self { number, fault, seen: Mutex::default(), accepted: AtomicU32::new(0) }
    }

    /// Counts an accepted request, and returns how many there were before.
    pub(crate) fn count(&self) -> u32 {
        self.accepted.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns what was answered first about a payment, and how often it was answered before.
    pub(crate) fn remember(&self, id: &str, body: &Value) -> (Value, u32) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_SEEN {
            seen.clear();
        }
        let known = seen.entry(id.to_owned()).or_insert_with(|| Seen { first: body.clone(), times: 0 });
        known.times += 1;
        (known.first.clone(), known.times - 1)
    }
}
