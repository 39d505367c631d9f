//! A run: the target, what is known about it, and what was recorded.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::exchange::{Asked, Exchange, Reply};
use crate::finding::Finding;
use crate::hook::Hook;
use crate::operation::{Operation, Subject};
use crate::probe::{Content, Framing, Probe, Time, UTC, fill};
use crate::shell;
use crate::target::Target;
use crate::wire::{RawAnswer, Wire, WireError};

/// A run against one target.
#[derive(Clone, Debug)]
pub struct Session {
    /// The target.
    pub target: Arc<Target>,
    /// What it is asked.
    pub operation: &'static Operation,
    /// What it knows.
    pub subjects: Arc<Vec<Subject>>,
    /// What brings it into a state.
    pub hook: Option<Arc<Hook>>,
    /// How far its clock is ahead of this machine's.
    pub clock_offset: SignedDuration,
    pub(crate) case: &'static str,
    pub(crate) random: Arc<Mutex<fastrand::Rng>>,
    pub(crate) recorded: Arc<Mutex<Vec<Exchange>>>,
}

impl Session {
    /// Returns whether a connection to the target can be made.
    pub(crate) async fn is_reachable(&self) -> bool {
        Wire::connect(&self.target).await.is_ok()
    }

    /// Returns a run in which nothing was sent yet. The seed decides the IDs that are asked about.
    #[must_use]
    pub fn new(target: Target, operation: &'static Operation, subjects: Vec<Subject>, seed: u64) -> Self {
        Self {
            target: Arc::new(target),
            operation,
            subjects: Arc::new(subjects),
            hook: None,
            clock_offset: SignedDuration::ZERO,
            case: "preflight",
            random: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
            recorded: Arc::default(),
        }
    }

    /// Returns the same run, in which what is recorded is a case's.
    #[must_use]
    pub fn for_case(&self, case: &'static str) -> Self {
        Self { case, ..self.clone() }
    }

    /// Returns all that was recorded.
    #[must_use]
    pub fn recorded(&self) -> Vec<Exchange> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the target's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.clock_offset).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Returns a random ID.
    #[must_use]
    pub fn random_id(&self) -> String {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        random_id(&mut random)
    }

    /// Returns an ID that no run has used, whatever the seed: what a hook has changed stays changed.
    #[must_use]
    pub fn new_id(&self) -> String {
        random_id(&mut fastrand::Rng::new())
    }

    /// Lets the hook bring what has an ID into a state. Returns an honest request about it, and whether the hook named
    /// other IDs than were proposed.
    ///
    /// # Errors
    /// Returns that nothing can be said, with the hook's own words.
    pub async fn bring(&self, state: &str, id: &str) -> Result<(Probe, bool), Finding> {
        let failed = |why: String| Finding::inconclusive(format!("the hook failed for the state {state}: {why}"));
        let hook = self.hook.as_ref().ok_or_else(|| failed("there is none".into()))?;
        let proposed = (self.operation.unknown)(id);
        let request: serde_json::Value = serde_json::from_slice(&proposed).unwrap_or_default();
        let call = serde_json::json!({ "case": self.case, "state": state, "id": id, "request": request });
        let answer = hook.call(&call).await.map_err(failed)?;
        let made = (self.operation.made)(id, &answer).map_err(failed)?;
        let is_other = made != proposed;
        Ok((self.request(made), is_other))
    }

    /// Returns an honest request with a body.
    #[must_use]
    pub fn request(&self, body: Vec<u8>) -> Probe {
        let own = &self.target.own;
        let content = Content {
            method: self.operation.method.into(),
            uri: self.target.url.uri.clone(),
            client_id: own.client_id.clone(),
            time: Time::Now(0, UTC),
            body,
        };
        Probe::new(content, own.version.clone())
    }

    /// Returns an honest request about something unknown.
    #[must_use]
    pub fn inquiry(&self) -> Probe {
        self.request((self.operation.unknown)(&self.random_id()))
    }

    /// Returns an honest request about a subject.
    #[must_use]
    pub fn about(&self, subject: usize) -> Probe {
        let mut probe =
            self.subjects.get(subject).map_or_else(|| self.inquiry(), |known| self.request(known.body.clone()));
        probe.subject = Some(subject);
        probe.label = self.subjects.get(subject).map(|known| known.name.clone()).unwrap_or_default();
        probe
    }

