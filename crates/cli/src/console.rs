//! What the commands print.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

/// The exit code if what was tried failed.
pub(crate) const FAILED: u8 = 1;
/// The exit code if a command could not do what it is for.
pub(crate) const COULD_NOT_RUN: u8 = 3;
/// The exit code for a command line or settings that are wrong.
pub(crate) const USAGE: u8 = 2;

/// Why a command did not do what it is for.
pub(crate) enum Failure {
    /// The command line, the settings or the input are wrong.
    Usage(String),
    /// It could not run.
    Run(String),
}

/// Prints a line for people, on stderr.
pub(crate) fn say(line: impl AsRef<str>) {
    // There is no other place to report that stderr is closed.
    let _ = writeln!(io::stderr(), "{}", line.as_ref());
}

/// Prints a result, on stdout.
///
/// A reader that wants no more, such as `head`, is no failure: the exit code stays the command's own.
pub(crate) fn print(text: impl AsRef<str>) {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{}", text.as_ref()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(format!("can't write to stdout: {error}"));
            std::process::exit(COULD_NOT_RUN.into());
        }
        _ => {}
    }
}

/// Shows on a terminal how far a command is, in place of what was shown before.
pub(crate) fn progress(text: &str) {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K{text}");
    }
}

/// Removes what `progress` has shown.
pub(crate) fn clear_progress() {
    progress("");
}

/// Reports that the command line or the settings are wrong.
pub(crate) fn usage(message: impl AsRef<str>) -> ExitCode {
    say(format!("error: {}", message.as_ref()));
    ExitCode::from(USAGE)
}

/// Reports that a command could not do what it is for.
pub(crate) fn could_not_run(message: impl AsRef<str>) -> ExitCode {
    say(format!("error: {}", message.as_ref()));
    ExitCode::from(COULD_NOT_RUN)
}

/// Returns a text in bold on a terminal, and unchanged elsewhere or if `NO_COLOR` is set.
pub(crate) fn bold(text: &str) -> String {
    let is_plain = !io::stdout().is_terminal() || env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if is_plain { text.to_owned() } else { format!("\x1b[1m{text}\x1b[0m") }
}

/// Returns an error's text with those of its causes.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
