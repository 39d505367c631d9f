//! A payment of the sandbox, as the admin API reads and writes it.

use std::error::Error;

use alipayplus_server::Amount;
use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, NotFound, Paid, PaidRequired, Refusal, RefusalCode,
};
use alipayplus_server::model::common::AmountRequired;
use alipayplus_signing::{Timestamp, format_time};
use serde::{Deserialize, Serialize};

use crate::caller::scene;

type BoxError = Box<dyn Error + Send + Sync>;

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Paid,
    Failed,
    Cancelled,
    InProgress,
    NotFound,
    /// The handler fails: the caller may ask again.
    Trouble,
    /// The handler refuses the inquiry with a code.
    Refused,
}

/// A payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are the members of the messages")]
pub(crate) struct Payment {
    pub(crate) payment_request_id: String,
    /// The only client that may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acquirer_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) psp_id: Option<String>,
    pub(crate) state: State,
    /// The code of a failed payment, or of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) payment_id: String,
    #[serde(default = "usual_amount")]
    pub(crate) payment_amount: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pay_to_amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) customs_declaration_amount: Option<Money>,
    #[serde(default)]
    pub(crate) payment_time: String,
    #[serde(default = "usual_customer")]
    pub(crate) customer_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pass_through_info: Option<String>,
    /// How long the handler takes, in seconds. The server does not wait longer than its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handler_seconds: Option<u64>,
}

/// How a payment is moved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    pub(crate) state: State,
    #[serde(default)]
    pub(crate) code: Option<String>,
}

/// How long the handler takes for a payment whose backend is slow, in seconds: longer than callers wait.
pub(super) const SLOW: u64 = 10;

/// What `conformance mpp` posts to a hook. A caller's own members are ignored.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct HookCall {
    pub(crate) state: String,
    pub(crate) id: String,
    request: HookRequest,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HookRequest {
    acquirer_id: String,
    psp_id: String,
}

impl HookCall {
    /// Returns the payment in the state, made from what is known of it.
    pub(crate) fn payment(&self, known: Option<Payment>, now: Timestamp) -> Result<Payment, String> {
        let to = |state| Move { state, code: None };
        let (to, handler_seconds) = match (self.state.as_str(), &known) {
            ("in_progress", None) => (to(State::InProgress), None),
            ("slow", None) => (to(State::Paid), Some(SLOW)),
            ("trouble", None) => (to(State::Trouble), None),
            ("paid", _) => (to(State::Paid), None),
            ("failed", _) => {
                let code = Some(FailedCode::RiskReject.as_str().to_owned());
                (Move { code, ..to(State::Failed) }, None)
            }
            ("in_progress" | "slow" | "trouble", Some(_)) => return Err(format!("there is a payment `{}`", self.id)),
            (state, _) => return Err(format!("this hook has no state `{state}`")),
        };
        let HookRequest { acquirer_id, psp_id } = self.request.clone();
        let made = Payment {
            acquirer_id: Some(acquirer_id),
            psp_id: Some(psp_id),
            handler_seconds,
            ..Payment::usual(&self.id, State::InProgress, now)
        };
        known.unwrap_or(made).moved(to, now)
    }
}

/// An amount, as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    pub(crate) currency: String,
    pub(crate) value: String,
}

impl Money {
    pub(crate) fn new(units: u32, currency: &str) -> Self {
        Self { currency: currency.to_owned(), value: units.to_string() }
    }

    fn amount(&self) -> Result<Amount, BoxError> {
        Ok(Amount::new(AmountRequired { currency: self.currency.parse()?, value: self.value.parse()? }))
    }
}

fn usual_amount() -> Money {
    Money::new(1000, "JPY")
}

fn usual_customer() -> String {
    "sandbox-customer".to_owned()
}

impl Payment {
    /// Returns a payment with the usual members, which is known since a time.
    pub(crate) fn usual(id: &str, state: State, since: Timestamp) -> Self {
        Self {
            payment_request_id: id.to_owned(),
            client_id: None,
            acquirer_id: None,
            psp_id: None,
            state,
            code: None,
            payment_id: id.to_owned(),
            payment_amount: usual_amount(),
            pay_to_amount: None,
            customs_declaration_amount: None,
            payment_time: format_time(since),
            customer_id: usual_customer(),
            pass_through_info: None,
            handler_seconds: None,
        }
    }

