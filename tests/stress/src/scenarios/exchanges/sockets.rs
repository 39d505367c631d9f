//! Exchanges over loopback in real time: durations are reported, not asserted.

use std::time::{Duration, Instant};

use alipayplus_client::Client;
use alipayplus_server::HttpServer;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::failure::Failure;
use crate::test_bed::{TestBed, Wallet, decision_of, expected, inquiry};

const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes this many calls, and reports the 50th, 99th and 99.9th percentile of their durations.
pub(crate) fn times(bed: &TestBed, count: u64) -> Result<String, Failure> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut times = runtime.block_on(ask_all(bed, count))?;
    times.sort_unstable();
    let at = |per_mille: usize| times.get(times.len() * per_mille / 1000).copied().unwrap_or_default();
    Ok(format!("p50 {:.1?}, p99 {:.1?}, p99.9 {:.1?}", at(500), at(990), at(999)))
}

async fn ask_all(bed: &TestBed, count: u64) -> Result<Vec<Duration>, Failure> {
    let wallet = Wallet::default();
    let (stop, stopped) = oneshot::channel::<()>();
    let serve = HttpServer::new().with_graceful_shutdown(async { drop(stopped.await) }, PATIENCE);
    let bound = serve.bind("127.0.0.1:0").await?;
    let client = bed.client(format!("http://{}", bound.local_addr())).build()?;
    let serving = tokio::spawn(bound.run(bed.server().build()?.inquiry_payment(wallet.clone())));
    let calls = stream::iter(0..count).map(|number| ask(&client, &wallet, number)).buffer_unordered(AT_ONCE);
    let times = calls.try_collect().await?;
    drop((client, stop));
    serving.await??;
    nothing_is_left().await?;
    Ok(times)
}

/// No connection has a task that is alive, on neither side: those of the client end a moment after it.
async fn nothing_is_left() -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        match Handle::current().metrics().num_alive_tasks() {
            0 => return Ok(()),
            alive if Instant::now() > end => return Err(format!("{alive} tasks are left").into()),
            _ => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn ask(client: &Client, wallet: &Wallet, number: u64) -> Result<Duration, Failure> {
    let kinds = ["paid", "failed", "closed", "open", "unknown"];
    let payment = format!("{}-{number}", kinds[usize::try_from(number)? % kinds.len()]);
    let request = inquiry(&payment)?;
    let begin = Instant::now();
    let reply = client.inquiry_payment(&request).expecting(expected(&payment)?).await?;
    let took = begin.elapsed();
    let found = decision_of(&reply.outcome);
    if wallet.decided(&payment).contains(&found) { Ok(took) } else { Err(format!("{payment}: {found:?}").into()) }
}
