//! `alipayplus reconcile`: asks many MPPs about many payments, and compares.

mod answer;
mod evidence;
mod format;
mod input;
mod output;
mod progress;
mod queue;
mod text;
mod work;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use alipayplus_client::{Client, Directory, HttpTransport, PrivateKey, RetryPolicy, VersionedSigner};
use clap::{Args, Subcommand};
use encoding_rs::Encoding;

use self::answer::Patience;
use self::format::Format;
use self::input::{COLUMNS, Input, Reading};
use self::output::{Output, Totals};
use self::progress::Progress;
use self::queue::{Load, Loaded, Place, Queue, QueueError, Record};
use self::work::{Asking, Left};
use crate::console::{FAILED, Failure, could_not_run, print, say, usage, with_causes};
use crate::http::HttpArguments;
use crate::settings::PER_RUN;

/// Ask many MPPs about many payments, and compare what they say with your books.
///
/// The input has a row per payment, with the columns acquirerId, pspId, paymentRequestId, amount (in the currency's smallest
/// unit), currency and, if you know it, paymentId. Each result is written when it comes, and is kept in a journal: a command
/// that was ended at any moment, and is started again, goes on where it was. At the end it prints, for each MPP and
/// currency, what was expected, confirmed and is different, and writes all payments that are not paid as expected to a file
/// of exceptions.
///
/// Exit codes: 0 each payment is paid as expected, 1 there are exceptions, 2 the command line, the settings or rows of the
/// input are wrong, and nothing was asked, 3 it could not run.
#[derive(Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct ReconcileArguments {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    input: InputArguments,
    #[command(flatten)]
    journal: JournalArguments,
    #[command(flatten)]
    asking: AskingArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Only check the input.
    #[arg(help_heading = PER_RUN, long)]
    dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  alipayplus reconcile --input yesterday.csv --dry-run --mpps mpps.toml
  alipayplus reconcile --input yesterday.csv --mpps mpps.toml --key acquirer.key
  alipayplus reconcile --input ledger.csv --column paymentRequestId=order \\
    --column pspId=wallet --delimiter ';' \\
    --mpps mpps.toml --key acquirer.key --output result.jsonl --evidence evidence --rate 200

On several machines, over one PostgreSQL database:
  export ALIPAYPLUS_DATABASE=postgres://reconcile@db.example/reconcile
  alipayplus reconcile load --input yesterday.csv --mpps mpps.toml
  alipayplus reconcile work --mpps mpps.toml --key acquirer.key   # on each machine
  alipayplus reconcile status
  alipayplus reconcile export --output result.csv

