//! The state of the sandbox, in memory, and what a verified inquiry gets.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alipayplus_signing::Timestamp;
use serde_json::{Value, json};

use super::clock::ShiftedClock;
use super::magic::{Asked, Magic, PREFIX, needs_callers_key, playable};
use super::payment::{Move, Payment, State};
use super::rule::{Order, Rule};
use crate::caller::fault::Fault;
use crate::caller::scene;

/// The most payments that are kept, and the most that are remembered to have been asked about.
const MOST: usize = 100_000;
/// The most faults that can be on at once.
const MOST_RULES: usize = 1000;

/// Why the admin API refuses.
#[derive(Debug)]
pub(crate) enum DeskError {
    Wrong(String),
    Exists(String),
    Unknown(String),
}

/// Who asks about what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inquiry<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) acquirer_id: &'a str,
    pub(crate) psp_id: &'a str,
    pub(crate) id: &'a str,
}

/// What an inquiry gets.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) payment: Payment,
    /// A fault that is played instead of the answer.
    pub(crate) play: Option<Play>,
    /// How long the answer is held back.
    pub(crate) pause: Duration,
    /// What is wrong with a magic ID.
    pub(crate) hint: Option<String>,
}

/// A fault that is played.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) fault: &'static Fault,
    pub(crate) payment: scene::Payment,
    /// How many times it was played for this payment before.
    pub(crate) asked: usize,
}

/// The state.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) clock: ShiftedClock,
    /// Whether the sandbox has the private key of its caller.
    has_callers_key: bool,
    /// Payments that are always there, and not listed.
    samples: Vec<Payment>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    payments: BTreeMap<String, Payment>,
    rules: Vec<Rule>,
    next: u64,
    asked: Memory,
}

