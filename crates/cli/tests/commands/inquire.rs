//! `alipayplus inquire`, as a process that asks a server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::wallet::{CLIENT_ID, Desk, serve};

/// An MPP in a thread of this process, and the folder of the caller.
struct Mpp {
    folder: TempDir,
    url: String,
}

impl Mpp {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        for name in ["caller", "mpp", "stranger"] {
            let made = alipayplus(folder.path(), &["keys", "new", name]);
            assert_eq!(made.code, 0, "{}", made.all());
        }
        let url = serve(folder.path(), 2, Desk::default());
        let settings =
            format!("url = \"{url}\"\nclient-id = \"{CLIENT_ID}\"\nkey = \"caller.key\"\npeer-key = [\"2=mpp.pub\"]\n");
        fs::write(folder.path().join("alipayplus.toml"), settings).unwrap();
        Self { folder, url }
    }

    fn ask(&self, payment: &str, more: &[&str]) -> Ran {
        let ids = ["inquire", "--acquirer-id", "a", "--psp-id", "p", "--payment-request-id", payment];
        alipayplus(self.folder.path(), &[&ids, more].concat())
    }
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

fn alipayplus(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn each_outcome_has_its_code() {
    let mpp = Mpp::new();
    let rows = [("paid", 0), ("failed", 10), ("cancelled", 11), ("open", 12), ("unknown", 13), ("trouble", 14)];
    for (payment, code) in rows {
        let ran = mpp.ask(payment, &[]);
        assert_eq!(ran.code, code, "{payment}: {}", ran.all());
        let json = mpp.ask(payment, &["--json"]);
        let document: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!((json.code, &document["exitCode"]), (code, &code.into()), "{}", json.all());
        assert!(ran.out.starts_with(document["outcome"].as_str().unwrap()), "{}", ran.all());
    }
    assert!(mpp.ask("failed", &[]).out.contains("RISK_REJECT"));
}

#[test]
fn a_customer_is_shown_on_demand_only() {
    let mpp = Mpp::new();
    for more in [&[][..], &["--json"]] {
        let ran = mpp.ask("paid", more);
        assert!(!ran.all().contains("canary"), "{}", ran.all());
        assert!(ran.all().contains("9213") && ran.all().contains("mpp-1"), "{}", ran.all());
        let shown = mpp.ask("paid", &[more, &["--show-sensitive"]].concat());
        assert!(shown.out.contains("canary-customer") && shown.out.contains("canary-info"), "{}", shown.all());
    }
}

#[test]
fn another_payment_is_no_answer() {
    let mpp = Mpp::new();
    assert_eq!(mpp.ask("paid", &["--expect-amount", "1000JPY", "--expect-payment-id", "mpp-1"]).code, 0);
    let ran = mpp.ask("paid", &["--expect-amount", "1001JPY"]);
    assert_eq!(ran.code, 14, "{}", ran.all());
    assert!(ran.err.contains("/paymentAmount"), "{}", ran.all());
}

#[test]
fn evidence_is_written_once_for_its_owner() {
    let mpp = Mpp::new();
    assert_eq!(mpp.ask("paid", &["--evidence", "paid.txt"]).code, 0);
    let file = mpp.folder.path().join("paid.txt");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(&file).unwrap().contains("canary-customer"));
    let again = mpp.ask("paid", &["--evidence", "paid.txt"]);
    assert_eq!(again.code, 2, "{}", again.all());
    assert!(again.err.contains("is there already"), "{}", again.all());
    let nowhere = mpp.ask("paid", &["--evidence", "no/such/folder"]);
    assert_eq!(nowhere.code, 2, "{}", nowhere.all());
    assert_eq!(nowhere.out, "");
    let unanswered = mpp.ask("paid", &["--evidence", "none.txt", "--url", "http://127.0.0.1:1", "--deadline", "1"]);
    assert_eq!(unanswered.code, 14, "{}", unanswered.all());
    assert!(!mpp.folder.path().join("none.txt").exists());
}

#[test]
fn what_is_wrong_is_named() {
    let mpp = Mpp::new();
    let stranger = mpp.ask("paid", &["--peer-key", "2=stranger.pub"]);
    assert_eq!(stranger.code, 14, "{}", stranger.all());
    let rows: [(&[&str], i32, &str); 9] = [
        (&["--key", "nothing.key"], 3, "nothing.key"),
        (&["--peer-key", "x=mpp.pub"], 2, "the version is no number"),
        (&["--expect-amount", "JPY"], 2, "such as 1000JPY"),
        (&["--expect-amount", "1000jpy"], 2, "expect-amount"),
        (&["--url", "http://mpp.example"], 2, "--url: plain http://"),
        (&["--path", "inquiry"], 2, "--path: "),
        (&["--deadline", "0"], 2, "--deadline must be more"),
        (&["--client-id", "a b"], 2, "--client-id: "),
        (&["--url", "http://127.0.0.1:1", "--deadline", "1"], 14, "asking again can help"),
    ];
    for (more, code, says) in rows {
        let ran = mpp.ask("paid", more);
        assert_eq!(ran.code, code, "{more:?}: {}", ran.all());
        assert!(ran.err.contains(says), "{more:?}: {}", ran.all());
    }
    let empty = mpp.ask("", &[]);
    assert_eq!(empty.code, 2, "{}", empty.all());
    assert!(mpp.url.starts_with("http://127.0.0.1:"));
}

#[test]
fn the_url_may_have_its_path() {
    let mpp = Mpp::new();
    let url = format!("{}/aps/api/v1/payments/inquiryPayment", mpp.url);
    let ran = mpp.ask("paid", &["--url", &url]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}

#[test]
fn a_watched_payment_ends_when_it_is_final() {
    let mpp = Mpp::new();
    let ran = mpp.ask("paid", &["--watch", "acquirer", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
}
