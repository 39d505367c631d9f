//! Runs one scenario, and collects what can be observed.

use std::error::Error;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Request, RequestRequired};
use alipayplus_client::{
    Amount, Client, Clock, Currency, Freshness, HttpTransport, PollSchedule, PrivateKey, PublicKey, Reply, RetryPolicy,
    VersionedSigner,
};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::change::{Change, ChangingTransport};
use super::mpp::{Admin, CONCURRENCY_LIMIT, Mpp};
use super::outcome;
use super::scenario::{CLIENT, ClientOptions, Meanwhile, Scenario, Wait};
use super::scenarios::{PAYMENTS, Payment, SLOW};

/// Longer than any scenario takes.
const PATIENCE: Duration = Duration::from_secs(20);

type CallResult = Result<Reply<InquiryPayment>, alipayplus_client::Error>;
type Failable<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What can be observed of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    /// The sandbox's exchanges.
    pub(crate) journal: Vec<Value>,
    pub(crate) outcome: String,
}

/// What a scenario needs.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) mpp: Mpp,
    pub(crate) client_public: PublicKey,
    pub(crate) mpp_public: PublicKey,
    admin: Admin,
    http: HttpTransport,
    signer: VersionedSigner,
    /// How many exchanges the journal has.
    seen: usize,
}

impl Setup {
    /// Starts the sandbox and creates the payments.
    pub(crate) async fn new() -> Failable<Self> {
        let (mpp, http) = (Mpp::start().await?, HttpTransport::new()?);
        let (key, mpp_public) = (PrivateKey::from_file(&mpp.key)?, PublicKey::from_file(&mpp.peer_key)?);
        let admin = Admin::new(&mpp, http.clone());
        for payment in PAYMENTS {
            admin.post("/payments", &created(payment, &mpp.other_client_id)?).await?;
        }
        let client_public = key.public_key();
        let signer = VersionedSigner::new(1, key);
        Ok(Self { mpp, client_public, mpp_public, admin, http, signer, seen: 0 })
    }

    /// Runs a scenario.
    pub(crate) async fn run(&mut self, scenario: &Scenario) -> Failable<Observed> {
        let result = timeout(PATIENCE, self.run_meanwhile(scenario)).await.map_err(|_| "timeout")??;
        let mut journal = self.admin.journal(self.seen).await?;
        self.seen += journal.len();
        journal.retain(|entry| entry["paymentRequestId"] != SLOW);
        Ok(Observed { journal, outcome: outcome::words(&result) })
    }

    /// Makes the call, and does meanwhile what the scenario says.
    async fn run_meanwhile(&self, scenario: &Scenario) -> Failable<CallResult> {
        match scenario.meanwhile {
            Meanwhile::Nothing => self.call(scenario).await,
            Meanwhile::Pays => {
                let paying = async {
                    let is_asked = format!("\"paymentRequestId\":\"{}\"", scenario.payment);
                    self.admin.wait_for("/journal", |journal| journal.contains(&is_asked)).await?;
                    self.admin.post(&format!("/payments/{}", scenario.payment), &json!({ "state": "paid" })).await
                };
                let (result, paid) = tokio::join!(self.call(scenario), paying);
                paid?;
                result
            }
            Meanwhile::TakesPermits => {
                let slow = Scenario { payment: SLOW, client: CLIENT, ..scenario.clone() };
                let pending = (0..CONCURRENCY_LIMIT).map(|_| self.call(&slow));
                let pending = futures_util::future::try_join_all(pending);
                // A fault that is never played counts the inquiries that its handler has.
                let counter = json!({ "fault": "good/paid", "rate": 0, "match": { "paymentRequestId": SLOW } });
                self.admin.post("/faults", &counter).await?;
                let calling = async {
                    let are_pending = format!("\"seen\":{CONCURRENCY_LIMIT}");
                    self.admin.wait_for("/faults", |faults| faults.contains(&are_pending)).await?;
                    self.call(scenario).await
                };
                let (pending, result) = tokio::join!(pending, calling);
                let answered = pending?.iter().filter(|result| result.is_ok()).count();
                if answered == CONCURRENCY_LIMIT { result } else { Err("a pending inquiry was not answered".into()) }
            }
        }
    }

    async fn call(&self, scenario: &Scenario) -> Failable<CallResult> {
        let client = self.client(scenario.client, scenario.request)?;
        let request = Request::new(RequestRequired {
            acquirer_id: "1022188000000000001".parse()?,
            psp_id: "1022172000000000001".parse()?,
            payment_request_id: scenario.payment.parse()?,
        });
        let mut call = client.inquiry_payment(&request);
        if let Some((units, currency)) = scenario.client.expecting {
            call = call.expecting(Expected::default().with_payment_amount(Amount::minor(units, currency)?));
        }
        let schedule = PollSchedule::every(Duration::from_millis(200)).until(Duration::from_secs(5));
        Ok(match scenario.client.wait {
            Wait::No => call.await,
            Wait::UntilFinal => call.wait_until_final(schedule).await,
            Wait::UntilFinalOrUndetermined => call.wait_until_final(schedule.stop_when_undetermined()).await,
        })
    }

    fn client(&self, options: ClientOptions, change: Change) -> Failable<Client> {
        let http = self.http.clone();
        let builder = Client::builder(&*self.mpp.url).client_id(&*self.mpp.client_id);
        let builder = builder.signing_key(self.signer.clone()).trusted_key(1, self.mpp_public.clone());
        let builder = builder.freshness(Freshness::default().with_clock(clock(options.clock_off_by)));
        let builder = builder.retry(RetryPolicy::new(options.attempts));
        Ok(builder.transport(ChangingTransport { http, change, signer: self.signer.clone() }).build()?)
    }
}

/// Returns a clock that is wrong by this many seconds.
fn clock(off_by: i64) -> Clock {
    let by = Duration::from_secs(off_by.unsigned_abs());
    Clock::from_fn(move || {
        let now = Clock::system().now();
        if off_by < 0 { now - by } else { now + by }
    })
}

/// Returns a payment as the admin API reads it.
fn created(payment: &Payment, other_client_id: &str) -> Failable<Value> {
    let mut created = json!({ "paymentRequestId": payment.id, "state": payment.state });
    if let Some(code) = payment.code {
        created["code"] = code.into();
    }
    if payment.is_of_another_client {
        created["clientId"] = other_client_id.into();
    }
    if payment.id == SLOW {
        created["handlerSeconds"] = 2.into();
    }
    if let Some(terms) = &payment.terms {
        let asked = Amount::minor(terms.asked.0, terms.asked.1)?;
        // As the specification says: the requested amount times the quoted price, rounded HALF EVEN.
        let settled = asked.convert(terms.price.parse()?, terms.wallet.parse::<Currency>()?)?;
        created["paymentAmount"] = amount(&asked);
        created["payToAmount"] = amount(&settled);
        if terms.is_declared {
            created["customsDeclarationAmount"] = amount(&settled);
        }
    }
    Ok(created)
}

fn amount(amount: &Amount) -> Value {
    json!({ "currency": amount.currency.as_str(), "value": amount.value.to_string() })
}
