//! `alipayplus conformance caller`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alipayplus_kit::caller::{self, Fault, RULES, Settings};
use alipayplus_kit::inquiry_payment::OPERATION;
use alipayplus_kit::mask::Mask;
use alipayplus_kit::report::{Facts, Report};
use alipayplus_kit::run;
use alipayplus_signing::Timestamp;
use clap::Args;
use tokio::signal::unix::SignalKind;

use super::expected;
use super::output::{self, Progress, ReportFile};
use crate::console::{self, could_not_run, usage};
use crate::settings::PER_RUN;

const EXAMPLES: &str = "\
Examples:
  alipayplus conformance caller -- node docs/adapters/adapter.mjs
  alipayplus conformance caller --tls --report html=report.html -- ./my-adapter --quiet
  alipayplus conformance caller --only signature,time/none -- python3 my_adapter.py
  alipayplus conformance caller --stdio --jobs 8 -- java docs/adapters/Adapter.java

The words are paid, failed, cancelled, in_progress, not_found and unknown. docs/conformance-caller.md says more.";

/// Try a program that asks MPPs about payments, in any language, with an MPP that is right or wrong in one way at a time.
///
/// The command after -- is your adapter: it asks about one payment with your own code, and prints one word for what it
/// concluded as its last line. It gets the address, the keys and the payment from its environment, and runs once for each
/// fault; with --stdio, it runs once and gets a JSON line for each fault.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct CallerArguments {
    /// Run only these faults: an ID, a group such as `signature`, or a text with a `*`. Can be given several times.
    #[arg(long, value_name = "FAULTS", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not run these faults.
    #[arg(long, value_name = "FAULTS", value_delimiter = ',')]
    skip: Vec<String>,
    /// A file of known failures, one ID on each line. One that does not fail any more fails the run.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Let a SHOULD that fails fail the run.
    #[arg(long)]
    strict: bool,
    /// Speak TLS with a certificate by a throwaway authority, and with wrong ones.
    #[arg(long)]
    tls: bool,
    /// How long the adapter may ask about one payment.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 6000, value_parser = clap::value_parser!(u64).range(1000..=600_000))]
    deadline: u64,
    /// Run the adapter once: it reads a JSON line for each fault and writes one with its outcome.
    #[arg(long)]
    stdio: bool,
    /// How many faults are tried at once; 8 by default, and 1 with --stdio.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// The path of the operation that the adapter asks.
    #[arg(long, default_value = "/aps/api/v1/payments/inquiryPayment", value_parser = path)]
    path: String,
    /// In the IDs of the payments, so that a log tells runs from each other.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Write a report: junit=FILE, json=FILE (CTRF), md=FILE or html=FILE. Can be given several times.
    #[arg(long, value_name = "FORM=FILE")]
    report: Vec<ReportFile>,
    /// Write over reports that are there.
    #[arg(help_heading = PER_RUN, long)]
    force: bool,
    /// Print the results as JSON.
    #[arg(long)]
    json: bool,
    /// The adapter and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Reads a path as it is in the first line of a request.
fn path(text: &str) -> Result<String, String> {
    let is_path = text.starts_with('/') && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#?".contains(&byte));
    if is_path { Ok(text.to_owned()) } else { Err("a path begins with / and has no blanks, ? or #".to_owned()) }
}

/// Runs the command.
pub(crate) fn run(arguments: &CallerArguments) -> ExitCode {
    let all: Vec<&'static Fault> = caller::faults().collect();
    let rule = |pattern: &&String| RULES.iter().any(|rule| run::matches(pattern, rule.id));
    let own = |pattern: &&String| all.iter().any(|fault| run::matches(pattern, fault.id));
    if let Some(pattern) = arguments.only.iter().chain(&arguments.skip).find(|it| rule(it) && !own(it)) {
        return usage(format!("`{pattern}` is judged in every fault: select faults, or nothing"));
    }
    let faults = match run::select(&all, |fault| fault.id, &arguments.only, &arguments.skip) {
        Ok(faults) => faults,
        Err(message) => return usage(message),
    };
    let is_known = |id: &str| all.iter().any(|fault| fault.id == id) || RULES.iter().any(|rule| rule.id == id);
    let expected = match arguments.expect.as_deref().map(|path| expected::read(path, is_known)).transpose() {
        Ok(expected) => expected.unwrap_or_default(),
        Err(message) => return usage(message),
    };
    if let Some(message) = output::in_the_way(&arguments.report, arguments.force) {
        return usage(message);
    }
    let report = match tried(arguments, &faults, &expected) {
        Ok(report) => report,
        Err(message) => return could_not_run(message),
    };
    output::end(&report, arguments.json, &arguments.report)
}

fn tried(
    arguments: &CallerArguments,
    faults: &[&'static Fault],
    expected: &[(String, bool)],
) -> Result<Report, String> {
    let mut settings = Settings::new(arguments.command.clone());
    settings.deadline = Duration::from_millis(arguments.deadline);
    settings.stdio = arguments.stdio;
    settings.jobs = arguments.jobs.unwrap_or(if arguments.stdio { 1 } else { 8 }).into();
    settings.tls = arguments.tls;
    settings.path.clone_from(&arguments.path);
    settings.seed = arguments.seed.unwrap_or_else(|| Timestamp::now().subsec_nanosecond().unsigned_abs().into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("can't start: {error}"))?;
    let started = Timestamp::now();
    let mut progress = Progress::new(faults.len());
    let rows = runtime.block_on(async {
        // What is dropped then ends the adapters and removes the keys.
        tokio::select! {
            rows = caller::run(faults, &settings, |row| progress.next(row.id)) => Ok(rows),
            signal = interrupted() => Err(signal),
        }
    });
    console::clear_progress();
    let rows = rows.map_err(|signal| format!("ended by {signal}"))?;
    let command: Vec<_> = arguments.command.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    let rows = rows.map_err(|error| format!("can't run `{}`: {error}", command.join(" ")))?;
    let facts = Facts {
        operation: OPERATION.name,
        target: command.join(" "),
        client_id: settings.client_id,
        seed: settings.seed,
        started,
        strict: arguments.strict,
        warnings: Vec::new(),
    };
    let mask = Mask::new(&OPERATION, &[], &[], &[caller::CUSTOMER.to_owned()]);
    let mut options = String::new();
    options.extend(arguments.tls.then_some(" --tls"));
    options.extend(arguments.stdio.then_some(" --stdio"));
    Ok(Report::of_caller(facts, &rows, expected, &mask, &options))
}

/// Waits for a signal that ends the program; returns its name.
async fn interrupted() -> &'static str {
    let terminated = async {
        match tokio::signal::unix::signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => "Ctrl-C",
        _ = terminated => "SIGTERM",
    }
}

/// Returns a word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
