//! An MPP under two names in a thread of the test, and a folder with the files of its caller.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use alipayplus_server::inquiry_payment::{
    Answer, Cancelled, Failed, FailedCode, InProgress, InquiryPayment, NotFound, Paid, PaidRequired, Refusal, Request,
};
use alipayplus_server::{Amount, Caller, HttpServer, KeyRing, PrivateKey, PublicKey, Server};
use tempfile::{TempDir, tempdir};

pub(crate) const CLIENT_ID: &str = "SANDBOX_5X00000000000000";

/// How often a test ends processes at random.
pub(crate) fn rounds() -> usize {
    std::env::var("RECONCILE_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap())
}

/// Answers as the ID says, and counts.
#[derive(Clone, Default)]
pub(crate) struct Desk {
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    delay: Duration,
}

impl InquiryPayment for Desk {
    async fn inquiry_payment(&self, _: &Caller, request: Request) -> Result<Answer, Refusal> {
        let id = request.payment_request_id.as_str();
        *self.asked.lock().unwrap().entry(id.to_owned()).or_default() += 1;
        tokio::time::sleep(self.delay).await;
        Ok(match id.split('-').next().unwrap() {
            "paid" => Paid::new(PaidRequired {
                payment_id: "mpp-1".parse()?,
                payment_amount: Amount::minor(1000, "JPY")?,
                pay_to_amount: Amount::minor(9213, "KRW")?,
                payment_time: "2026-11-25T15:01:01+08:00".parse()?,
                customer_id: "canary-customer".parse()?,
            })
            .with_pass_through_info("canary-info".parse()?)
            .into(),
            "failed" => Failed::from(FailedCode::RiskReject).into(),
            "cancelled" => Cancelled::default().into(),
            "open" => InProgress::default().into(),
            "trouble" => return Err(std::io::Error::other("the ledger is away").into()),
            _ => NotFound::default().into(),
        })
    }
}

/// Serves a desk in a thread of the test, with the keys of its folder, and returns the URL.
pub(crate) fn serve(folder: &Path, key_version: u64, desk: Desk) -> String {
    let callers = KeyRing::new();
    callers.insert(CLIENT_ID, 1, PublicKey::from_file(folder.join("caller.pub")).unwrap()).unwrap();
    let key = PrivateKey::from_file(folder.join("mpp.key")).unwrap();
    let server = Server::builder().sign_with(key_version, key).callers(callers).build().unwrap().inquiry_payment(desk);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bound = runtime.block_on(HttpServer::new().bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", bound.local_addr());
    // It ends with the test's process.
    thread::spawn(move || runtime.block_on(bound.run(server)));
    url
}

pub(crate) struct Wallet {
    folder: TempDir,
    desk: Desk,
    /// How often each row was asked about when it had a result.
    finals: Mutex<BTreeMap<i64, usize>>,
}

impl Wallet {
    pub(crate) fn start() -> Self {
        Self::slow(Duration::ZERO)
    }

    pub(crate) fn slow(delay: Duration) -> Self {
        let wallet =
            Self { folder: tempdir().unwrap(), desk: Desk { delay, ..Desk::default() }, finals: Mutex::default() };
        for name in ["caller", "mpp"] {
            let made = wallet.run(&format!("keys new {name}"));
            assert_eq!(made.code, 0, "{}", made.all());
        }
        let url = serve(wallet.folder(), 1, wallet.desk.clone());
        let mut mpps = format!("client_id = \"{CLIENT_ID}\"\n");
        for name in ["one", "two"] {
            write!(mpps, "[servers.{name}]\nurl = \"{url}\"\ntrusted_keys = {{ 1 = \"mpp.pub\" }}\n").unwrap();
        }
        wallet.write("mpps.toml", &mpps);
        wallet
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder().join(name)).unwrap()
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
        command.args(arguments.split_ascii_whitespace()).current_dir(self.folder());
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Returns how often each payment was asked about.
    pub(crate) fn asked(&self) -> BTreeMap<String, usize> {
        self.desk.asked.lock().unwrap().clone()
    }

    /// Notes rows that have a result, with how often they were asked about.
    pub(crate) fn final_by_now(&self, rows: &[i64]) {
        let asked = self.asked();
        for row in rows {
            self.finals.lock().unwrap().entry(*row).or_insert(asked[&format!("paid-{row}")]);
        }
    }

    #[track_caller]
    pub(crate) fn asks_nothing_final(&self) {
        let asked = self.asked();
        let finals = self.finals.lock().unwrap();
        assert!(!finals.is_empty(), "each process was killed before it wrote a result");
        for (row, count) in &*finals {
            assert_eq!(asked[&format!("paid-{row}")], *count, "row {row}");
        }
    }
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Returns payments of JPY 1000, whose IDs hold their rows, of MPPs in turn.
pub(crate) fn csv_of(count: usize, psp_ids: &[&str]) -> String {
    let mut text = "acquirerId,pspId,paymentRequestId,amount,currency\n".to_owned();
    for row in 2..count + 2 {
        writeln!(text, "a,{},paid-{row},1000,JPY", psp_ids[row % psp_ids.len()]).unwrap();
    }
    text
}

/// Returns the commands of a part of the guide, without the name of the program.
pub(crate) fn commands(after: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reconcile.md");
    let text = fs::read_to_string(path).unwrap();
    let block = text.split_once(after).unwrap().1.split_once("```sh\n").unwrap().1.split_once("```").unwrap().0;
    block.lines().filter_map(|line| line.strip_prefix("alipayplus ")).map(str::to_owned).collect()
}

/// Returns the rows of a CSV file behind its header.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Returns how a process has ended; `None` if it has not after this time.
pub(crate) fn within(process: &mut Child, time: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + time;
    while Instant::now() < end {
        if let Some(status) = process.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    None
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(otherwise: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{otherwise}");
        thread::sleep(Duration::from_millis(20));
    }
}
