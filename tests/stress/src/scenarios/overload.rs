//! Four times the capacity is offered: the excess is refused at no cost, and accepted requests are answered in time.

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
    about: "four times the capacity: the excess is refused before any RSA, accepted requests are answered in time",
    run,
};

/// The duration of a handler: a database query.
const TAKES: Duration = Duration::from_millis(5);
/// The offered load as a multiple of the capacity.
const TIMES: u32 = 4;
/// The least multiple that must be reached: client and server share a machine.
const ENOUGH: u64 = 3;
/// The duration of the load afterwards.
const AGAIN: Duration = Duration::from_millis(300);
/// More connections than permits, so that most requests find none.
const MANY: u32 = 240;
/// One permit per 50 requests per second: a few times the duration of a handler.
const RATE_PER_PERMIT: u32 = 50;
/// How often durations are measured at most, since other processes disturb them. Everything else is checked
/// in each attempt.
const TRIES: u32 = 3;
/// The longest duration of an accepted request.
const IN_TIME: Duration = Duration::from_secs(1);
/// The most additional memory in bytes: buffers of connections, and what the allocator keeps.
const MARGIN: u64 = 64 << 20;

/// The measurements.
struct Measured {
    rate: u32,
    lasted: Duration,
    permits: u32,
    tally: Tally,
    /// The load afterwards, with as many connections as permits.
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
        let rate = capacity(&keys, TAKES, run.either(Duration::from_secs(3), Duration::from_millis(800)))?;
        let measured = overload(&keys, rate, run.either(Duration::from_secs(8), Duration::from_millis(1500)))?;
        let is_judged = run.either(true, false);
        if is_judged {
            check_memory(&measured)?;
        }
        let judged = if is_judged { check_times(&measured) } else { Ok(()) };
        match &judged {
            Err(error) if number < TRIES => say(format!("  try {number} of {TRIES}: {}", error.what)),
            _ => {
                report(run, &measured);
                run.found("tries, the last of which is shown", number);
                return judged;
            }
        }
        number += 1;
    }
}

fn overload(keys: &Keys, rate: u32, lasts: Duration) -> Result<Measured, Failure> {
    let permits = (rate / RATE_PER_PERMIT).max(8);
    let (signatures, wallet) = (Signatures::default(), Wallet::new(TAKES));
    let builder = keys.builder(&signatures).concurrency_limit(usize::try_from(permits)?);
    let server = TestServer::start(builder, HttpServer::new(), wallet.clone())?;
    let measured = runtime::real()?.block_on(async {
        let load = LoadGenerator::of_good_ones(&server, keys, MANY).await?;
        let before = resident();
        let watch = Watch::start();
        let began = Instant::now();
        let tally = load.open(rate.saturating_mul(TIMES), lasts).await?;
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
        // Afterwards all permits are free, and requests that take one are served.
        let again = LoadGenerator { connections: permits, ..load }.closed(AGAIN).await?;
        again.only(&[Response::paid()])?;
        Ok::<_, Failure>(Measured { rate, lasted, permits, tally, again, before, most, after: resident() })
    })?;
    server.end()?;
    Ok(measured)
}

fn report(run: &mut Run, measured: &Measured) {
    let Measured { rate, lasted, permits, tally, again, before, most, after } = measured;
    let (taken, refused) = (tally.of(&Response::paid()), tally.of(&Response::overload()));
    run.found("capacity, offered requests per second", format!("{rate}, {}", per_second(tally.total(), *lasted)));
    run.found("permits, connections, seconds", format!("{permits}, {MANY}, {:.1}", lasted.as_secs_f32()));
    run.found("accepted, refused unsigned", format!("{}, {}", grouped(taken.total()), grouped(refused.total())));
    run.found("calls of the handler and signatures beyond those accepted", 0);
    run.found("accepted: median, 99 %, slowest", &taken);
    run.found("refused: median, 99 %, slowest", &refused);
    run.found("afterwards, as many connections as permits: all served", grouped(again.total()));
    run.found("their median, 99 %, slowest", again.of(&Response::paid()));
    run.found("memory before, at most, after", format!("{}, {}, {}", mib(*before), mib(*most), mib(*after)));
}

fn check_memory(measured: &Measured) -> Result<(), Failure> {
    let (Some(before), Some(most)) = (measured.before, measured.most) else { return Ok(()) };
    ensure(most <= before + MARGIN, || format!("memory grew from {before} to {most} bytes"))
}

fn check_times(measured: &Measured) -> Result<(), Failure> {
    let offered = per_second(measured.tally.total(), measured.lasted);
    ensure(offered >= u64::from(measured.rate) * ENOUGH, || {
        format!("{} requests per second is the capacity, and only {offered} were offered: no overload", measured.rate)
    })?;
    for (when, tally) in [("under load", &measured.tally), ("right after", &measured.again)] {
        let slow = tally.of(&Response::paid()).of_a_thousand(990);
        ensure(slow < IN_TIME, || format!("{when}, one in a hundred of those taken took {slow:?} or more"))?;
    }
    Ok(())
}
