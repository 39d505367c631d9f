//! A server whose handler, signer and access check fail on demand.

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

use super::table::{Outcome, Row};
use crate::failure::Failure;
use crate::log::Log;
use crate::mpp::{
    HandlerBehavior, ScriptedHandler, ScriptedSigner, SignerBehavior, TestRequest, TestResponse, panic_quietly,
};
use crate::runtime;

/// A server with a concurrency limit of one, whose signer and access check can be made to fail.
pub(super) struct TestBed {
    pub(super) parties: TestKeys,
    server: Server,
    signing_key: VersionedSigner,
    is_poisoned: Arc<AtomicBool>,
    log: Log,
    runtime: Runtime,
}

impl TestBed {
    pub(super) fn new() -> Result<Self, Failure> {
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

    /// Checks the response to a row's request, and that the permit is free afterwards.
    pub(super) fn answers(&self, row: &Row) -> Result<(), Failure> {
        self.set_up(row);
        let ask = TestRequest::for_act(row.act, &self.parties);
        let response = self.contained(ask.send(&self.server, &self.parties))??;
        self.judge(&row.expected(), &ask, &response)?;
        self.is_free()
    }

    /// Disconnects after some milliseconds; returns whether the request was still in flight.
    pub(super) fn is_left(&self, row: &Row, after: u64) -> Result<bool, Failure> {
        self.set_up(row);
        let ask = TestRequest::for_act(row.act, &self.parties);
        let is_left = self.contained(async {
            timeout(Duration::from_millis(after), ask.send(&self.server, &self.parties)).await.is_err()
        })?;
        let entries = self.log.take().len();
        if entries != 1 {
            return Err(format!("{row:?}: after {after} ms the log has {entries} entries").into());
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

    /// Runs a future; no panic may escape from the server.
    pub(super) fn contained<F: Future>(&self, work: F) -> Result<F::Output, Failure> {
        let ended = self.runtime.block_on(AssertUnwindSafe(work).catch_unwind());
        ended.map_err(|_| "a panic escaped from the server".into())
    }

    pub(super) fn judge(&self, expected: &Outcome, ask: &TestRequest, response: &TestResponse) -> Result<(), Failure> {
        let entries = self.log.take();
        let [entry] = entries.as_slice() else {
            return Err(format!("{} log entries for one answer: {entries:?}", entries.len()).into());
        };
        let seen = Outcome {
            code: response.code()?,
            cause: entry.cause.clone(),
            is_signed: response.is_signed(ask, &self.parties.server.public_key())?,
            took: u64::try_from(response.took.as_millis())?,
        };
        let is_trouble = seen.code == "UNKNOWN_EXCEPTION";
        if seen != *expected || (entry.level == Level::ERROR) != is_trouble {
            return Err(format!("{seen:?} at {} instead of {expected:?}", entry.level).into());
        }
        Ok(())
    }

    /// Checks that the permit is free, and that the server works.
    fn is_free(&self) -> Result<(), Failure> {
        self.set_up(&Row::WELL);
        let ask = TestRequest::for_act(HandlerBehavior::Open, &self.parties);
        let response = self.contained(ask.send(&self.server, &self.parties))??;
        self.judge(&Row::WELL.expected(), &ask, &response)
    }
}
