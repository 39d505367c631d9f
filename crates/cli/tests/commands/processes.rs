//! What the cluster of the test needs of processes.

use std::process::{Child, Command, ExitStatus};

pub(crate) use crate::wallet::until;

/// Runs a command, and returns what it prints.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Sends a signal, and waits for the end.
pub(crate) fn end(process: &mut Child, signal: &str) -> ExitStatus {
    let _ = Command::new("sh").args(["-c", &format!("kill -{signal} {}", process.id())]).status();
    process.wait().unwrap()
}
