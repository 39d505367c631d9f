//! Genuine messages, what is made of them, and the count of it.

use alipayplus_signing::{Digest, SignFuture, Signer, TestClock, VersionedSigner};

use super::change::Kind;
use super::wire::Wire;
use crate::failure::Failure;
use crate::message::{Message, sign, test_key};
use crate::progress::grouped;
use crate::run::Run;

pub(super) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
/// When all of it takes place.
const NOW: &str = "2025-02-20T08:51:49Z";
/// Times within the window, in all forms that are read.
pub(super) const TIMES: [&str; 5] =
    [NOW, "2025-02-20T08:51:50.25Z", "2025-02-20T16:52:49+08:00", "1740041509000", "2025-02-20T08:47:01.123456789Z"];
/// How many genuine messages the changed ones are made of.
pub(super) const POOL: usize = 64;

/// A genuine message: what its signature covers, and how it travels.
#[derive(Debug)]
pub(super) struct Genuine {
    pub(super) message: Message,
    pub(super) wire: Wire,
}

/// How it ended, case by case.
#[derive(Debug)]
pub(super) struct Tally {
    impossible: u64,
    refused: u64,
    accepted: u64,
    /// How often each kind of change took place.
    changes: Vec<u64>,
}

/// What became of a message that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No HTTP message can look like this.
    Impossible,
    Refused,
    Accepted {
        /// Whether it is a genuine message in every signed part: the one that was changed or, when two changes have made
        /// it that, another.
        is_genuine: bool,
    },
}

/// A message with its signature by one of the two keys.
pub(super) fn genuine(message: Message, time_header: &str, version: u64) -> Result<Genuine, Failure> {
    let key = VersionedSigner::new(version, test_key(&format!("k{version}"))?);
    let header = sign(&key, &message)?;
    let wire = Wire::of(&message, time_header, &header);
    Ok(Genuine { message, wire })
}

/// Changes a genuine message once or twice. The result, and whether it must be taken for what it was.
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
            Verdict::Accepted { is_genuine: false } => return Err("accepted, though it differs".into()),
            Verdict::Refused if is_harmless => return Err("refused, though nothing that counts was changed".into()),
            Verdict::Accepted { .. } => self.accepted += 1,
            Verdict::Refused => self.refused += 1,
            Verdict::Impossible => self.impossible += 1,
        }
        Ok(())
    }

    pub(super) fn tell(&self, run: &mut Run, what: &str, kinds: &[Kind]) -> Result<(), Failure> {
        let Self { impossible, refused, accepted, changes } = self;
        run.found(format!("changed {what}"), grouped(impossible + refused + accepted));
        run.found("accepted, the same in every signed part", grouped(*accepted));
        run.found("refused, and such as HTTP can't carry", format!("{}, {}", grouped(*refused), grouped(*impossible)));
        run.found(
            "kinds of changes, the rarest of them",
            format!("{}, {} times", kinds.len(), grouped(changes.iter().min().copied().unwrap_or_default())),
        );
        let is_idle = [*refused, *accepted].contains(&0) || changes.contains(&0);
        if is_idle && !run.is_one_case() {
            Err(format!("{what}: something never came up: {self:?}").into())
        } else {
            Ok(())
        }
    }
}

/// Signs at no cost what nobody verifies.
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
