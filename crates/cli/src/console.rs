//! What the commands print.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// The exit code for a command line or settings that are wrong.
pub(crate) const USAGE: u8 = 2;

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
            std::process::exit(1);
        }
        _ => {}
    }
}

/// Reports that the command line or the settings are wrong.
pub(crate) fn usage(message: impl AsRef<str>) -> ExitCode {
    say(format!("error: {}", message.as_ref()));
    ExitCode::from(USAGE)
}
