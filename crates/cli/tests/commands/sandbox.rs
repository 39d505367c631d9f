//! `alipayplus sandbox` as a process, asked by curl, by our client, by `conformance mpp` and by a suite in Python.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alipayplus_client::inquiry_payment::{Expected, Outcome, Request, RequestRequired};
use alipayplus_client::{Amount, Client, HttpSettings, PollSchedule, PrivateKey, PublicKey};
use alipayplus_kit::caller::{Door, faults};
use alipayplus_kit::sandbox::magic;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

const ACQUIRER: &str = "1022188000000000001";
const PSP: &str = "1022172000000000001";

/// A sandbox with throwaway keys. The process ends on drop.
struct Sandbox {
    child: Child,
    ready: Value,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // It deletes its keys.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    command.args(arguments);
    command
}

impl Sandbox {
    fn start(more: &[&str]) -> Self {
        let usual = ["sandbox", "--dev", "--port", "0", "--admin-port", "0", "--json"];
        let mut sandbox = command(&[&usual[..], more].concat());
        let mut child = sandbox.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap() }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    fn client(&self) -> Client {
        let http = self.ready["ca"]
            .as_str()
            .map_or(HttpSettings::new(), |ca| HttpSettings::new().ca_certificates(fs::read(ca).unwrap()));
        Client::builder(self.text("url"))
            .client_id(self.text("clientId"))
            .sign_with(1, PrivateKey::from_file(self.text("key")).unwrap())
            .trusted_key(1, PublicKey::from_file(self.text("peerKey")).unwrap())
            .deadline(Duration::from_secs(6))
            .http(http)
            .build()
            .unwrap()
    }

