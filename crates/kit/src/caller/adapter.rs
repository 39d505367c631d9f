//! The user's program, which asks about one payment with the user's own code and prints what it concluded.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::outcome::Outcome;
use super::scene::{Payment, VERSION};

/// The most that is read of what an adapter prints on each of its outputs.
const MOST: u64 = 1 << 20;
/// How long an adapter may go on after its deadline before it is ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an adapter is given.
pub(crate) struct Task<'a> {
    pub(crate) command: &'a [OsString],
    pub(crate) url: String,
    pub(crate) client_id: &'a str,
    pub(crate) private_key: &'a Path,
    pub(crate) mpp_public_key: &'a Path,
    pub(crate) authority: Option<&'a Path>,
    pub(crate) payment: &'a Payment,
    pub(crate) deadline: Duration,
}

/// How an adapter ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) concluded: Result<Conclusion, String>,
    pub(crate) started: Instant,
    pub(crate) at: Instant,
    /// All that it printed, to look for what must not be there.
    pub(crate) printed: String,
    pub(crate) complained: String,
}

/// What an adapter concluded: a word, or an object with details.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Conclusion {
    #[serde(deserialize_with = "word")]
    pub(crate) outcome: Outcome,
    /// The code of a failed payment.
    pub(crate) code: Option<String>,
}

fn word<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Outcome, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// The processes of an adapter, which are ended when this is dropped: what it has left behind would ask on.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Mostly nothing is left.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Task<'_> {
    /// Runs the adapter to its end, or ends it with all that it started.
    pub(crate) async fn run(&self) -> io::Result<Ended> {
        let started = Instant::now();
        let mut child = self.command()?.spawn()?;
        let group = Group(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw));
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let ends = async { tokio::join!(child.wait(), read(out), read(err)) };
        let ended = timeout(self.deadline + PATIENCE, ends).await;
        let at = Instant::now();
        drop(group);
        let Ok((status, printed, complained)) = ended else {
            let seconds = PATIENCE.as_secs();
            let what =
                format!("it, or what it has started, was still there {seconds} s after its deadline, and was ended");
            return Ok(Ended { concluded: Err(what), started, at, printed: String::new(), complained: String::new() });
        };
        let concluded = concluded(status?, &printed, &complained);
        Ok(Ended { concluded, started, at, printed, complained })
    }

    fn command(&self) -> io::Result<Command> {
        let (program, arguments) = self.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let Payment { acquirer_id, psp_id, payment_request_id, payment_id, currency, value, .. } = self.payment;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        command.envs([
            ("ALIPAYPLUS_URL", self.url.as_str()),
            ("ALIPAYPLUS_CLIENT_ID", self.client_id),
            ("ALIPAYPLUS_KEY_VERSION", &VERSION.to_string()),
            ("ALIPAYPLUS_ACQUIRER_ID", acquirer_id),
            ("ALIPAYPLUS_PSP_ID", psp_id),
            ("ALIPAYPLUS_PAYMENT_REQUEST_ID", payment_request_id),
            ("ALIPAYPLUS_EXPECTED_PAYMENT_ID", payment_id),
            ("ALIPAYPLUS_EXPECTED_CURRENCY", currency),
            ("ALIPAYPLUS_EXPECTED_VALUE", value),
            ("ALIPAYPLUS_DEADLINE_MS", &self.deadline.as_millis().to_string()),
        ]);
        command.env("ALIPAYPLUS_KEY_FILE", self.private_key).env("ALIPAYPLUS_PEER_KEY_FILE", self.mpp_public_key);
        if let Some(authority) = self.authority {
            // OpenSSL and rustls, and so Python, Ruby, PHP and Rust, read the second, Node.js the third.
            for name in ["ALIPAYPLUS_CA_FILE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
                command.env(name, authority);
            }
        }
        Ok(command)
    }
}

async fn read(stream: Option<impl AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        // An output that breaks holds no conclusion.
        let _ = stream.take(MOST).read_to_end(&mut bytes).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn concluded(status: ExitStatus, printed: &str, complained: &str) -> Result<Conclusion, String> {
    if printed.len() as u64 >= MOST {
        return Err(format!("it printed more than {MOST} bytes"));
    }
    let last = |text: &str| text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
    let line = last(printed);
    if line.is_empty() {
        let why =
            if complained.trim().is_empty() { String::new() } else { format!(": {}", shortened(&last(complained))) };
        return Err(format!("it printed nothing and ended with {status}{why}"));
    }
    if let Ok(outcome) = line.parse() {
        return Ok(Conclusion { outcome, code: None });
    }
    serde_json::from_str(&line).map_err(|error| {
        format!("its last line is neither an outcome nor an object with one ({error}): {}", shortened(&line))
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn the_last_line_is_the_conclusion() {
        let of = |printed| concluded(ExitStatus::from_raw(0), printed, "Traceback\nboom\n");
        assert_eq!(of("asking\npaid\n\n"), Ok(Conclusion { outcome: Outcome::Paid, code: None }));
        let failed = Conclusion { outcome: Outcome::Failed, code: Some("X".to_owned()) };
        assert_eq!(of(r#"{"outcome":"failed","code":"X","members":{}}"#), Ok(failed));
        assert!(of("PAID").unwrap_err().contains("neither an outcome"));
        assert!(of("").unwrap_err().ends_with("boom"));
    }
}
