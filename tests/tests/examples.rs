//! The example MPP and the example acquirer as processes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may; clippy.toml reaches only the test functions")]
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

const CLIENT_ID: &str = "SANDBOX_5X00000000000000";

/// Builds an example, and returns its path.
fn example(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    // With the features that the tests have, so that nothing is compiled twice.
    build.args(["build", "--quiet", "--workspace", "--all-features", "--example", name, "--message-format=json"]);
    let output = build.current_dir(root).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{name} does not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    let mut programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let is_it = message["target"]["name"] == name;
        message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
    });
    programs.next_back().unwrap()
}

/// Ends the process on drop.
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
    /// Starts the example with one client and one payment of JPY 100.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["mpp", "caller"] {
            let (key, public) = (folder.path().join(format!("{name}.key")), folder.path().join(format!("{name}.pub")));
            run(Command::new("openssl").args(["genrsa", "-out"]).arg(&key).arg("2048"));
            run(Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&key).arg("-out").arg(&public));
        }
        let database = folder.path().join("wallet.db");
        let mut mpp = Command::new(example("mpp"));
        mpp.env("MPP_KEY_FILE", folder.path().join("mpp.key")).env("MPP_DATABASE", &database);
        mpp.env("MPP_LISTEN", "127.0.0.1:0").stdout(Stdio::piped());
        let mut child = mpp.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let started = Self { child, address: address.trim().to_owned(), folder };
        let caller = std::fs::read_to_string(started.file("caller.pub")).unwrap();
        fill(&database, &caller);
        started
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ends_by(&mut self, signal: &str) -> ExitStatus {
        let id = self.child.id();
        run(Command::new("sh").args(["-c", &format!("kill -{signal} {id}")]));
        self.child.wait().unwrap()
    }

    /// Runs the acquirer with these arguments; returns the exit code and the output.
    fn ask(&self, arguments: &[&str]) -> (i32, String) {
        let mut acquirer = Command::new(example("acquirer"));
        acquirer.env("ACQUIRER_URL", format!("http://{}", self.address)).env("ACQUIRER_CLIENT_ID", CLIENT_ID);
        acquirer.env("ACQUIRER_KEY_FILE", self.file("caller.key")).env("MPP_PUBLIC_KEY_FILE", self.file("mpp.pub"));
        let output = acquirer.args(arguments).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    }
}

/// Writes one client and one payment, by the SQLite of Python, which shares no code with the MPP.
fn fill(database: &Path, caller: &str) {
    let script = "import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute('INSERT INTO clients VALUES (?, 1, ?, 1)', sys.argv[2:])
    paid = ('known', 'PAID', 'P', 100, 'JPY', 100, 'JPY', '2020-01-01T00:00:00Z', 'C')
    database.execute('INSERT INTO payments VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)', paid)";
    run(Command::new("python3").args(["-c", script]).arg(database).args([CLIENT_ID, caller]));
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap_or_else(|error| panic!("{command:?}: {error}")).success(), "{command:?}");
}

#[test]
fn the_acquirer_refuses_a_response_about_another_payment() {
    let mpp = Mpp::start();
    // The MPP reads its clients four times a second.
    std::thread::sleep(Duration::from_secs(1));
    let paid = (0, "paid: 100 of the smallest unit of JPY (requests: 1)\n".to_owned());
    assert_eq!(mpp.ask(&["1", "2", "known", "100", "JPY"]), paid);
    for [amount, currency] in [["101", "JPY"], ["100", "USD"]] {
        let (code, text) = mpp.ask(&["1", "2", "known", amount, currency]);
        let start =
            r#"the payment's state is unknown: not as expected: /paymentAmount is {"currency":"JPY","value":"100"}"#;
        assert!(code == 3 && text.starts_with(start), "{code} {text}");
    }
    let (code, text) = mpp.ask(&["1", "2", "known"]);
    assert!(code == 64 && text.contains("Usage: acquirer"), "{code} {text}");
}

#[test]
fn the_mpp_answers_requests_in_flight_before_a_signal_ends_it() {
    for signal in ["TERM", "INT"] {
        let mut mpp = Mpp::start();
        let mut connection = TcpStream::connect(&mpp.address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let head = "POST /aps/api/v1/payments/inquiryPayment HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{";
        connection.write_all(head.as_bytes()).unwrap();
        // The request has to be read before the signal comes.
        std::thread::sleep(Duration::from_millis(300));
        let answer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            connection.write_all(b"}").unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        });
        let status = mpp.ends_by(signal);
        let answer = answer.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("INVALID_CLIENT"), "{signal}: {answer}");
        assert!(status.success(), "{signal}: {status}");
    }
}