    /// Sends a request to the admin API; returns the status, the head and the body.
    fn admin_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, String) {
        let address = self.text("admin").strip_prefix("http://").unwrap();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        let usual = [("Host", address), ("Content-Type", "application/json")];
        let is_given = |name: &str| headers.iter().any(|(given, _)| *given == name);
        for (name, value) in usual.iter().filter(|(name, _)| !is_given(name)).chain(headers) {
            request.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_lowercase(), body.to_owned())
    }

    #[track_caller]
    fn admin(&self, method: &str, path: &str, body: &str) -> Value {
        let (status, head, body) = self.admin_with(method, path, &[], body);
        assert!((200..300).contains(&status) && head.contains("x-sandbox: 1"), "{head}{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn journal(&self) -> Vec<Value> {
        let (_, _, lines) = self.admin_with("GET", "/journal", &[], "");
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Asks with the curl line about another payment, with changes to the line. Returns all that curl prints.
    fn curl(&self, id: &str, changes: &[(&str, &str)]) -> String {
        let mut line = self.text("curl").replace("SBX-PAID~1", id);
        for (from, to) in changes {
            assert!(line.contains(from), "{from} is not in {line}");
            line = line.replace(from, to);
        }
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }
}

async fn ask(client: &Client, id: &str, schedule: Option<PollSchedule>) -> String {
    let request = Request::new(RequestRequired {
        acquirer_id: ACQUIRER.parse().unwrap(),
        psp_id: PSP.parse().unwrap(),
        payment_request_id: id.parse().unwrap(),
    });
    let mut expected = Expected::default().with_payment_id(id.parse().unwrap());
    if !id.contains("TIE") {
        expected = expected.with_payment_amount(Amount::minor(1000, "JPY").unwrap());
    }
    let call = client.inquiry_payment(&request).expecting(expected);
    let result = match schedule {
        Some(schedule) => call.wait_until_final(schedule).await,
        None => call.await,
    };
    match result.map(|reply| reply.outcome) {
        Ok(Outcome::Paid(paid)) => {
            let customs = paid.customs_declaration_amount.map_or(String::new(), |amount| format!(" {}", amount.value));
            format!("paid {}{}{customs}", paid.pay_to_amount.currency, paid.pay_to_amount.value)
        }
        Ok(Outcome::Failed(failed)) => format!("failed {}", failed.code),
        Ok(Outcome::Cancelled(_)) => "cancelled".to_owned(),
        Ok(Outcome::InProgress(_)) => "in_progress".to_owned(),
        Ok(Outcome::NotFound(_)) => "not_found".to_owned(),
        Ok(_) => "unknown".to_owned(),
        Err(error) => format!("unknown {error}"),
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn the_printed_lines_work_also_over_tls() {
    for more in [&[][..], &["--tls"]] {
        let sandbox = Sandbox::start(more);
        let answer = sandbox.curl("SBX-PAID~1", &[]);
        assert!(answer.contains("\"paymentId\":\"SBX-PAID~1\"") && answer.contains("x-sandbox: 1"), "{answer}");
        let words: Vec<_> = sandbox.text("inquire").split(' ').skip(1).collect();
        let output = command(&words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(run(ask(&sandbox.client(), "SBX-PAID~rust", None)), "paid JPY1000");
        let (url, id, key, peer) =
            (sandbox.text("url"), sandbox.text("clientId"), sandbox.text("key"), sandbox.text("peerKey"));
        // As `Sandbox::client` does it.
        let line = format!(
            "let client = Client::builder({url:?}).client_id({id:?}).sign_with(1, PrivateKey::from_file({key:?})?)\
             .trusted_key(1, PublicKey::from_file({peer:?})?)"
        );
        assert!(sandbox.text("rust").starts_with(&line), "{}", sandbox.text("rust"));
    }
}

#[test]
fn throwaway_keys_are_their_owners_and_go_with_the_sandbox() {
    let sandbox = Sandbox::start(&[]);
    let folder = PathBuf::from(sandbox.text("folder"));
    let mut private = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "key") {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
            private += 1;
        }
    }
    assert_eq!(private, 4);
    drop(sandbox);
    assert!(!folder.exists());
    let kept = tempfile::tempdir().unwrap();
    let key = || fs::read(kept.path().join("caller.key")).unwrap();
    drop(Sandbox::start(&["--dir", kept.path().to_str().unwrap()]));
    let first = key();
    drop(Sandbox::start(&["--dir", kept.path().to_str().unwrap()]));
    assert_eq!(first, key());
}

#[test]
fn our_client_concludes_what_each_magic_id_means() {
    let sandbox = Sandbox::start(&[]);
    let client = sandbox.client();
    let usual: BTreeMap<&str, &str> = BTreeMap::from([
        ("PAID", "paid JPY1000"),
        ("PAID-TIE-DOWN", "paid KRW620"),
        ("PAID-TIE-UP", "paid KRW694"),
        ("PAID-CUSTOMS", "paid CNY5150 5150"),
        ("CANCELLED", "cancelled"),
        ("UNKNOWN", "not_found"),
        ("OPEN", "in_progress"),
        ("OPEN-5S", "in_progress"),
        ("TROUBLE", "unknown"),
        ("TROUBLE-2", "paid JPY1000"),
        ("SLOW-3S", "paid JPY1000"),
    ]);
    let mut faults = faults().filter(|fault| fault.door == Door::Open);
    let mut expected = Vec::new();
    for row in magic() {
        let word = row.id.strip_prefix("SBX-").unwrap().strip_suffix("~x").unwrap();
        let right = if word.starts_with("FAULT-") {
            let fault = faults.next().unwrap();
            fault.right.iter().chain(fault.tolerated).map(|outcome| outcome.word().to_owned()).collect()
        } else if let Some(code) = word.strip_prefix("FAILED-") {
            vec![format!("failed {code}")]
        } else if word.starts_with("REFUSED-") {
            vec!["unknown".to_owned()]
        } else {
            vec![usual[word].to_owned()]
        };
        expected.push((row.id, right));
    }
    assert!(faults.next().is_none() && expected.len() > 180);
    let wrong = run(async {
        let asked = futures_util::stream::iter(&expected).map(async |(id, right)| {
            // Others of these are about what follows the first answer.
            let schedule = PollSchedule::exponential(Duration::from_millis(500), Duration::from_secs(2));
            let schedule = id.contains("FAULT-").then(|| schedule.until(Duration::from_secs(6)));
            let found = ask(&client, id, schedule).await;
            (!right.iter().any(|right| found.starts_with(right))).then(|| format!("{id}: {found}, not {right:?}"))
        });
        asked.buffer_unordered(16).filter_map(async |wrong| wrong).collect::<Vec<_>>().await
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_wrong_magic_id_has_a_hint() {
    let sandbox = Sandbox::start(&[]);
    let answer = sandbox.curl("SBX-PIAD~1", &[]);
    assert!(answer.contains("ORDER_NOT_EXIST"), "{answer}");
    assert!(answer.contains("x-sandbox-hint: SBX-PIAD~1 is no magic ID"), "{answer}");
    assert!(!sandbox.curl("another", &[]).contains("x-sandbox-hint"));
    let output = command(&["sandbox", "--list"]).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    for id in ["SBX-FAILED-RISK_REJECT~x", "SBX-FAULT-signature/none-paid~x", "SBX-OPEN-5S~x"] {
        assert!(listed.contains(id), "{listed}");
    }
}

#[test]
fn payments_are_created_and_moved() {
    let sandbox = Sandbox::start(&[]);
    let client = sandbox.client();
    let state = |id: &str| run(ask(&client, id, None));
    let created = sandbox.admin("POST", "/payments", r#"{"paymentRequestId":"a/b","state":"in_progress"}"#);
    assert_eq!(created["paymentAmount"], json!({ "currency": "JPY", "value": "1000" }));
    assert_eq!(state("a/b"), "in_progress");
    sandbox.admin("POST", "/payments/a%2Fb", r#"{"state":"failed","code":"RISK_REJECT"}"#);
    assert_eq!(state("a/b"), "failed RISK_REJECT");
    sandbox.admin("POST", "/payments/a%2Fb", r#"{"state":"paid"}"#);
    assert_eq!(state("a/b"), "paid JPY1000");
    let other = r#"{"paymentRequestId":"c","state":"paid","clientId":"ANOTHER"}"#;
    sandbox.admin("POST", "/payments", other);
    assert!(state("c").starts_with("unknown"), "{}", state("c"));
    sandbox.admin("POST", "/payments", r#"{"paymentRequestId":"d","state":"paid","pspId":"1"}"#);
    assert_eq!(state("d"), "not_found");
    assert_eq!(sandbox.admin("GET", "/payments", "").as_array().unwrap().len(), 3);
    for (body, status, why) in [
        (r#"{"paymentRequestId":"a/b","state":"paid"}"#, 409, "there is a payment"),
        (r#"{"paymentRequestId":"SBX-PAID~1","state":"paid"}"#, 400, "are magic"),
        (r#"{"paymentRequestId":"e","state":"failed","code":"SUCCESS"}"#, 400, "is no code of a failed payment"),
        (r#"{"paymentRequestId":"e","state":"paid","colour":"red"}"#, 400, "unknown field"),
        (r#"{"paymentRequestId":"e","state":"paid","paymentTime":"noon"}"#, 400, ""),
        (r#"{"paymentRequestId":"e","state":"paid","paymentAmount":{"currency":"JPY","value":"1.5"}}"#, 400, ""),
    ] {
        let (found, head, text) = sandbox.admin_with("POST", "/payments", &[], body);
        assert!(found == status && text.contains(why), "{body}: {head}{text}");
    }
    assert_eq!(sandbox.admin_with("POST", "/payments/none", &[], r#"{"state":"paid"}"#).0, 404);
}

#[test]
fn faults_are_played_as_they_are_turned_on_and_repeat_by_their_seed() {
    let sandbox = Sandbox::start(&[]);
    let trouble = sandbox.curl("SBX-TROUBLE~1", &[]);
    assert!(trouble.contains("x-sandbox-cause: handler: the state of the payment is `trouble`"), "{trouble}");
    let signed = |id: &str| if sandbox.curl(id, &[]).contains("\nsignature:") { '.' } else { 'x' };
    let first = |times: usize, id: &str| -> String { (0..times).map(|_| signed(id)).collect() };
    let order = r#"{"fault":"signature/none-paid","times":2,"after":1}"#;
    let number = sandbox.admin("POST", "/faults", order)["number"].as_u64().unwrap();
    assert_eq!(first(5, "SBX-PAID~1"), ".xx..");
    let on = sandbox.admin("GET", "/faults", "");
    assert_eq!((&on[0]["seen"], &on[0]["played"]), (&json!(5), &json!(2)));
    assert_eq!(sandbox.admin("DELETE", &format!("/faults/{number}"), ""), json!([]));
    let only =
        r#"{"fault":"signature/none-paid","match":{"paymentRequestId":"SBX-PAID~2","pspId":"1022172000000000001"}}"#;
    sandbox.admin("POST", "/faults", only);
    assert_eq!(first(1, "SBX-PAID~1") + &first(1, "SBX-PAID~2"), ".x");
    sandbox.admin("DELETE", "/faults", "");
    let by_rate = |order: &str| {
        sandbox.admin("POST", "/reset", "");
        (sandbox.admin("POST", "/faults", order)["seed"].as_u64().unwrap(), first(24, "SBX-PAID~3"))
    };
    let (seed, played) = by_rate(r#"{"fault":"signature/none-paid","rate":0.5}"#);
    let again = by_rate(&format!(r#"{{"fault":"signature/none-paid","rate":0.5,"seed":{seed}}}"#));
    assert_eq!(again, (seed, played));
    for wrong in [r#"{"fault":"none"}"#, r#"{"fault":"tls/expired"}"#, r#"{"fault":"signature/none-paid","rate":2}"#] {
        assert_eq!(sandbox.admin_with("POST", "/faults", &[], wrong).0, 400, "{wrong}");
    }
    // One of the MPP as a whole is for all requests, and is on by itself.
    sandbox.admin("POST", "/faults", r#"{"fault":"mpp/verifies-nothing"}"#);
    let unverified = sandbox.curl("SBX-PAID~4", &[("keyVersion=1", "keyVersion=9")]);
    assert!(unverified.contains("\"paymentId\"") && unverified.contains("x-sandbox: 1"), "{unverified}");
    for (order, status) in
        [(r#"{"fault":"mpp/verifies-nothing","times":1}"#, 400), (r#"{"fault":"mpp/knows-MD5"}"#, 409)]
    {
        assert_eq!(sandbox.admin_with("POST", "/faults", &[], order).0, status, "{order}");
    }
    sandbox.admin("DELETE", "/faults", "");
    assert!(sandbox.curl("SBX-PAID~4", &[("keyVersion=1", "keyVersion=9")]).contains("KEY_NOT_FOUND"));
}

#[test]
fn the_clock_is_shifted_and_reset_forgets_everything() {
    let sandbox = Sandbox::start(&[]);
    let is = |id: &str, what: &str| {
        let answer = sandbox.curl(id, &[]);
        assert!(answer.contains(what), "{answer}");
        answer
    };
    is("SBX-OPEN-60S~1", "PAYMENT_IN_PROCESS");
    assert_eq!(sandbox.admin("POST", "/clock", r#"{"by":61}"#)["offset"], 61);
    is("SBX-OPEN-60S~1", "\"paymentId\"");
    sandbox.admin("POST", "/clock", r#"{"by":600}"#);
    let late = is("SBX-PAID~1", "INVALID_SIGNATURE");
    assert!(late.contains("x-sandbox-cause: clock-behind: "), "{late}");
    sandbox.admin("POST", "/payments", r#"{"paymentRequestId":"a","state":"paid"}"#);
    sandbox.admin("POST", "/faults", r#"{"fault":"signature/none-paid"}"#);
    sandbox.admin("POST", "/reset", "");
    assert_eq!(sandbox.admin("GET", "/clock", "")["offset"], 0);
    for path in ["/payments", "/faults"] {
        assert_eq!(sandbox.admin("GET", path, ""), json!([]));
    }
    assert!(sandbox.journal().is_empty());
    is("SBX-OPEN-60S~1", "PAYMENT_IN_PROCESS");
}

#[test]
fn the_journal_shows_what_was_signed_and_which_check_failed() {
    let sandbox = Sandbox::start(&[]);
    sandbox.curl("SBX-PAID~1", &[]);
    let cause = sandbox.curl("SBX-PAID~1", &[("printf 'POST %s", "printf 'PUT %s")]);
    assert!(cause.contains("x-sandbox-cause: method-other: Another method was signed"), "{cause}");
    sandbox.curl("SBX-PAID~1", &[("keyVersion=1", "keyVersion=9")]);
    sandbox.curl("SBX-PAID~1", &[("\"pspId\"", "\"psp\"")]);
    sandbox.curl("SBX-FAULT-status/204~1", &[]);
    let journal = sandbox.journal();
    let failed = |n: usize| {
        let checks = journal[n]["checks"].as_array().unwrap();
        checks.iter().find(|check| check["verdict"] == "fail").map(|check| check["check"].as_str().unwrap())
    };
    let found: Vec<_> = (0..journal.len()).map(failed).collect();
    assert_eq!(found, [None, Some("signature"), Some("key version"), Some("body"), None]);
    let content = |n: usize, name: &str| journal[n][name]["text"].as_str().unwrap_or_default().to_owned();
    assert!(content(0, "expectedContent").starts_with("POST /aps/api/v1/payments/inquiryPayment\nSANDBOX_"));
    assert_eq!(content(0, "expectedContent"), content(0, "signedContent"));
    assert!(
        content(1, "signedContent").starts_with("PUT /aps") && content(1, "expectedContent").starts_with("POST /aps")
    );
    assert_eq!((&journal[4]["fault"], &journal[4]["answer"]["status"]), (&json!("status/204"), &json!(204)));
    // The doctor reads the archive.
    let file = Path::new(sandbox.text("folder")).join("journal.har");
    fs::write(&file, sandbox.admin_with("GET", "/journal.har", &[], "").2).unwrap();
    let peer = format!("1={}", Path::new(sandbox.text("key")).with_extension("pub").display());
    let doctor = command(&["doctor", "--entry", "1", "--peer-key", &peer, "--har"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.status.code() == Some(1) && said.contains("method-other"), "{said}");
}

#[test]
fn the_journal_is_bounded_in_bytes() {
    let sandbox = Sandbox::start(&["--journal-bytes", "20000"]);
    let client = sandbox.client();
    run(async {
        for n in 0..40 {
            ask(&client, &format!("SBX-PAID~{n}"), None).await;
        }
    });
    let (_, _, lines) = sandbox.admin_with("GET", "/journal", &[], "");
    assert!((10_000..=20_000).contains(&lines.len()), "{}", lines.len());
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((&last["number"], &last["paymentRequestId"]), (&json!(39), &json!("SBX-PAID~39")));
}

#[test]
fn guard_rails_keep_others_out() {
    let free = ["--port", "0", "--admin-port", "0"];
    let sandbox = |more: &[&str]| {
        let output = command(&[&["sandbox"], &free[..], more].concat()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, error) = sandbox(&["--dev", "--address", "0.0.0.0"]);
    assert!(code == Some(2) && error.contains("--i-know-this-is-a-sandbox"), "{error}");
    assert_eq!(sandbox(&[]).0, Some(2));
    assert_eq!(sandbox(&["--dev", "--key", "mpp.key"]).0, Some(2));
    assert_eq!(sandbox(&["--key", "none.key", "--client", "A/1=none.pub"]).0, Some(3));
    let reachable = Sandbox::start(&["--address", "0.0.0.0", "--i-know-this-is-a-sandbox"]);
    assert!(reachable.text("url").starts_with("http://0.0.0.0:"));
    let at = |headers: &[(&str, &str)]| reachable.admin_with("POST", "/reset", headers, "");
    for (name, value, status) in [
        ("Host", "sandbox.example", 403),
        ("Host", "localhost", 200),
        ("Origin", "http://evil.example", 403),
        ("Content-Type", "text/plain", 200),
    ] {
        let (found, head, _) = at(&[(name, value)]);
        assert_eq!(found, status, "{name}: {value}");
        assert!(
            head.contains("content-security-policy: default-src 'none'") && head.contains("x-sandbox: 1"),
            "{head}"
        );
    }
    // What other commands and programs are set to is not the sandbox's.
    let others = [("ALIPAYPLUS_KEY", "caller.key"), ("ALIPAYPLUS_ADDRESS", "127.0.0.1:80")];
    let listed = command(&["sandbox", "--dev", "--list"]).envs(others).stdout(Stdio::null()).status().unwrap();
    assert!(listed.success());
    let plain = [("Content-Type", "text/plain")];
    assert_eq!(reachable.admin_with("POST", "/clock", &plain, r#"{"by":1}"#).0, 415);
}

#[test]
fn it_runs_with_keys_of_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["mpp", "caller"] {
        let made = command(&["keys", "new", name]).current_dir(folder.path()).output().unwrap();
        assert!(made.status.success());
    }
    let usual = [
        "sandbox",
        "--port",
        "0",
        "--admin-port",
        "0",
        "--json",
        "--key",
        "3=mpp.key",
        "--client",
        "MINE/2=caller.pub",
    ];
    let mut child =
        command(&usual).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let sandbox = Sandbox { child, ready: serde_json::from_str(&line).unwrap() };
    assert!(sandbox.ready["key"].is_null());
    let inquire = |id: &str| {
        let arguments = format!(
            "inquire --url {} --client-id MINE --key caller.key --key-version 2 --peer-key 3=mpp.pub --deadline 2 \
             --acquirer-id a --psp-id p --payment-request-id {id}",
            sandbox.text("url")
        );
        command(&arguments.split(' ').collect::<Vec<_>>()).current_dir(folder.path()).output().unwrap().status.code()
    };
    assert_eq!((inquire("SBX-PAID~1"), inquire("SBX-FAULT-good/paid~1")), (Some(0), Some(0)));
    // It does not have the caller's key.
    assert_eq!(inquire("SBX-FAULT-signature/callers-own-key~1"), Some(13));
    let order = r#"{"fault":"signature/callers-own-key"}"#;
    assert_eq!(sandbox.admin_with("POST", "/faults", &[], order).0, 400);
}

#[test]
fn the_conformance_suite_passes_in_full() {
    let sandbox = Sandbox::start(&[]);
    let line = sandbox.text("conformance").strip_prefix("alipayplus ").unwrap();
    let words: Vec<_> = line.split(' ').chain(["--json"]).collect();
    let output = command(&words).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let with = |verdict: &str| -> Vec<&str> {
        let cases = report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == verdict);
        cases.map(|case| case["id"].as_str().unwrap()).collect()
    };
    for verdict in ["fail", "inconclusive", "not_run"] {
        assert_eq!(with(verdict), [""; 0], "{verdict}");
    }
    assert!(with("pass").contains(&"state/progress-to-final"));
    assert_eq!(output.status.code(), Some(0));
    // The hook has left no payment in trouble behind, and can't restart.
    let payments = sandbox.admin("GET", "/payments", "");
    assert!(payments.as_array().unwrap().iter().all(|payment| payment["state"] != "trouble"), "{payments}");
    let call = r#"{"state":"restarted","id":"a","request":{"acquirerId":"1","pspId":"2"}}"#;
    let (status, _, body) = sandbox.admin_with("POST", "/state", &[], call);
    assert!(status == 400 && body.contains("does not restart itself"), "{body}");
}

#[test]
fn a_file_keeps_the_state_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let [file, keys] = ["state.db", "keys"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let start = || Sandbox::start(&["--state", &file, "--dir", &keys]);
    let sandbox = start();
    assert_eq!(sandbox.text("state"), format!("sqlite:{file}"));
    sandbox.admin("POST", "/payments", r#"{"paymentRequestId":"a","state":"failed","code":"RISK_REJECT"}"#);
    sandbox.admin("POST", "/faults", r#"{"fault":"signature/none-paid","times":2,"match":{"paymentRequestId":"b"}}"#);
    sandbox.admin("POST", "/clock", r#"{"by":30}"#);
    let unsigned = |sandbox: &Sandbox| !sandbox.curl("b", &[]).contains("\nsignature:");
    assert!(unsigned(&sandbox));
    assert!(sandbox.curl("SBX-TROUBLE-1~1", &[]).contains("UNKNOWN_EXCEPTION"));
    drop(sandbox);
    let sandbox = start();
    assert_eq!(run(ask(&sandbox.client(), "a", None)), "failed RISK_REJECT");
    assert_eq!(sandbox.admin("GET", "/clock", "")["offset"], 30);
    assert_eq!(sandbox.admin("GET", "/faults", "")[0]["played"], 1);
    assert_eq!([(); 2].map(|()| unsigned(&sandbox)), [true, false]);
    // It was in trouble once before the restart.
    assert!(sandbox.curl("SBX-TROUBLE-1~1", &[]).contains("\"paymentId\""));
    sandbox.admin("POST", "/reset", "");
    drop(sandbox);
    let sandbox = start();
    assert_eq!(sandbox.admin("GET", "/payments", ""), json!([]));
    assert_eq!(sandbox.admin("GET", "/clock", "")["offset"], 0);
    drop(sandbox);
    let output = command(&["sandbox", "--dev", "--state", folder.path().to_str().unwrap()]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(3) && error.contains("can't use sqlite:"), "{error}");
}

#[test]
fn a_suite_in_python_uses_it() {
    let sandbox = Sandbox::start(&[]);
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sandbox_suite.py");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sandbox.md");
    assert!(
        fs::read_to_string(page).unwrap().contains(&fs::read_to_string(&suite).unwrap()),
        "the page shows another suite"
    );
    let output = Command::new("python3").arg(&suite).arg(sandbox.ready.to_string()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("Ran 4 tests"), "{said}");
}
