//! `alipayplus inquire`: asks one MPP about one payment.

use std::convert::Infallible;
use std::fs::{self, File, OpenOptions};
use std::future;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, InquiryPayment, Outcome, Request, RequestRequired};
use alipayplus_client::{
    Amount, BuildError, Client, Error, Evidence, Operation as _, PollSchedule, PrivateKey, PublicKey, Reply,
};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::console::{self, Failure, could_not_run, print, say, usage, with_causes};
use crate::http::HttpArguments;
use crate::settings::PER_RUN;

/// Ask an MPP what became of a payment.
///
/// Exit codes: 0 paid, 10 failed, 11 cancelled, 12 still open, 13 the MPP has no such payment order, 14 nothing is known:
/// the answer could not be verified or read, was not as expected, or did not come; 2 the command line or the settings are
/// wrong, 3 it could not run.
#[derive(Args)]
#[command(after_long_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct InquireArguments {
    /// The base URL of the MPP. Plain http:// is for loopback.
    #[arg(long)]
    url: String,
    /// The path of the operation, if it is not /aps/api/v1/payments/inquiryPayment.
    #[arg(long)]
    path: Option<String>,
    /// Your Client-Id at the MPP.
    #[arg(long)]
    client_id: String,
    /// The file of your private key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The version under which the MPP knows your key.
    #[arg(long, value_name = "N", default_value_t = 1)]
    key_version: u64,
    /// The MPP's public key, with its version in front; without one it is 1. Can be given several times.
    #[arg(long, value_name = "[VERSION=]FILE", required = true)]
    peer_key: Vec<String>,
    /// The ID of the acquirer.
    #[arg(help_heading = PER_RUN, long, value_name = "ID")]
    acquirer_id: String,
    /// The ID of the MPP.
    #[arg(help_heading = PER_RUN, long, value_name = "ID")]
    psp_id: String,
    /// The ID of the payment order.
    #[arg(help_heading = PER_RUN, long, value_name = "ID")]
    payment_request_id: String,
    /// The amount that you know, such as 1000JPY, in the currency's smallest unit. Another one is no answer.
    #[arg(help_heading = PER_RUN, long, value_name = "UNITS+CURRENCY")]
    expect_amount: Option<String>,
    /// The MPP's ID of the payment that you know. Another one is no answer.
    #[arg(help_heading = PER_RUN, long, value_name = "ID")]
    expect_payment_id: Option<String>,
    /// Ask until the result is final or the schedule ends.
    #[arg(long, value_name = "SCHEDULE", num_args = 0..=1, default_missing_value = "acquirer")]
    watch: Option<Watch>,
    /// How long one inquiry may take, retries included.
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    deadline: u64,
    #[command(flatten)]
    http: HttpArguments,
    /// Write the exchange to this new file, as sent and received: it holds a customer's data.
    #[arg(help_heading = PER_RUN, long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Show the members that identify a customer.
    #[arg(long)]
    show_sensitive: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

const USAGE: &str = "\
alipayplus inquire [OPTIONS] --url <URL> --client-id <CLIENT_ID> --key <FILE>
       --peer-key <[VERSION=]FILE> --acquirer-id <ID> --psp-id <ID> --payment-request-id <ID>";
const EXAMPLES: &str = "\
Examples:
  alipayplus inquire --url https://mpp.example --client-id 5X00000000000000 \\
    --key acquirer.key --peer-key 1=mpp.pub \\
    --acquirer-id 1022188000000000001 --psp-id 1022188000000000002 \\
    --payment-request-id 20200101234567890132 \\
    --expect-amount 1000JPY --watch

  With url, client-id, key and peer-key in alipayplus.toml:
    alipayplus inquire --acquirer-id … --psp-id … --payment-request-id … --evidence payment.txt";

/// When to ask again.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Watch {
    /// Every 3 s for 60 s, as an acquirer does before it cancels.
    Acquirer,
    /// After 4, 4, 30, 60, 60, 60, 300 and 300 s, as Alipay+ does in its push mode.
    Push,
}