    /// Adds what was left out, and checks that each answer about it can be made.
    pub(crate) fn completed(mut self, now: Timestamp) -> Result<Self, String> {
        if self.payment_request_id.is_empty() || self.payment_request_id.chars().count() > 64 {
            return Err("paymentRequestId has 1 to 64 characters".to_owned());
        }
        if self.payment_id.is_empty() {
            self.payment_id.clone_from(&self.payment_request_id);
        }
        if self.payment_time.is_empty() {
            self.payment_time = format_time(now);
        }
        self.paid().map_err(|error| error.to_string())?;
        self.check_code()?;
        Ok(self)
    }

    /// Moves it to a state.
    pub(crate) fn moved(&self, to: Move, now: Timestamp) -> Result<Self, String> {
        let payment_time = if self.state == State::Paid { self.payment_time.clone() } else { format_time(now) };
        let moved = Self { state: to.state, code: to.code, payment_time, ..self.clone() };
        moved.check_code().map(|()| moved)
    }

    fn check_code(&self) -> Result<(), String> {
        match (self.state, &self.code) {
            (State::Failed, Some(code)) => {
                code.parse::<FailedCode>().map(drop).map_err(|_| format!("`{code}` is no code of a failed payment"))
            }
            (State::Refused, Some(code)) => {
                code.parse::<RefusalCode>().map(drop).map_err(|_| format!("`{code}` is no code of a refusal"))
            }
            (State::Failed | State::Refused, None) => Err("failed and refused need a code".to_owned()),
            (_, Some(_)) => Err("only failed and refused have a code".to_owned()),
            (_, None) => Ok(()),
        }
    }

    /// Returns whether an inquiry with these IDs is about it.
    pub(crate) fn is_of(&self, acquirer_id: &str, psp_id: &str) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        is(&self.acquirer_id, acquirer_id) && is(&self.psp_id, psp_id)
    }

    /// Returns the payment as a client sees it: a refusal if it is another client's.
    pub(crate) fn seen_by(&self, client_id: &str) -> Self {
        match &self.client_id {
            Some(owner) if owner != client_id => {
                let code = Some(RefusalCode::AccessDenied.as_str().to_owned());
                Self { state: State::Refused, code, ..self.clone() }
            }
            _ => self.clone(),
        }
    }

    /// Returns what the handler answers.
    pub(crate) fn answer(&self) -> Result<Answer, Refusal> {
        Ok(match self.state {
            State::Paid => self.paid().map_err(Refusal::internal)?.into(),
            State::Failed => Failed::from(self.code.as_deref().unwrap_or_default().parse::<FailedCode>()?).into(),
            State::Cancelled => Cancelled::default().into(),
            State::InProgress => InProgress::default().into(),
            State::NotFound => NotFound::default().into(),
            State::Refused => {
                return Err(Refusal::new(self.code.as_deref().unwrap_or_default().parse::<RefusalCode>()?));
            }
            State::Trouble => return Err(Refusal::internal("the payment is one of trouble")),
        })
    }

    /// Returns why there is no answer about it.
    pub(crate) fn cause(&self) -> Option<&'static str> {
        match self.state {
            State::Refused => Some("handler: the state of the payment is `refused`, or another client owns it"),
            State::Trouble => Some("handler: the state of the payment is `trouble`"),
            _ => None,
        }
    }

    fn paid(&self) -> Result<Paid, BoxError> {
        let mut paid = Paid::new(PaidRequired {
            payment_id: self.payment_id.parse()?,
            payment_amount: self.payment_amount.amount()?,
            pay_to_amount: self.pay_to_amount.as_ref().unwrap_or(&self.payment_amount).amount()?,
            payment_time: self.payment_time.parse()?,
            customer_id: self.customer_id.parse()?,
        });
        paid.customs_declaration_amount = self.customs_declaration_amount.as_ref().map(Money::amount).transpose()?;
        paid.pass_through_info = self.pass_through_info.clone().map(TryInto::try_into).transpose()?;
        Ok(paid)
    }

    /// Returns the payment as faults are made from it.
    pub(crate) fn in_scene(&self, acquirer_id: &str, psp_id: &str) -> scene::Payment {
        scene::Payment {
            acquirer_id: acquirer_id.to_owned(),
            psp_id: psp_id.to_owned(),
            payment_request_id: self.payment_request_id.clone(),
            payment_id: self.payment_id.clone(),
            currency: self.payment_amount.currency.clone(),
            value: self.payment_amount.value.clone(),
            customer_id: self.customer_id.clone(),
        }
    }
}
