//! The target's team may have a hook: a program or a URL that brings the target into a state for a case.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use rustls::ClientConfig;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::target::{TlsFiles, Url};
use crate::wire::Wire;

/// The most that is read of what a program prints on each of its outputs.
const MOST: u64 = 64 * 1024;
/// How much of a hook's words is repeated.
const WORDS: usize = 300;

/// A hook.
#[derive(Clone, Debug)]
pub struct Hook {
    call: Call,
    limit: Duration,
}

#[derive(Clone, Debug)]
enum Call {
    Command(String),
    Url(Url, Vec<SocketAddr>, Option<Arc<ClientConfig>>),
}

impl Hook {
    /// Returns a hook that is a command line for `sh`, which gets its call on stdin.
    #[must_use]
    pub fn command(line: impl Into<String>, limit: Duration) -> Self {
        Self { call: Call::Command(line.into()), limit }
    }

    /// Returns a hook to which each call is posted.
    ///
    /// # Errors
    /// Returns a sentence if the name has no address, or a file can't be used.
    pub async fn url(url: Url, files: &TlsFiles, limit: Duration) -> Result<Self, String> {
        let tls = if url.tls { Some(files.config()?) } else { None };
        let addresses = url.resolve().await?;
        Ok(Self { call: Call::Url(url, addresses, tls), limit })
    }

    /// Calls the hook. Returns the object that it answers, or null if it says nothing.
    ///
    /// # Errors
    /// Returns what went wrong, with the hook's own words.
    pub(crate) async fn call(&self, call: &Value) -> Result<Value, String> {
        let call = call.to_string();
        let answer = match &self.call {
            Call::Command(line) => self.run(line, &call).await?,
            Call::Url(url, addresses, tls) => {
                let posted = timeout(self.limit, post(url, addresses, tls.as_ref(), &call)).await;
                posted.map_err(|_| self.late())??
            }
        };
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        let is_object = |answer: &Value| answer.is_object();
        let answered = serde_json::from_str(&answer).ok().filter(is_object);
        answered.ok_or_else(|| format!("its answer is no JSON object: {}", shortened(&answer)))
    }

    fn late(&self) -> String {
        format!("it did not end within {} s", self.limit.as_secs())
    }

    async fn run(&self, line: &str, call: &str) -> Result<String, String> {
        let cant = |error: io::Error| format!("it can't be run: {error}");
        let (status, printed, complained) = self.ended(line, call).await.map_err(cant)?;
        let Some(status) = status else { return Err(self.late()) };
        let words = if complained.is_empty() { &printed } else { &complained };
        if status.success() { Ok(last_line(&printed)) } else { Err(format!("{status}: {}", shortened(words))) }
    }

    /// Runs a command line to its end, or ends it with all that it started. Returns its status and what it printed.
    ///
    /// It writes into files: a server that it starts and leaves behind would keep a pipe open.
    async fn ended(&self, line: &str, call: &str) -> io::Result<(Option<ExitStatus>, String, String)> {
        let mut input = tempfile::tempfile()?;
        input.write_all(call.as_bytes())?;
        input.rewind()?;
        let (out, err) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = Command::new("sh");
        command.args(["-c", line]).stdin(input).stdout(out.try_clone()?).stderr(err.try_clone()?);
        let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let status = timeout(self.limit, child.wait()).await.ok().transpose()?;
        if let (None, Some(group)) = (status, group) {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
        Ok((status, text(out)?, text(err)?))
    }
}

fn text(mut file: File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn last_line(text: &str) -> String {
    text.lines().next_back().unwrap_or_default().trim().to_owned()
}

/// Returns the end of a text, where programs say what went wrong.
fn shortened(text: &str) -> String {
    let cut = text.chars().count().saturating_sub(WORDS);
    text.chars().skip(cut).collect::<String>().replace('\n', " / ")
}

async fn post(
    url: &Url,
    addresses: &[SocketAddr],
    tls: Option<&Arc<ClientConfig>>,
    call: &str,
) -> Result<String, String> {
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        url.uri,
        url.authority(),
        call.len()
    );
    let mut wire = Wire::open(url, addresses, tls).await.map_err(|error| error.to_string())?;
    let answer = wire.untimed(format!("{head}{call}").as_bytes()).await.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&answer.body).trim().to_owned();
    match answer.status {
        200..300 => Ok(text),
        status => Err(format!("HTTP {status}: {}", shortened(&text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn called(line: &str, limit: Duration) -> Result<Value, String> {
        Hook::command(line, limit).call(&serde_json::json!({ "state": "paid" })).await
    }

    #[tokio::test]
    async fn a_command_reads_its_call_and_answers_on_its_last_line() {
        let limit = Duration::from_secs(20);
        assert_eq!(called("echo made; cat", limit).await, Ok(serde_json::json!({ "state": "paid" })));
        assert_eq!(called("true", limit).await, Ok(Value::Null));
        // What it leaves behind goes on, and is not waited for.
        assert_eq!(called("sleep 30 & echo {}", limit).await, Ok(serde_json::json!({})));
        assert!(called("echo done", limit).await.unwrap_err().ends_with("no JSON object: done"));
        let words = called("echo no such state >&2; exit 3", limit).await.unwrap_err();
        assert!(words.contains('3') && words.ends_with(": no such state"), "{words}");
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("late");
        let line = format!("sleep 2; echo x > {}", file.display());
        let words = called(&line, Duration::from_secs(1)).await.unwrap_err();
        assert_eq!(words, "it did not end within 1 s");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(!file.exists());
    }
}
