//! `cargo xtask demo`: an acquirer sends inquiries to the example MPP over HTTP on loopback; see `--help`.

mod change;
mod check;
mod client;
mod database;
mod exchange;
mod inquiry;
mod keys;
mod log;
mod mpp;
mod outcome;
mod pending;
mod proxy;
mod report;
mod scenario;
mod scenarios;
mod sequence;
mod setup;
mod table;
mod wire;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::time::timeout;

use crate::change::Tamper;
use crate::exchange::Exchange;
use crate::report::Report;
use crate::scenario::Scenario;
use crate::scenarios::{GROUPS, SHOWN};
use crate::setup::Setup;

const EXIT: &str = "Exit code: 0 if everything is as expected, 1 if not, 2 for wrong usage.";
/// The MPP is ended after this time in any case.
const LIMIT: Duration = Duration::from_secs(90);

/// Send inquiries to the example MPP over signed HTTP on loopback, and show every case.
///
/// Generates temporary keys, starts the example MPP (crates/server/examples/mpp.rs) as its own process on an SQLite
/// file in a temporary folder, writes payments to that file, and inquires about them with the client library. Only the
/// loopback network is used, and all files are deleted.
///
/// Every exchange goes through a proxy that records each byte. For some scenarios the proxy also changes requests (for
/// the MPP to refuse) or responses (for the client to refuse). The table shows for each scenario what was sent,
/// `result` and `paymentResult` as the client received them, the outcome that the client's program sees, the cause in
/// the MPP's own log, and whether all of that is as expected. Then one exchange follows in full: headers, body and
/// signed content.
///
/// Progress goes to standard error, the rest to standard output.
#[derive(Debug, Parser)]
#[command(name = "alipayplus-demo", verbatim_doc_comment, after_help = EXIT)]
struct Arguments {
    /// Print one JSON document instead of the table.
    #[arg(long)]
    json: bool,
    /// The program of the example MPP [default: examples/mpp beside this program].
    #[arg(long, value_name = "PATH")]
    mpp: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begin = Instant::now();
    // The first that ends drops the other, and the MPP's process with it.
    let ended = tokio::select! {
        ended = timeout(LIMIT, run(arguments.mpp.as_deref())) => ended,
        () = interrupted() => {
            say("interrupted: the MPP was ended");
            return ExitCode::from(130);
        }
    };
    let report = match ended {
        Ok(Ok(report)) => report,
        Ok(Err(error)) => {
            say(format!("error: {error}"));
            return ExitCode::FAILURE;
        }
        Err(_) => {
            say(format!("error: not done after {} s", LIMIT.as_secs()));
            return ExitCode::FAILURE;
        }
    };
    say(format!("done in {:.1} s\n", begin.elapsed().as_secs_f64()));
    let is_printed = print(&report, arguments.json);
    if is_printed && report.is_as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Makes the setup, and runs all scenarios in order.
async fn run(program: Option<&Path>) -> Result<Report, Box<dyn Error>> {
    say("making keys and starting the example MPP");
    let mut setup = Setup::new(program).await?;
    say(format!("process {} listens at {}", setup.mpp.process(), setup.mpp.address));
    let mut report = Report::default();
    let all = GROUPS.iter().flat_map(|group| group.scenarios.iter().map(|scenario| (group.heading, scenario)));
    for (n, (heading, scenario)) in (1..).zip(all) {
        say(format!("[{n:2}] {}", scenario.name));
        if let Err(error) = play(&mut setup, &mut report, heading, scenario, n).await {
            let log = setup.mpp.log.tail();
            return Err(format!("{}: {error}; the end of the MPP's log:\n{log}", scenario.name).into());
        }
    }
    setup.mpp.stop().await;
    Ok(report)
}

/// Runs one scenario, adds its row, and keeps what later ones need.
async fn play(
    setup: &mut Setup,
    report: &mut Report,
    heading: &'static str,
    scenario: &'static Scenario,
    n: u32,
) -> Result<(), Box<dyn Error>> {
    let seen = inquiry::run(setup, scenario, &format!("demo-{n}")).await?;
    let row = check::row(heading, scenario, &seen, setup.earlier(scenario.response)?);
    for entry in seen.log.iter().filter(|_| !row.is_as_expected()) {
        say(format!("  DIFFERS; the MPP's log: {}", entry.text));
    }
    report.rows.push(row);
    let Some(recorded) = seen.exchanges.into_iter().next() else { return Ok(()) };
    if scenario.name == SHOWN {
        report.exchange = Some(Exchange::new(SHOWN, &recorded, &setup.client_public, &setup.mpp_public));
    }
    // The first response about a payment is genuine; later scenarios repeat it.
    if let (Tamper::Nothing, Some(response)) = (scenario.response, recorded.response) {
        setup.responses.entry(scenario.payment).or_insert(response);
    }
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}

/// Prints a line of progress.
fn say(line: impl AsRef<str>) {
    // A closed standard error cannot be reported.
    drop(writeln!(io::stderr(), "{}", line.as_ref()));
}

/// Prints the report; returns whether that worked.
fn print(report: &Report, as_json: bool) -> bool {
    let mut out = io::stdout();
    let text = if as_json {
        format!("{:#}\n", report.json())
    } else {
        let is_coloured = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        table::text(report, is_coloured)
    };
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}