mpps.toml:
  client_id = \"SANDBOX_5X00000000000000\"
  [servers.1022188000000000002]                                   # the pspId
  url = \"https://mpp.example\"
  trusted_keys = { 1 = \"mpp.pub.pem\" }                            # its keys by their versions";

/// The steps, to run each by itself.
#[derive(Subcommand)]
enum Step {
    /// Load an input into a journal that has none yet.
    Load {
        #[command(flatten)]
        input: InputArguments,
        #[command(flatten)]
        journal: JournalArguments,
        #[command(flatten)]
        mpps: MppsArguments,
    },
    /// Ask about the payments of a journal, with any number of workers at the same time.
    Work {
        #[command(flatten)]
        journal: JournalArguments,
        #[command(flatten)]
        asking: AskingArguments,
    },
    /// Print how many payments have which outcome.
    Status {
        #[command(flatten)]
        journal: JournalArguments,
    },
    /// Write the results and the exceptions, and print the totals.
    Export {
        #[command(flatten)]
        journal: JournalArguments,
        #[command(flatten)]
        output: OutputArguments,
    },
}

#[derive(Args)]
struct InputArguments {
    /// The file of payments, *.csv or *.jsonl, or - for stdin.
    #[arg(help_heading = PER_RUN, long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// The form of the input, if its name does not say it.
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<Format>,
    /// Read a column from another one of the input. Can be given several times.
    #[arg(long, value_name = "COLUMN=HEADER")]
    column: Vec<String>,
    /// What separates the cells of a CSV file; \t for tabs.
    #[arg(long, value_name = "CHARACTER", default_value = ",")]
    delimiter: String,
    /// The encoding of the input, by its name on the web. A byte order mark goes before it.
    #[arg(long, value_name = "NAME", default_value = "utf-8")]
    encoding: String,
    /// Go on without the rows that are no payments. They are among the exceptions.
    #[arg(long)]
    skip_invalid: bool,
}

// A text and no comment, whose rules want backticks.
const DATABASE: &str = "The PostgreSQL database that is the journal of several machines";

#[derive(Args)]
struct JournalArguments {
    /// The journal, a SQLite file. By default it is beside the output.
    #[arg(help_heading = PER_RUN, long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[arg(long, value_name = "URL", help = DATABASE, conflicts_with = "journal", hide_default_value = true)]
    database: Option<String>,
}

#[derive(Args)]
struct MppsArguments {
    /// The file of the MPPs: their URLs and keys by their pspId.
    #[arg(long, value_name = "FILE")]
    mpps: Option<PathBuf>,
}

#[derive(Args)]
struct AskingArguments {
    #[command(flatten)]
    mpps: MppsArguments,
    /// The file of your private key.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The version under which the MPPs know your key.
    #[arg(long, value_name = "N", default_value_t = 1)]
    key_version: u64,
    #[command(flatten)]
    http: HttpArguments,
    /// The inquiries of an MPP that are under way at the same time.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=4096))]
    concurrency: u16,
    /// The inquiries per second of each MPP, over all workers; or of one MPP. Can be given several times.
    #[arg(long, value_name = "[PSPID=]N")]
    rate: Vec<String>,
    /// How often a payment is asked about that is open, not found, or whose state the MPP does not say.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    inquiries: u32,
    /// The pause after the first inquiry about a payment, which doubles with each further one.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    ask_again: u64,
    /// How long an MPP may be down before its payments are left for another run.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    give_up: u64,
    /// How long a worker has a payment for itself. If it ends, another one asks about the payment after this time.
    /// An answer takes up to 5 s.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(6..))]
    lease: u64,
    /// Write each exchange to a file in this folder, as sent and received: it holds a customer's data.
    #[arg(help_heading = PER_RUN, long, value_name = "FOLDER")]
    evidence: Option<PathBuf>,
}

#[derive(Args)]
struct OutputArguments {
    /// The file of results, *.csv or *.jsonl. By default it is beside the input.
    #[arg(help_heading = PER_RUN, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Let `export` write over a file that is there.
    #[arg(help_heading = PER_RUN, long)]
    force: bool,
    /// Print the totals as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &ReconcileArguments) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not_run(format!("can't start: {error}")),
    };
    let result = runtime.block_on(async {
        match &arguments.step {
            None => whole(arguments).await,
            Some(Step::Load { input, journal, mpps }) => load_only(input, journal, mpps).await,
            Some(Step::Work { journal, asking }) => work_only(journal, asking).await,
            Some(Step::Status { journal }) => status(journal).await,
            Some(Step::Export { journal, output }) => export(journal, output).await,
        }
    });
    match result {
        Ok(code) => code,
        Err(Failure::Usage(what)) => usage(what),
        Err(Failure::Run(what)) => could_not_run(what),
    }
}

/// Loads, asks and exports.
async fn whole(arguments: &ReconcileArguments) -> Result<ExitCode, Failure> {
    let input = need(arguments.input.input.as_deref(), "input")?;
    if arguments.dry_run {
        return dry_run(arguments, input).await;
    }
    let asking = arguments.asking.read()?;
    let (path, format) = arguments.output.file(Some(input))?;
    let place = arguments.journal.place(Some(&path))?;
    let is_new = matches!(&place, Place::File(journal) if !journal.exists());
    if is_new && path.exists() {
        return Err(Failure::Usage(format!("{} is there already, and its journal is not", path.display())));
    }
    let queue = open(&place, 4).await?;
    load(&queue, &arguments.input, input, |psp_id| asking.mpps.get(psp_id).is_ok()).await?;
    let mut output = Output::create(&path, format).map_err(Failure::Run)?;
    // What an earlier run has found, so that the file has each result once.
    let mut totals = written(&queue, &mut output).await?;
    let mut progress = Progress::new(&queue.counts().await?);
    let left = work::work(&queue, &asking, stopped(), |records| {
        for record in records {
            output.record(record)?;
            totals.confirm(record);
        }
        output.flush()?;
        progress.add(records);
        Ok(())
    });
    let left = left.await.map_err(Failure::Run)?;
    progress.end();
    report_left(&left);
    let code = conclude(&queue, &path, format, &totals, arguments.output.json).await?;
    queue.close().await;
    Ok(code)
}