/// Runs the command.
pub(crate) fn run(arguments: &InquireArguments) -> ExitCode {
    let (client, request, expected) = match prepare(arguments) {
        Ok(prepared) => prepared,
        Err(Failure::Usage(what)) => return usage(what),
        Err(Failure::Run(what)) => return could_not_run(what),
    };
    // Before the payment is asked about: an answer that can't be kept would have to be asked for again.
    let mut evidence = match arguments.evidence.as_deref().map(create).transpose() {
        Ok(file) => file,
        Err(what) => return usage(format!("--evidence: {what}")),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(format!("can't start: {error}")),
    };
    let call = client.inquiry_payment(&request).expecting(expected);
    let result = runtime.block_on(async {
        let schedule = match arguments.watch {
            None => return call.await,
            Some(Watch::Acquirer) => PollSchedule::acquirer(),
            Some(Watch::Push) => PollSchedule::push_mode(),
        };
        tokio::select! {
            result = call.wait_until_final(schedule) => result,
            never = count_seconds() => match never {},
        }
    });
    console::clear_progress();
    let kept =
        keep(arguments, &mut evidence, result.as_ref().map_or_else(Error::evidence, |reply| Some(reply.evidence())));
    if arguments.json {
        print(as_json(&result, arguments.show_sensitive).to_string());
    } else {
        show(&result, arguments.show_sensitive);
    }
    if let Err(what) = kept {
        return could_not_run(what);
    }
    ExitCode::from(code(&result))
}

/// Shows on a terminal how long it has been waiting.
async fn count_seconds() -> Infallible {
    for seconds in 0_u64.. {
        console::progress(&format!("waiting for a final result for {seconds} s"));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    future::pending().await
}

type Prepared = (Client, Request, Expected);

fn prepare(arguments: &InquireArguments) -> Result<Prepared, Failure> {
    let wrong = |option: &str, why: &dyn std::fmt::Display| Failure::Usage(format!("--{option}: {why}"));
    let request = Request::new(RequestRequired {
        acquirer_id: arguments.acquirer_id.parse().map_err(|error| wrong("acquirer-id", &error))?,
        psp_id: arguments.psp_id.parse().map_err(|error| wrong("psp-id", &error))?,
        payment_request_id: arguments
            .payment_request_id
            .parse()
            .map_err(|error| wrong("payment-request-id", &error))?,
    });
    let mut expected = Expected::default();
    if let Some(text) = &arguments.expect_amount {
        expected = expected.with_payment_amount(amount(text).map_err(|why| wrong("expect-amount", &why))?);
    }
    if let Some(id) = &arguments.expect_payment_id {
        expected = expected.with_payment_id(id.parse().map_err(|error| wrong("expect-payment-id", &error))?);
    }
    Ok((client(arguments)?, request, expected))
}

fn client(arguments: &InquireArguments) -> Result<Client, Failure> {
    let run = |error: &dyn std::error::Error| Failure::Run(with_causes(error));
    let key = PrivateKey::from_file(&arguments.key).map_err(|error| run(&error))?;
    // Other commands take the URL with its path, and one file of settings is for all of them.
    let url = arguments.url.strip_suffix(InquiryPayment::PATH).unwrap_or(&arguments.url);
    let mut builder = Client::builder(url)
        .client_id(&arguments.client_id)
        .sign_with(arguments.key_version, key)
        .deadline(Duration::from_secs(arguments.deadline));
    for text in &arguments.peer_key {
        let (version, file) = text.split_once('=').unwrap_or(("1", text));
        let version =
            version.parse().map_err(|_| Failure::Usage(format!("--peer-key {text:?}: the version is no number")))?;
        builder = builder.trusted_key(version, PublicKey::from_file(file).map_err(|error| run(&error))?);
    }
    if let Some(path) = &arguments.path {
        builder = builder.path::<InquiryPayment>(path);
    }
    let http = arguments.http.settings().map_err(Failure::Run)?;
    builder.http(http).build().map_err(|error| Failure::Usage(by_option(&error)))
}

/// Returns an error's text with the option that is wrong instead of the method.
fn by_option(error: &BuildError) -> String {
    match error {
        BuildError::Url { fault } => format!("--url: {fault}"),
        BuildError::PlainHttp => "--url: plain http:// is for loopback".to_owned(),
        BuildError::Path { fault, .. } => format!("--path: {fault}"),
        BuildError::ClientId | BuildError::AmbiguousClientId => format!("--client-id: {error}"),
        BuildError::OwnKey { .. } => format!("--peer-key: {error}"),
        BuildError::Zero { .. } => "--deadline must be more than zero".to_owned(),
        BuildError::HttpSetting { setting: "ca_certificates", error } => format!("--ca: {}", with_causes(&**error)),
        BuildError::HttpSetting { error, .. } => format!("--cert: {}", with_causes(&**error)),
        other => with_causes(other),
    }
}

/// Reads an amount such as `1000JPY`.
fn amount(text: &str) -> Result<Amount, String> {
    let (units, currency) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let units: u128 =
        units.parse().map_err(|_| "an amount is a whole number and a currency, such as 1000JPY".to_owned())?;
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err("an amount is a whole number and a currency, such as 1000JPY".to_owned());
    }
    Amount::minor(units, currency).map_err(|error| error.to_string())
}

