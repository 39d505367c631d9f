//! `alipayplus conformance` as a process, against the example MPP as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

const CLIENT: &str = "SANDBOX_1";

/// Builds the example and returns its path.
fn example() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut build = Command::new(env!("CARGO"));
    // With the features that the tests have, so that nothing is compiled twice.
    build.args(["build", "--quiet", "--workspace", "--all-features", "--example", "mpp", "--message-format=json"]);
    let output = build.current_dir(root).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the example does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut programs = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).unwrap();
        message["executable"].as_str().filter(|_| message["target"]["name"] == "mpp").map(PathBuf::from)
    });
    programs.next_back().unwrap()
}

/// The example MPP. The process ends on drop.
struct Mpp {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Drop for Mpp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mpp {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["mpp", "caller", "second", "other"] {
            let (key, public) = (folder.path().join(format!("{name}.key")), folder.path().join(format!("{name}.pub")));
            run(Command::new("openssl").args(["genrsa", "-out"]).arg(&key).arg("2048"));
            run(Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&key).arg("-out").arg(&public));
        }
        let database = folder.path().join("wallet.db");
        let mut mpp = Command::new(example());
        mpp.env("MPP_KEY_FILE", folder.path().join("mpp.key")).env("MPP_DATABASE", &database);
        mpp.env("MPP_LISTEN", "127.0.0.1:0").env("RUST_LOG", "off").stdout(Stdio::piped());
        let mut child = mpp.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let started = Self { child, address: address.trim().to_owned(), folder };
        started.fill(&database);
        // The MPP reads its clients four times a second.
        thread::sleep(Duration::from_secs(1));
        started
    }

    /// Writes clients and payments into the database, and the file of payments.
    #[tokio::main(flavor = "current_thread")]
    async fn fill(&self, database: &Path) {
        let database = SqliteConnectOptions::new().filename(database);
        let mut database = SqliteConnection::connect_with(&database).await.unwrap();
        for (client, version, name) in [(CLIENT, 1, "caller"), (CLIENT, 2, "second"), ("OTHER", 1, "other")] {
            let public = fs::read_to_string(self.file(&format!("{name}.pub"))).unwrap();
            let sql = "INSERT INTO clients VALUES (?1, ?2, ?3, 1)";
            let client = sqlx::query(sql).bind(client).bind(version).bind(public);
            client.execute(&mut database).await.unwrap();
        }
        let pass = Some("PASSCANARY");
        let paid = [
            ("same", 100, "JPY", 100, "JPY", None, pass),
            ("down", 2125, "USD", 212, "CNY", None, None),
            ("up", 2135, "USD", 214, "CNY", Some(214), None),
            ("zero", 5, "USD", 0, "CNY", None, None),
            ("big", 9_007_199_254_740_993_i64, "KWD", 9_007_199_254_740_993_i64, "KWD", None, None),
            ("idr", 100, "USD", 1_550_000, "IDR", None, None),
        ];
        let mut file = String::new();
        for (id, amount, currency, pay_to, pay_currency, customs, pass) in paid {
            let sql = "INSERT INTO payments VALUES (?1, 'PAID', NULL, ?1, ?2, ?3, ?4, ?5, '2020-01-01T08:00:00+08:00', \
                       'CUSTOMERCANARY', ?6, 'CNY', ?7)";
            let paid = sqlx::query(sql).bind(id).bind(amount).bind(currency).bind(pay_to).bind(pay_currency);
            paid.bind(customs).bind(pass).execute(&mut database).await.unwrap();
            file += &head(id, "paid");
            let quote = if pay_currency == "IDR" { "15500" } else { "0.1" };
            if currency != pay_currency {
                file.extend([format!("quote = {{ price = \"{quote}\" }}\n")]);
            }
            file.extend([format!(
                "[payment.expect]\npaymentId = \"{id}\"\npaymentTime = \"2020-01-01T08:00:00+08:00\"\n"
            )]);
            file += "customerId = \"CUSTOMERCANARY\"\n";
            file.extend([format!("paymentAmount = {{ currency = \"{currency}\", value = \"{amount}\" }}\n")]);
            if currency != pay_currency {
                file.extend([format!("payToAmount = {{ currency = \"{pay_currency}\", value = \"{pay_to}\" }}\n")]);
            }
            file += &customs.map_or(String::new(), |value| {
                format!("customsDeclarationAmount = {{ currency = \"CNY\", value = \"{value}\" }}\n")
            });
            file += &pass.map_or(String::new(), |text| format!("passThroughInfo = \"{text}\"\n"));
        }
        for (id, state, code) in
            [("poor", "DECLINED", Some("USER_BALANCE_NOT_ENOUGH")), ("closed", "CLOSED", None), ("open", "OPEN", None)]
        {
            let sql = "INSERT INTO payments (payment_request_id, state, code) VALUES (?1, ?2, ?3)";
            sqlx::query(sql).bind(id).bind(state).bind(code).execute(&mut database).await.unwrap();
            let name = match state {
                "DECLINED" => "failed",
                "CLOSED" => "cancelled",
                _ => "in_progress",
            };
            file += &head(id, name);
            file += &code.map_or(String::new(), |code| format!("code = \"{code}\"\n"));
        }
        fs::write(self.file("payments.toml"), file).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `conformance mpp` in the folder of the keys; returns the exit code, stdout and stderr.
    fn conformance(&self, arguments: &[&str]) -> (i32, String, String) {
        let url = format!("http://{}", self.address);
        let usual = ["--url", &url, "--client-id", CLIENT, "--key", "caller.key", "--peer-key", "1=mpp.pub"];
        alipayplus(self.folder.path(), &[&["conformance", "mpp"], &usual[..], arguments].concat())
    }
}

