//! Follows the guide: writes each chapter's files, and runs its commands, in an empty folder beside a clone.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Begins a block of commands that run until the reader stops them.
const TERMINAL: &str = "# terminal 1: runs until Ctrl-C\n";
/// As in the workspace, so that dependencies are compiled once for both.
const PROFILE: &str = "[profile.dev]\ndebug = \"line-tables-only\"\n[profile.dev.package.\"*\"]\ndebug = false\n";

/// Returns the fenced blocks of a page, each with its language and the file that the line before it names.
fn blocks(page: &str) -> Vec<(&str, Option<&str>, String)> {
    let (mut blocks, mut before, mut lines) = (Vec::new(), "", page.lines());
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let text = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n"));
            let file = before.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
            blocks.push((language, file, text.collect()));
        } else if !line.is_empty() {
            before = line;
        }
    }
    blocks
}

/// Returns a script that does what a chapter says.
fn script(chapter: &str, port: u16) -> String {
    // A terminal of its own is a process group of its own, so that all of it can be ended.
    let mut script = "set -euo pipefail -m\ntrap 'for job in $(jobs -p); do kill -- -$job; done' EXIT\n".to_owned();
    for (language, file, text) in blocks(chapter) {
        match (language, file) {
            ("sh", _) if text.starts_with(TERMINAL) => {
                let wait =
                    format!("until (: < /dev/tcp/127.0.0.1/{port}) 2>&-; do sleep 0.2; jobs %1 > /dev/null; done");
                _ = write!(script, "(\n{text}) &\n{wait}\n");
            }
            ("sh", _) => script += &text,
            (_, Some(file)) => {
                let profile = if file == "Cargo.toml" { PROFILE } else { "" };
                _ = write!(script, "mkdir -p $(dirname {file})\ncat > {file} << 'END'\n{text}{profile}END\n");
            }
            _ => {}
        }
    }
    script
}

/// Runs a chapter, and returns what it printed.
fn follow(chapter: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("project");
    fs::create_dir(&place).unwrap();
    std::os::unix::fs::symlink(&root, folder.path().join("alipayplus-sdk")).unwrap();
    // The versions that the workspace was tested with.
    fs::copy(root.join("Cargo.lock"), place.join("Cargo.lock")).unwrap();
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, admin) = (free(), free());
    let text = fs::read_to_string(root.join("docs/guide").join(chapter)).unwrap();
    let text = text.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    let script = script(&text.replace("127.0.0.1:8090", &format!("127.0.0.1:{port}")), port);
    let program = Path::new(env!("CARGO_BIN_EXE_alipayplus")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(&place).env("PATH", path).env("CARGO_TARGET_DIR", root.join("target"));
    shell.env("ALIPAYPLUS_PORT", port.to_string()).env("ALIPAYPLUS_ADMIN_PORT", admin.to_string());
    let output = shell.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{chapter}: {}\n{text}\n--- the script:\n{script}", output.status);
    text
}

#[test]
fn from_zero_to_certified() {
    let text = follow("mpp.md");
    // The wallet knows the payment, and no MUST fails.
    assert!(text.contains("paid"), "{text}");
    assert!(text.contains("; 0 fail the run"), "{text}");
}

#[test]
fn from_zero_to_reconciled() {
    let text = follow("acquirer.md");
    assert!(text.contains("paid: SBX-OPEN-5S~2"), "{text}");
    assert!(
        text.contains("SBX-PAID~11,900,JPY") && text.contains("mismatch") && text.contains("RISK_REJECT"),
        "{text}"
    );
}

#[test]
fn when_a_signature_fails() {
    let text = follow("signature.md");
    assert!(text.contains("body-line-feed"), "{text}");
}

#[test]
fn another_language() {
    follow("languages.md");
}
