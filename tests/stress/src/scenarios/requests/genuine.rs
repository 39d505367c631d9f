//! Genuine messages, changed messages, and the count of verdicts.

use alipayplus_signing::{Digest, SignFuture, Signer, TestClock, VersionedSigner};

use super::change::Kind;
use super::wire::Wire;
use crate::failure::Failure;
use crate::message::{Message, sign, test_key};
use crate::progress::grouped;
use crate::run::Run;

pub(super) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
/// The time of the clock.
const NOW: &str = "2025-02-20T08:51:49Z";
/// Times within the window, in all accepted formats.
pub(super) const TIMES: [&str; 5] =
    [NOW, "2025-02-20T08:51:50.25Z", "2025-02-20T16:52:49+08:00", "1740041509000", "2025-02-20T08:47:01.123456789Z"];
/// The number of genuine messages that are changed.
pub(super) const POOL: usize = 64;

/// A genuine message: its signed parts and its HTTP form.
#[derive(Debug)]
pub(super) struct Genuine {
    pub(super) message: Message,
    pub(super) wire: Wire,
}

/// The number of cases by verdict.
#[derive(Debug)]
pub(super) struct Tally {
    impossible: u64,
    refused: u64,
    accepted: u64,
    /// How often each kind of change was made.
    changes: Vec<u64>,
}

/// The verdict on a changed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// HTTP cannot carry the message.
    Impossible,
    Refused,
    Accepted {
        /// Whether every signed part is that of a genuine message: of the original or, after two changes, of another
        /// one.
        is_genuine: bool,
    },
}

/// Signs a message with one of the two keys.
pub(super) fn genuine(message: Message, time_header: &str, version: u64) -> Result<Genuine, Failure> {
    let key = VersionedSigner::new(version, test_key(&format!("k{version}"))?);
    let header = sign(&key, &message)?;
    let wire = Wire::of(&message, time_header, &header);
    Ok(Genuine { message, wire })
}

/// Changes a genuine message once or twice; also returns whether it must still be accepted.
pub(super) fn changed(
    pool: &[Genuine],
    base: &Genuine,
    kinds: &[Kind],
    tally: &mut Tally,
    rng: &mut fastrand::Rng,
) -> (Wire, bool) {
    let mut wire = base.wire.clone();
    let mut is_harmless = true;
    for _ in 0..rng.u8(1..=2) {
        let kind = rng.usize(..kinds.len());
        let other = &pool[rng.usize(..pool.len())].wire;
        (kinds[kind].change)(&mut wire, other, rng);
        tally.changes[kind] += 1;
        is_harmless &= kinds[kind].is_harmless;
    }
    (wire, is_harmless)
}

impl Tally {
    pub(super) fn new(kinds: &[Kind]) -> Self {
        Self { impossible: 0, refused: 0, accepted: 0, changes: vec![0; kinds.len()] }
    }

    pub(super) fn count(&mut self, verdict: Verdict, is_harmless: bool) -> Result<(), Failure> {
        match verdict {
            Verdict::Accepted { is_genuine: false } => return Err("accepted, although a signed part differs".into()),
            Verdict::Refused if is_harmless => return Err("refused, although the change is harmless".into()),
            Verdict::Accepted { .. } => self.accepted += 1,
            Verdict::Refused => self.refused += 1,
            Verdict::Impossible => self.impossible += 1,
        }
        Ok(())
    }

    pub(super) fn report(&self, run: &mut Run, what: &str, kinds: &[Kind]) -> Result<(), Failure> {
        let Self { impossible, refused, accepted, changes } = self;
        run.found(format!("changed {what}"), grouped(impossible + refused + accepted));
        run.found("accepted, the same in every signed part", grouped(*accepted));
        run.found("refused, impossible in HTTP", format!("{}, {}", grouped(*refused), grouped(*impossible)));
        run.found(
            "kinds of changes, the rarest of them",
            format!("{}, {} times", kinds.len(), grouped(changes.iter().min().copied().unwrap_or_default())),
        );
        let is_idle = [*refused, *accepted].contains(&0) || changes.contains(&0);
        if is_idle && !run.is_one_case() {
            Err(format!("{what}: something never occurred: {self:?}").into())
        } else {
            Ok(())
        }
    }
}

/// A signer without cost for responses that are not verified.
#[derive(Debug)]
pub(super) struct Free;

impl Signer for Free {
    fn sign<'a>(&'a self, _: &'a Digest) -> SignFuture<'a> {
        Box::pin(async { Ok(vec![0; 256]) })
    }
}

pub(super) fn clock() -> Result<TestClock, Failure> {
    Ok(TestClock::new(NOW.parse()?))
}
