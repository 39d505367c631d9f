//! `cargo xtask demo`: an acquirer asks the example MPP about payments, over HTTP on loopback; see `--help`.

mod ask;
mod change;
mod database;
mod exchange;
mod expect;
mod hold;
mod keys;
mod line;
mod log;
mod mpp;
mod outcome;
mod report;
mod scenario;
mod scenarios;
mod sequence;
mod stage;
mod wire;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::time::timeout;

use crate::change::Twist;
use crate::exchange::Exchange;
use crate::report::Report;
use crate::scenario::Scenario;
use crate::scenarios::{GROUPS, SHOWN};
use crate::stage::Stage;

const EXIT: &str = "Exit code: 0 if all is as expected, 1 if not, 2 for wrong usage.";
/// Whatever happens, the MPP does not outlive this.
const LIMIT: Duration = Duration::from_secs(90);

/// Ask the example MPP about payments over signed HTTP on loopback, and show every case.
///
/// Makes throwaway keys, starts the example MPP (crates/server/examples/mpp.rs) as a process of its own on an SQLite
/// file in a temporary folder, writes payments into that file, and asks about them with the client library. No network
/// but loopback is used, and nothing is left behind.
///
/// Every exchange runs over a line that notes each byte. For some scenarios the line also changes requests (so that
/// the MPP has something to refuse) or answers (so that the client has). The table shows for each scenario what was
/// sent, `result` and `paymentResult` as the client got them, the outcome that a caller's program sees, the cause in
/// the MPP's own log, and whether all of that is as expected. Then one exchange follows in full: headers, body, and
/// the content that was signed.
///
/// Progress goes to standard error, the rest to standard output.
#[derive(Debug, Parser)]
#[command(name = "alipayplus-demo", verbatim_doc_comment, after_help = EXIT)]
struct Arguments {
    /// Print one JSON document instead of the table.
    #[arg(long)]
    json: bool,
    /// The example MPP's program [default: examples/mpp beside this program].
    #[arg(long, value_name = "PATH")]
    mpp: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begin = Instant::now();
    // Whichever ends first, the other is dropped, and the MPP's process with it.
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
    let is_told = tell(&report, arguments.json);
    if is_told && report.is_as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Sets the stage, and runs all scenarios one after the other.
async fn run(program: Option<&Path>) -> Result<Report, Box<dyn Error>> {
    say("making keys and starting the example MPP");
    let mut stage = Stage::set(program).await?;
    say(format!("process {} listens at {}", stage.mpp.process(), stage.mpp.address));
    let mut report = Report::default();
    let all = GROUPS.iter().flat_map(|group| group.scenarios.iter().map(|scenario| (group.heading, scenario)));
    for (n, (heading, scenario)) in (1..).zip(all) {
        say(format!("[{n:2}] {}", scenario.name));
        if let Err(error) = play(&mut stage, &mut report, heading, scenario, n).await {
            let log = stage.mpp.log.tail();
            return Err(format!("{}: {error}; the end of the MPP's log:\n{log}", scenario.name).into());
        }
    }
    stage.mpp.stop().await;
    Ok(report)
}

/// Runs one scenario, judges it, and keeps what is needed of it later.
async fn play(
    stage: &mut Stage,
    report: &mut Report,
    heading: &'static str,
    scenario: &'static Scenario,
    n: u32,
) -> Result<(), Box<dyn Error>> {
    let seen = ask::run(stage, scenario, &format!("demo-{n}")).await?;
    let row = expect::judge(heading, scenario, &seen, stage.earlier(scenario.answer)?);
    for entry in seen.log.iter().filter(|_| !row.is_as_expected()) {
        say(format!("  DIFFERS; the MPP's log: {}", entry.text));
    }
    report.rows.push(row);
    let Some(carried) = seen.carried.into_iter().next() else { return Ok(()) };
    if scenario.name == SHOWN {
        report.exchange = Some(Exchange::new(SHOWN, &carried, &stage.caller_public, &stage.mpp_public));
    }
    // The first answer about a payment is a genuine one, for those who pass it on later.
    if let (Twist::Nothing, Some(answer)) = (scenario.answer, carried.answered) {
        stage.answers.entry(scenario.payment).or_insert(answer);
    }
    Ok(())
}

/// Ctrl-C, or a polite request to end.
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

/// A line about the progress.
fn say(line: impl AsRef<str>) {
    // Without anybody to read it there is nothing to be done.
    drop(writeln!(io::stderr(), "{}", line.as_ref()));
}

/// Prints the report; false if it could not be.
fn tell(report: &Report, as_json: bool) -> bool {
    let mut out = io::stdout();
    let text = if as_json {
        format!("{:#}\n", report.json())
    } else {
        let is_coloured = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        report.table(is_coloured)
    };
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}