async fn dry_run(arguments: &ReconcileArguments, input: &Path) -> Result<ExitCode, Failure> {
    let mpps = arguments.asking.mpps.mpps.as_deref().map(known_mpps).transpose()?;
    let folder = tempfile::tempdir().map_err(|error| Failure::Run(error.to_string()))?;
    let queue = open(&Place::File(folder.path().join("journal")), 1).await?;
    let is_known = |psp_id: &str| mpps.as_ref().is_none_or(|mpps| mpps.contains(psp_id));
    let loaded = queue.load(arguments.input.open(input)?, is_known, Load::Try).await?;
    report_problems(&loaded);
    print(format!("{} payments, {} rows that are none", loaded.payment_count, loaded.problem_count));
    Ok(if loaded.problem_count == 0 { ExitCode::SUCCESS } else { ExitCode::from(crate::console::USAGE) })
}

async fn load_only(
    input: &InputArguments,
    journal: &JournalArguments,
    mpps: &MppsArguments,
) -> Result<ExitCode, Failure> {
    let path = need(input.input.as_deref(), "input")?;
    let mpps = known_mpps(need(mpps.mpps.as_deref(), "mpps")?)?;
    let queue = open(&journal.place(None)?, 1).await?;
    load(&queue, input, path, |psp_id| mpps.contains(psp_id)).await?;
    let code = report_status(&queue).await?;
    queue.close().await;
    Ok(code)
}

async fn work_only(journal: &JournalArguments, asking: &AskingArguments) -> Result<ExitCode, Failure> {
    let asking = asking.read()?;
    let queue = open(&journal.place(None)?, 4).await?;
    if queue.loaded().await?.is_none() {
        return Err(Failure::Usage("the journal is empty: see `alipayplus reconcile load --help`".to_owned()));
    }
    let mut progress = Progress::new(&queue.counts().await?);
    let left = work::work(&queue, &asking, stopped(), |records| {
        progress.add(records);
        Ok(())
    });
    let left = left.await.map_err(Failure::Run)?;
    progress.end();
    queue.close().await;
    report_left(&left);
    let is_done = left.mpps.is_empty() && !left.is_stopped;
    Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

async fn status(journal: &JournalArguments) -> Result<ExitCode, Failure> {
    report_status(&open(&journal.place(None)?, 1).await?).await
}

async fn report_status(queue: &Queue) -> Result<ExitCode, Failure> {
    for (outcome, count) in queue.counts().await? {
        print(format!("{} {count}", outcome.as_deref().unwrap_or(output::OPEN)));
    }
    print(format!("under way {}", queue.leased().await?));
    Ok(ExitCode::SUCCESS)
}

async fn export(journal: &JournalArguments, output: &OutputArguments) -> Result<ExitCode, Failure> {
    let (path, format) = output.file(None)?;
    if path.exists() && !output.force {
        return Err(Failure::Usage(format!("{} is there already: add --force to write over it", path.display())));
    }
    let queue = open(&journal.place(None)?, 1).await?;
    let mut file = Output::create(&path, format).map_err(Failure::Run)?;
    let totals = written(&queue, &mut file).await?;
    conclude(&queue, &path, format, &totals, output.json).await
}

/// Writes the results that there are, and returns the totals with them.
async fn written(queue: &Queue, output: &mut Output) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    let each = |record: Record| {
        totals.expect(&record.payment);
        if record.found.is_none() {
            return Ok(());
        }
        totals.confirm(&record);
        output.record(&record).map_err(QueueError::Refused)
    };
    queue.records(each).await?;
    output.flush().map_err(Failure::Run)?;
    Ok(totals)
}

