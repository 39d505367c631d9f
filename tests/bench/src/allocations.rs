//! How often memory is asked for.

use std::fmt;
use std::hint::black_box;
use std::sync::Arc;

use alipayplus_model::inquiry_payment::{Request, Response};
use alipayplus_runtime::message;
use allocation_counter::measure;

use crate::baseline::server::Baseline;
use crate::client::{self, Bare, Ours};
use crate::free::Free;
use crate::setup::{Setup, client_id};
use crate::{Failable, breakdown, host};

/// How often each is done before it is counted, and while it is.
const TIMES: u32 = 1000;

/// Allocations of one piece of work, with their bytes.
#[derive(Debug)]
pub(crate) struct Allocations(Vec<(&'static str, f64, f64)>);

pub(crate) fn table() -> Failable<Allocations> {
    let setup = Arc::new(Setup::new()?);
    let head = setup.ask(&client_id(0))?;
    let runtime = host::runtime(1)?;
    let server = setup.server(Free, 1)?;
    let baseline = Baseline::fixed(&setup)?;
    let address = host::start(1, || baseline.bind())?;
    let (ours, bare) = (Ours::new(&setup, address)?, Bare::new(&setup, address)?);
    let call = || {
        let _entered = runtime.enter();
        breakdown::call(&server, &head, &setup)
    };
    Ok(Allocations(vec![
        counted("a request to the server, without hyper", call)?,
        counted("a call of the client", || client::slice(&runtime, 1, 1, || ours.ask()).map(drop))?,
        counted("a call of bare reqwest", || client::slice(&runtime, 1, 1, || bare.ask()).map(drop))?,
        counted("a request read and checked", || request(&setup.request))?,
        counted("an answer read and checked", || answer(&setup.answer))?,
    ]))
}

fn request(bytes: &[u8]) -> Failable<()> {
    black_box(message::from_slice::<Request>(bytes)?);
    Ok(())
}

fn answer(bytes: &[u8]) -> Failable<()> {
    black_box(message::from_slice::<Response>(bytes)?);
    Ok(())
}

/// Counts only on this thread.
fn counted(what: &'static str, mut work: impl FnMut() -> Failable<()>) -> Failable<(&'static str, f64, f64)> {
    let mut all = || (0..TIMES).try_for_each(|_| work());
    all()?;
    let mut done = Ok(());
    let info = measure(|| done = all());
    done?;
    Ok((what, mean(info.count_total)?, mean(info.bytes_total)?))
}

fn mean(total: u64) -> Failable<f64> {
    Ok(f64::from(u32::try_from(total)?) / f64::from(TIMES))
}

impl fmt::Display for Allocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | allocations | bytes |\n|---|---|---|")?;
        self.0.iter().try_for_each(|(what, count, bytes)| writeln!(f, "| {what} | {count:.1} | {bytes:.0} |"))
    }
}
