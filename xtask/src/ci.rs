//! `cargo xtask ci`: every check and test.

use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use crate::console::say;

/// Something that the checks need: its name, a command that succeeds where it is there, and the Debian package that
/// brings it.
type Need = (&'static str, &'static [&'static str], &'static str);

const NEEDED: &[Need] = &[
    ("cc", &["cc", "--version"], "gcc"),
    ("openssl", &["openssl", "version"], "openssl"),
    ("curl", &["curl", "--version"], "curl"),
    ("node", &["node", "--version"], "nodejs"),
    ("npm", &["npm", "--version"], "npm"),
    // Debian installs it where only root looks by default.
    ("nginx", &["sh", "-c", "PATH=$PATH:/usr/sbin nginx -v"], "nginx-light"),
    ("haproxy", &["sh", "-c", "PATH=$PATH:/usr/sbin haproxy -v"], "haproxy"),
    // Debian keeps the programs of its server out of the search path.
    ("postgresql", &["sh", "-c", "command -v initdb || ls /usr/lib/postgresql/*/bin/initdb"], "postgresql"),
    ("systemd-analyze", &["systemd-analyze", "--version"], "systemd"),
    ("git", &["git", "--version"], "git"),
    ("chromium", &["chromium", "--version"], "chromium"),
    ("chromedriver", &["chromedriver", "--version"], "chromium-driver"),
    // Debian's `python3` can't create environments without the other package.
    ("python3 with venv", &["python3", "-c", "import ensurepip, venv"], "python3-venv"),
];

/// A check: a name for people, cargo's arguments, and environment variables.
type Step = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Any crate of a user's program may turn these features on, and they change how numbers are passed.
const DECODING: &[&str] = &[
    "test",
    "--quiet",
    "--package",
    "alipayplus-runtime",
    "--lib",
    "--features",
    "serde_json/arbitrary_precision,serde_json/float_roundtrip,serde_json/preserve_order,serde_json/unbounded_depth",
];

/// A workspace of its own, whose dependencies are compiled into the folder of the others.
const EXAMPLES: &[&str] = &[
    "clippy",
    "--manifest-path",
    "examples/Cargo.toml",
    "--target-dir",
    "target",
    "--locked",
    "--all-targets",
    "--",
    "-D",
    "warnings",
];

/// Many tests wait for other processes, so that more of them than cores run at once.
const WAITING: &[(&str, &str)] = &[("RUST_TEST_THREADS", "4")];

/// What takes seconds.
const FIRST: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("format of the examples", &["fmt", "--all", "--check", "--manifest-path", "examples/Cargo.toml"], &[]),
    ("generated code is up to date", &["xtask", "codegen", "--check"], &[]),
];

/// What starts programs and waits for them: it leaves the processor idle for a part of the time.
const RUNNING: &[Step] = &[
    ("stock tools and the official client", &["xtask", "stock-tools"], &[]),
    ("demo", &["xtask", "demo", "--all-features"], &[]),
    ("stress", &["xtask", "stress", "--quick"], &[]),
    ("an operation that comes and goes", &["xtask", "growth"], &[]),
    ("tests", &["test", "--workspace", "--all-features", "--tests", "--no-fail-fast"], WAITING),
];

/// What only computes, beside the steps above: it takes the time that they leave.
///
/// There is no build without `--all-features`. It would compile the same code, since the tests ask for all features but three.
const COMPUTING: &[Step] = &[
    // First, since it has a build folder of its own, and the first step above holds the other one.
    ("dependencies", &["xtask", "supply", "deny"], &[]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"], &[]),
    ("lints of the examples", EXAMPLES, &[]),
    ("docs", &["doc", "--workspace", "--all-features", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")]),
    ("packages", &["xtask", "supply", "package"], &[]),
    ("feature sets", &["xtask", "supply", "features"], &[]),
    ("doc tests", &["test", "--workspace", "--all-features", "--doc", "--quiet"], &[]),
];

/// The log ends with the summary of these tests: the steps before end in any order.
const LAST: &[Step] = &[("decoding with all features of serde_json", DECODING, &[])];

/// Runs every step. After one has failed, no other begins.
pub(crate) fn run(root: &Path) -> ExitCode {
    let missing: Vec<_> = NEEDED.iter().filter(|(_, command, _)| !succeeds(command)).collect();
    for (name, _, package) in &missing {
        say(format!("`{name}` is missing: install the Debian package `{package}`"));
    }
    if !missing.is_empty() {
        return ExitCode::FAILURE;
    }
    let ci = Ci { root, begun: AtomicUsize::new(0), failed: Mutex::default() };
    ci.take(FIRST, Output::Shown);
    thread::scope(|scope| {
        scope.spawn(|| ci.take(COMPUTING, Output::Kept));
        ci.take(RUNNING, Output::Shown);
    });
    ci.take(LAST, Output::Shown);
    let failed = ci.failed();
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    say(format!("failed: {}", failed.join(", ")));
    ExitCode::FAILURE
}

struct Ci<'r> {
    root: &'r Path,
    begun: AtomicUsize,
    /// The names of the steps that failed.
    failed: Mutex<Vec<&'static str>>,
}

#[derive(Clone, Copy)]
enum Output {
    /// As it comes.
    Shown,
    /// In one piece when the step has ended, between the lines of another step.
    Kept,
}

impl Ci<'_> {
    fn failed(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes steps one after the other.
    fn take(&self, steps: &'static [Step], output: Output) {
        for (name, arguments, environment) in steps {
            if !self.failed().is_empty() {
                return;
            }
            let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
            let total = FIRST.len() + RUNNING.len() + COMPUTING.len() + LAST.len();
            let title = format!("[{number}/{total}] {name}");
            say(format!("{title}: cargo {}", arguments.join(" ")));
            let start = Instant::now();
            let mut step = match output {
                Output::Shown => Command::new(env!("CARGO")),
                Output::Kept => behind(env!("CARGO")),
            };
            step.args(*arguments).envs(environment.iter().copied()).current_dir(self.root).stdin(Stdio::null());
            if std::env::var_os("CI").is_some() {
                // A snapshot is written by a person who reads it, never by a machine.
                step.env("INSTA_UPDATE", "no");
            }
            let (is_done, kept) =
                finish(step, output).unwrap_or_else(|error| (false, format!("can't start it: {error}\n")));
            if !is_done {
                self.failed().push(name);
                say(format!("{kept}{title}: failed"));
            } else if number < total {
                // Nothing follows the summary of the last tests.
                say(format!("{kept}{title}: passed in {} s", start.elapsed().as_secs()));
            }
        }
    }
}

/// Returns a command at the lowest priority, so that no time limit of another step is exceeded because of it.
fn behind(program: &str) -> Command {
    let mut command = Command::new("nice");
    command.args(["-n", "19", program]);
    command
}

/// Returns whether a command succeeded, and the output that was kept.
fn finish(mut command: Command, output: Output) -> io::Result<(bool, String)> {
    let mut kept = Vec::new();
    let status = match output {
        Output::Shown => command.status()?,
        Output::Kept => {
            let (mut reader, writer) = io::pipe()?;
            let mut process = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
            // The command has the writing ends, without which the reading end finds the end of the output.
            drop(command);
            reader.read_to_end(&mut kept)?;
            process.wait()?
        }
    };
    Ok((status.success(), String::from_utf8_lossy(&kept).into_owned()))
}

fn succeeds(command: &[&str]) -> bool {
    let [program, arguments @ ..] = command else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
