//! A hostile peer on loopback, on either side of an exchange and in the middle: each kind of fault happens, and causes
//! the one error that it must.

mod act;
mod answers;
mod between;
mod bomb;
mod ending;
mod flips;
mod kept;
mod log;
mod message;
mod questions;
mod tls;

use tokio::runtime::{self, Runtime};

use crate::house::House;
use crate::part::{Disproof, Part};
use crate::progress::grouped;
use crate::run::Run;

pub(crate) const PART: Part = Part {
    name: "hostile",
    about: "a hostile peer on loopback: each kind of fault happens, and causes the one error that it must",
    prove,
};

fn prove(run: &mut Run) -> Result<(), Disproof> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let house = House::new()?;
    let kinds = [answers::all().count(), questions::all().count(), between::FAULTS.len()];
    let rounds = run.either(20, 1);
    run.cases("faults", rounds, |_, rng| {
        let victim = runtime.block_on(questions::Victim::start(&house))?;
        let mut tried: Vec<_> = answers::all().map(|fault| runtime.block_on(fault.cause(&house, rng))).collect();
        tried.extend(questions::all().map(|fault| runtime.block_on(victim.suffer(fault, rng))));
        tried.push(runtime.block_on(victim.stop()));
        tried.extend(between::FAULTS.iter().map(|fault| runtime.block_on(fault.cause(&house))));
        all_hold(tried)
    })?;
    for (kinds, of) in kinds.iter().zip(["a lying server", "a lying client", "a man in the middle"]) {
        run.found(format!("kinds of faults of {of}, each so often"), format!("{kinds}, {rounds}"));
    }
    let tls = runtime.block_on(tls::all(&house))?;
    let kept = runtime.block_on(kept::all(&house))?;
    run.found("TLS: right once, wrong in so many ways", format!("{}", tls - 1));
    run.found("kept connections closed at the worst moment", format!("{kept}"));
    if run.is_one_case() { Ok(()) } else { turned_bits(run, &runtime, &house) }
}

fn turned_bits(run: &mut Run, runtime: &Runtime, house: &House) -> Result<(), Disproof> {
    let victim = runtime.block_on(questions::Victim::start(house))?;
    let all = run.either(true, false);
    let rng = &mut run.chance("bits");
    let answers = runtime.block_on(flips::of_answers(&victim, all, rng))?;
    let questions = runtime.block_on(flips::of_questions(&victim, all, rng))?;
    for (tally, of) in [(answers, "answers"), (questions, "questions")] {
        let flips::Tally { refused, harmless } = tally;
        run.found(
            format!("{of} with one bit turned over, at each byte: refused, harmless"),
            format!("{}, {}", grouped(refused), grouped(harmless)),
        );
    }
    runtime.block_on(victim.stop())
}

/// Names each that does not hold.
fn all_hold(tried: Vec<Result<(), Disproof>>) -> Result<(), Disproof> {
    let failed: Vec<_> = tried.into_iter().filter_map(|tried| tried.err().map(|disproof| disproof.what)).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}
