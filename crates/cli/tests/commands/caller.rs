//! `alipayplus conformance caller`, as a process, with callers that are right, naive, and no callers at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use alipayplus_kit::caller::{Fault, Outcome, RULES, faults};
use serde_json::Value;
use tempfile::tempdir;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn caller(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    let output = command.args(["conformance", "caller"]).args(arguments).current_dir(root()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Runs an adapter with all faults; returns the IDs by verdict.
fn verdicts(ran: &Ran) -> impl Fn(&str) -> BTreeSet<String> + use<> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    move |verdict| {
        let cases = report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == verdict);
        cases.map(|case| case["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// The Rust adapter, on this project's client.
fn own_adapter() -> String {
    let target = folder_of_the_build();
    let mut build = Command::new(env!("CARGO"));
    // With the features that the tests have, so that nothing is compiled twice.
    build.args(["build", "--quiet", "--workspace", "--all-features", "--example", "adapter"]).current_dir(root());
    assert!(build.status().unwrap().success());
    target.join("examples/adapter").to_str().unwrap().to_owned()
}

/// The folder of the programs that this build makes.
fn folder_of_the_build() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_alipayplus")).parent().unwrap().to_owned()
}

#[test]
fn our_client_passes_in_full() {
    let adapter = own_adapter();
    let ran = caller(&["--tls", "--strict", "--json", "--", &adapter]);
    let of = verdicts(&ran);
    for verdict in ["fail", "note", "not_run", "inconclusive"] {
        assert_eq!(of(verdict), BTreeSet::new(), "{}", ran.out);
    }
    assert_eq!((ran.code, of("pass").len()), (Some(0), faults().count() + RULES.len()), "{}", ran.err);
}

/// At least one fault for each outcome, and of each kind that hides one.
const SELECTION: &str = "good/paid,good/failed-code/RISK_REJECT,good/cancelled,good/in-progress,good/not-found,\
    good/in-progress-then-paid,good/blanks-and-escapes,meaning/U-with-a-paid-payment,meaning/another-payment-id,\
    meaning/in-progress-then-not-found,money/exponent,signature/other-key,signature/none-paid,time/yesterdays-answer,\
    content/name-twice-signed,content/html-200,transport/body-cut,status/redirect";

#[test]
fn the_adapters_to_copy_are_right_and_short() {
    let own = own_adapter();
    let rows: [(&str, &[&str]); 4] = [
        ("crates/client/examples/adapter.rs", &["--tls", "--", &own]),
        ("docs/adapters/adapter.mjs", &["--tls", "--", "node", "docs/adapters/adapter.mjs"]),
        ("docs/adapters/adapter.py", &["--tls", "--", "python3", "docs/adapters/adapter.py"]),
        ("docs/adapters/Adapter.java", &["--stdio", "--jobs", "8", "--", "java", "docs/adapters/Adapter.java"]),
    ];
    for (file, command) in rows {
        let ran = caller(&[&["--strict", "--json", "--deadline", "4000", "--only", SELECTION], command].concat());
        let of = verdicts(&ran);
        assert_eq!((of("fail"), of("inconclusive")), (BTreeSet::new(), BTreeSet::new()), "{file}\n{}", ran.out);
        assert_eq!(ran.code, Some(0), "{file}\n{}", ran.err);
        assert!(fs::read_to_string(root().join(file)).unwrap().lines().count() < 60, "{file}");
    }
}

#[test]
fn a_naive_caller_fails_in_many_ways() {
    let ran = caller(&["--jobs", "16", "--json", "--", "python3", "crates/cli/tests/fixtures/naive.py"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let failed = verdicts(&ran)("fail");
    assert!(failed.len() >= 50, "{failed:?}");
    // A rule is shown again by a fault in which it was broken.
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let cases = report["cases"].as_array().unwrap();
    let tight = cases.iter().find(|case| case["id"] == "pace/no-tight-loop").unwrap();
    assert!(tight["repeat"].as_str().unwrap().contains("--only meaning/"), "{tight}");
    for id in ["signature/none-paid", "meaning/U-with-a-paid-payment", "pace/no-tight-loop", "status/redirect"] {
        assert!(failed.contains(id), "{id}: {failed:?}");
    }
}

/// Sends something, and says the same whatever comes back.
fn parrot(word: &str) -> String {
    let request = r"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    format!(
        "exec 3<>/dev/tcp/127.0.0.1/${{ALIPAYPLUS_URL##*:}}; printf '{request}' >&3; read -t 1 -n 1 <&3; echo {word}"
    )
}

#[test]
fn each_fault_is_failed_by_who_always_says_the_same() {
    for outcome in Outcome::ALL {
        let ran = caller(&[
            "--json",
            "--jobs",
            "16",
            "--skip",
            "transport/refused",
            "--",
            "bash",
            "-c",
            &parrot(outcome.word()),
        ]);
        let is_tried = |fault: &&Fault| !fault.id.starts_with("tls/") && fault.id != "transport/refused";
        let is_right = |fault: &&Fault| fault.right.contains(&outcome) || fault.tolerated.contains(&outcome);
        let wrong = faults().filter(is_tried).filter(|fault| !is_right(fault)).map(|fault| fault.id.to_owned());
        let rules: BTreeSet<_> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
        let failed: BTreeSet<_> = verdicts(&ran)("fail").difference(&rules).cloned().collect();
        assert_eq!(failed, wrong.collect(), "{outcome}");
    }
}

#[test]
fn who_asks_nothing_passes_nothing() {
    for (word, verdict) in [("paid", "fail"), ("unknown", "inconclusive")] {
        let ran = caller(&["--json", "--only", "good", "--", "echo", word]);
        let of = verdicts(&ran);
        assert_eq!(of(verdict).iter().filter(|id| id.starts_with("good/")).count(), 45, "{}", ran.out);
        assert_eq!(of("not_run").len(), 8, "{}", ran.out);
    }
}

#[test]
fn a_signal_leaves_nothing_behind() {
    let folder = tempdir().unwrap();
    let pid = folder.path().join("pid");
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    command.args(["conformance", "caller", "--only", "good/paid", "--", "sh", "-c", "echo $$ > $PID_FILE; sleep 77"]);
    let keys = folder.path().join("keys");
    fs::create_dir(&keys).unwrap();
    let mut running = command.env("PID_FILE", &pid).env("TMPDIR", &keys).spawn().unwrap();
    let adapter = loop {
        let text = fs::read_to_string(&pid).unwrap_or_default();
        if text.ends_with('\n') {
            break text.trim().to_owned();
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let signal = |name: &str, pid: &str| Command::new("kill").args([name, pid]).output().unwrap().status.success();
    assert!(signal("-TERM", &running.id().to_string()));
    assert_eq!(running.wait().unwrap().code(), Some(3));
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 0);
    let is_gone = || fs::read_to_string(format!("/proc/{adapter}/stat")).map_or(true, |stat| stat.contains(") Z "));
    assert!((0..100).any(|_| is_gone() || {
        std::thread::sleep(Duration::from_millis(50));
        false
    }));
}

#[test]
fn what_is_no_adapter_is_inconclusive() {
    // One that does not end fails the rule about that too.
    for (command, code, says) in [
        (&["sh", "-c", "echo PAID"][..], 3, "neither an outcome"),
        (&["sh", "-c", "yes paid | head -c 3000000"], 3, "more than 1048576 bytes"),
        (&["sh", "-c", "echo boom >&2; exit 7"], 3, "boom"),
        (&["sh", "-c", "echo paid; exit 1"], 3, "`paid` and ended with exit status: 1"),
        (&["sh", "-c", "sleep 60 & echo paid; wait"], 1, "was ended"),
    ] {
        let ran = caller(&[&["--only", "good/paid", "--deadline", "1000", "--"], command].concat());
        assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("inconclusive") && ran.out.contains(says), "{}", ran.out);
    }
    let ran = caller(&["--only", "good/paid", "--", "no-such-program"]);
    assert_eq!(ran.code, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("no-such-program"), "{}", ran.err);
}

#[test]
fn one_process_is_asked_by_lines() {
    // It takes the port and the ID out of each line, asks, and says what it was started with.
    let adapter = |answer: &str| {
        format!(
            "while read -r line; do id=${{line#*'\"id\":\"'}}; id=${{id%%'\"'*}}; port=${{line#*127.0.0.1:}}; \
             ALIPAYPLUS_URL=:${{port%%'\"'*}}; {}; echo \"{answer}\"; done",
            parrot("asked >&2")
        )
    };
    let right = r#"{\"id\":\"$id\",\"outcome\":\"not_found\"}"#;
    // It lives on a little, and is given the next line meanwhile.
    let once = format!("{}; sleep 0.5; break; done", adapter(right).trim_end_matches("; done"));
    let foreign = adapter(right).replace("$id", "7$id");
    for (script, verdict, says) in [
        (adapter(right), "pass", "not_found after 1 requests"),
        // One that has ended is started again.
        (once, "pass", "not_found after 1 requests"),
        (foreign, "inconclusive", "which was not asked"),
        (adapter("not_found"), "inconclusive", "is no answer"),
        ("echo boom >&2; exit 7".to_owned(), "inconclusive", "it ended with exit status: 7: boom"),
    ] {
        let ran =
            caller(&["--stdio", "--json", "--only", "good/not-found,good/not-found-*", "--", "bash", "-c", &script]);
        assert_eq!(
            verdicts(&ran)(verdict).iter().filter(|id| id.starts_with("good/")).count(),
            2,
            "{script}\n{}",
            ran.out
        );
        assert!(ran.out.contains(says), "{script}\n{}", ran.out);
    }
    let silent = ["--stdio", "--deadline", "1000", "--only", "good/not-found", "--", "sleep", "60"];
    assert!(caller(&silent).out.contains("had not answered 10 s after the deadline"));
}

#[test]
fn what_matches_nothing_is_an_error() {
    let folder = tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (unknown, stale) = (file("unknown", "good/nothing\n"), file("stale", "good/not-found\n"));
    let rows = [
        (&["--only", "nothing"][..], 2, "matches nothing"),
        (&["--only", "pace/ends"], 2, "in every fault"),
        (&["--only", "good/paid", "--skip", "good"], 2, "nothing is left"),
        (&["--expect", &unknown], 2, "good/nothing"),
        (&["--only", "good/not-found", "--expect", &stale], 1, "does not fail"),
    ];
    for (arguments, code, says) in rows {
        let ran = caller(&[arguments, &["--", "bash", "-c", &parrot("not_found")]].concat());
        assert_eq!(ran.code, Some(code), "{arguments:?} {}{}", ran.out, ran.err);
        assert!(ran.out.contains(says) || ran.err.contains(says), "{}{}", ran.out, ran.err);
    }
    for path in ["inquiry", "/a b", "/a?b"] {
        assert_eq!(caller(&["--path", path, "--", "true"]).code, Some(2), "{path}");
    }
    assert_eq!(caller(&[]).code, Some(2));
}

#[test]
fn reports_are_written() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let reports = ["junit", "json", "md", "html"].map(|form| format!("{form}={}", path(form).display()));
    let mut arguments = vec!["--only", "good/paid,good/not-found"];
    arguments.extend(reports.iter().flat_map(|report| ["--report", report]));
    let ran = caller(&[&arguments[..], &["--", "bash", "-c", &parrot("paid")]].concat());
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap();
    // Nothing that is there is written over, unless that is asked for.
    let before = text("md");
    let again = ["--only", "good/paid", "--report", &reports[2], "--", "bash", "-c", &parrot("paid")];
    let ran = caller(&again);
    assert!(ran.code == Some(2) && ran.err.contains("md is there already") && text("md") == before, "{}", ran.err);
    let ran = caller(&[&["--force"], &again[..]].concat());
    assert!(text("md") != before, "{}{}", ran.out, ran.err);
    fs::write(path("md"), before).unwrap();
    let xml = text("junit");
    let junit = roxmltree::Document::parse(&xml).unwrap();
    let failed = |node: &roxmltree::Node<'_, '_>| node.children().any(|child| child.has_tag_name("failure"));
    let faults = junit.descendants().filter(|node| node.attribute("classname") == Some("good"));
    assert_eq!(faults.map(|node| failed(&node)).collect::<Vec<_>>(), [false, true], "{xml}");
    let ctrf: Value = serde_json::from_str(&text("json")).unwrap();
    let tests = ctrf["results"]["tests"].as_array().unwrap();
    assert_eq!(
        tests.iter().filter(|test| test["status"] == "failed").count() as u64,
        ctrf["results"]["summary"]["failed"],
        "{ctrf}"
    );
    // The fault that failed has its exchange in each form, with its invisible characters, and no customer.
    for (name, line_end) in
        [("junit", "&lt;CR&gt;&lt;LF&gt;"), ("json", "<CR><LF>"), ("md", "<CR><LF>"), ("html", "&lt;CR&gt;")]
    {
        let text = text(name);
        assert!(text.contains("good/not-found") || text.contains("name=\"not-found\""), "{text}");
        for part in ["POST / HTTP/1.1", "HTTP/1.1 200 OK", "ORDER_NOT_EXIST", line_end] {
            assert!(text.contains(part), "{name} {part}: {text}");
        }
        assert!(!text.contains("canary-customer"), "{name}: {text}");
    }
    assert!(text("html").contains("customerId&quot;:&quot;[hidden]"), "{}", text("html"));
    let rule = tests.iter().find(|test| test["name"] == "request/signature").unwrap();
    assert!(rule["extra"]["exchanges"][0]["request"].as_str().unwrap().starts_with("POST / HTTP/1.1"), "{rule}");
}