    /// Returns the state in the first answer about a subject.
    #[must_use]
    pub fn first_state(&self, subject: usize) -> Option<&'static str> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let first = recorded.iter().find(|exchange| exchange.subject == Some(subject) && exchange.asked.genuine)?;
        first.message().map(self.operation.state)
    }

    /// Returns what can be asked for cases.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        Scope { session: self }
    }

    /// Sends a request on a connection of its own and records the exchange.
    pub async fn ask(&self, probe: &Probe) -> Exchange {
        let asked = self.render(probe, true);
        match Wire::connect(&self.target).await {
            Ok(mut wire) => self.ask_on(&mut wire, probe, asked).await,
            Err(error) => self.record(probe, asked, Err(error), Instant::now()),
        }
    }

    /// Sends what was rendered on a connection and records the exchange.
    pub(crate) async fn ask_on(&self, wire: &mut Wire, probe: &Probe, asked: Asked) -> Exchange {
        let start = Instant::now();
        let answer = wire.exchange(&asked.bytes).await;
        self.record(probe, asked, answer, start)
    }

    /// Records what came back.
    pub(crate) fn record(
        &self,
        probe: &Probe,
        asked: Asked,
        answer: Result<RawAnswer, WireError>,
        start: Instant,
    ) -> Exchange {
        let elapsed = start.elapsed();
        let reply = answer.map(|raw| Reply::new(raw, &asked, &self.target));
        let message = reply.as_ref().ok().and_then(|reply| reply.message.as_ref());
        let unknown = message.is_some_and(|message| (self.operation.is_unknown)(message));
        let exchange = Exchange {
            case: self.case.to_owned(),
            label: probe.label.clone(),
            subject: probe.subject,
            served: unknown || message.is_some_and(crate::message::Message::is_success),
            unknown,
            payload: reply.as_ref().map(|reply| self.payload(reply)).unwrap_or_default(),
            asked,
            reply,
            elapsed,
            target_time: self.now(),
        };
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(exchange.clone());
        exchange
    }

    /// Returns the members that are there; in a body that is no message, those that it names.
    fn payload(&self, reply: &Reply) -> Vec<&'static str> {
        let text = String::from_utf8_lossy(&reply.raw.body);
        let there = |name: &&&str| match &reply.message {
            Some(message) => message.root.at(&format!("/{name}")).is_some(),
            None => text.contains(&format!("\"{name}\"")),
        };
        self.operation.payload.iter().filter(there).copied().collect()
    }

    /// Makes the exact bytes of a request, on a connection that is closed after it or kept.
    pub(crate) fn render(&self, probe: &Probe, close: bool) -> Asked {
        let now = self.now();
        let sent = &probe.sent;
        let time = sent.time.text(now);
        let signature = self.target.identity(probe.who).key.sign(probe.scheme, &probe.signed.to_bytes(now));
        let signature = (probe.encoding.0)(&(probe.mangle.0)(signature));
        let value = |name: &str| {
            Some(Cow::Borrowed(match name {
                "signature" => signature.as_str(),
                "version" => probe.version.as_str(),
                "client" => sent.client_id.as_str(),
                "time" => time.as_str(),
                _ => return None,
            }))
        };
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", sent.method, sent.uri, self.target.url.authority());
        let own = probe.headers.iter().map(|(name, template)| (name.as_ref(), fill(template, value)));
        let added = self.target.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in added.chain(own) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if close {
            head.push_str("Connection: close\r\n");
        }
        let (framing, body) = match probe.framing {
            Framing::Length => (format!("Content-Length: {}\r\n\r\n", sent.body.len()), sent.body.clone()),
            Framing::Chunked => ("Transfer-Encoding: chunked\r\n\r\n".into(), chunked(&sent.body)),
        };
        Asked {
            bytes: [head.as_bytes(), framing.as_bytes(), &body].concat(),
            method: sent.method.clone(),
            uri: sent.uri.clone(),
            client_id: sent.client_id.clone(),
            time,
            body: sent.body.clone(),
            genuine: probe.genuine,
            repeat: shell::commands(probe, &self.target, self.clock_offset.as_secs()),
        }
    }
}

fn random_id(random: &mut fastrand::Rng) -> String {
    (0..32).map(|_| char::from(random.digit(16).to_ascii_uppercase() as u8)).collect()
}

/// Splits a body into two chunks.
fn chunked(body: &[u8]) -> Vec<u8> {
    let (first, second) = body.split_at(body.len() / 2);
    let mut framed = Vec::new();
    for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
        framed.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        framed.extend_from_slice(part);
        framed.extend_from_slice(b"\r\n");
    }
    framed.extend_from_slice(b"0\r\n\r\n");
    framed
}

/// What a case may send.
#[derive(Debug)]
pub struct Scope<'a> {
    /// The run.
    pub session: &'a Session,
}

impl Scope<'_> {
    /// Returns an honest request about something unknown.
    #[must_use]
    pub fn inquiry(&self) -> Probe {
        self.session.inquiry()
    }

    /// Returns a request whose answer must not be given to just anyone: about the first subject that has a secret, or
    /// about something unknown.
    #[must_use]
    pub fn secret(&self) -> Probe {
        let position = self.session.subjects.iter().position(|subject| subject.has("secret"));
        let mut probe = position.map_or_else(|| self.inquiry(), |position| self.session.about(position));
        probe.label = String::new();
        probe
    }
}
