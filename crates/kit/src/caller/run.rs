//! Tries a caller with every fault.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io;
use std::mem;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alipayplus_signing::Timestamp;
use futures_util::{StreamExt as _, stream};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::fault::{Door, Fault};
use super::judge::judge;
use super::keys::Keys;
use super::process;
use super::rules::{self, RULES, Rule, Seen, Tried};
use super::scene::{CUSTOMER, Payment};
use super::server::{Exchange, Stage};
use super::stdio::Adapter;
use super::task::{Ended, Task};
use super::tls::Certificates;
use crate::finding::{Finding, Level};

/// How a caller is tried.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The adapter and its arguments.
    pub command: Vec<OsString>,
    /// Whether one process of it reads a line for each fault, instead of one process for each fault.
    pub stdio: bool,
    /// How long it may ask about one payment.
    pub deadline: Duration,
    /// How many faults are tried at once.
    pub jobs: usize,
    /// Whether the kit speaks TLS, by a throwaway authority.
    pub tls: bool,
    /// The path of the operation.
    pub path: String,
    /// The Client-Id of the caller.
    pub client_id: String,
    /// In the IDs of all payments.
    pub seed: u64,
}

impl Settings {
    /// Returns the usual settings for an adapter.
    #[must_use]
    pub fn new(command: Vec<OsString>) -> Self {
        Self {
            command,
            stdio: false,
            deadline: Duration::from_secs(6),
            jobs: 8,
            tls: false,
            path: "/aps/api/v1/payments/inquiryPayment".to_owned(),
            client_id: "SANDBOX_5X00000000000000".to_owned(),
            seed: 1,
        }
    }
}

/// A row of the catalogue with what was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The name of the fault or the rule.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Where the rule is written.
    pub source: &'static str,
    /// What the kit does, or the caller must do.
    pub about: &'static str,
    /// What is right.
    pub right: String,
    /// What was found.
    pub finding: Finding,
    /// How long it took.
    pub elapsed: Duration,
    /// The fault that shows it again; of a rule, the first one that broke it.
    pub shown_by: Option<&'static str>,
    /// The requests of that fault and their answers.
    pub exchanges: Vec<Exchange>,
}

/// Tries a caller. `each` is called with each fault's row when its adapter has ended.
///
/// # Errors
/// Returns an error if the kit can't listen, or make or write its keys.
pub async fn run(faults: &[&'static Fault], settings: &Settings, mut each: impl FnMut(&Row)) -> io::Result<Vec<Row>> {
    let trial = Trial::new(settings)?;
    let tried = stream::iter(faults.iter().enumerate()).map(|(n, fault)| trial.attempt(n, fault));
    let mut tried = tried.buffered(settings.jobs.max(1));
    let (mut rows, mut all) = (Vec::new(), Vec::new());
    while let Some(attempt) = tried.next().await {
        let (row, tried) = attempt?;
        each(&row);
        all.extend(tried);
        rows.push(row);
    }
    let of_rules: Vec<Row> = RULES.iter().map(|rule| row_of_rule(rule, &all, &rows)).collect();
    rows.extend(of_rules);
    Ok(rows)
}

fn row_of_rule(rule: &Rule, all: &[Tried], rows: &[Row]) -> Row {
    let shown_by = rule.first_breach(all);
    let breach = rows.iter().find(|row| Some(row.id) == shown_by);
    Row {
        id: rule.id,
        level: rule.level,
        source: rule.source,
        about: "What the caller does in every fault.",
        right: rule.about.to_owned(),
        finding: rule.judge(all),
        elapsed: Duration::ZERO,
        shown_by,
        exchanges: breach.map(|row| row.exchanges.clone()).unwrap_or_default(),
    }
}

/// What all attempts share.
struct Trial<'a> {
    settings: &'a Settings,
    keys: Arc<Keys>,
    certificates: Option<Certificates>,
    /// The one process for all faults, if there is one.
    adapter: Option<Adapter>,
    address: IpAddr,
    /// Deleted with this.
    _folder: TempDir,
}

impl<'a> Trial<'a> {
    fn new(settings: &'a Settings) -> io::Result<Self> {
        // Others on the machine could speak for the caller meanwhile.
        let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir()?;
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let certificates = settings.tls.then(|| Certificates::new(&address.to_string(), folder.path())).transpose()?;
        let authority = certificates.as_ref().map(|all| &*all.authority);
        let adapter = settings.stdio.then(|| Adapter::new(&settings.command, authority));
        let keys = Arc::new(Keys::new(folder.path())?);
        Ok(Self { settings, keys, certificates, adapter, address, _folder: folder })
    }

    /// Runs the adapter once.
    async fn attempt(&self, n: usize, fault: &'static Fault) -> io::Result<(Row, Option<Tried>)> {
        let begun = Instant::now();
        let row = |finding, exchanges| {
            let Fault { id, level, source, about, .. } = *fault;
            Row {
                id,
                level,
                source,
                about,
                right: fault.right_text(),
                finding,
                elapsed: begun.elapsed(),
                shown_by: Some(id),
                exchanges,
            }
        };
        if matches!(fault.door, Door::Certificate(_)) && self.certificates.is_none() {
            return Ok((row(Finding::not_run("TLS: add --tls"), Vec::new()), None));
        }
        let payment = payment(self.settings.seed, n);
        let tls = self.certificates.as_ref().and_then(|all| all.at(fault.door)).cloned();
        let stage = Arc::new(Stage::open(self.address, fault, Arc::clone(&self.keys), payment.clone(), tls).await?);
        let mut serving = JoinSet::new();
        serving.spawn(Arc::clone(&stage).serve());
        let ended = self.ask(&self.task(&payment, stage.port())).await?;
        serving.shutdown().await;
        let mut record = stage.take_record();
        let exchanges = mem::take(&mut record.exchanges);
        let finding = judge(fault, &ended, &record);
        let seen = Seen {
            fault,
            payment: &payment,
            caller: self.keys.signers.caller.public_key(),
            client_id: &self.settings.client_id,
            path: &self.settings.path,
            canary: &self.keys.canary,
            deadline: self.settings.deadline,
            record: &record,
            ended: &ended,
            now: Timestamp::now(),
        };
        Ok((row(finding, exchanges), Some(rules::tried(&seen))))
    }

    async fn ask(&self, task: &Task<'_>) -> io::Result<Ended> {
        match &self.adapter {
            Some(adapter) => adapter.run(task).await,
            None => process::run(&self.settings.command, task).await,
        }
    }

    fn task<'b>(&'b self, payment: &'b Payment, port: u16) -> Task<'b> {
        let scheme = if self.settings.tls { "https" } else { "http" };
        Task {
            url: format!("{scheme}://{}:{port}", self.address),
            client_id: &self.settings.client_id,
            private_key: &self.keys.private_key,
            mpp_public_key: &self.keys.mpp_public_key,
            authority: self.certificates.as_ref().map(|all| &*all.authority),
            payment,
            deadline: self.settings.deadline,
        }
    }
}

/// Returns a payment that no other fault has.
fn payment(seed: u64, n: usize) -> Payment {
    Payment {
        acquirer_id: "1022188000000000001".to_owned(),
        psp_id: "1022188000000000002".to_owned(),
        payment_request_id: format!("kit-{seed}-{n}"),
        payment_id: format!("mpp-{seed}-{n}"),
        currency: "JPY".to_owned(),
        value: "1000".to_owned(),
        customer_id: format!("{CUSTOMER}{n}"),
    }
}
