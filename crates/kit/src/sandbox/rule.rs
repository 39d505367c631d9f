//! Faults that are turned on.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

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

/// A fault that is turned on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) number: u64,
    #[serde(flatten)]
    order: Order,
    /// How many inquiries matched.
    seen: u64,
    /// How many of these got the fault.
    played: u64,
    #[serde(skip)]
    pub(crate) fault: &'static Fault,
    #[serde(skip)]
    choice: Rng,
}

impl Rule {
    pub(crate) fn new(number: u64, fault: &'static Fault, mut order: Order) -> Result<Self, String> {
        if order.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Err("rate is a number from 0 to 1".to_owned());
        }
        if order.rate.is_none() && order.seed.is_some() {
            return Err("a seed is for a rate".to_owned());
        }
        // 53 bits, which every reader of JSON keeps.
        let seed = order.seed.unwrap_or_else(|| fastrand::u64(..1 << 53));
        order.seed = order.rate.map(|_| seed);
        Ok(Self { number, order, seen: 0, played: 0, fault, choice: Rng::with_seed(seed) })
    }

    /// Counts an inquiry. Returns whether it gets the fault.
    pub(crate) fn plays(&mut self, client_id: &str, psp_id: &str, id: &str) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let Wanted { client_id: client, psp_id: psp, payment_request_id } = &self.order.wanted;
        if !is(client, client_id) || !is(psp, psp_id) || !is(payment_request_id, id) {
            return false;
        }
        self.seen += 1;
        let is_over = self.order.times.is_some_and(|times| self.played >= times);
        let plays =
            self.seen > self.order.after && !is_over && self.order.rate.is_none_or(|rate| self.choice.f64() < rate);
        self.played += u64::from(plays);
        plays
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::faults;

    fn rule(order: &str) -> Rule {
        Rule::new(1, faults().next().unwrap(), serde_json::from_str(order).unwrap()).unwrap()
    }

    fn played(rule: &mut Rule, times: usize) -> String {
        (0..times).map(|_| if rule.plays("c", "p", "i") { 'x' } else { '.' }).collect()
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
        assert!(first.contains('x') && first.contains('.'));
    }
}
