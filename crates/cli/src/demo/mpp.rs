//! The sandbox in its own process, and its admin API.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use alipayplus_client::{HttpTransport, Transport as _};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// Its concurrency limit: low, so that few requests overload it.
pub(super) const CONCURRENCY_LIMIT: usize = 2;
const PATIENCE: Duration = Duration::from_secs(20);
/// The most bytes of an answer of the admin API.
const MOST: usize = 64 << 20;

type Failable<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A running sandbox. The process ends on drop.
#[derive(Debug)]
pub(super) struct Mpp {
    // Dropped first: it must end before its folder is deleted.
    child: Child,
    pub(super) url: String,
    pub(super) admin: String,
    pub(super) state: String,
    pub(super) client_id: String,
    pub(super) other_client_id: String,
    pub(super) key: PathBuf,
    pub(super) peer_key: PathBuf,
    _folder: TempDir,
}

impl Mpp {
    /// Starts the sandbox with keys and an SQLite file in a temporary folder.
    pub(super) async fn start() -> Failable<Self> {
        let folder = tempfile::Builder::new().prefix("alipayplus-demo-").tempdir()?;
        let mut command = Command::new(env::current_exe()?);
        command.args(["sandbox", "--dev", "--json", "--port", "0", "--admin-port", "0", "--concurrency-limit"]);
        command.arg(CONCURRENCY_LIMIT.to_string()).arg("--dir").arg(folder.path().join("keys"));
        command.arg("--state").arg(folder.path().join("state.db"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("the sandbox has no output")?;
        let ready = timeout(PATIENCE, ready(stdout)).await.map_err(|_| "the sandbox does not say that it is ready")?;
        let ready = ready.ok_or("the sandbox ended at once")?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned).ok_or(format!("the sandbox names no {name}"));
        Ok(Self {
            url: text("url")?,
            admin: text("admin")?,
            state: text("state")?,
            client_id: text("clientId")?,
            other_client_id: text("secondClientId")?,
            key: text("key")?.into(),
            peer_key: text("peerKey")?.into(),
            child,
            _folder: folder,
        })
    }

    /// Returns the process ID.
    pub(super) fn process(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Waits until the process has ended.
    pub(super) async fn ended(mut self) {
        drop(self.child.wait().await);
    }
}

/// Reads the line that says that it is ready.
async fn ready(stdout: ChildStdout) -> Option<Value> {
    let line = BufReader::new(stdout).lines().next_line().await.ok()??;
    serde_json::from_str(&line).ok()
}

/// The admin API of a sandbox.
#[derive(Debug)]
pub(super) struct Admin {
    url: String,
    http: HttpTransport,
}

impl Admin {
    pub(super) fn new(mpp: &Mpp, http: HttpTransport) -> Self {
        Self { url: mpp.admin.clone(), http }
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Failable<Value> {
        let request = Request::post(format!("{}{path}", self.url)).header("content-type", "application/json");
        Ok(serde_json::from_str(&self.send(request.body(body.to_string().into())?).await?)?)
    }

    pub(super) async fn get(&self, path: &str) -> Failable<String> {
        self.send(Request::get(format!("{}{path}", self.url)).body(Bytes::new())?).await
    }

    async fn send(&self, request: Request<Bytes>) -> Failable<String> {
        let response = self.http.send(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST).collect().await?.to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        if status.is_success() { Ok(text) } else { Err(format!("the admin API answers {status}: {text}").into()) }
    }

    /// Returns the exchanges whose number is at least this.
    pub(super) async fn journal(&self, from: usize) -> Failable<Vec<Value>> {
        let lines = self.get("/journal").await?;
        Ok(lines.lines().skip(from).map(serde_json::from_str).collect::<Result<_, _>>()?)
    }

    /// Asks until something is so.
    pub(super) async fn wait_for(&self, path: &str, is_so: impl Fn(&str) -> bool) -> Failable<()> {
        let asking = async {
            while !is_so(&self.get(path).await?) {
                sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        };
        timeout(PATIENCE, asking).await?
    }
}
