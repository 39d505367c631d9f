//! `alipayplus conformance mpp`.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use alipayplus_kit::case::Case;
use alipayplus_kit::hook::Hook;
use alipayplus_kit::inquiry_payment::{self, OPERATION};
use alipayplus_kit::key::RawKey;
use alipayplus_kit::mask::Mask;
use alipayplus_kit::operation::Subject;
use alipayplus_kit::preflight;
use alipayplus_kit::report::{Facts, Report};
use alipayplus_kit::run::{self, Groups};
use alipayplus_kit::session::Session;
use alipayplus_kit::target::{Identity, Target, TlsFiles, Url};
use alipayplus_signing::{PublicKey, Timestamp};
use clap::Args;

use super::expected;
use super::output::{self, Progress, ReportFile};
use crate::console::{self, could_not_run, print, say, usage};
use crate::settings::PER_RUN;

const EXAMPLES: &str = "\
Examples:
  alipayplus conformance mpp --url https://mpp.example --client-id SANDBOX_5X00000000000000 \\
      --key caller.key.pem --peer-key mpp.pub.pem --report html=report.html
  alipayplus conformance mpp --init > payments.toml
  alipayplus conformance mpp … --payments payments.toml --only result,money --strict
  alipayplus conformance mpp … --state-command ./state.sh --only state,result/trouble";

/// Try an MPP, in any language, with requests that are right and with requests that it must refuse.
///
/// Most cases ask about payments that do not exist: no payment is needed, and nothing is changed. The others ask about the
/// payments of --payments. A case that needs something that was not given is not run, which is said.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct MppArguments {
    /// The URL of the MPP. Without a path, it is /aps/api/v1/payments/inquiryPayment.
    #[arg(long)]
    url: Option<String>,
    /// The Client-Id that the MPP knows.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The file of the client's private key.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The version of that key.
    #[arg(long, value_name = "N", default_value = "1")]
    key_version: u64,
    /// A file of the MPP's public key, perhaps with its version. Can be given several times.
    #[arg(long, value_name = "[VERSION=]FILE")]
    peer_key: Vec<String>,
    /// A second version of the client's key.
    #[arg(long, value_name = "VERSION=FILE")]
    second_key: Option<String>,
    /// A second client of the MPP and the file of its key, which has the version of --key-version.
    #[arg(long, value_name = "CLIENT_ID=FILE")]
    second_client: Option<String>,
    /// A file of payments whose states are known. --init prints one to fill in.
    #[arg(long, value_name = "FILE")]
    payments: Option<PathBuf>,
    /// Print a file of payments to fill in, and do nothing else.
    #[arg(long)]
    init: bool,
    /// A command, run by sh, that brings the MPP into a state for a case. It gets the state as JSON on stdin.
    #[arg(long, value_name = "COMMAND", conflicts_with = "state_url")]
    state_command: Option<String>,
    /// A URL that does the same: the state is posted to it as JSON.
    #[arg(long, value_name = "URL")]
    state_url: Option<String>,
    /// How long the command or the URL may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    state_timeout: u64,
    /// Run only these cases: an ID, a group such as `signature`, or a text with a `*`. Can be given several times.
    #[arg(long, value_name = "CASES", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not run these cases.
    #[arg(long, value_name = "CASES", value_delimiter = ',')]
    skip: Vec<String>,
    /// A file of known failures, one ID on each line. One that does not fail any more fails the run.
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
    /// Let a SHOULD that fails fail the run.
    #[arg(long)]
    strict: bool,
    /// Send many requests at once, also to an MPP that is not on this machine.
    #[arg(long)]
    load: bool,
    /// Send hostile requests, also to an MPP that is not on this machine.
    #[arg(long)]
    hostile: bool,
    /// The seed of the IDs that are asked about.
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
    /// A file of certificates to trust instead of the system's.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The file of a client certificate with its key, in PEM.
    #[arg(long, value_name = "FILE")]
    cert: Option<PathBuf>,
    /// A header for every request, such as `X-Gateway: token`. Its value is not shown. Can be given several times.
    #[arg(long, value_name = "HEADER", hide_default_value = true)]
    header: Vec<String>,
    /// Use this address for a name and port. Can be given several times.
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    resolve: Vec<String>,
}

