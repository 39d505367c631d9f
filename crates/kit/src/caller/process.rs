//! The adapter as one process per fault: it prints its conclusion as its last line.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::task::{Conclusion, Ended, MOST, PATIENCE, Task, last_line, shortened};

/// The processes of an adapter, which are ended when this is dropped: what it has left behind would ask on.
pub(crate) struct Group(Option<Pid>);

impl Group {
    pub(crate) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // Mostly nothing is left.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Returns the user's command as a process group of its own, which finds the authority that it has to trust.
pub(crate) fn command(words: &[OsString], authority: Option<&Path>) -> io::Result<Command> {
    let (program, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    if let Some(authority) = authority {
        // OpenSSL and rustls, and so Python, Ruby, PHP and Rust, read the first, Node.js the second.
        command.env("SSL_CERT_FILE", authority).env("NODE_EXTRA_CA_CERTS", authority);
    }
    Ok(command)
}

/// Runs the adapter to its end, or ends it with all that it started.
pub(crate) async fn run(words: &[OsString], task: &Task<'_>) -> io::Result<Ended> {
    let mut command = command(words, task.authority)?;
    command.envs(task.named().into_iter().map(|(name, value)| (format!("ALIPAYPLUS_{}", name.to_uppercase()), value)));
    let started = Instant::now();
    let mut child = command.spawn()?;
    let group = Group::of(&child);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let ends = async { tokio::join!(child.wait(), read(out), read(err)) };
    let ended = timeout(task.deadline + PATIENCE, ends).await;
    let at = Instant::now();
    drop(group);
    let Ok((status, printed, complained)) = ended else {
        let seconds = PATIENCE.as_secs();
        let what = format!("it, or what it has started, was still there {seconds} s after its deadline, and was ended");
        return Ok(Ended { concluded: Err(what), started, at, printed: String::new(), complained: String::new() });
    };
    let concluded = concluded(status?, &printed, &complained);
    Ok(Ended { concluded, started, at, printed, complained })
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
    let line = last_line(printed);
    // A program that fails after its last word, such as in an exception, did not mean it.
    if line.is_empty() || !status.success() {
        let said = if line.is_empty() { "nothing".to_owned() } else { format!("`{}`", shortened(line)) };
        let why = last_line(complained);
        let why = if why.is_empty() { String::new() } else { format!(": {}", shortened(why)) };
        return Err(format!("it printed {said} and ended with {status}{why}"));
    }
    if let Ok(outcome) = line.parse() {
        return Ok(Conclusion { outcome, code: None });
    }
    serde_json::from_str(line).map_err(|error| {
        format!("its last line is neither an outcome nor an object with one ({error}): {}", shortened(line))
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::super::outcome::Outcome;
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

    #[test]
    fn a_program_that_fails_has_concluded_nothing() {
        let failed = concluded(ExitStatus::from_raw(1 << 8), "paid\n", "boom\n").unwrap_err();
        assert_eq!(failed, "it printed `paid` and ended with exit status: 1: boom");
    }
}
