//! What can go wrong beside the request itself, and what the documentation says is answered.

use super::Outcome;
use crate::mpp::{Act, Signing};

/// One fault, or several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) act: Act,
    /// What the signer does instead of signing.
    pub(super) signing: Option<Signing>,
    /// Whether the access list panics.
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
const NO_SIGNATURE: &str = "signing: the signer returned 0 bytes, which is no RSA signature of 2048 to 8192 bits";
const SIGNER: &str = "signing: the signer panicked";
// The first fault is told beside the last.
const BOTH_LATE: &str = "signing: late, no signature after 0.75 s (`signing_deadline`); before that, handler: late, no answer \
    after 3.75 s (`deadline`)";
const BOTH_PANICKED: &str = "signing: the signer panicked; before that, handler: panicked";
const POISONED: &str =
    "signing: late, no signature after 0.75 s (`signing_deadline`); before that, access: the check panicked";

pub(super) const TABLE: &[Row] = &[
    Row::WELL,
    Row::act(Act::NotFound, "ORDER_NOT_EXIST", "NotFound", 0),
    Row::act(Act::FromResult, "PROCESS_FAIL", "handler: refused: under review", 0),
    Row::act(Act::Fail, UNEXPECTED, "handler: the ledger is away", 0),
    Row::act(Act::PanicAtOnce, UNEXPECTED, PANICKED, 0),
    Row::act(Act::PanicBeforeWaiting, UNEXPECTED, PANICKED, 0),
    Row::act(Act::PanicAfterWaiting, UNEXPECTED, PANICKED, 10),
    Row::act(Act::PanicOnLeaving, UNEXPECTED, PANICKED, 10),
    Row::act(Act::PanicInError, UNEXPECTED, PANICKED, 0),
    Row::act(Act::PanicOnDrop, UNEXPECTED, LATE, 3_750),
    Row::act(Act::Hang, UNEXPECTED, LATE, 3_750),
    Row::act(Act::After(3_749), "SUCCESS", "InProgress", 3_749),
    // At the deadline itself an answer still counts.
    Row::act(Act::After(3_750), "SUCCESS", "InProgress", 3_750),
    Row::act(Act::After(3_751), UNEXPECTED, LATE, 3_750),
    Row::signing(Signing::PanicAtOnce, SIGNER, 0),
    Row::signing(Signing::PanicAfterWaiting, SIGNER, 10),
    Row::signing(Signing::PanicInError, SIGNER, 0),
    Row::signing(Signing::PanicOnDrop, UNSIGNED, 750),
    Row::signing(Signing::Hang, UNSIGNED, 750),
    Row::signing(Signing::Fail, "signing: the external signer failed: no route to the vault", 0),
    Row::signing(Signing::Empty, NO_SIGNATURE, 0),
    Row { signing: Some(Signing::After(749)), ..Row::act(Act::Open, "SUCCESS", "InProgress", 749) },
    Row { signing: Some(Signing::After(750)), ..Row::act(Act::Open, "SUCCESS", "InProgress", 750) },
    Row::signing(Signing::After(751), UNSIGNED, 750),
    // One after the other, and still within the whole.
    Row { signing: Some(Signing::After(750)), ..Row::act(Act::Hang, UNEXPECTED, LATE, 4_500) },
    Row { act: Act::Hang, ..Row::signing(Signing::Hang, BOTH_LATE, 4_500) },
    Row { act: Act::PanicOnDrop, ..Row::signing(Signing::PanicOnDrop, BOTH_LATE, 4_500) },
    Row { act: Act::PanicAfterWaiting, ..Row::signing(Signing::PanicAfterWaiting, BOTH_PANICKED, 20) },
    Row { is_poisoned: true, ..Row::act(Act::Open, UNEXPECTED, "access: the check panicked", 0) },
    Row { is_poisoned: true, ..Row::signing(Signing::Hang, POISONED, 750) },
];

impl Row {
    pub(super) const WELL: Self = Self::act(Act::Open, "SUCCESS", "InProgress", 0);

    /// The handler does this; the signer is well.
    const fn act(act: Act, code: &'static str, cause: &'static str, took: u64) -> Self {
        Self { act, signing: None, is_poisoned: false, code, cause, is_signed: true, took }
    }

    /// The signer does this, and no signature comes of it.
    const fn signing(signing: Signing, cause: &'static str, took: u64) -> Self {
        Self { signing: Some(signing), is_signed: false, ..Self::act(Act::Open, UNEXPECTED, cause, took) }
    }

    pub(super) fn expected(&self) -> Outcome {
        let Self { code, cause, is_signed, took, .. } = *self;
        Outcome { code: code.to_owned(), cause: cause.to_owned(), is_signed, took }
    }
}
