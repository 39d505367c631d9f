//! What the admin API changes, and what a verified inquiry gets.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_signing::Timestamp;
use serde_json::{Value, json};

use super::clock::ShiftedClock;
use super::magic::{Asked, Magic, PREFIX, needs_callers_key};
use super::mpp_fault::FaultOn;
use super::payment::{HookCall, Move, Payment, State};
use super::rule::{AnyFault, Order, Rule};
use super::store::{Locked, Store};
use crate::caller::fault::Fault;
use crate::caller::scene;

/// The most payments that are kept.
const MOST: i64 = 100_000;
/// The most faults that can be on at once.
const MOST_RULES: i64 = 1000;

/// Why the admin API refuses.
#[derive(Debug)]
pub(crate) enum DeskError {
    Wrong(String),
    Exists(String),
    Unknown(String),
    /// The state can't be read or written.
    Store(sqlx::Error),
}

impl From<sqlx::Error> for DeskError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
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

/// The state, and what it means.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) clock: ShiftedClock,
    /// Whether the sandbox has the private key of its caller.
    has_callers_key: bool,
    /// Payments that are always there, and not listed.
    samples: Vec<Payment>,
    store: Store,
    mpp_fault: Mutex<Option<Arc<FaultOn>>>,
}

impl Desk {
    /// Returns a desk whose clock is shifted as it was when the state was left.
    pub(crate) async fn new(has_callers_key: bool, samples: Vec<Payment>, store: Store) -> sqlx::Result<Self> {
        let clock = ShiftedClock::default();
        clock.set(store.lock().await.shift().await?);
        let desk = Self { clock, has_callers_key, samples, store, mpp_fault: Mutex::default() };
        desk.note_mpp_fault(&mut desk.store.lock().await).await?;
        Ok(desk)
    }

    /// Decides what an inquiry gets, and counts it.
    pub(crate) async fn plan(&self, inquiry: Inquiry<'_>) -> sqlx::Result<Plan> {
        let now = self.clock.now();
        let mut store = self.store.lock().await;
        let Inquiry { client_id, acquirer_id, psp_id, id } = inquiry;
        let turned_on = turned_on(&mut store, inquiry).await?;
        let magic = Magic::parse(id).filter(|magic| magic.fault().is_none_or(|fault| self.can_play(fault)));
        let mut plan = match magic {
            Some(magic) => by_magic(magic, inquiry, store.count(client_id, 0, id, now).await?, now),
            None => self.by_name(store.payment(id).await?.as_ref(), inquiry, now),
        };
        if let Some((number, fault)) = turned_on {
            let asked = store.count(client_id, number, id, now).await?.before;
            plan.play = Some(Play { fault, payment: plan.payment.in_scene(acquirer_id, psp_id), asked });
        }
        Ok(plan)
    }

