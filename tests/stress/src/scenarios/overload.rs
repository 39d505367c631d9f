//! Four times what can be served is offered: the rest is refused for nothing, and what is taken is answered in time.

mod full;

use std::time::Duration;

use alipayplus_server::HttpServer;
use tokio::time::Instant;

use super::load::{
    Keys, LoadGenerator, Response, Tally, TestServer, Wallet, Watch, capacity, mib, per_second, resident,
};
use crate::counting::Signatures;
use crate::failure::{Failure, ensure};
use crate::progress::{grouped, say};
use crate::run::Run;
use crate::runtime;
use crate::scenario::Scenario;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "overload",
    about: "four times what can be served: the rest is refused before any RSA, what is taken is answered in time",
    run,
};

/// How long a handler takes: a look into a database.
const TAKES: Duration = Duration::from_millis(5);
/// How many times what can be served is offered.
const TIMES: u32 = 4;
/// How many times it must have been in the end: both share a machine.
const ENOUGH: u64 = 3;
/// How long it is request once more when the load is over.
const AGAIN: Duration = Duration::from_millis(300);
/// More than there are places, so that most of them find none.
const MANY: u32 = 240;
/// A fiftieth of a second is what a place waits for the work of all others: a few times what its handler takes.
const PLACES_OF_A_SECOND: u32 = 50;
/// How often times are measured before they count: whatever else runs on the machine shows in them. All else is judged
/// in each try.
const TRIES: u32 = 3;
/// What an answer may take, of what is taken.
const IN_TIME: Duration = Duration::from_secs(1);
/// What may be held more after the load than before: buffers of connections, and what the allocator keeps.
const MARGIN: u64 = 64 << 20;

/// What was measured.
struct Measured {
    served: u32,
    lasted: Duration,
    places: u32,
    tally: Tally,
    /// What was request right after, by as many as there are places.
    again: Tally,
    before: Option<u64>,
    most: Option<u64>,
    after: Option<u64>,
}

fn run(run: &mut Run) -> Result<(), Failure> {
    let keys = Keys::read()?;
    full::run(run, &keys)?;
    let mut number = 1;
    loop {
        let served = capacity(&keys, TAKES, run.either(Duration::from_secs(3), Duration::from_millis(800)))?;
        let measured = overload(&keys, served, run.either(Duration::from_secs(8), Duration::from_millis(1500)))?;
        let is_judged = run.either(true, false);
        if is_judged {
            judge_memory(&measured)?;
        }
        let judged = if is_judged { judge_times(&measured) } else { Ok(()) };
        match &judged {
            Err(error) if number < TRIES => say(format!("  try {number} of {TRIES}: {}", error.what)),
            _ => {
                tell(run, &measured);
                run.found("tries, the last of which is shown", number);
                return judged;
            }
        }
        number += 1;
    }
}

fn overload(keys: &Keys, served: u32, lasts: Duration) -> Result<Measured, Failure> {
    let places = (served / PLACES_OF_A_SECOND).max(8);
    let (signatures, wallet) = (Signatures::default(), Wallet::new(TAKES));
    let builder = keys.builder(&signatures).concurrency_limit(usize::try_from(places)?);
    let server = TestServer::start(builder, HttpServer::new(), wallet.clone())?;
    let measured = runtime::real()?.block_on(async {
        let load = LoadGenerator::of_good_ones(&server, keys, MANY).await?;
        let before = resident();
        let watch = Watch::start();
        let began = Instant::now();
        let tally = load.open(served.saturating_mul(TIMES), lasts).await?;
        let lasted = began.elapsed();
        let most = watch.most();
        drop(watch);
        tally.only(&[Response::paid(), Response::overload()])?;
        let taken = tally.of(&Response::paid()).total();
        let spent = (wallet.calls(), signatures.made());
        ensure(spent == (taken, taken), || {
            format!("{taken} were taken, with calls of the handler and signatures {spent:?}")
        })?;
        ensure(taken > 0 && taken < tally.total(), || format!("{taken} of {} were taken", tally.total()))?;
        // Back to normal: there are as many places as before, and whoever takes one is served.
        let again = LoadGenerator { connections: places, ..load }.closed(AGAIN).await?;
        again.only(&[Response::paid()])?;
        Ok::<_, Failure>(Measured { served, lasted, places, tally, again, before, most, after: resident() })
    })?;
    server.end()?;
    Ok(measured)
}

fn tell(run: &mut Run, measured: &Measured) {
    let Measured { served, lasted, places, tally, again, before, most, after } = measured;
    let (taken, refused) = (tally.of(&Response::paid()), tally.of(&Response::overload()));
    run.found("served in a second, offered in a second", format!("{served}, {}", per_second(tally.total(), *lasted)));
    run.found("places in flight, connections, seconds", format!("{places}, {MANY}, {:.1}", lasted.as_secs_f32()));
    run.found("taken, refused unsigned", format!("{}, {}", grouped(taken.total()), grouped(refused.total())));
    run.found("calls of the handler and signatures beyond those taken", 0);
    run.found("taken: median, 99 %, slowest", &taken);
    run.found("refused: median, 99 %, slowest", &refused);
    run.found("right after, as many at once as there are places: all served", grouped(again.total()));
    run.found("their median, 99 %, slowest", again.of(&Response::paid()));
    run.found("memory before, at most, after", format!("{}, {}, {}", mib(*before), mib(*most), mib(*after)));
}

fn judge_memory(measured: &Measured) -> Result<(), Failure> {
    let (Some(before), Some(most)) = (measured.before, measured.most) else { return Ok(()) };
    ensure(most <= before + MARGIN, || format!("memory grew from {before} to {most} bytes"))
}

fn judge_times(measured: &Measured) -> Result<(), Failure> {
    let offered = per_second(measured.tally.total(), measured.lasted);
    ensure(offered >= u64::from(measured.served) * ENOUGH, || {
        format!("{} in a second can be served, and no more than {offered} were offered: no overload", measured.served)
    })?;
    for (when, tally) in [("under load", &measured.tally), ("right after", &measured.again)] {
        let slow = tally.of(&Response::paid()).of_a_thousand(990);
        ensure(slow < IN_TIME, || format!("{when}, one in a hundred of those taken took {slow:?} or more"))?;
    }
    Ok(())
}
