//! A hostile peer on loopback, on either side of an exchange and in the middle: each kind of fault happens, and causes
//! the one error that it must.

mod act;
mod answers;
mod bomb;
mod ending;
mod log;
mod message;
mod questions;

use tokio::runtime::{self, Runtime};

use crate::house::House;
use crate::part::{Disproof, Part};
use crate::run::Run;

pub(crate) const PART: Part = Part {
    name: "hostile",
    about: "a hostile peer on loopback: each kind of fault happens, and causes the one error that it must",
    prove,
};

fn prove(run: &mut Run) -> Result<(), Disproof> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let house = House::new()?;
    lying_server(run, &runtime, &house)?;
    lying_client(run, &runtime, &house)
}

fn lying_server(run: &mut Run, runtime: &Runtime, house: &House) -> Result<(), Disproof> {
    let rounds = run.either(20, 1);
    run.cases("a lying server", rounds, |_, rng| {
        all_hold(answers::all().map(|fault| runtime.block_on(fault.cause(house, rng))))
    })?;
    run.found("kinds of lies of a server, each so often", format!("{}, {rounds}", answers::all().count()));
    Ok(())
}

fn lying_client(run: &mut Run, runtime: &Runtime, house: &House) -> Result<(), Disproof> {
    let rounds = run.either(20, 1);
    let victim = runtime.block_on(questions::Victim::start(house))?;
    run.cases("a lying client", rounds, |_, rng| {
        all_hold(questions::all().map(|fault| runtime.block_on(victim.suffer(fault, rng))))
    })?;
    runtime.block_on(victim.stop())?;
    run.found("kinds of lies of a client, each so often", format!("{}, {rounds}", questions::all().count()));
    Ok(())
}

/// Tries all of them, and names each that does not hold.
fn all_hold(tried: impl Iterator<Item = Result<(), Disproof>>) -> Result<(), Disproof> {
    let failed: Vec<_> = tried.filter_map(|tried| tried.err().map(|disproof| disproof.what)).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}
