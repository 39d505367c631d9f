//! `alipayplus demo`: our client asks a sandbox about every case, and all of it is shown.

mod change;
mod check;
mod exchange;
mod inquiry;
mod mpp;
mod outcome;
mod report;
mod scenario;
mod scenarios;
mod sequence;
mod table;

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::time::timeout;

use crate::console::{FAILED, could_not_run, print, say};
use crate::settings::PER_RUN;
use exchange::Exchange;
use inquiry::Setup;
use report::Report;
use scenarios::{GROUPS, SHOWN};

/// The sandbox is ended after this time in any case.
const LIMIT: Duration = Duration::from_secs(90);

/// Ask a sandbox about a payment of every kind, and show each inquiry.
///
/// Starts `alipayplus sandbox --dev` as a process of its own, with its state in an SQLite file, creates payments by its admin
/// API, and inquires about them with the client library. Only the loopback network is used, and all files are deleted.
///
/// For some scenarios the request is changed after the client has made it, for the sandbox to refuse, or the sandbox plays a
/// fault, for the client to refuse. The tables show for each scenario what was sent, `result` and `paymentResult` of the
/// answer, the outcome that the client's program sees, the cause in the sandbox's journal, and whether all of that is as
/// expected. Then one exchange follows in full: headers, body and signed content.
///
/// Progress goes to stderr, the rest to stdout.
#[derive(Args)]
pub(crate) struct DemoArguments {
    /// Print one JSON document instead of the tables.
    #[arg(long)]
    json: bool,
    /// Leave the sandbox running until Ctrl-C, and print the address of its admin API.
    #[arg(help_heading = PER_RUN, long)]
    stay: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &DemoArguments) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(format!("can't start: {error}")),
    };
    // The first that ends drops the other, and the sandbox's process with it.
    runtime.block_on(async {
        tokio::select! {
            code = shown(arguments) => code,
            () = interrupted() => {
                say("interrupted: the sandbox was ended");
                ExitCode::from(130)
            }
        }
    })
}

async fn shown(arguments: &DemoArguments) -> ExitCode {
    let begin = Instant::now();
    let (setup, report) = match timeout(LIMIT, played()).await {
        Ok(Ok(played)) => played,
        Ok(Err(error)) => return could_not_run(error.to_string()),
        Err(_) => return could_not_run(format!("not done after {} s", LIMIT.as_secs())),
    };
    say(format!("done in {:.1} s\n", begin.elapsed().as_secs_f64()));
    print(if arguments.json {
        format!("{:#}", report.json())
    } else {
        let is_coloured =
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        table::text(&report, is_coloured)
    });
    if arguments.stay {
        say(format!("the sandbox stays until Ctrl-C: MPP {}, admin {}", setup.mpp.url, setup.mpp.admin));
        setup.mpp.ended().await;
    }
    if report.is_as_expected() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

/// Starts the sandbox, and runs all scenarios in order.
async fn played() -> Result<(Setup, Report), Box<dyn Error + Send + Sync>> {
    say("starting the sandbox");
    let mut setup = Setup::new().await?;
    say(format!("process {} listens at {}, state in {}", setup.mpp.process(), setup.mpp.url, setup.mpp.state));
    let mut report = Report::default();
    let all = GROUPS.iter().flat_map(|group| group.scenarios.iter().map(|scenario| (group.heading, scenario)));
    for (n, (heading, scenario)) in (1..).zip(all) {
        say(format!("[{n:2}] {}", scenario.name));
        let seen = setup.run(scenario).await.map_err(|error| format!("{}: {error}", scenario.name))?;
        let row = check::row(heading, scenario, &seen);
        for entry in seen.journal.iter().filter(|_| !row.is_as_expected()) {
            say(format!("  DIFFERS; the sandbox's journal: {entry}"));
        }
        report.rows.push(row);
        if let (SHOWN, [entry, ..]) = (scenario.name, &*seen.journal) {
            report.exchange = Some(Exchange::new(SHOWN, entry, &setup.client_public, &setup.mpp_public));
        }
    }
    Ok((setup, report))
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
