//! What the commands print.

use std::io::{self, IsTerminal as _, Write as _};

/// Prints a line for people, on stderr.
pub(crate) fn say(line: impl AsRef<str>) {
    // There is no other place to report that stderr is closed.
    let _ = writeln!(io::stderr(), "{}", line.as_ref());
}

/// Prints a line for programs, on stdout.
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

/// Returns whether stderr shows colours: it is a terminal, and `NO_COLOR` is unset or empty.
pub(crate) fn has_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