/// Creates a file that only its owner can read.
fn create(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{} is there already", path.display()),
        _ => format!("can't create {}: {error}", path.display()),
    })
}

/// Writes the evidence to the file. Without an answer there is none, and no file.
fn keep(arguments: &InquireArguments, file: &mut Option<File>, evidence: Option<&Evidence>) -> Result<(), String> {
    let (Some(file), Some(path)) = (file, &arguments.evidence) else { return Ok(()) };
    let Some(evidence) = evidence else {
        say("no answer came, so there is no evidence");
        return fs::remove_file(path).map_err(|error| format!("can't remove {}: {error}", path.display()));
    };
    let written = file.write_all(evidence.to_text().as_bytes());
    written.map_err(|error| format!("can't write {}: {error}", path.display()))
}

type Asked = Result<Reply<InquiryPayment>, Error>;

/// Returns the word and the exit code of what was learned.
fn meaning(result: &Asked) -> (&'static str, u8) {
    match result.as_ref().map(|reply| &reply.outcome) {
        Ok(Outcome::Paid(_)) => ("paid", 0),
        Ok(Outcome::Failed(_)) => ("failed", 10),
        Ok(Outcome::Cancelled(_)) => ("cancelled", 11),
        Ok(Outcome::InProgress(_)) => ("in_progress", 12),
        Ok(Outcome::NotFound(_)) => ("not_found", 13),
        _ => ("unknown", 14),
    }
}

fn code(result: &Asked) -> u8 {
    meaning(result).1
}

fn show(result: &Asked, show_sensitive: bool) {
    let (word, _) = meaning(result);
    print(word);
    match result {
        Ok(reply) => {
            for (name, value) in members(reply, show_sensitive) {
                print(format!("  {name}: {value}"));
            }
            for pointer in &reply.ignored_members {
                say(format!("warning: {pointer} does not belong to this outcome"));
            }
            for violation in &reply.violations {
                say(format!("warning: {violation}"));
            }
        }
        Err(error) => {
            say(format!("{}\n{}", with_causes(error), hint(error)));
        }
    }
}

fn hint(error: &Error) -> &'static str {
    if error.is_retryable() { "asking again can help" } else { "asking again does not help by itself" }
}

/// Members that identify a customer, or may.
const SENSITIVE: [&str; 2] = ["customerId", "passThroughInfo"];

/// Returns the members of the answer.
fn members(reply: &Reply<InquiryPayment>, show_sensitive: bool) -> Map<String, Value> {
    let mut members: Map<String, Value> = serde_json::from_slice(reply.evidence().response_body()).unwrap_or_default();
    for (_, value) in members.iter_mut().filter(|(name, _)| !show_sensitive && SENSITIVE.contains(&name.as_str())) {
        *value = json!("[hidden: --show-sensitive]");
    }
    members
}

fn as_json(result: &Asked, show_sensitive: bool) -> Value {
    let (word, code) = meaning(result);
    match result {
        Ok(reply) => json!({
            "outcome": word,
            "exitCode": code,
            "attempts": reply.attempts,
            "members": members(reply, show_sensitive),
            "ignored": reply.ignored_members,
            "violations": reply.violations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        Err(error) => json!({
            "outcome": word,
            "exitCode": code,
            "attempts": error.attempts(),
            "kind": error.kind(),
            "error": with_causes(error),
            "retryable": error.is_retryable(),
        }),
    }
}
