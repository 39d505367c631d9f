//! A case: one row of the table.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::exchange::{Exchange, Reply, Signed};
use crate::finding::{Finding, Level};
use crate::message::Message;
use crate::operation::Subject;
use crate::probe::Probe;
use crate::session::{Scope, Session};
use crate::wire::WireError;

/// What a case needs besides URL, Client-Id and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A subject with this tag.
    Subject(&'static str),
    /// A hook that brings the target into a state.
    Hook,
    /// A subject with this tag, or a hook.
    SubjectOrHook(&'static str),
    /// A second version of the client's key.
    SecondKey,
    /// A second client.
    SecondClient,
    /// Many requests at once.
    Load,
    /// Requests that a proxy or a log may mistake for an attack.
    Hostile,
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(tag) => write!(f, "a payment: {}", tag.replace('_', " ")),
            Self::Hook => f.write_str("a hook (--state-command or --state-url)"),
            Self::SubjectOrHook(tag) => write!(f, "{}, or {}", Self::Subject(tag), Self::Hook),
            Self::SecondKey => f.write_str("a second key version (--second-key)"),
            Self::SecondClient => f.write_str("a second client (--second-client)"),
            Self::Load => f.write_str("load (a loopback target, or --load)"),
            Self::Hostile => f.write_str("hostile requests (a loopback target, or --hostile)"),
        }
    }
}

/// When a case runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Beside others.
    Together,
    /// Without another beside it.
    Separate,
    /// The same, and once more if it fails: it measures time.
    Timed,
    /// When all others have run.
    End,
}

/// A boxed future.
pub type Running = Pin<Box<dyn Future<Output = Finding> + Send>>;

/// How a case is tried and judged.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds functions only")]
pub enum Check {
    /// Sends requests, each on a connection of its own, and judges what came back.
    Asks(fn(&mut Scope<'_>) -> Vec<Probe>, fn(&[Exchange]) -> Finding),
    /// Sends requests that have to be answered as ones about something unknown.
    Accepted(fn(&mut Scope<'_>) -> Vec<Probe>),
    /// Sends requests that have to be refused, strictly with this code.
    Refused(&'static str, fn(&mut Scope<'_>) -> Vec<Probe>),
    /// Asks about each subject with a tag.
    Subjects(&'static str, fn(&Subject, &Exchange) -> Finding),
    /// The same, of the answers that tell the subject's state. Of others, only the cases of the state itself fail.
    Members(&'static str, fn(&Subject, &Message) -> Finding),
    /// Judges all exchanges of the run.
    WholeRun(fn(&[Exchange]) -> Finding),
    /// Anything else on connections.
    Dialogue(fn(Arc<Session>) -> Running),
}

/// One row of the table.
#[derive(Clone, Copy)]
pub struct Case {
    /// Group and name.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Where the rule is written.
    pub source: &'static str,
    /// What must be, in one sentence.
    pub rule: &'static str,
    /// What is sent.
    pub sends: &'static str,
    /// What it needs.
    pub needs: &'static [Need],
    /// When it runs.
    pub phase: Phase,
    /// How it is tried and judged.
    pub check: Check,
}

impl Case {
    /// Returns a case that needs nothing.
    #[must_use]
    pub const fn new(
        id: &'static str,
        level: Level,
        source: &'static str,
        sends: &'static str,
        rule: &'static str,
        check: Check,
    ) -> Self {
        Self { id, level, source, rule, sends, needs: &[], phase: Phase::Together, check }
    }

    /// Sets what it needs.
    #[must_use]
    pub const fn needs(mut self, needs: &'static [Need]) -> Self {
        self.needs = needs;
        self
    }

    /// Sets when it runs.
    #[must_use]
    pub const fn phase(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    /// Returns the part of the ID before the slash.
    #[must_use]
    pub fn group(&self) -> &'static str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// Returns all that it needs, in words; `-` for nothing.
    #[must_use]
    pub fn needs_text(&self) -> String {
        let mut needs: Vec<_> = self.needs.iter().map(ToString::to_string).collect();
        if let Check::Subjects(tag, _) | Check::Members(tag, _) = self.check {
            needs.push(Need::Subject(tag).to_string());
        }
        if needs.is_empty() { "-".into() } else { needs.join("; ") }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("level", &self.level).finish_non_exhaustive()
    }
}

/// Judges each exchange and returns the worst finding.
pub fn each(exchanges: &[Exchange], judge: impl Fn(&Exchange) -> Finding) -> Finding {
    Finding::worst(exchanges.iter().enumerate().map(|(n, exchange)| judge(exchange).about(n)))
}

/// Judges each answer; without an answer, nothing is said about the target but that there is none.
pub fn each_reply(exchanges: &[Exchange], judge: impl Fn(&Exchange, &Reply) -> Finding) -> Finding {
    each(exchanges, |exchange| match &exchange.reply {
        Ok(reply) => judge(exchange, reply),
        Err(error) => unanswered(exchange, error),
    })
}

/// Returns what an exchange without an answer means.
#[must_use]
pub fn unanswered(exchange: &Exchange, error: &WireError) -> Finding {
    match error {
        WireError::Connect(_) | WireError::Tls(_) => Finding::inconclusive(exchange.describe()),
        _ => Finding::fail(exchange.describe()),
    }
}

/// Requires an answer to a request about something unknown.
#[must_use]
pub fn accepted(exchange: &Exchange) -> Finding {
    match &exchange.reply {
        Ok(_) => Finding::when(exchange.unknown, exchange.describe()),
        Err(error) => unanswered(exchange, error),
    }
}

/// Requires a refusal, strictly with a code.
#[must_use]
pub fn refused(exchange: &Exchange, strict: &str) -> Finding {
    let what = exchange.describe();
    let reply = match &exchange.reply {
        Ok(reply) => reply,
        Err(WireError::Connect(_) | WireError::Tls(_)) => return Finding::inconclusive(what),
        Err(_) => return Finding::note(what),
    };
    if let Some(member) = exchange.payload.first() {
        return Finding::fail(format!("{what}; the refusal holds /{member}"));
    }
    if exchange.served {
        return Finding::fail(format!("{what}; it was answered like a right request"));
    }
    match &reply.message {
        Some(message) if message.code.as_deref() == Some(strict) && message.status.as_deref() == Some("F") => {
            Finding::pass(what)
        }
        Some(_) => Finding::note(format!("{what}; {strict} was expected")),
        None if reply.raw.status == 200 => Finding::note(format!("{what}; a message was expected")),
        None => Finding::note(what),
    }
}

/// Requires a refusal that is signed, since the request's signature is right.
#[must_use]
pub fn refused_signed(exchange: &Exchange, strict: &str) -> Finding {
    let finding = refused(exchange, strict);
    let unsigned = exchange.reply.as_ref().is_ok_and(|reply| reply.signed == Signed::No);
    match finding.verdict {
        crate::finding::Verdict::Pass if unsigned => Finding::note(finding.actual),
        _ => finding,
    }
}
