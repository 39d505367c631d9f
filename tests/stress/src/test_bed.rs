//! The two sides of an exchange: their keys, a clock that both go by, and a wallet that decides by a payment's id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::testing::TestClock;
use alipayplus_client::{Client, TrustedKeys, inquiry_payment as asking};
use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, Paid, Refusal, RefusalCode, Request,
};
use alipayplus_server::{Amount, Caller, Freshness, KeyRing, PrivateKey, Server, Timestamp, VersionedSigner};

use crate::failure::Failure;
use crate::message::test_key;

/// The client that asks.
pub(crate) const CLIENT_ID: &str = "SANDBOX_5X00000000000000";
/// The version of both sides' keys.
pub(crate) const VERSION: u64 = 1;

/// What both sides are made of.
#[derive(Clone, Debug)]
pub(crate) struct TestBed {
    /// Signs questions.
    pub(crate) caller: PrivateKey,
    /// Signs answers.
    pub(crate) answerer: PrivateKey,
    /// A key that nobody trusts.
    pub(crate) stranger: PrivateKey,
    /// Stands still until it is moved.
    pub(crate) clock: TestClock,
    /// Handles to the keys in use, to replace them while both sides run.
    pub(crate) asks_with: VersionedSigner,
    pub(crate) answers_with: VersionedSigner,
    pub(crate) callers: KeyRing,
    pub(crate) trusted: TrustedKeys,
}

impl TestBed {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self::of(test_key("k1")?, test_key("k2")?, PrivateKey::generate()?, "2026-11-25T08:00:00Z".parse()?))
    }

    fn of(caller: PrivateKey, answerer: PrivateKey, stranger: PrivateKey, now: Timestamp) -> Self {
        let (callers, trusted) = (KeyRing::new(), TrustedKeys::new());
        // Always a Client-Id that a ring takes.
        let _ = callers.insert(CLIENT_ID, VERSION, caller.public_key());
        trusted.insert(VERSION, answerer.public_key());
        Self {
            asks_with: VersionedSigner::new(VERSION, caller.clone()),
            answers_with: VersionedSigner::new(VERSION, answerer.clone()),
            clock: TestClock::new(now),
            callers,
            trusted,
            caller,
            answerer,
            stranger,
        }
    }

    /// The same keys, with handles and a clock of its own.
    pub(crate) fn fresh(&self) -> Self {
        Self::of(self.caller.clone(), self.answerer.clone(), self.stranger.clone(), self.clock.now())
    }

    /// The clock and the versions of all keys in use, to see that something changed.
    pub(crate) fn state(&self) -> String {
        let Self { clock, asks_with, answers_with, callers, trusted, .. } = self;
        let keys = [1, 2].map(|v| (callers.key(CLIENT_ID, v).is_ok(), trusted.key(v).is_ok()));
        format!("{clock:?} {} {} {keys:?}", asks_with.version(), answers_with.version())
    }

    /// The settings of the side that answers.
    pub(crate) fn server(&self) -> alipayplus_server::Builder<Server> {
        Server::builder()
            .signing_key(self.answers_with.clone())
            .callers(self.callers.clone())
            .freshness(Freshness::default().with_clock(&self.clock))
    }

    /// The settings of the side that asks.
    pub(crate) fn client(&self, url: impl Into<String>) -> alipayplus_client::Builder<Client> {
        Client::builder(url)
            .client_id(CLIENT_ID)
            .signing_key(self.asks_with.clone())
            .trusted_keys(self.trusted.clone())
            .freshness(Freshness::default().with_clock(&self.clock))
    }
}

/// A question about a payment.
pub(crate) fn question(payment: &str) -> Result<asking::Request, Failure> {
    Ok(asking::Request {
        acquirer_id: "1022188000000000001".parse()?,
        psp_id: "1022188000000000002".parse()?,
        payment_request_id: payment.parse()?,
    })
}

