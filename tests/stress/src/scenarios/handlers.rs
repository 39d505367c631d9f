//! Handlers, signers and access checks that hang, panic, fail or are late, and clients that disconnect: the response,
//! its time, and the log.

mod table;
mod test_bed;
mod times;

use crate::failure::Failure;
use crate::progress::grouped;
use crate::run::Run;
use crate::scenario::Scenario;
use table::TABLE;
use test_bed::TestBed;

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "handlers",
    about: "handlers and signers that hang, panic, fail or are late: code, time, permit and log",
    run,
};

/// When clients disconnect, in milliseconds: before the end of a handler's first pause, in it, and during signing.
const LEAVING: [u64; 3] = [1, 9, 3_800];

fn run(run: &mut Run) -> Result<(), Failure> {
    let bed = TestBed::new()?;
    run.cases("a fault", u64::try_from(TABLE.len())?, |case, _| match TABLE.get(usize::try_from(case)?) {
        Some(row) => bed.answers(row),
        None => Ok(()),
    })?;
    let leaving = TABLE.iter().flat_map(|row| LEAVING.map(|after| (row, after))).collect::<Vec<_>>();
    let mut left = 0;
    run.cases("a client that disconnects", u64::try_from(leaving.len())?, |case, _| {
        let Some((row, after)) = leaving.get(usize::try_from(case)?) else { return Ok(()) };
        left += u64::from(bed.is_left(row, *after)?);
        Ok(())
    })?;
    if left == 0 && !run.is_one_case() {
        return Err("no client ever disconnected in time".into());
    }
    run.found("faults of handler, signer, access", TABLE.len());
    run.found("clients that disconnected during a request", left);
    run.found("requests after which the permit was free", TABLE.len() + leaving.len());

    let count = run.either(20_000, 1_000);
    let mut tally = times::Tally::default();
    run.cases("slow steps", count, |_, rng| tally.count(&times::judge(&bed, rng)?))?;
    run.found("slow bodies, handlers and signers under random deadlines", grouped(count));
    run.found("answered, late by a step's deadline, by the total deadline", tally.text());
    if !run.is_one_case() && tally.lacks_any() {
        return Err(format!("something never occurred: {tally:?}").into());
    }
    Ok(())
}
