//! A client and a server with their keys, one clock for both, and a wallet that decides by the payment's ID.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alipayplus_client::testing::TestClock;
use alipayplus_client::{Client, TrustedKeys, inquiry_payment as asking};
use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, NotFound, Paid, PaidRequired, Refusal,
    RefusalCode, Request,
};
use alipayplus_server::{Amount, Caller, Freshness, KeyRing, PrivateKey, Server, Timestamp, VersionedSigner};

use crate::failure::Failure;
use crate::message::test_key;

/// The client's ID.
pub(crate) const CLIENT_ID: &str = "SANDBOX_5X00000000000000";
/// The version of the client's and the server's keys.
pub(crate) const VERSION: u64 = 1;

/// What the client and the server are built from.
#[derive(Clone, Debug)]
pub(crate) struct TestBed {
    /// Signs requests.
    pub(crate) client_key: PrivateKey,
    /// Signs responses.
    pub(crate) server_key: PrivateKey,
    /// A key that neither side trusts.
    pub(crate) untrusted_key: PrivateKey,
    /// Does not advance by itself.
    pub(crate) clock: TestClock,
    /// Handles that replace the keys in use while both sides run.
    pub(crate) client_signer: VersionedSigner,
    pub(crate) server_signer: VersionedSigner,
    pub(crate) callers: KeyRing,
    pub(crate) trusted: TrustedKeys,
}

impl TestBed {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self::of(test_key("k1")?, test_key("k2")?, PrivateKey::generate()?, "2026-11-25T08:00:00Z".parse()?))
    }

    fn of(client_key: PrivateKey, server_key: PrivateKey, untrusted_key: PrivateKey, now: Timestamp) -> Self {
        let (callers, trusted) = (KeyRing::new(), TrustedKeys::new());
        // The Client-Id is valid.
        let _ = callers.insert(CLIENT_ID, VERSION, client_key.public_key());
        trusted.insert(VERSION, server_key.public_key());
        Self {
            client_signer: VersionedSigner::new(VERSION, client_key.clone()),
            server_signer: VersionedSigner::new(VERSION, server_key.clone()),
            clock: TestClock::new(now),
            callers,
            trusted,
            client_key,
            server_key,
            untrusted_key,
        }
    }

    /// Returns the same keys with new handles and a new clock.
    pub(crate) fn fresh(&self) -> Self {
        Self::of(self.client_key.clone(), self.server_key.clone(), self.untrusted_key.clone(), self.clock.now())
    }

    /// Returns the clock and the versions of all keys in use, to detect changes.
    pub(crate) fn state(&self) -> String {
        let Self { clock, client_signer, server_signer, callers, trusted, .. } = self;
        let keys = [1, 2].map(|v| (callers.key(CLIENT_ID, v).is_ok(), trusted.key(v).is_ok()));
        format!("{clock:?} {} {} {keys:?}", client_signer.version(), server_signer.version())
    }

    /// Returns the settings of the server.
    pub(crate) fn server(&self) -> alipayplus_server::Builder<Server> {
        Server::builder()
            .signing_key(self.server_signer.clone())
            .callers(self.callers.clone())
            .freshness(Freshness::default().with_clock(&self.clock))
    }

    /// Returns the settings of the client.
    pub(crate) fn client(&self, url: impl Into<String>) -> alipayplus_client::Builder<Client> {
        Client::builder(url)
            .client_id(CLIENT_ID)
            .signing_key(self.client_signer.clone())
            .trusted_keys(self.trusted.clone())
            .freshness(Freshness::default().with_clock(&self.clock))
    }
}

/// Returns a request about a payment.
pub(crate) fn inquiry(payment: &str) -> Result<asking::Request, Failure> {
    Ok(asking::Request::new(asking::RequestRequired {
        acquirer_id: "1022188000000000001".parse()?,
        psp_id: "1022188000000000002".parse()?,
        payment_request_id: payment.parse()?,
    }))
}

/// Returns what the client knows about a payment: amount and ID follow from the ID of the request.
pub(crate) fn expected(payment: &str) -> Result<asking::Expected, Failure> {
    let expected = asking::Expected::default().with_payment_id(format!("mpp-{payment}").parse()?);
    Ok(expected.with_payment_amount(Amount::minor(units(payment), "JPY")?))
}

/// Returns the number at the end of a payment's ID as units of money.
fn units(payment: &str) -> u64 {
    payment.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(0) + 1
}

/// The wallet's decision for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Paid, with this ID and this amount in units.
    Paid(String, u64),
    Failed,
    Cancelled,
    InProgress,
    NotFound,
    /// The response said nothing about the payment.
    Nothing,
}

/// Decides by the first word of the payment's ID, and records its decisions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wallet(Arc<Mutex<HashMap<String, Vec<Decision>>>>);

impl Wallet {
    /// Returns all decisions about a payment, in order.
    pub(crate) fn decided(&self, payment: &str) -> Vec<Decision> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(payment).cloned().unwrap_or_default()
    }

    /// Returns the number of requests that reached the wallet.
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
            "unknown" => (Decision::NotFound, NotFound::default().into()),
            other => {
                self.remember(payment, Decision::Nothing);
                return trouble(other).await;
            }
        };
        self.remember(payment, decision);
        Ok(answer)
    }
}

/// Fails or waits as the word says.
async fn trouble(word: &str) -> Result<Answer, Refusal> {
    match word {
        "late" => tokio::time::sleep(Duration::from_secs(60)).await,
        "refused" => return Err(Refusal::new(RefusalCode::ProcessFail)),
        // A panic that no panic hook prints.
        "panic" => std::panic::resume_unwind(Box::new("the handler panicked")),
        _ => {}
    }
    Err(std::io::Error::other("the ledger is away").into())
}

fn paid(payment: &str) -> Result<Paid, Refusal> {
    let amount = Amount::minor(units(payment), "JPY")?;
    Ok(Paid::new(PaidRequired {
        payment_id: format!("mpp-{payment}").parse()?,
        pay_to_amount: amount.clone(),
        payment_amount: amount,
        payment_time: "2026-11-25T15:01:01+08:00".parse()?,
        customer_id: "2088000000000001".parse()?,
    }))
}

/// Returns the decision that an outcome corresponds to.
pub(crate) fn decision_of(outcome: &asking::Outcome) -> Decision {
    match outcome {
        asking::Outcome::Paid(paid) => {
            let units = paid.payment_amount.value.to_string().parse().unwrap_or(0);
            Decision::Paid(paid.payment_id.to_string(), units)
        }
        asking::Outcome::Failed(_) => Decision::Failed,
        asking::Outcome::Cancelled(_) => Decision::Cancelled,
        asking::Outcome::InProgress(_) => Decision::InProgress,
        asking::Outcome::NotFound(_) => Decision::NotFound,
        _ => Decision::Nothing,
    }
}