/// The hook for the example's database.
fn hook() -> String {
    format!("python3 '{}/tests/fixtures/state.py' wallet.db", env!("CARGO_MANIFEST_DIR"))
}

fn head(id: &str, state: &str) -> String {
    format!(
        "\n[[payment]]\nname = \"{id}\"\nacquirer_id = \"1\"\npsp_id = \"2\"\npayment_request_id = \"{id}\"\nstate = \"{state}\"\n"
    )
}

fn alipayplus(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap_or_else(|error| panic!("{command:?}: {error}")).success(), "{command:?}");
}

#[test]
fn the_example_has_no_must_that_fails_and_nothing_sensitive_is_written() {
    let mpp = Mpp::start();
    let hook = hook();
    let everything = [
        "--state-command",
        hook.as_str(),
        "--skip",
        "state/after-restart",
        "--payments",
        "payments.toml",
        "--second-key",
        "2=second.key",
        "--second-client",
        "OTHER=other.key",
        "--report",
        "html=r.html",
        "--report",
        "junit=r.xml",
        "--report",
        "json=r.json",
        "--report",
        "md=r.md",
        "--header",
        "X-Gateway: HEADERCANARY",
        "--json",
        "--seed",
        "7",
    ];
    let (code, out, err) = mpp.conformance(&everything);
    assert_eq!(code, 0, "{out}{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["warnings"], Value::Array(Vec::new()));
    let with = |verdict: &str| -> Vec<&str> {
        let cases = report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == verdict);
        cases.map(|case| case["id"].as_str().unwrap()).collect()
    };
    // The example says so: it looks at one ID, and at no client.
    assert_eq!(with("fail"), ["request/other-psp", "client/payment-of-another"]);
    assert_eq!(with("not_run"), [""; 0]);
    assert_eq!(with("inconclusive"), [""; 0]);
    let notes =
        ["signature/boundary-client-time", "key/odd-version", "answer/a-message-for-every-error", "http/large-headers"];
    assert_eq!(with("note"), notes);
    let files = ["r.html", "r.xml", "r.json", "r.md"].map(|name| fs::read_to_string(mpp.file(name)).unwrap());
    roxmltree::Document::parse(&files[1]).unwrap();
    let keys =
        ["mpp", "caller", "second", "other"].map(|name| fs::read_to_string(mpp.file(&format!("{name}.key"))).unwrap());
    for text in files.iter().chain([&out, &err]) {
        assert!(!text.contains("CANARY"));
        let secret = keys.iter().flat_map(|key| key.lines()).filter(|line| line.len() == 64);
        assert!(secret.clone().count() > 80 && secret.clone().all(|line| !text.contains(line)));
    }
}