/// What a run needs, read and checked.
struct Setup {
    target: Target,
    subjects: Vec<Subject>,
    cases: Vec<Case>,
    expected: Vec<(String, bool)>,
    seed: u64,
}

/// Runs the command.
pub(crate) fn run(arguments: &MppArguments) -> ExitCode {
    if arguments.init {
        print(OPERATION.template.trim_end());
        return ExitCode::SUCCESS;
    }
    if let Some(message) = output::in_the_way(&arguments.report, arguments.force) {
        return usage(message);
    }
    let setup = match setup(arguments) {
        Ok(setup) => setup,
        Err(message) => return usage(message),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let tried = match runtime {
        Ok(runtime) => runtime.block_on(tried(arguments, setup)),
        Err(error) => Err(error.to_string()),
    };
    let report = match tried {
        Ok(report) => report,
        Err(message) => return could_not_run(message),
    };
    output::end(&report, arguments.json, &arguments.report)
}

fn setup(arguments: &MppArguments) -> Result<Setup, String> {
    let url = Url::parse(required("url", arguments.url.as_ref())?, OPERATION.path)?;
    let own = Identity {
        client_id: required("client-id", arguments.client_id.as_ref())?.clone(),
        version: arguments.key_version.to_string(),
        key: key(required("key", arguments.key.as_ref())?)?,
    };
    if arguments.peer_key.is_empty() {
        return Err("--peer-key is missing: the file of the MPP's public key".into());
    }
    let peers: Result<_, String> = arguments.peer_key.iter().map(|text| peer_key(text)).collect();
    let mut target = Target::new(url, files(arguments), own, peers?)?;
    target.headers = arguments.header.iter().map(|text| header(text)).collect::<Result<_, _>>()?;
    target.addresses = addresses(&arguments.resolve, &target.url)?;
    second(arguments, &mut target)?;
    let subjects = arguments.payments.as_deref().map_or(Ok(Vec::new()), subjects)?;
    let cases = run::select(&inquiry_payment::cases(), |case| case.id, &arguments.only, &arguments.skip)?;
    let expected = arguments.expect.as_deref().map_or(Ok(Vec::new()), |path| {
        let cases = inquiry_payment::cases();
        expected::read(path, |id| cases.iter().any(|case| case.id == id))
    })?;
    if let Some((id, _)) =
        expected.iter().find(|(id, _)| !arguments.only.is_empty() && !cases.iter().any(|case| case.id == id))
    {
        say(format!("note: the known failure {id} is not among the selected cases"));
    }
    let seed = arguments.seed.unwrap_or_else(|| Timestamp::now().subsec_nanosecond().unsigned_abs().into());
    Ok(Setup { target, subjects, cases, expected, seed })
}

fn files(arguments: &MppArguments) -> TlsFiles {
    TlsFiles { ca: arguments.ca.clone(), cert: arguments.cert.clone() }
}

/// Returns what brings the MPP into states, if there is such a thing.
async fn hook(arguments: &MppArguments) -> Result<Option<Arc<Hook>>, String> {
    let limit = Duration::from_secs(arguments.state_timeout);
    let hook = match (&arguments.state_command, &arguments.state_url) {
        (Some(line), _) => Hook::command(line, limit),
        (None, Some(url)) => Hook::url(Url::parse(url, "/")?, &files(arguments), limit)
            .await
            .map_err(|error| format!("--state-url: {error}"))?,
        (None, None) => return Ok(None),
    };
    Ok(Some(Arc::new(hook)))
}

/// Tells a missing option as clap does.
fn required<'a, T>(name: &str, value: Option<&'a T>) -> Result<&'a T, String> {
    value.ok_or_else(|| format!("--{name} is missing; see `alipayplus conformance mpp --help`"))
}