/// What the caller knows of a payment: its amount and its id follow from the id of the request.
pub(crate) fn expected(payment: &str) -> Result<asking::Expected, Failure> {
    let payment_amount = Some(Amount::minor(units(payment), "JPY")?);
    Ok(asking::Expected { payment_id: Some(format!("mpp-{payment}").parse()?), payment_amount })
}

/// The number at the end of a payment's id, as money.
fn units(payment: &str) -> u64 {
    payment.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0) + 1
}

/// What the wallet decided for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Paid with this id and these units.
    Paid(String, u64),
    Failed,
    Cancelled,
    InProgress,
    NotFound,
    /// Nothing that is knowledge about the payment.
    Nothing,
}

/// Decides by the word in front of the payment's id, and remembers what it decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wallet(Arc<Mutex<HashMap<String, Vec<Decision>>>>);

impl Wallet {
    /// All decisions about a payment, in order.
    pub(crate) fn decided(&self, payment: &str) -> Vec<Decision> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(payment).cloned().unwrap_or_default()
    }

    /// How many questions reached it.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
    }

    fn remember(&self, payment: &str, decision: Decision) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let decisions = all.entry(payment.to_owned()).or_default();
        decisions.push(decision);
        decisions.len()
    }
}

impl InquiryPayment for Wallet {
    async fn inquiry_payment(&self, _: &Caller, request: Request) -> Result<Answer, Refusal> {
        let payment = request.payment_request_id.as_str();
        let asked_before = self.decided(payment).len();
        let word = match payment.split('-').next().unwrap_or_default() {
            "settling" if asked_before < 2 => "open",
            "shaky" if asked_before == 0 => "error",
            "settling" | "shaky" => "paid",
            word => word,
        };
        let (decision, answer) = match word {
            "paid" => (Decision::Paid(format!("mpp-{payment}"), units(payment)), paid(payment)?.into()),
            "failed" => (Decision::Failed, Failed::from(FailedCode::UserBalanceNotEnough).into()),
            "closed" => (Decision::Cancelled, Cancelled::default().into()),
            "open" => (Decision::InProgress, InProgress::default().into()),
            "unknown" => (Decision::NotFound, Answer::NotFound),
            other => {
                self.remember(payment, Decision::Nothing);
                return trouble(other).await;
            }
        };
        self.remember(payment, decision);
        Ok(answer)
    }
}

/// A handler that does not do its work.
async fn trouble(word: &str) -> Result<Answer, Refusal> {
    match word {
        "late" => tokio::time::sleep(Duration::from_secs(60)).await,
        "refused" => return Err(Refusal::new(RefusalCode::ProcessFail)),
        // A panic that is announced to no panic hook.
        "panic" => std::panic::resume_unwind(Box::new("the handler panicked")),
        _ => {}
    }
    Err(std::io::Error::other("the ledger is away").into())
}

fn paid(payment: &str) -> Result<Paid, Refusal> {
    let amount = Amount::minor(units(payment), "JPY")?;
    Ok(Paid {
        payment_id: format!("mpp-{payment}").parse()?,
        pay_to_amount: amount.clone(),
        payment_amount: amount,
        payment_time: "2026-11-25T15:01:01+08:00".parse()?,
        customer_id: "2088000000000001".parse()?,
        customs_declaration_amount: None,
        pass_through_info: None,
    })
}

/// What an outcome says, in the wallet's words.
pub(crate) fn told(outcome: &asking::Outcome) -> Decision {
    match outcome {
        asking::Outcome::Paid(paid) => {
            let units = paid.payment_amount.value.to_string().parse().unwrap_or(0);
            Decision::Paid(paid.payment_id.to_string(), units)
        }
        asking::Outcome::Failed(_) => Decision::Failed,
        asking::Outcome::Cancelled(_) => Decision::Cancelled,
        asking::Outcome::InProgress(_) => Decision::InProgress,
        asking::Outcome::NotFound => Decision::NotFound,
        _ => Decision::Nothing,
    }
}
