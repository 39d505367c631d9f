//! Processes and files that the test starts and makes.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Runs a command to its end, which must be a success, and returns its output.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(otherwise: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{otherwise}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Sends a signal, and waits for the end.
pub(crate) fn end(process: &mut Child, signal: &str) -> ExitStatus {
    let _ = Command::new("sh").args(["-c", &format!("kill -{signal} {}", process.id())]).status();
    process.wait().unwrap()
}

/// Returns a port that was free a moment ago, for programs that can't say which one they got.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The folder of the programs to copy.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples")
}

/// Builds both programs, and returns the paths of the MPP and the acquirer.
pub(crate) fn build() -> [PathBuf; 2] {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--message-format=json", "--target-dir"]).arg(target).current_dir(examples());
    let output = build.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the examples do not build");
    let messages = String::from_utf8(output.stdout).unwrap();
    ["mpp-postgres", "acquirer"].map(|name| {
        let mut programs = messages.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).unwrap();
            let is_it = message["target"]["name"] == name;
            message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
        });
        programs.next_back().unwrap()
    })
}

/// Makes a key, and the file of its public key beside it.
pub(crate) fn make_key(folder: &Path, name: &str) {
    let (key, public) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.pub.pem")));
    run(Command::new("openssl").args(["genrsa", "-out"]).arg(&key).arg("2048"));
    run(Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&key).arg("-out").arg(&public));
}

/// Makes a certificate for `localhost`, and the file of its key beside it.
pub(crate) fn make_certificate(folder: &Path, name: &str) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]);
    openssl.args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-keyout").arg(folder.join(format!("{name}.tls.pem")));
    run(openssl.arg("-out").arg(folder.join(format!("{name}.crt.pem"))));
}

/// The connections of an instance to its database, fewer than the callers.
pub(crate) const CONNECTIONS: usize = 4;

/// An instance of the MPP.
pub(crate) struct Mpp {
    command: Command,
    process: Child,
    pub(crate) address: String,
    pub(crate) metrics: SocketAddr,
    log: Log,
}

/// The events that a process has logged until now.
type Log = Arc<Mutex<Vec<Value>>>;

/// Starts a process whose log is JSON lines on standard error.
fn spawn(command: &mut Command) -> (Child, Log) {
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let log = Log::default();
    let reader = Arc::clone(&log);
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
            reader.lock().unwrap().push(event);
        }
    });
    (process, log)
}

impl Mpp {
    /// Starts an instance with its key and the callers' keys in a folder, and with TLS if that has a certificate.
    pub(crate) fn start(program: &Path, folder: &Path, name: &str, database: &str) -> Self {
        let metrics = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let mut mpp = Command::new(program);
        mpp.current_dir(folder).env("MPP_KEY_FILE", format!("{name}.pem")).env("MPP_CALLERS", "callers");
        mpp.env("MPP_DATABASE", database).env("MPP_DATABASE_CONNECTIONS", CONNECTIONS.to_string());
        let certificate = format!("{name}.crt.pem");
        if folder.join(&certificate).exists() {
            mpp.env("ALIPAYPLUS_TLS_CERTIFICATE", certificate).env("ALIPAYPLUS_TLS_KEY", format!("{name}.tls.pem"));
        }
        mpp.env("MPP_METRICS_ADDRESS", metrics.to_string());
        mpp.env("ALIPAYPLUS_ADDRESS", "127.0.0.1:0").env("ALIPAYPLUS_DRAIN", "1s").env_remove("RUST_LOG");
        let (process, log) = spawn(&mut mpp);
        let mut mpp = Self { command: mpp, process, address: String::new(), metrics, log };
        mpp.address = mpp.listens();
        mpp
    }

    /// Starts it again where it was, after its end.
    pub(crate) fn start_again(&mut self) {
        (self.process, self.log) = spawn(self.command.env("ALIPAYPLUS_ADDRESS", &self.address));
        assert_eq!(self.listens(), self.address);
    }

    /// Waits until it listens, and returns its address.
    fn listens(&mut self) -> String {
        until("the MPP does not listen", || {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {:?}", self.log());
            !self.events("listening").is_empty()
        });
        self.events("listening")[0]["address"].as_str().unwrap().to_owned()
    }

    pub(crate) fn log(&self) -> Vec<Value> {
        self.log.lock().unwrap().clone()
    }

    /// Returns the fields of the events with this message.
    pub(crate) fn events(&self, message: &str) -> Vec<Value> {
        let fields = self.log().into_iter().map(|event| event["fields"].clone());
        fields.filter(|fields| fields["message"] == message).collect()
    }

    /// Ends it by a signal, and checks its log.
    pub(crate) fn end(&mut self, signal: &str) {
        let status = end(&mut self.process, signal);
        assert!(status.success(), "{status} {:?}", self.log().last());
        until("the log has no shutdown", || !self.events("shutting down").is_empty());
        let other = self.log().into_iter().find(|event| !event.is_object());
        assert!(other.is_none(), "not JSON: {other:?}");
    }
}

impl Drop for Mpp {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// nginx in front of instances, with the configuration of the example.
pub(crate) struct Nginx {
    process: Child,
    pub(crate) address: String,
    _folder: tempfile::TempDir,
}

impl Nginx {
    pub(crate) fn start(upstreams: [&str; 2]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let mut example = std::fs::read_to_string(examples().join("mpp-postgres/nginx.conf")).unwrap();
        for (from, to) in [
            ("10.0.0.1:8080", upstreams[0]),
            ("10.0.0.2:8080", upstreams[1]),
            ("listen 80;", &format!("listen {address};")),
        ] {
            assert_eq!(example.matches(from).count(), 1, "{from}");
            example = example.replace(from, to);
        }
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {kind};\n"))
            .concat();
        let config = format!(
            "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr crit;\nevents {{}}\n\
             http {{\naccess_log off;\n{temporary}{example}}}\n"
        );
        std::fs::write(folder.path().join("proxy.conf"), config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()));
        nginx.args(["-e", "stderr", "-p", ".", "-c", "proxy.conf"]).current_dir(folder.path()).stdin(Stdio::null());
        let process = nginx.spawn().unwrap_or_else(|_| panic!("nginx is missing: apt-get install nginx-light"));
        let nginx = Self { process, address, _folder: folder };
        until("nginx does not listen", || std::net::TcpStream::connect(&nginx.address).is_ok());
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the status of a `GET`, and the response as text.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    (text.split(' ').nth(1).unwrap().parse().unwrap(), text)
}
