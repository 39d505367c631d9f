//! Runs one scenario, and collects what can be observed.

use std::error::Error;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment};
use alipayplus_client::{Amount, PollSchedule, Reply};
use tokio::time::timeout;

use crate::client::{client, request};
use crate::log::Entry;
use crate::mpp::CONCURRENCY_LIMIT;
use crate::outcome;
use crate::pending::PendingRequest;
use crate::proxy::{Plan, Proxy, RecordedExchange};
use crate::scenario::{Meanwhile, Scenario, Wait};
use crate::scenarios::PAYS_SOON;
use crate::setup::Setup;

/// Longer than any scenario takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// What can be observed of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    pub(crate) exchanges: Vec<RecordedExchange>,
    pub(crate) outcome: String,
    pub(crate) log: Vec<Entry>,
    /// Errors of the proxy.
    pub(crate) faults: Vec<String>,
}

type CallResult = Result<Reply<InquiryPayment>, alipayplus_client::Error>;
type Failable<T> = Result<T, Box<dyn Error>>;

/// Runs a scenario with its own `Tracer-Id`.
pub(crate) async fn run(setup: &Setup, scenario: &Scenario, tracer_id: &str) -> Failable<Observed> {
    let earlier = setup.earlier(scenario.response)?.cloned();
    let plan = Plan { request: scenario.request, response: scenario.response, earlier, ..setup.plan() };
    let proxy = Proxy::open(plan).await?;
    let calling = run_meanwhile(setup, scenario, &proxy, tracer_id);
    let result = timeout(PATIENCE, calling).await.map_err(|_| "timeout")??;
    let (exchanges, faults): (Vec<_>, Vec<_>) = proxy.records().into_iter().partition(Result::is_ok);
    let exchanges: Vec<RecordedExchange> = exchanges.into_iter().flatten().collect();
    let received = exchanges.iter().filter(|exchange| exchange.received.is_some()).count();
    Ok(Observed {
        outcome: outcome::words(&result),
        log: setup.mpp.log.of(tracer_id, received).await,
        faults: faults.into_iter().filter_map(Result::err).collect(),
        exchanges,
    })
}

/// Makes the call, and does meanwhile what the scenario says.
async fn run_meanwhile(setup: &Setup, scenario: &Scenario, proxy: &Proxy, tracer_id: &str) -> Failable<CallResult> {
    let calling = call(setup, scenario, proxy, tracer_id);
    match scenario.meanwhile {
        Meanwhile::Nothing => calling.await,
        Meanwhile::Pays => {
            let paying = async {
                setup.mpp.log.of(tracer_id, 1).await;
                setup.database.put(PAYS_SOON).await
            };
            let (result, paid) = tokio::join!(calling, paying);
            paid.and(result)
        }
        Meanwhile::Locks => {
            setup.database.lock().await?;
            let result = calling.await;
            setup.database.unlock().await?;
            result
        }
        Meanwhile::LocksAtFirst => {
            setup.database.lock().await?;
            let unlocking = async {
                setup.mpp.log.of(tracer_id, 1).await;
                setup.database.unlock().await
            };
            let (result, unlocked) = tokio::join!(calling, unlocking);
            unlocked.map_err(Into::into).and(result)
        }
        Meanwhile::TakesPermits => {
            let pending = take_permits(setup, tracer_id).await?;
            let result = calling.await;
            finish_all(pending).await.and(result)
        }
    }
}

async fn take_permits(setup: &Setup, tracer_id: &str) -> Failable<Vec<PendingRequest>> {
    let mut pending = Vec::new();
    for n in 1..=CONCURRENCY_LIMIT {
        pending.push(
            PendingRequest::start(setup.mpp.address, &setup.client_signer, &format!("{tracer_id}-pending-{n}")).await?,
        );
    }
    Ok(pending)
}

/// Ends the pending requests: each must get its own response, or it was not pending.
async fn finish_all(pending: Vec<PendingRequest>) -> Failable<()> {
    for request in pending {
        let result = request.finish().await?.result("result");
        if result.as_deref() != Some("S SUCCESS") {
            return Err(format!("a pending request ended with {result:?}").into());
        }
    }
    Ok(())
}

async fn call(setup: &Setup, scenario: &Scenario, proxy: &Proxy, tracer_id: &str) -> Failable<CallResult> {
    let client = client(proxy.url(), &setup.client_signer, &setup.mpp_public, scenario.client)?;
    let request = request(scenario.payment)?;
    let mut call = client.inquiry_payment(&request).tracer_id(tracer_id);
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
