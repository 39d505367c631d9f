//! Slow bodies, handlers and signers under random deadlines, against an independent calculation.

use std::time::Duration;

use alipayplus_server::{Builder, Server};
use fastrand::Rng;

use super::table::Outcome;
use super::test_bed::TestBed;
use crate::failure::Failure;
use crate::mpp::{HandlerBehavior, ScriptedHandler, ScriptedSigner, SignerBehavior, TestRequest};
use crate::progress::grouped;

/// Deadlines, all in milliseconds; `None` is the default.
#[derive(Clone, Copy, Debug)]
struct Deadlines {
    whole: u64,
    body: u64,
    handler: Option<u64>,
    signing: Option<u64>,
}

/// The duration of each step, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Steps {
    body: u64,
    handler: u64,
    signing: u64,
}

/// The limit of a step in milliseconds, and the setting that it comes from.
type Limit = (u64, &'static str);

/// The number of cases by result.
#[derive(Debug, Default)]
pub(super) struct Tally {
    answered: u64,
    by_a_step: u64,
    by_the_whole: u64,
}

/// Returns the last failure, which the log names first.
fn last(cause: &str) -> &str {
    cause.split_once("; before that, ").map_or(cause, |(last, _)| last)
}

impl Tally {
    pub(super) fn count(&mut self, cause: &str) -> Result<(), Failure> {
        let count = match cause {
            "InProgress" => &mut self.answered,
            late if last(late).ends_with("(`deadline`)") => &mut self.by_the_whole,
            late if last(late).ends_with("_deadline`)") => &mut self.by_a_step,
            _ => return Err(cause.into()),
        };
        *count += 1;
        Ok(())
    }

    pub(super) fn lacks_any(&self) -> bool {
        [self.answered, self.by_a_step, self.by_the_whole].contains(&0)
    }

    pub(super) fn text(&self) -> String {
        [self.answered, self.by_a_step, self.by_the_whole].map(grouped).join(", ")
    }
}

/// Sends one request; returns its cause in the log.
pub(super) fn judge(bed: &TestBed, rng: &mut Rng) -> Result<String, Failure> {
    let deadlines = Deadlines::random(rng);
    let steps = deadlines.steps(rng);
    let expected = deadlines.reckon(steps);
    let parties = &bed.parties;
    let vault = ScriptedSigner { key: parties.server.clone(), signing: SignerBehavior::After(steps.signing) };
    let server = deadlines.set(Server::builder().testing(parties).sign_with(1, vault)).build()?;
    let server = server.inquiry_payment(ScriptedHandler::default());
    let ask = TestRequest {
        ends: Some(Duration::from_millis(steps.body)),
        ..TestRequest::for_act(HandlerBehavior::After(steps.handler), parties)
    };
    let response = bed.contained(ask.send(&server, parties))??;
    if expected.took > deadlines.whole {
        return Err(format!("reckoned past the whole: {expected:?}, {deadlines:?}, {steps:?}").into());
    }
    let judged = bed.judge(&expected, &ask, &response);
    judged.map_err(|error| Failure { what: format!("{}: {deadlines:?}, {steps:?}", error.what), ..error })?;
    Ok(expected.cause)
}

impl Deadlines {
    fn random(rng: &mut Rng) -> Self {
        // The signer gets a sixth of it.
        let whole = 6 * rng.u64(2..1_000);
        let handler = rng.bool().then(|| rng.u64(1..whole));
        let signing = rng.bool().then(|| rng.u64(1..whole));
        Self { whole, body: rng.u64(1..whole + whole / 4), handler, signing }
    }

    fn set(self, builder: Builder<Server>) -> Builder<Server> {
        let builder =
            builder.deadline(Duration::from_millis(self.whole)).body_deadline(Duration::from_millis(self.body));
        let builder = match self.handler {
            Some(handler) => builder.handler_deadline(Duration::from_millis(handler)),
            None => builder,
        };
        match self.signing {
            Some(signing) => builder.signing_deadline(Duration::from_millis(signing)),
            None => builder,
        }
    }

    fn body_limit(self) -> Limit {
        first((self.body, "body_deadline"), self.whole)
    }

    /// Returns the limit of a handler that begins after this many milliseconds.
    fn handler_limit(self, begins: u64) -> Limit {
        let left = (self.whole - begins).saturating_sub(self.signing());
        self.handler.map_or((left, "deadline"), |handler| first((handler, "handler_deadline"), left))
    }

    fn signing_limit(self, begins: u64) -> Limit {
        first((self.signing(), "signing_deadline"), self.whole - begins)
    }

    fn signing(self) -> u64 {
        self.signing.unwrap_or(self.whole / 6)
    }

    /// Returns steps that end around their deadlines.
    fn steps(self, rng: &mut Rng) -> Steps {
        let body = around(rng, self.body_limit().0);
        let handler = around(rng, self.handler_limit(body.min(self.whole)).0);
        Steps { body, handler, signing: around(rng, self.signing()) }
    }

    /// Calculates the expected result.
    fn reckon(self, steps: Steps) -> Outcome {
        let body = self.body_limit();
        if steps.body > body.0 {
            return expected("408", late("body: not complete", body), false, body.0);
        }
        let handler = self.handler_limit(steps.body);
        let (code, cause, made) = if steps.handler > handler.0 {
            ("UNKNOWN_EXCEPTION", late("handler: late, no answer", handler), steps.body + handler.0)
        } else {
            ("SUCCESS", "InProgress".to_owned(), steps.body + steps.handler)
        };
        let signing = self.signing_limit(made);
        if steps.signing > signing.0 {
            let before = if code == "SUCCESS" { String::new() } else { format!("; before that, {cause}") };
            let cause = late("signing: late, no signature", signing) + &before;
            return expected("UNKNOWN_EXCEPTION", cause, false, made + signing.0);
        }
        expected(code, cause, true, made + steps.signing)
    }
}

/// Returns a step's own deadline, unless less time is left.
fn first(own: Limit, left: u64) -> Limit {
    if own.0 <= left { own } else { (left, "deadline") }
}

fn expected(code: &str, cause: String, is_signed: bool, took: u64) -> Outcome {
    Outcome { code: code.to_owned(), cause, is_signed, took }
}

/// Returns a time at a limit, one millisecond off, random, or zero.
fn around(rng: &mut Rng, limit: u64) -> u64 {
    match rng.u8(..8) {
        0 => limit.saturating_sub(1),
        1 => limit,
        2 => limit + 1,
        3 => limit * 2,
        4 => 0,
        _ => rng.u64(..=limit),
    }
}

/// Returns the log text of a missed limit, in seconds without trailing zeros.
fn late(what: &str, (limit, setting): Limit) -> String {
    let fraction = format!("{:03}", limit % 1_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{what} after {}{point}{fraction} s (`{setting}`)", limit / 1_000)
}