#[test]
fn a_failure_is_repeated_by_its_id_and_in_a_shell() {
    let mpp = Mpp::start();
    let payments = ["--payments", "payments.toml", "--strict", "--json"];
    let (code, out, _) = mpp.conformance(&[&payments[..], &["--only", "request/other-psp"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, report["cases"].as_array().unwrap().len()), (1, 1));
    let exchange = &report["cases"][0]["exchanges"][0];
    let answer = shell(&mpp, exchange["repeat"].as_str().unwrap());
    assert!(answer.contains("\"paymentId\":\"same\""), "{answer}");
    // Each of these commands has to give the answer that the kit got.
    let only = [
        "--only",
        "signature,request,client,key,time,http",
        "--skip",
        "time/window,http/large-headers,http/expect-continue",
    ];
    let (_, out, _) = mpp.conformance(&[&only[..], &["--json"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap();
    let mut tried = 0;
    for case in report["cases"].as_array().unwrap() {
        let exchange = &case["exchanges"][0];
        let Some(repeat) = exchange["repeat"].as_str() else { continue };
        let answer = shell(&mpp, repeat);
        let code =
            |text: &str| text.split("\"resultCode\":\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        assert_eq!(code(&answer), code(exchange["answer"].as_str().unwrap()), "{}: {repeat}\n{answer}", case["id"]);
        tried += 1;
    }
    assert!(tried > 80, "{tried}");
}

/// Runs commands in the folder of the keys; returns what they print.
fn shell(mpp: &Mpp, commands: &str) -> String {
    let output = Command::new("sh").args(["-c", commands]).current_dir(mpp.folder.path()).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn exit_codes_tell_the_target_from_the_command_line() {
    let mpp = Mpp::start();
    let payments = ["--payments", "payments.toml"];
    let with = |more: &[&str]| mpp.conformance(&[&payments[..], more].concat());
    let expect = |text: &str| fs::write(mpp.file("known"), text).unwrap();
    assert_eq!(with(&["--only", "time/utc"]).0, 0);
    assert_eq!(with(&["--only", "request/other-psp"]).0, 0);
    assert_eq!(with(&["--only", "request/other-psp", "--strict"]).0, 1);
    expect("request/other-psp # one ID is enough here\n");
    assert_eq!(with(&["--only", "request/other-psp", "--strict", "--expect", "known"]).0, 0);
    expect("time/utc\n");
    let (code, out, _) = with(&["--only", "time/utc", "--expect", "known"]);
    assert!(code == 1 && out.contains("listed as a known failure"), "{out}");
    expect("time/utc flaky\n");
    assert_eq!(with(&["--only", "time/utc", "--expect", "known"]).0, 0);
    expect("\n# none\ntime/nothing\n");
    let (code, _, err) = with(&["--only", "time/utc", "--expect", "known"]);
    assert!(code == 2 && err.contains("known:3: `time/nothing` is no case"), "{err}");
    for wrong in [
        &["--only", "nothing"][..],
        &["--skip", "nothing"],
        &["--report", "pdf=x"],
        &["--only", "deadline/slow-payment"],
    ] {
        assert_eq!(with(wrong).0, 2, "{wrong:?}");
    }
    for (arguments, sentence) in [
        (&["--client-id", "UNKNOWN"][..], "error: the target does not know the Client-Id UNKNOWN"),
        (&["--key", "other.key"], "error: the target does not accept our signature"),
        (&["--key-version", "9"], "error: the target does not know key version 9"),
        (&["--url", "http://127.0.0.1:1"], "error: http://127.0.0.1:1 can't be reached"),
        (&["--url", "http://no-such-name.invalid"], "error: the name no-such-name.invalid can't be resolved"),
        (&["--peer-key", "caller.pub"], "error: the file of --peer-key holds the public half of the key of --key"),
    ] {
        let url = format!("http://{}", mpp.address);
        let mut all = vec!["conformance", "mpp"];
        for (name, usual) in
            [("--url", url.as_str()), ("--client-id", CLIENT), ("--key", "caller.key"), ("--peer-key", "mpp.pub")]
        {
            if arguments[0] != name {
                all.extend([name, usual]);
            }
        }
        let (code, _, err) = alipayplus(mpp.folder.path(), &[&all[..], arguments].concat());
        assert!(code == 3 && err.starts_with(sentence), "{code}: {err}");
    }
}

#[test]
fn the_catalogue_is_listed_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, _) = alipayplus(folder.path(), &["conformance", "list", "--json"]);
    let rows: Value = serde_json::from_str(&out).unwrap();
    let free = rows.as_array().unwrap().iter().filter(|row| row["needs"] == "-").count();
    assert!(code == 0 && free >= 110, "{free}");
    let (code, out, _) = alipayplus(folder.path(), &["conformance", "show", "signature/long"]);
    assert!(code == 0 && out.starts_with("signature/long, MUST\nrule:"), "{out}");
    assert_eq!(alipayplus(folder.path(), &["conformance", "show", "signature/none-such"]).0, 2);
    let (code, out, _) = alipayplus(folder.path(), &["conformance", "mpp", "--init"]);
    assert!(code == 0 && out.contains("[[payment]]"));
    assert_eq!(alipayplus(folder.path(), &["conformance", "mpp"]).0, 2);
}

#[test]
fn a_hook_brings_the_mpp_into_states_and_its_words_are_shown() {
    let mpp = Mpp::start();
    let hook = hook();
    let with = |hook: &str, only: &str| mpp.conformance(&["--state-command", hook, "--only", only, "--json"]);
    let six = "result/trouble,deadline/slow-payment,state/progress-to-final,state/not-found-then-known,\
               state/concurrent-agree,state/after-restart";
    let (code, out, err) = with(&hook, six);
    let report: Value = serde_json::from_str(&out).unwrap();
    let found: Vec<_> = report["cases"].as_array().unwrap().iter().map(|case| case["verdict"].as_str()).collect();
    let [all_pass @ .., restart] = &found[..] else { panic!("{out}") };
    assert_eq!(all_pass, [Some("pass"); 5], "{out}");
    assert_eq!((code, *restart), (3, Some("inconclusive")), "{err}");
    assert!(out.contains("this hook has no state restarted"), "{out}");
    // The store is there again.
    assert_eq!(mpp.conformance(&["--payments", "payments.toml", "--only", "result/paid"]).0, 0);
    let wrong = |answer: &str| with(&format!("echo '{answer}'"), "state/progress-to-final").1;
    assert!(wrong(r#"{"id":"1"}"#).contains("its answer can't be used: unknown field `id`"));
    assert!(wrong("made").contains("its answer is no JSON object: made"));
    // A payment that the hook names is asked about by its own ID.
    let (_, out, _) = with(r#"echo '{"payment_request_id":"same"}'"#, "state/not-found-then-known");
    assert!(out.contains("the hook names payments itself"), "{out}");
    let (code, _, err) = mpp.conformance(&["--state-command", "true", "--state-url", "http://127.0.0.1:1/"]);
    assert!(code == 2 && err.contains("cannot be used with"), "{err}");
}

#[test]
fn a_name_can_be_resolved_by_an_option() {
    let mpp = Mpp::start();
    let (_, port) = mpp.address.rsplit_once(':').unwrap();
    let url = format!("http://mpp.example:{port}");
    let with = |resolve: &str| {
        let usual = ["conformance", "mpp", "--client-id", CLIENT, "--key", "caller.key", "--peer-key", "1=mpp.pub"];
        let only = ["--only", "time/utc", "--url", &url, "--resolve", resolve];
        alipayplus(mpp.folder.path(), &[&usual[..], &only].concat())
    };
    let (code, out, err) = with(&format!("MPP.example:{port}:127.0.0.1"));
    assert_eq!(code, 0, "{out}{err}");
    for (resolve, says) in [
        (format!("other.example:{port}:127.0.0.1"), format!("no --resolve is for mpp.example:{port}")),
        ("mpp.example:443:127.0.0.1".to_owned(), format!("no --resolve is for mpp.example:{port}")),
        ("mpp.example:127.0.0.1".to_owned(), "is not HOST:PORT:ADDRESS".to_owned()),
        (format!("mpp.example:{port}:localhost"), "is not HOST:PORT:ADDRESS".to_owned()),
    ] {
        let (code, _, err) = with(&resolve);
        assert!(code == 2 && err.contains(&says), "{resolve}: {err}");
    }
}

/// Runs the command on a terminal; returns what it shows.
fn on_a_terminal(folder: &Path, arguments: &[&str], no_color: &str) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let end = fs::File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let mut child = {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
        command.args(arguments).current_dir(folder).env("NO_COLOR", no_color).stdin(Stdio::null());
        command.stdout(end.try_clone().unwrap()).stderr(end).spawn().unwrap()
    };
    let mut shown = Vec::new();
    // A terminal ends with an error on Linux.
    let _ = fs::File::from(terminal).read_to_end(&mut shown);
    child.wait().unwrap();
    String::from_utf8(shown).unwrap()
}

#[test]
fn colour_and_progress_are_for_terminals() {
    let mpp = Mpp::start();
    let url = format!("http://{}", mpp.address);
    let usual = ["--url", &url, "--client-id", CLIENT, "--key", "caller.key", "--peer-key", "1=mpp.pub"];
    let only = ["--payments", "payments.toml", "--only", "time/utc,request/other-psp"];
    let arguments = [&["conformance", "mpp"], &usual[..], &only].concat();
    let (red, progress) = ("\x1b[31mfail", "\r\x1b[K2/2 ");
    let shown = on_a_terminal(mpp.folder.path(), &arguments, "");
    assert!(shown.contains(red) && shown.contains(progress), "{shown:?}");
    let shown = on_a_terminal(mpp.folder.path(), &arguments, "1");
    assert!(!shown.contains("\x1b[31m") && shown.contains(progress), "{shown:?}");
    let (_, out, err) = alipayplus(mpp.folder.path(), &arguments);
    assert!(out.contains("fail") && !(out + &err).contains('\x1b'));
}