/// Writes the exceptions beside the output, and prints the totals.
async fn conclude(
    queue: &Queue,
    output: &Path,
    format: Format,
    totals: &Totals,
    is_json: bool,
) -> Result<ExitCode, Failure> {
    let path = beside(output, "exceptions");
    let mut file = Output::create(&path, format).map_err(Failure::Run)?;
    let mut exceptions = 0_u64;
    queue
        .exceptions(|record| {
            exceptions += 1;
            file.record(&record).map_err(QueueError::Refused)
        })
        .await?;
    queue
        .problems(|row, problem| {
            exceptions += 1;
            file.problem(row, &problem).map_err(QueueError::Refused)
        })
        .await?;
    file.flush().map_err(Failure::Run)?;
    print(if is_json { totals.json().to_string() } else { totals.table() });
    say(format!("{exceptions} exceptions in {}", path.display()));
    Ok(if exceptions == 0 { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

async fn open(place: &Place, connections: u32) -> Result<Queue, Failure> {
    Queue::open(place, connections).await.map_err(|error| match (place, error) {
        (Place::File(path), QueueError::Database(sqlx::Error::Database(error)))
            if error.message().contains("locked") =>
        {
            Failure::Run(format!("{}: another process uses this journal", path.display()))
        }
        (_, error) => error.into(),
    })
}

/// Loads the input if the journal has none.
async fn load(
    queue: &Queue,
    arguments: &InputArguments,
    path: &Path,
    is_known: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let input = arguments.open(path)?;
    if let Some(hash) = queue.loaded().await? {
        let is_same = input.hash().map_err(Failure::Usage)? == hash;
        return if is_same {
            Ok(())
        } else {
            Err(Failure::Usage("the journal is that of another input: name another --journal or --output".to_owned()))
        };
    }
    let mode = if arguments.skip_invalid { Load::SkipProblems } else { Load::Whole };
    let loaded = queue.load(input, is_known, mode).await?;
    report_problems(&loaded);
    if loaded.problem_count > 0 && mode == Load::Whole {
        let what = "nothing was asked: correct the input, or add --skip-invalid";
        return Err(Failure::Usage(what.to_owned()));
    }
    Ok(())
}

fn report_problems(loaded: &Loaded) {
    for (row, problem) in &loaded.problems {
        say(format!("row {row}: {problem}"));
    }
    let more = loaded.problem_count - i64::try_from(loaded.problems.len()).unwrap_or(0);
    if more > 0 {
        say(format!("and {more} more"));
    }
}

fn report_left(left: &Left) {
    for psp_id in &left.mpps {
        let psp_id = psp_id.escape_debug();
        say(format!("{psp_id} is down or not in the file of MPPs: start the command again to go on with it"));
    }
    if left.is_stopped {
        say("stopped: start the command again to go on");
    }
}

/// Waits for a signal to end. What is under way is still written.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

fn need<'a, T: ?Sized>(option: Option<&'a T>, name: &str) -> Result<&'a T, Failure> {
    option.ok_or_else(|| Failure::Usage(format!("--{name} is missing")))
}

/// Returns a name such as `result.exceptions.csv` for `result.csv`.
fn beside(path: &Path, word: &str) -> PathBuf {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_extension(format!("{word}.{extension}"))
}

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Refused(why) => Self::Usage(why),
            error @ QueueError::Database(_) => Self::Run(error.to_string()),
        }
    }
}