impl Desk {
    pub(crate) fn new(clock: ShiftedClock, has_callers_key: bool, samples: Vec<Payment>) -> Self {
        Self { clock, has_callers_key, samples, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides what an inquiry gets, and counts it.
    pub(crate) fn plan(&self, inquiry: Inquiry<'_>) -> Plan {
        let now = self.clock.now();
        let mut inner = self.inner();
        let Inquiry { client_id, acquirer_id, psp_id, id } = inquiry;
        let mut rules = inner.rules.iter_mut();
        let turned_on = rules.find_map(|rule| rule.plays(client_id, psp_id, id).then_some((rule.number, rule.fault)));
        let magic = Magic::parse(id).filter(|magic| magic.fault().is_none_or(|fault| self.can_play(fault)));
        let asked = magic.map(|_| inner.asked.count(client_id, 0, id, now));
        let mut plan = match (magic, asked) {
            (Some(magic), Some(asked)) => by_magic(magic, inquiry, asked, now),
            _ => self.by_name(&inner, inquiry, now),
        };
        if let Some((number, fault)) = turned_on {
            let asked = inner.asked.count(client_id, number, id, now).before;
            plan.play = Some(Play { fault, payment: plan.payment.in_scene(acquirer_id, psp_id), asked });
        }
        plan
    }

    /// Decides by the payments that were created.
    fn by_name(&self, inner: &Inner, inquiry: Inquiry<'_>, now: Timestamp) -> Plan {
        let Inquiry { client_id, acquirer_id, psp_id, id } = inquiry;
        let sample = || self.samples.iter().find(|sample| sample.payment_request_id == id);
        let known = inner.payments.get(id).or_else(sample).filter(|known| known.is_of(acquirer_id, psp_id));
        let payment = known.map(|known| known.seen_by(client_id));
        let hint = id.starts_with(PREFIX).then(|| {
            format!("{} is no magic ID of this sandbox: see `alipayplus sandbox --list`", id.escape_default())
        });
        let payment = payment.unwrap_or_else(|| Payment::usual(id, State::NotFound, now));
        Plan { payment, play: None, pause: Duration::ZERO, hint }
    }

    fn can_play(&self, fault: &Fault) -> bool {
        self.has_callers_key || !needs_callers_key(fault)
    }

    /// Returns all payments that were created.
    pub(crate) fn payments(&self) -> Value {
        json!(self.inner().payments.values().collect::<Vec<_>>())
    }

    /// Creates a payment.
    pub(crate) fn create(&self, payment: Payment) -> Result<Value, DeskError> {
        let payment = payment.completed(self.clock.now()).map_err(DeskError::Wrong)?;
        let id = &payment.payment_request_id;
        if id.starts_with(PREFIX) {
            return Err(DeskError::Wrong(format!("IDs that begin with {PREFIX} are magic: they need no payment")));
        }
        let mut inner = self.inner();
        if inner.payments.contains_key(id) {
            return Err(DeskError::Exists(format!("there is a payment `{id}`")));
        }
        if inner.payments.len() >= MOST {
            return Err(DeskError::Wrong(format!("there are {MOST} payments: POST /reset")));
        }
        let created = json!(payment);
        inner.payments.insert(id.clone(), payment);
        Ok(created)
    }

    /// Moves a payment to a state.
    pub(crate) fn move_to(&self, id: &str, to: Move) -> Result<Value, DeskError> {
        let now = self.clock.now();
        let mut inner = self.inner();
        let payment = inner.payments.get_mut(id).ok_or_else(|| DeskError::Unknown(format!("no payment `{id}`")))?;
        *payment = payment.moved(to, now).map_err(DeskError::Wrong)?;
        Ok(json!(payment))
    }

    /// Returns the faults that are on.
    pub(crate) fn rules(&self) -> Value {
        json!(self.inner().rules)
    }

    /// Turns a fault on.
    pub(crate) fn turn_on(&self, order: Order) -> Result<Value, DeskError> {
        let fault = playable().find(|fault| fault.id == order.fault);
        let fault = fault.ok_or_else(|| DeskError::Wrong(format!("`{}` is no fault of the sandbox", order.fault)))?;
        if !self.can_play(fault) {
            return Err(DeskError::Wrong(format!("`{}` needs the caller's key, which --dev has", fault.id)));
        }
        let mut inner = self.inner();
        if inner.rules.len() >= MOST_RULES {
            return Err(DeskError::Wrong(format!("{MOST_RULES} faults are on: DELETE /faults")));
        }
        inner.next += 1;
        let rule = Rule::new(inner.next, fault, order).map_err(DeskError::Wrong)?;
        let turned_on = json!(rule);
        inner.rules.push(rule);
        Ok(turned_on)
    }

    /// Turns one fault off, or all.
    pub(crate) fn turn_off(&self, number: Option<u64>) -> Result<Value, DeskError> {
        let mut inner = self.inner();
        let before = inner.rules.len();
        inner.rules.retain(|rule| number.is_some_and(|number| rule.number != number));
        match number {
            Some(number) if inner.rules.len() == before => {
                Err(DeskError::Unknown(format!("no fault has the number {number}")))
            }
            _ => Ok(json!(inner.rules)),
        }
    }

    /// Forgets all payments, faults and inquiries, and sets the clock back.
    pub(crate) fn reset(&self) {
        *self.inner() = Inner::default();
        self.clock.reset();
    }
}

/// Decides by a magic ID.
fn by_magic(magic: Magic, inquiry: Inquiry<'_>, asked: Asked, now: Timestamp) -> Plan {
    let payment = magic.payment(inquiry.id, asked, now);
    let play = magic.fault().map(|fault| Play {
        fault,
        payment: payment.in_scene(inquiry.acquirer_id, inquiry.psp_id),
        asked: asked.before,
    });
    Plan { payment, play, pause: magic.pause(), hint: None }
}

/// A client, the number of a fault or 0, and a payment.
type Key = (String, u64, String);

/// What was asked about. When it is full, the oldest is forgotten.
#[derive(Debug, Default)]
struct Memory {
    known: HashMap<Key, Asked>,
    order: VecDeque<Key>,
}

impl Memory {
    /// Counts an inquiry. Returns what was known before.
    fn count(&mut self, client_id: &str, rule: u64, id: &str, now: Timestamp) -> Asked {
        let key = (client_id.to_owned(), rule, id.to_owned());
        if let Some(asked) = self.known.get_mut(&key) {
            asked.before += 1;
            return *asked;
        }
        if self.order.len() >= MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        let asked = Asked { first: now, before: 0 };
        self.order.push_back(key.clone());
        self.known.insert(key, asked);
        asked
    }
}
