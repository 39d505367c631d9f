//! Faults that are turned on.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::magic::playable;
use super::mpp_fault::MppFault;
use crate::caller::fault::Fault;

/// A fault that is to be turned on, as the admin API reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Order {
    pub(crate) fault: String,
    /// How many times it is played; for ever if it is absent.
    #[serde(default)]
    pub(crate) times: Option<u64>,
    /// How many inquiries that match are answered right before.
    #[serde(default)]
    pub(crate) after: u64,
    /// The share of inquiries, from 0 to 1, that get it.
    #[serde(default)]
    pub(crate) rate: Option<f64>,
    /// What the choice of these begins with.
    #[serde(default)]
    pub(crate) seed: Option<u64>,
    #[serde(default, rename = "match")]
    pub(crate) wanted: Wanted,
}

/// Which inquiries are meant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(clippy::struct_field_names, reason = "they are the members of the messages")]
pub(crate) struct Wanted {
    pub(crate) client_id: Option<String>,
    pub(crate) psp_id: Option<String>,
    pub(crate) payment_request_id: Option<String>,
}

impl Order {
    /// Returns whether it is meant for all inquiries, and for as long as it is on.
    pub(crate) fn is_for_all(&self) -> bool {
        let Self { times, after, rate, seed, wanted, .. } = self;
        let Wanted { client_id, psp_id, payment_request_id } = wanted;
        let is_any = [client_id, psp_id, payment_request_id].into_iter().all(Option::is_none);
        times.is_none() && *after == 0 && rate.is_none() && seed.is_none() && is_any
    }

    /// Adds a seed to a rate, and checks both.
    pub(crate) fn checked(mut self) -> Result<Self, String> {
        if self.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Err("rate is a number from 0 to 1".to_owned());
        }
        if self.rate.is_none() && self.seed.is_some() {
            return Err("a seed is for a rate".to_owned());
        }
        // 53 bits, which every reader of JSON keeps.
        self.seed = self.rate.map(|_| self.seed.unwrap_or_else(|| fastrand::u64(..1 << 53)));
        Ok(self)
    }
}

/// A fault that is turned on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) number: i64,
    #[serde(flatten)]
    order: Order,
    /// How many inquiries matched.
    pub(crate) seen: u64,
    /// How many of these got the fault.
    pub(crate) played: u64,
    #[serde(skip)]
    pub(crate) fault: AnyFault,
}

/// A fault of either table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AnyFault {
    /// Replaces the answer to an inquiry that is right.
    Answer(&'static Fault),
    /// Is a fault of the MPP as a whole.
    Mpp(&'static MppFault),
}

impl AnyFault {
    pub(crate) fn find(id: &str) -> Option<Self> {
        let answer = playable().find(|fault| fault.id == id).map(Self::Answer);
        answer.or_else(|| MppFault::find(id).map(Self::Mpp))
    }
}

impl Rule {
    /// Returns a fault that is on, with what was counted so far; `None` if there is no such fault.
    pub(crate) fn new(number: i64, order: Order, [seen, played]: [u64; 2]) -> Option<Self> {
        let fault = AnyFault::find(&order.fault)?;
        Some(Self { number, order, seen, played, fault })
    }

    /// Returns whether an inquiry is one of those that are meant.
    pub(crate) fn matches(&self, client_id: &str, psp_id: &str, id: &str) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let Wanted { client_id: client, psp_id: psp, payment_request_id } = &self.order.wanted;
        is(client, client_id) && is(psp, psp_id) && is(payment_request_id, id)
    }

    /// Counts an inquiry that matches. Returns whether it gets the fault.
    pub(crate) fn plays(&mut self) -> bool {
        self.seen += 1;
        let is_over = self.order.times.is_some_and(|times| self.played >= times);
        let plays = self.seen > self.order.after && !is_over && self.is_chosen();
        self.played += u64::from(plays);
        plays
    }

    /// Each choice follows from the seed and the count, so that nothing else has to be kept.
    fn is_chosen(&self) -> bool {
        let seed = self.order.seed.unwrap_or_default().wrapping_add(self.seen);
        self.order.rate.is_none_or(|rate| Rng::with_seed(seed).f64() < rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(order: &str) -> Rule {
        let mut order: Order = serde_json::from_str(order).unwrap();
        order.fault = "good/paid".to_owned();
        Rule::new(1, order.checked().unwrap(), [0, 0]).unwrap()
    }

    fn played(rule: &mut Rule, times: usize) -> String {
        (0..times).map(|_| if rule.matches("c", "p", "i") && rule.plays() { 'x' } else { '.' }).collect()
    }

    #[test]
    fn times_after_and_match_choose_inquiries() {
        assert_eq!(played(&mut rule(r#"{"fault":"a","times":2,"after":1}"#), 5), ".xx..");
        assert_eq!(played(&mut rule(r#"{"fault":"a","match":{"clientId":"c","pspId":"p"}}"#), 2), "xx");
        assert_eq!(played(&mut rule(r#"{"fault":"a","match":{"paymentRequestId":"other"}}"#), 2), "..");
    }

    #[test]
    fn a_seed_repeats_a_rate() {
        let order = r#"{"fault":"a","rate":0.5,"seed":7}"#;
        let first = played(&mut rule(order), 64);
        assert_eq!(first, played(&mut rule(order), 64));
        assert!(first.contains("xx") && first.contains(".."), "{first}");
        let share = played(&mut rule(r#"{"fault":"a","rate":0.2,"seed":7}"#), 1000).matches('x').count();
        assert!((150..250).contains(&share), "{share}");
    }
}
