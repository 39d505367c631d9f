//! Handlers, signers and access lists that hang, panic, fail or are late, and callers that go away: what is answered,
//! when, and what the log says of it.

mod table;
mod times;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alipayplus_server::{Server, VersionedSigner};
use alipayplus_signing::testing::TestKeys;
use futures_util::FutureExt as _;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tracing::Level;

use crate::failure::Failure;
use crate::log::Log;
use crate::mpp::{
    HandlerBehavior, ScriptedHandler, ScriptedSigner, SignerBehavior, TestRequest, TestResponse, panic_quietly,
};
use crate::progress::grouped;
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;
use table::{Row, TABLE};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "handlers",
    about: "handlers and signers that hang, panic, fail or are late: the code, the moment, the place, the log",
    run,
};

/// When callers go away: before a handler's first pause ends, within it, and while it is signed.
const LEAVING: [u64; 3] = [1, 9, 3_800];

fn run(run: &mut Run) -> Result<(), Failure> {
    let bed = TestBed::new()?;
    run.cases("a fault", u64::try_from(TABLE.len())?, |case, _| match TABLE.get(usize::try_from(case)?) {
        Some(row) => bed.answers(row),
        None => Ok(()),
    })?;
    let leaving = TABLE.iter().flat_map(|row| LEAVING.map(|after| (row, after))).collect::<Vec<_>>();
    let mut left = 0;
    run.cases("a caller that goes away", u64::try_from(leaving.len())?, |case, _| {
        let Some((row, after)) = leaving.get(usize::try_from(case)?) else { return Ok(()) };
        left += u64::from(bed.is_left(row, *after)?);
        Ok(())
    })?;
    if left == 0 && !run.is_one_case() {
        return Err("no caller ever went away in time".into());
    }
    run.found("faults of handler, signer, access", TABLE.len());
    run.found("callers that went away while one was at work", left);
    run.found("requests after which the one place was free", TABLE.len() + leaving.len());

    let count = run.either(20_000, 1_000);
    let mut tally = times::Tally::default();
    run.cases("slow steps", count, |_, rng| tally.count(&times::judge(&bed, rng)?))?;
    run.found("slow bodies, handlers and signers under random deadlines", grouped(count));
    run.found("answered, late by a step's own deadline, by the whole", tally.text());
    if !run.is_one_case() && tally.lacks_any() {
        return Err(format!("something never came up: {tally:?}").into());
    }
    Ok(())
}

/// A server with one place, whose signer and access list can be made to fail.
struct TestBed {
    parties: TestKeys,
    server: Server,
    signing_key: VersionedSigner,
    is_poisoned: Arc<AtomicBool>,
    log: Log,
    runtime: Runtime,
}

impl TestBed {
    fn new() -> Result<Self, Failure> {
        let parties = TestKeys::new()?;
        let signing_key = VersionedSigner::new(TestKeys::KEY_VERSION, parties.server.clone());
        let is_poisoned = Arc::new(AtomicBool::new(false));
        let poisoned = Arc::clone(&is_poisoned);
        let server = Server::builder()
            .testing(&parties)
            .signing_key(signing_key.clone())
            .authorize(move |_, _| if poisoned.load(Ordering::Relaxed) { panic_quietly() } else { true })
            .concurrency_limit(1)
            .build()?
            .inquiry_payment(ScriptedHandler::default());
        Ok(Self { parties, server, signing_key, is_poisoned, log: Log::start(), runtime: runtime::paused()? })
    }

    /// Whether a row's request is answered as the row says, and one that follows it has a place.
    fn answers(&self, row: &Row) -> Result<(), Failure> {
        self.set_up(row);
        let ask = TestRequest::for_act(row.act, &self.parties);
        let told = self.contained(ask.send(&self.server, &self.parties))??;
        self.judge(&row.expected(), &ask, &told)?;
        self.is_free()
    }

    /// Whether a request is still at work when its caller goes away, which must leave nothing behind.
    fn is_left(&self, row: &Row, after: u64) -> Result<bool, Failure> {
        self.set_up(row);
        let ask = TestRequest::for_act(row.act, &self.parties);
        let is_left = self.contained(async {
            timeout(Duration::from_millis(after), ask.send(&self.server, &self.parties)).await.is_err()
        })?;
        let told = self.log.take().len();
        if told != 1 {
            return Err(format!("{row:?}: after {after} ms the log told {told} times what became of it").into());
        }
        self.is_free()?;
        Ok(is_left)
    }

    fn set_up(&self, row: &Row) {
        match row.signing {
            Some(signing) => self.sign_by(signing),
            None => self.signing_key.replace(TestKeys::KEY_VERSION, self.parties.server.clone()),
        }
        self.is_poisoned.store(row.is_poisoned, Ordering::Relaxed);
    }

    fn sign_by(&self, signing: SignerBehavior) {
        let vault = ScriptedSigner { key: self.parties.server.clone(), signing };
        self.signing_key.replace(TestKeys::KEY_VERSION, vault);
    }

    /// Runs it; a panic is to end no more than its own request.
    fn contained<F: Future>(&self, work: F) -> Result<F::Output, Failure> {
        let ended = self.runtime.block_on(AssertUnwindSafe(work).catch_unwind());
        ended.map_err(|_| "a panic escaped from the server".into())
    }

    fn judge(&self, expected: &Outcome, ask: &TestRequest, told: &TestResponse) -> Result<(), Failure> {
        let entries = self.log.take();
        let [entry] = entries.as_slice() else {
            return Err(format!("{} log entries for one answer: {entries:?}", entries.len()).into());
        };
        let seen = Outcome {
            code: told.code()?,
            cause: entry.cause.clone(),
            is_signed: told.is_signed(ask, &self.parties.server.public_key())?,
            took: u64::try_from(told.took.as_millis())?,
        };
        let is_trouble = seen.code == "UNKNOWN_EXCEPTION";
        if seen != *expected || (entry.level == Level::ERROR) != is_trouble {
            return Err(format!("{seen:?} at {} instead of {expected:?}", entry.level).into());
        }
        Ok(())
    }

    /// Whether the one place is free, and all is well again.
    fn is_free(&self) -> Result<(), Failure> {
        self.set_up(&Row::WELL);
        let ask = TestRequest::for_act(HandlerBehavior::Open, &self.parties);
        let told = self.contained(ask.send(&self.server, &self.parties))??;
        self.judge(&Row::WELL.expected(), &ask, &told)
    }
}

/// What is to come of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    code: String,
    cause: String,
    is_signed: bool,
    /// After how many milliseconds.
    took: u64,
}
