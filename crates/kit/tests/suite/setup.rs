//! Runs of the kit against the sandbox, whose faults are turned on over its admin API.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use alipayplus_kit::case::{Case, Need, Phase};
use alipayplus_kit::hook::Hook;
use alipayplus_kit::inquiry_payment::{OPERATION, cases};
use alipayplus_kit::key::RawKey;
use alipayplus_kit::run::{CaseResult, Groups, run};
use alipayplus_kit::sandbox::{Facts, Keys, Sandbox, Settings, Throwaway};
use alipayplus_kit::session::Session;
use alipayplus_kit::target::{Identity, Target, TlsFiles, Url};
use alipayplus_kit::{finding::Verdict, preflight};
use alipayplus_signing::PublicKey;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// The folder of the throwaway keys, which take a second to make. Who opens a sandbox holds it: public keys are written anew.
static FOLDER: LazyLock<Mutex<tempfile::TempDir>> = LazyLock::new(|| Mutex::new(tempfile::tempdir().unwrap()));

/// A sandbox that ends with its test.
pub(crate) struct Mpp(pub(crate) Facts);

impl Mpp {
    pub(crate) async fn start() -> Self {
        let mut settings = Settings::new(Keys::Throwaway);
        let folder = FOLDER.lock().await;
        settings.folder = Some(folder.path().to_owned());
        let sandbox = Sandbox::open(&settings).await.unwrap();
        let facts = sandbox.facts().clone();
        tokio::spawn(sandbox.run());
        Self(facts)
    }

    pub(crate) fn keys(&self) -> &Throwaway {
        self.0.throwaway.as_ref().unwrap()
    }

    /// Sends a request to the admin API.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: &str) {
        let address = self.0.admin.strip_prefix("http://").unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        let head = format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all((head + body).as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{path} {body}: {answer}");
    }

    /// Turns one fault on, and all others off.
    pub(crate) async fn turn_on(&self, fault: &str) {
        self.admin("POST", "/reset", "").await;
        if !fault.is_empty() {
            self.admin("POST", "/faults", &json!({ "fault": fault }).to_string()).await;
        }
    }

    /// Returns where cases are sent.
    pub(crate) fn target(&self, url: &str, files: TlsFiles) -> Result<Target, String> {
        let Throwaway { client_id, key, peer_key, .. } = self.keys();
        let peer = vec![(Some(1), PublicKey::from_file(peer_key).unwrap())];
        Target::new(Url::parse(url, OPERATION.path)?, files, identity(client_id, "1", key), peer)
    }

    /// Returns a session that has passed the preflight, and its warnings.
    pub(crate) async fn session(&self, path: &str) -> Result<(Session, Vec<String>), String> {
        let mut target = self.target(&format!("{}{path}", self.0.url), TlsFiles::default()).unwrap();
        let made = self.keys();
        target.addresses = vec![self.0.url.strip_prefix("http://").unwrap().parse().unwrap()];
        target.second_key = Some(identity(made.client_id, "2", &made.second_key));
        target.second_client = Some(identity(made.second_client_id, "1", &made.second_client_key));
        let subjects = (OPERATION.subjects)(&std::fs::read_to_string(&made.payments).unwrap()).unwrap();
        let mut session = Session::new(target, &OPERATION, subjects, 7);
        let hook = Url::parse(&format!("{}/state", self.0.admin), "").unwrap();
        session.hook = Some(Arc::new(Hook::url(hook, &TlsFiles::default(), Duration::from_secs(20)).await?));
        let warnings = preflight::check(&mut session).await?;
        Ok((session, warnings))
    }

    /// Runs the quick cases of a choice, and those that are named.
    pub(crate) async fn results(
        &self,
        fault: &str,
        named: &[&str],
        choice: impl Fn(usize, &Case) -> bool,
    ) -> Vec<CaseResult> {
        self.turn_on(fault).await;
        let (session, _) = self.session("").await.unwrap_or_else(|message| panic!("{fault}: {message}"));
        results_of(&session, named, choice).await
    }
}

fn identity(client_id: &str, version: &str, key: &std::path::Path) -> Identity {
    Identity { client_id: client_id.into(), version: version.into(), key: Arc::new(RawKey::from_file(key).unwrap()) }
}

/// Starts an MPP with a fault and returns a session with it, and its warnings.
pub(crate) async fn session(fault: &str, path: &str) -> Result<(Session, Vec<String>), String> {
    let mpp = Mpp::start().await;
    mpp.turn_on(fault).await;
    mpp.session(path).await
}

/// Runs the quick cases of a choice by number and case, and those that are named.
pub(crate) async fn results_of(
    session: &Session,
    named: &[&str],
    choice: impl Fn(usize, &Case) -> bool,
) -> Vec<CaseResult> {
    let is_quick = |case: &Case| {
        let heavy = [Need::Load, Need::Hostile].iter().any(|need| case.needs.contains(need));
        !heavy && matches!(case.phase, Phase::Together | Phase::End)
    };
    let all = cases();
    let chosen =
        all.iter().enumerate().filter(|(n, case)| named.contains(&case.id) || (is_quick(case) && choice(*n, case)));
    let selected: Vec<_> = chosen.map(|(_, case)| *case).collect();
    run(session, &all, &selected, Groups::default(), |_| ()).await
}

/// Returns the IDs of the results with a verdict.
pub(crate) fn with(results: &[CaseResult], verdict: Verdict) -> Vec<&CaseResult> {
    results.iter().filter(|result| result.finding.verdict == verdict).collect()
}