/// Reads which MPPs there are, without the keys that asking needs.
fn known_mpps(path: &Path) -> Result<HashSet<String>, Failure> {
    let wrong = |why: &dyn std::fmt::Display| Failure::Usage(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let file: toml::Table = text.parse().map_err(|error| wrong(&error))?;
    let servers =
        file.get("servers").and_then(toml::Value::as_table).ok_or_else(|| wrong(&"there are no [servers]"))?;
    Ok(servers.keys().cloned().collect())
}

fn directory(path: &Path, signer: &VersionedSigner, transport: &HttpTransport) -> Result<Directory<Client>, Failure> {
    // A payment is asked about again from the journal, where its lease ends first.
    let settings = |mpp: alipayplus_client::Builder<Client>| {
        mpp.transport(transport.clone()).signing_key(signer.clone()).retry(RetryPolicy::never())
    };
    Directory::from_file(path, settings).map_err(|error| Failure::Usage(with_causes(&error)))
}

impl InputArguments {
    fn open(&self, path: &Path) -> Result<Input, Failure> {
        let name = path.display();
        let format = self.input_format.or_else(|| Format::of(path));
        let format = format.ok_or_else(|| Failure::Usage(format!("{name}: add --input-format csv or jsonl")))?;
        let mut columns = BTreeMap::new();
        for text in &self.column {
            match text.split_once('=') {
                Some((column, header)) if COLUMNS.contains(&column) => {
                    columns.insert(column.to_owned(), header.to_owned())
                }
                _ => {
                    let known = COLUMNS.join(", ");
                    return Err(Failure::Usage(format!("--column {text}: begin with one of {known} and =")));
                }
            };
        }
        let delimiter = match self.delimiter.as_str() {
            "\\t" => b'\t',
            text if text.len() == 1 => text.as_bytes()[0],
            _ => return Err(Failure::Usage("--delimiter: it is one character".to_owned())),
        };
        let encoding = Encoding::for_label(self.encoding.as_bytes());
        let encoding = encoding.ok_or_else(|| Failure::Usage(format!("--encoding {}: not known", self.encoding)))?;
        let reading = Reading { format, columns, delimiter, encoding };
        Input::open(path, &reading).map_err(|why| Failure::Usage(format!("{name}: {why}")))
    }
}

impl JournalArguments {
    fn place(&self, output: Option<&Path>) -> Result<Place, Failure> {
        match (&self.database, &self.journal, output) {
            (Some(url), ..) => Ok(Place::Database(url.clone())),
            (None, Some(path), _) => Ok(Place::File(path.clone())),
            (None, None, Some(output)) => Ok(Place::File(output.with_extension("journal"))),
            (None, None, None) => Err(Failure::Usage("--database or --journal is missing".to_owned())),
        }
    }
}

impl OutputArguments {
    fn file(&self, input: Option<&Path>) -> Result<(PathBuf, Format), Failure> {
        let path = match (&self.output, input) {
            (Some(path), _) => path.clone(),
            (None, Some(input)) if input != Path::new("-") => beside(input, "result"),
            _ => return Err(Failure::Usage("--output is missing".to_owned())),
        };
        match Format::of(&path) {
            Some(format) => Ok((path, format)),
            None => Err(Failure::Usage(format!("{}: the name of an output ends with .csv or .jsonl", path.display()))),
        }
    }
}

impl AskingArguments {
    fn read(&self) -> Result<Asking, Failure> {
        let key = PrivateKey::from_file(need(self.key.as_deref(), "key")?);
        let key = key.map_err(|error| Failure::Run(with_causes(&error)))?;
        let transport = HttpTransport::with_settings(&self.http.settings().map_err(Failure::Run)?);
        let transport = transport.map_err(|error| Failure::Usage(with_causes(&error)))?;
        let path = need(self.mpps.mpps.as_deref(), "mpps")?;
        let mpps = directory(path, &VersionedSigner::new(self.key_version, key), &transport)?;
        let (mut rate, mut rates) = (None, HashMap::new());
        for text in &self.rate {
            let (psp_id, number) =
                text.rsplit_once('=').map_or((None, text.as_str()), |(id, number)| (Some(id), number));
            let number = number.parse().ok().filter(|number| *number > 0);
            let number = number.ok_or_else(|| Failure::Usage(format!("--rate {text}: it is a number from 1")))?;
            match psp_id {
                None => rate = Some(number),
                Some(psp_id) => _ = rates.insert(psp_id.to_owned(), number),
            }
        }
        Ok(Asking {
            mpps,
            concurrency: self.concurrency.into(),
            rate,
            rates,
            patience: Patience { inquiries: self.inquiries, pause: Duration::from_secs(self.ask_again) },
            lease: Duration::from_secs(self.lease),
            give_up: Duration::from_secs(self.give_up),
            evidence: self.evidence.clone(),
        })
    }
}