fn key(path: &Path) -> Result<Arc<RawKey>, String> {
    RawKey::from_file(path).map(Arc::new).map_err(|error| error.to_string())
}

/// Reads `[VERSION=]FILE`.
fn peer_key(text: &str) -> Result<(Option<u64>, PublicKey), String> {
    let versioned = text.split_once('=').and_then(|(version, path)| Some((version.parse().ok()?, path)));
    let (version, path) = versioned.map_or((None, text), |(version, path)| (Some(version), path));
    let key = PublicKey::from_file(path).map_err(|error| error.to_string())?;
    Ok((version, key))
}

fn second(arguments: &MppArguments, target: &mut Target) -> Result<(), String> {
    let own = |client_id: &str, version: &str, path: &str| {
        let (client_id, version) = (client_id.to_owned(), version.to_owned());
        Ok::<_, String>(Identity { client_id, version, key: key(path.as_ref())? })
    };
    if let Some(text) = &arguments.second_key {
        let (version, path) = text.split_once('=').ok_or("--second-key is VERSION=FILE")?;
        target.second_key = Some(own(&target.own.client_id, version, path)?);
    }
    if let Some(text) = &arguments.second_client {
        let (client_id, path) = text.split_once('=').ok_or("--second-client is CLIENT_ID=FILE")?;
        target.second_client = Some(own(client_id, &target.own.version, path)?);
    }
    Ok(())
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or_else(|| format!("the header `{text}` has no colon"))?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let value = value.trim();
    if name.is_empty() || !name.bytes().all(is_token) || value.contains(|char: char| char.is_ascii_control()) {
        return Err(format!("`{name}` is no header"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Returns the addresses that were given for the URL's host; none if the name has to be resolved.
fn addresses(given: &[String], url: &Url) -> Result<Vec<SocketAddr>, String> {
    let mut addresses = Vec::new();
    for text in given {
        let wrong = || format!("`{text}` is not HOST:PORT:ADDRESS");
        let (host, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (port, address) = rest.split_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let address: IpAddr = address.trim_matches(['[', ']']).parse().map_err(|_| wrong())?;
        if host.eq_ignore_ascii_case(&url.host) && port == url.port {
            addresses.push(SocketAddr::new(address, port));
        }
    }
    if addresses.is_empty() && !given.is_empty() {
        return Err(format!("no --resolve is for {}:{}", url.host, url.port));
    }
    Ok(addresses)
}

fn subjects(path: &Path) -> Result<Vec<Subject>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
    (OPERATION.subjects)(&text).map_err(|error| format!("{}: {error}", path.display()))
}

async fn tried(arguments: &MppArguments, setup: Setup) -> Result<Report, String> {
    let Setup { mut target, subjects, cases, expected, seed } = setup;
    if target.addresses.is_empty() {
        target.addresses = target.url.resolve().await?;
    }
    let started = Timestamp::now();
    let hidden: Vec<String> = target.headers.iter().map(|(_, value)| value.clone()).collect();
    let mut session = Session::new(target, &OPERATION, subjects, seed);
    session.hook = hook(arguments).await?;
    let mask = |session: &Session| Mask::new(&OPERATION, &session.subjects, &session.recorded(), &hidden);
    let warnings = preflight::check(&mut session).await.map_err(|message| mask(&session).apply(&message))?;
    let mut progress = Progress::new(cases.len());
    let groups = Groups { load: arguments.load, hostile: arguments.hostile };
    let results =
        run::run(&session, &inquiry_payment::cases(), &cases, groups, |result| progress.next(result.case.id)).await;
    console::clear_progress();
    let url = &session.target.url;
    let facts = Facts {
        operation: OPERATION.name,
        target: format!("{}{}", url.origin(), url.uri),
        client_id: session.target.own.client_id.clone(),
        seed,
        started,
        strict: arguments.strict,
        warnings,
    };
    Ok(Report::new(facts, &results, &expected, &mask(&session)))
}
