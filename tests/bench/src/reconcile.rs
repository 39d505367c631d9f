//! `alipayplus reconcile` over one MPP whose responses are signed in advance, compared with RSA.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;

use crate::baseline::message as raw;
use crate::baseline::server::Baseline;
use crate::cost::Clocks;
use crate::process::Usage;
use crate::setup::{LINE, Setup, VERSION, client_id};
use crate::{Failable, host};

/// The goals: this share of what RSA allows, and this long until all results of an earlier run are found.
const GOAL: f64 = 0.9;
const RESUMED: Duration = Duration::from_secs(10);
/// How old a signature gets: a response must not be from long before its request.
const RENEWED_EVERY: Duration = Duration::from_secs(5);
/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(100);
const HEADING: &str = "\
| payments | per second | processor time of one | of it RSA | memory | started again, nothing left to ask |
|--:|--:|--:|--:|--:|--:|";

/// Reconciles so many payments, and prints what one cost, how much memory the process needed at most, and how long a
/// second run takes.
pub(crate) fn run(program: &Path, payments: u32, print: &mut dyn FnMut(String) -> Failable<()>) -> Failable<()> {
    let setup = Arc::new(Setup::new()?);
    let url = format!(
        "http://{}",
        host::start(1, {
            let setup = Arc::clone(&setup);
            || renewed(setup)
        })?
    );
    let folder = tempfile::tempdir()?;
    write(folder.path(), &setup, &url, payments)?;
    let rsa = rsa(&setup)?;
    let first = Run::of(program, folder.path())?;
    let again = Run::of(program, folder.path())?;
    let each = first.usage.cpu / f64::from(payments);
    let (rate, micros, share) = (f64::from(payments) / first.wall.as_secs_f64(), each * 1e6, rsa / each);
    let mark = |is_met: bool| if is_met { "" } else { " MISS" };
    let (missed, late) = (mark(share >= GOAL), mark(again.wall < RESUMED));
    let (memory, seconds) = (first.usage.memory, again.wall.as_secs_f64());
    print(HEADING.to_owned())?;
    print(format!(
        "| {payments} | {rate:.0} | {micros:.0} µs | {:.0} %{missed} | {memory} MiB | {seconds:.1} s{late} |",
        100.0 * share
    ))
}

/// Serves responses whose signature is renewed.
async fn renewed(setup: Arc<Setup>) -> Failable<host::BoundServer> {
    let current = Arc::new(RwLock::new(Arc::new(Baseline::fixed(&setup)?)));
    let renewing = Arc::clone(&current);
    thread::spawn(move || {
        loop {
            thread::sleep(RENEWED_EVERY);
            let Ok(baseline) = Baseline::fixed_now(&setup) else { return };
            *renewing.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(baseline);
        }
    });
    Baseline::bind_current(move || Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner))).await
}

/// Writes the input, the keys and the file of MPPs.
fn write(folder: &Path, setup: &Setup, url: &str, payments: u32) -> Failable<()> {
    let mut input = "acquirerId,pspId,paymentRequestId,amount,currency\n".to_owned();
    for n in 0..payments {
        writeln!(input, "1022188000000000001,mpp,{n:020},100,JPY")?;
    }
    let mpps = format!(
        "client_id = \"{}\"\n[servers.mpp]\nurl = \"{url}\"\ntrusted_keys = {{ {VERSION} = \"mpp.pub\" }}\n",
        client_id(0)
    );
    fs::write(folder.join("payments.csv"), input)?;
    fs::write(folder.join("mpps.toml"), mpps)?;
    fs::write(folder.join("mpp.pub"), setup.server_key.public().to_text())?;
    Ok(fs::write(folder.join("caller.key"), setup.client_key.text()?)?)
}

/// Returns the processor time of one signature and one verification, in seconds.
fn rsa(setup: &Setup) -> Failable<f64> {
    const TIMES: u32 = 2000;
    let (random, key) = (SystemRandom::new(), setup.client_key.raw_public()?);
    let content = raw::content(LINE, client_id(0).as_bytes(), setup.time.as_bytes(), &setup.request);
    let clocks = Clocks::now();
    for _ in 0..TIMES {
        raw::verify(&key, &raw::sign(&setup.client_key.raw, &random, &content)?, &content)?;
    }
    Ok(clocks.here(TIMES).cpu)
}

/// A process from its start to its end.
struct Run {
    wall: Duration,
    usage: Usage,
}

impl Run {
    fn of(program: &Path, folder: &Path) -> Failable<Self> {
        let mut reconcile = Command::new(program);
        reconcile.args(["reconcile", "--input", "payments.csv", "--mpps", "mpps.toml", "--key", "caller.key"]);
        reconcile.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let begin = Instant::now();
        let mut process = reconcile.spawn()?;
        let mut run = Self { wall: Duration::ZERO, usage: Usage::default() };
        let status = loop {
            if let Some(status) = process.try_wait()? {
                break status;
            }
            // It may end in between.
            if let Ok(usage) = Usage::of(&process) {
                run.usage = usage;
            }
            thread::sleep(LOOK);
        };
        run.wall = begin.elapsed();
        if status.success() { Ok(run) } else { Err(format!("reconcile ended with {status}").into()) }
    }
}
