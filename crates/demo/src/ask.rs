//! Runs one scenario: asks, meddles as the scenario says, and collects what there is to see of it.

use std::error::Error;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Request};
use alipayplus_client::{self as client, Amount, Client, Freshness, PollSchedule, Reply, RetryPolicy};
use tokio::time::timeout;

use crate::hold::Held;
use crate::line::{Carried, Line, Plan};
use crate::log::Entry;
use crate::mpp::CONCURRENCY_LIMIT;
use crate::outcome;
use crate::scenario::{Asker, Meanwhile, Scenario, Wait};
use crate::scenarios::PAYS_SOON;
use crate::stage::Stage;

/// Above what any scenario should take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What there is to see of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) carried: Vec<Carried>,
    pub(crate) outcome: String,
    pub(crate) log: Vec<Entry>,
    /// What went wrong with the scenario itself.
    pub(crate) faults: Vec<String>,
}

type Answer = Result<Reply<InquiryPayment>, client::Error>;
type Failable<T> = Result<T, Box<dyn Error>>;

/// Runs a scenario; its `Tracer-Id` must be its own.
pub(crate) async fn run(stage: &Stage, scenario: &Scenario, tracer_id: &str) -> Failable<Seen> {
    let earlier = stage.earlier(scenario.answer)?.cloned();
    let plan = Plan { request: scenario.request, answer: scenario.answer, earlier, ..stage.plan() };
    let line = Line::open(plan).await?;
    let asking = meddle(stage, scenario, &line, tracer_id);
    let answer = timeout(PATIENCE, asking).await.map_err(|_| "it takes too long")??;
    let (carried, faults): (Vec<_>, Vec<_>) = line.notes().into_iter().partition(Result::is_ok);
    let carried: Vec<Carried> = carried.into_iter().flatten().collect();
    let asked = carried.iter().filter(|carried| carried.asked.is_some()).count();
    Ok(Seen {
        outcome: outcome::words(&answer),
        log: stage.mpp.log.of(tracer_id, asked).await,
        faults: faults.into_iter().filter_map(Result::err).collect(),
        carried,
    })
}

/// Asks, and does meanwhile what the scenario says.
async fn meddle(stage: &Stage, scenario: &Scenario, line: &Line, tracer_id: &str) -> Failable<Answer> {
    let asking = ask(stage, scenario, line, tracer_id);
    match scenario.meanwhile {
        Meanwhile::Nothing => asking.await,
        Meanwhile::Pays => {
            let paying = async {
                stage.mpp.log.of(tracer_id, 1).await;
                stage.database.put(PAYS_SOON)
            };
            let (answer, paid) = tokio::join!(asking, paying);
            paid.and(answer)
        }
        Meanwhile::Locks => {
            stage.database.lock()?;
            let answer = asking.await;
            stage.database.unlock()?;
            answer
        }
        Meanwhile::LocksAtFirst => {
            stage.database.lock()?;
            let unlocking = async {
                stage.mpp.log.of(tracer_id, 1).await;
                stage.database.unlock()
            };
            let (answer, unlocked) = tokio::join!(asking, unlocking);
            unlocked.map_err(Into::into).and(answer)
        }
        Meanwhile::HoldsPlaces => {
            let held = hold_places(stage, tracer_id).await?;
            let answer = asking.await;
            let_go(held).await.and(answer)
        }
    }
}

async fn hold_places(stage: &Stage, tracer_id: &str) -> Failable<Vec<Held>> {
    let mut held = Vec::new();
    for n in 1..=CONCURRENCY_LIMIT {
        held.push(Held::start(stage.mpp.address, &stage.caller, &format!("{tracer_id}-held-{n}")).await?);
    }
    Ok(held)
}

/// Ends the requests that were held: each must get its own answer, or it was not held.
async fn let_go(held: Vec<Held>) -> Failable<()> {
    for request in held {
        let result = request.finish().await?.result("result");
        if result.as_deref() != Some("S SUCCESS") {
            return Err(format!("a request that was held ended with {result:?}").into());
        }
    }
    Ok(())
}

async fn ask(stage: &Stage, scenario: &Scenario, line: &Line, tracer_id: &str) -> Failable<Answer> {
    let client = client(stage, line, scenario.asker)?;
    let request = request(scenario.payment)?;
    let mut call = client.inquiry_payment(&request).tracer_id(tracer_id);
    if let Some((units, currency)) = scenario.asker.expecting {
        let payment_amount = Some(Amount::minor(units, currency)?);
        call = call.expecting(Expected { payment_amount, ..Expected::default() });
    }
    let schedule = PollSchedule::every(Duration::from_millis(200)).until(Duration::from_secs(5));
    Ok(match scenario.asker.wait {
        Wait::No => call.await,
        Wait::UntilFinal => call.wait_until_final(schedule).await,
        Wait::UntilFinalOrUnsettled => call.wait_until_final(schedule.stop_when_undetermined()).await,
    })
}

/// A client that takes the line for the MPP.
pub(crate) fn client(stage: &Stage, line: &Line, asker: Asker) -> Result<Client, client::BuildError> {
    Client::builder(line.url())
        .client_id(asker.client_id)
        .signing_key(stage.caller.clone())
        .trusted_key(1, stage.mpp_public.clone())
        .freshness(Freshness::default().with_clock(Stage::clock(asker.clock_off_by)))
        .retry(RetryPolicy::new(asker.attempts))
        .build()
}

pub(crate) fn request(payment: &str) -> Failable<Request> {
    Ok(Request {
        acquirer_id: "1022188000000000001".parse()?,
        psp_id: "1022172000000000001".parse()?,
        payment_request_id: payment.parse()?,
    })
}
