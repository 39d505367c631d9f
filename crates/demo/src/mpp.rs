//! The unmodified example MPP in its own process.

use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::log::Log;

/// Its concurrency limit: low, so that few requests overload it.
pub(crate) const CONCURRENCY_LIMIT: usize = 2;
const PATIENCE: Duration = Duration::from_secs(10);

/// A running MPP. The process ends on drop.
#[derive(Debug)]
pub(crate) struct Mpp {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) log: Log,
}

impl Mpp {
    /// Starts the MPP with a key file and a database that it creates.
    pub(crate) async fn start(program: &Path, key_file: &Path, database: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(program);
        command.env("MPP_KEY_FILE", key_file).env("MPP_DATABASE", database);
        // All settings, so that none comes from the environment.
        command.env("MPP_KEY_VERSION", "1").env("MPP_LISTEN", "127.0.0.1:0");
        command.env("MPP_CONCURRENCY_LIMIT", CONCURRENCY_LIMIT.to_string()).env("RUST_LOG", "info");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| format!("can't start {}: {error}", program.display()))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = stdout.zip(stderr).ok_or("the MPP has no output")?;
        let log = Log::follow(BufReader::new(stderr));
        match timeout(PATIENCE, address(stdout)).await {
            Ok(Some(address)) => Ok(Self { child, address, log }),
            not_started => {
                let what = if not_started.is_ok() { "ended at once" } else { "does not say where it listens" };
                drop(child.kill().await);
                log.closed().await;
                Err(format!("the MPP {what}; its log:\n{}", log.tail()).into())
            }
        }
    }

    /// Returns the process ID.
    pub(crate) fn process(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends the process, and waits for it.
    pub(crate) async fn stop(mut self) {
        drop(self.child.kill().await);
    }
}

/// Reads the address, which is the only line on its standard output.
async fn address(stdout: ChildStdout) -> Option<SocketAddr> {
    let line = BufReader::new(stdout).lines().next_line().await.ok()??;
    line.parse().ok()
}

/// Returns where cargo puts the example: beside this program.
pub(crate) fn beside() -> Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    let folder = program.parent().ok_or("this program has no folder")?;
    let mpp = folder.join("examples").join("mpp").with_extension(env::consts::EXE_EXTENSION);
    if mpp.is_file() {
        return Ok(mpp);
    }
    let build = "cargo build -p alipayplus-server --example mpp";
    Err(format!("there is no {}; build it with `{build}`, or start `cargo xtask demo`, which does", mpp.display())
        .into())
}