    /// Decides by a payment that was created, or by the samples.
    fn by_name(&self, created: Option<&Payment>, inquiry: Inquiry<'_>, now: Timestamp) -> Plan {
        let Inquiry { client_id, acquirer_id, psp_id, id } = inquiry;
        let sample = || self.samples.iter().find(|sample| sample.payment_request_id == id);
        let known = created.or_else(sample).filter(|known| known.is_of(acquirer_id, psp_id));
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
    pub(crate) async fn payments(&self) -> Result<Value, DeskError> {
        Ok(json!(self.store.lock().await.payments(MOST).await?))
    }

    /// Returns the first payments, and how many there are.
    pub(crate) async fn first_payments(&self, most: i64) -> Result<(Value, i64), DeskError> {
        let mut store = self.store.lock().await;
        Ok((json!(store.payments(most).await?), store.count_payments().await?))
    }

    /// Creates a payment.
    pub(crate) async fn create(&self, payment: Payment) -> Result<Value, DeskError> {
        let payment = payment.completed(self.clock.now()).map_err(DeskError::Wrong)?;
        let id = &payment.payment_request_id;
        if id.starts_with(PREFIX) {
            return Err(DeskError::Wrong(format!("IDs that begin with {PREFIX} are magic: they need no payment")));
        }
        let mut store = self.store.lock().await;
        if store.payment(id).await?.is_some() {
            return Err(DeskError::Exists(format!("there is a payment `{id}`")));
        }
        if store.count_payments().await? >= MOST {
            return Err(DeskError::Wrong(format!("there are {MOST} payments: POST /reset")));
        }
        store.put(&payment).await?;
        Ok(json!(payment))
    }

    /// Moves a payment to a state.
    pub(crate) async fn move_to(&self, id: &str, to: Move) -> Result<Value, DeskError> {
        let now = self.clock.now();
        let mut store = self.store.lock().await;
        let payment = store.payment(id).await?.ok_or_else(|| DeskError::Unknown(format!("no payment `{id}`")))?;
        let payment = payment.moved(to, now).map_err(DeskError::Wrong)?;
        store.put(&payment).await?;
        Ok(json!(payment))
    }

    /// Brings a payment into a state, as a hook of `conformance mpp` does.
    pub(crate) async fn bring(&self, call: HookCall) -> Result<Value, DeskError> {
        let HookCall { state, id, .. } = &call;
        let now = self.clock.now();
        let mut store = self.store.lock().await;
        let known = store.payment(id).await?;
        match (state.as_str(), known) {
            ("restarted", _) => return Err(DeskError::Wrong("the sandbox does not restart itself".to_owned())),
            ("recovered", _) => store.remove_payment(id).await?,
            (_, known) => {
                let payment = call.payment(known, now).map_err(DeskError::Wrong)?;
                store.put(&payment).await?;
            }
        }
        // The IDs are those that were proposed.
        Ok(json!({}))
    }

    /// Returns the faults that are on.
    pub(crate) async fn rules(&self) -> Result<Value, DeskError> {
        Ok(json!(self.store.lock().await.rules().await?))
    }

    /// Turns a fault on.
    pub(crate) async fn turn_on(&self, order: Order) -> Result<Value, DeskError> {
        let fault = AnyFault::find(&order.fault);
        let fault = fault.ok_or_else(|| DeskError::Wrong(format!("`{}` is no fault of the sandbox", order.fault)))?;
        let needs_key = |fault: AnyFault| match fault {
            AnyFault::Answer(fault) => needs_callers_key(fault),
            AnyFault::Mpp(_) => true,
        };
        if needs_key(fault) && !self.has_callers_key {
            return Err(DeskError::Wrong(format!("`{}` needs the caller's key, which --dev has", order.fault)));
        }
        let order = order.checked().map_err(DeskError::Wrong)?;
        let mut store = self.store.lock().await;
        if let AnyFault::Mpp(_) = fault {
            if !order.is_for_all() {
                return Err(DeskError::Wrong(format!(
                    "`{}` is for all inquiries, for as long as it is on",
                    order.fault
                )));
            }
            if let Some(other) = self.mpp_fault() {
                return Err(DeskError::Exists(format!("`{}` is on: DELETE /faults", other.fault.id)));
            }
        }
        if store.count_rules().await? >= MOST_RULES {
            return Err(DeskError::Wrong(format!("{MOST_RULES} faults are on: DELETE /faults")));
        }
        let number = store.add_rule(&order).await?;
        self.note_mpp_fault(&mut store).await?;
        Ok(json!(Rule::new(number, order, [0, 0])))
    }

    /// Turns one fault off, or all.
    pub(crate) async fn turn_off(&self, number: Option<i64>) -> Result<Value, DeskError> {
        let mut store = self.store.lock().await;
        let removed = store.remove_rules(number).await?;
        self.note_mpp_fault(&mut store).await?;
        match number {
            Some(number) if removed == 0 => Err(DeskError::Unknown(format!("no fault has the number {number}"))),
            _ => Ok(json!(store.rules().await?)),
        }
    }

    /// Returns the fault of the MPP as a whole that is on.
    pub(crate) fn mpp_fault(&self) -> Option<Arc<FaultOn>> {
        self.mpp_fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the fault of the MPP as a whole at hand, since each request asks for it.
    async fn note_mpp_fault(&self, store: &mut Locked<'_>) -> sqlx::Result<()> {
        let rules = store.rules().await?;
        let is_mpp =
            |rule: &Rule| if let AnyFault::Mpp(fault) = rule.fault { Some((rule.number, fault)) } else { None };
        let found = rules.iter().find_map(is_mpp);
        let mut known = self.mpp_fault.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().map(|on| on.number) != found.map(|(number, _)| number) {
            *known = found.map(|(number, fault)| Arc::new(FaultOn::new(number, fault)));
        }
        Ok(())
    }

    /// Shifts the clock further, forwards or backwards.
    pub(crate) async fn shift(&self, seconds: i64) -> Result<(), DeskError> {
        let mut store = self.store.lock().await;
        let shift = self.clock.set(self.clock.offset().saturating_add(seconds));
        Ok(store.set_shift(shift).await?)
    }

    /// Forgets all payments, faults and inquiries, and sets the clock back.
    pub(crate) async fn reset(&self) -> Result<(), DeskError> {
        let mut store = self.store.lock().await;
        store.reset().await?;
        self.clock.set(0);
        Ok(self.note_mpp_fault(&mut store).await?)
    }
}

/// Returns the first fault that is played, and counts for each fault before it that it was not.
async fn turned_on(store: &mut Locked<'_>, inquiry: Inquiry<'_>) -> sqlx::Result<Option<(i64, &'static Fault)>> {
    for mut rule in store.rules().await? {
        if let AnyFault::Answer(fault) = rule.fault
            && rule.matches(inquiry.client_id, inquiry.psp_id, inquiry.id)
        {
            let plays = rule.plays();
            store.set_counts(&rule).await?;
            if plays {
                return Ok(Some((rule.number, fault)));
            }
        }
    }
    Ok(None)
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
