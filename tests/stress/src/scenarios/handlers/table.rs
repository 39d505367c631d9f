//! Faults of handler, signer and access check, and the documented responses.

use crate::mpp::{HandlerBehavior, SignerBehavior};

/// One fault, or several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) act: HandlerBehavior,
    /// The signer's behaviour, if it fails.
    pub(super) signing: Option<SignerBehavior>,
    /// Whether the access check panics.
    pub(super) is_poisoned: bool,
    code: &'static str,
    cause: &'static str,
    is_signed: bool,
    took: u64,
}

const UNEXPECTED: &str = "UNKNOWN_EXCEPTION";
const PANICKED: &str = "handler: panicked";
const LATE: &str = "handler: late, no answer after 3.75 s (`deadline`)";
const UNSIGNED: &str = "signing: late, no signature after 0.75 s (`signing_deadline`)";
const NO_SIGNATURE: &str = "signing: the signer returned 0 bytes, which is not an RSA signature of 2048 to 8192 bits";
const SIGNER: &str = "signing: the signer panicked";
// The log names the first failure after the last one.
const BOTH_LATE: &str = "signing: late, no signature after 0.75 s (`signing_deadline`); before that, handler: late, no \
    answer after 3.75 s (`deadline`)";
const BOTH_PANICKED: &str = "signing: the signer panicked; before that, handler: panicked";
const POISONED: &str =
    "signing: late, no signature after 0.75 s (`signing_deadline`); before that, access: the check panicked";

pub(super) const TABLE: &[Row] = &[
    Row::WELL,
    Row::act(HandlerBehavior::NotFound, "ORDER_NOT_EXIST", "NotFound", 0),
    Row::act(HandlerBehavior::Refuse, "PROCESS_FAIL", "handler: refused: under review", 0),
    Row::act(HandlerBehavior::Fail, UNEXPECTED, "handler: the ledger is away", 0),
    Row::act(HandlerBehavior::PanicAtOnce, UNEXPECTED, PANICKED, 0),
    Row::act(HandlerBehavior::PanicBeforeWaiting, UNEXPECTED, PANICKED, 0),
    Row::act(HandlerBehavior::PanicAfterWaiting, UNEXPECTED, PANICKED, 10),
    Row::act(HandlerBehavior::PanicOnLeaving, UNEXPECTED, PANICKED, 10),
    Row::act(HandlerBehavior::PanicInError, UNEXPECTED, PANICKED, 0),
    Row::act(HandlerBehavior::PanicOnDrop, UNEXPECTED, LATE, 3_750),
    Row::act(HandlerBehavior::Hang, UNEXPECTED, LATE, 3_750),
    Row::act(HandlerBehavior::After(3_749), "SUCCESS", "InProgress", 3_749),
    // A response at the deadline itself is in time.
    Row::act(HandlerBehavior::After(3_750), "SUCCESS", "InProgress", 3_750),
    Row::act(HandlerBehavior::After(3_751), UNEXPECTED, LATE, 3_750),
    Row::signing(SignerBehavior::PanicAtOnce, SIGNER, 0),
    Row::signing(SignerBehavior::PanicAfterWaiting, SIGNER, 10),
    Row::signing(SignerBehavior::PanicInError, SIGNER, 0),
    Row::signing(SignerBehavior::PanicOnDrop, UNSIGNED, 750),
    Row::signing(SignerBehavior::Hang, UNSIGNED, 750),
    Row::signing(SignerBehavior::Fail, "signing: the external signer failed: no route to the vault", 0),
    Row::signing(SignerBehavior::Empty, NO_SIGNATURE, 0),
    Row { signing: Some(SignerBehavior::After(749)), ..Row::act(HandlerBehavior::Open, "SUCCESS", "InProgress", 749) },
    Row { signing: Some(SignerBehavior::After(750)), ..Row::act(HandlerBehavior::Open, "SUCCESS", "InProgress", 750) },
    Row::signing(SignerBehavior::After(751), UNSIGNED, 750),
    // One after the other, and still within the total deadline.
    Row { signing: Some(SignerBehavior::After(750)), ..Row::act(HandlerBehavior::Hang, UNEXPECTED, LATE, 4_500) },
    Row { act: HandlerBehavior::Hang, ..Row::signing(SignerBehavior::Hang, BOTH_LATE, 4_500) },
    Row { act: HandlerBehavior::PanicOnDrop, ..Row::signing(SignerBehavior::PanicOnDrop, BOTH_LATE, 4_500) },
    Row {
        act: HandlerBehavior::PanicAfterWaiting,
        ..Row::signing(SignerBehavior::PanicAfterWaiting, BOTH_PANICKED, 20)
    },
    Row { is_poisoned: true, ..Row::act(HandlerBehavior::Open, UNEXPECTED, "access: the check panicked", 0) },
    Row { is_poisoned: true, ..Row::signing(SignerBehavior::Hang, POISONED, 750) },
];

impl Row {
    pub(super) const WELL: Self = Self::act(HandlerBehavior::Open, "SUCCESS", "InProgress", 0);

    /// The handler behaves so; the signer works.
    const fn act(act: HandlerBehavior, code: &'static str, cause: &'static str, took: u64) -> Self {
        Self { act, signing: None, is_poisoned: false, code, cause, is_signed: true, took }
    }

    /// The signer behaves so, and returns no valid signature.
    const fn signing(signing: SignerBehavior, cause: &'static str, took: u64) -> Self {
        Self { signing: Some(signing), is_signed: false, ..Self::act(HandlerBehavior::Open, UNEXPECTED, cause, took) }
    }

    pub(super) fn expected(&self) -> Outcome {
        let Self { code, cause, is_signed, took, .. } = *self;
        Outcome { code: code.to_owned(), cause: cause.to_owned(), is_signed, took }
    }
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) code: String,
    pub(super) cause: String,
    pub(super) is_signed: bool,
    /// The duration in milliseconds.
    pub(super) took: u64,
}
