//! `cargo xtask ci`: every check and test, in the order in which they fail fastest.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
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

const STEPS: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("format of the examples", &["fmt", "--all", "--check", "--manifest-path", "examples/Cargo.toml"], &[]),
    ("generated code is up to date", &["xtask", "codegen", "--check"], &[]),
    ("stock tools and the official client", &["xtask", "stock-tools"], &[]),
    ("dependencies", &["xtask", "supply", "deny"], &[]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"], &[]),
    ("lints of the examples", EXAMPLES, &[]),
    // As people compile a clone: other features are on than with --all-features.
    ("a plain build", &["check", "--workspace", "--all-targets"], &[]),
    ("feature sets", &["xtask", "supply", "features"], &[]),
    ("decoding with all features of serde_json", DECODING, &[]),
    ("packages", &["xtask", "supply", "package"], &[]),
    ("docs", &["doc", "--workspace", "--all-features", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")]),
    ("doc tests", &["test", "--workspace", "--all-features", "--doc", "--quiet"], &[]),
    ("demo", &["xtask", "demo", "--all-features"], &[]),
    ("stress", &["xtask", "stress", "--quick"], &[]),
    ("an operation that comes and goes", &["xtask", "growth"], &[]),
    // Last, since its summary is what a reader of the log looks for.
    ("tests", &["test", "--workspace", "--all-features", "--tests", "--no-fail-fast"], WAITING),
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run(root: &Path) -> ExitCode {
    let missing: Vec<_> = NEEDED.iter().filter(|(_, command, _)| !succeeds(command)).collect();
    for (name, _, package) in &missing {
        say(format!("`{name}` is missing: install the Debian package `{package}`"));
    }
    if !missing.is_empty() {
        return ExitCode::FAILURE;
    }
    for (n, (name, arguments, environment)) in STEPS.iter().enumerate() {
        say(format!("[{}/{}] {name}: cargo {}", n + 1, STEPS.len(), arguments.join(" ")));
        let start = Instant::now();
        let mut step = Command::new(env!("CARGO"));
        step.args(*arguments).envs(environment.iter().copied()).current_dir(root).stdin(Stdio::null());
        if std::env::var_os("CI").is_some() {
            // A snapshot is written by a person who reads it, never by a machine.
            step.env("INSTA_UPDATE", "no");
        }
        if !step.status().is_ok_and(|status| status.success()) {
            say(format!("[{}/{}] {name}: failed", n + 1, STEPS.len()));
            return ExitCode::FAILURE;
        }
        // The log ends with the test runner's own summary.
        if n + 1 < STEPS.len() {
            say(format!("[{}/{}] {name}: passed in {} s", n + 1, STEPS.len(), start.elapsed().as_secs()));
        }
    }
    ExitCode::SUCCESS
}

fn succeeds(command: &[&str]) -> bool {
    let [program, arguments @ ..] = command else { return false };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
