//! `alipayplus doctor` as a process.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use alipayplus_client::Evidence;
use alipayplus_client::transport::bytes::Bytes;
use alipayplus_client::transport::http;
use alipayplus_signing::{SignatureHeader, SigningInput};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, alipayplus, from_base64, key_text, sign};

const CLIENT_ID: &str = "SANDBOX_5X00000000000000";
const URI: &str = "/aps/api/v1/payments/inquiryPayment";
const TIME: &str = "2025-02-20T08:51:49Z";
/// Values that no output may hold.
const CUSTOMER: &str = "7654321-customer";
const PASS_THROUGH: &str = "pass-through-4711";

fn body() -> String {
    format!("{{\"customerId\":\"{CUSTOMER}\",\"passThroughInfo\":\"{{\\\"k\\\":\\\"{PASS_THROUGH}\\\"}}\"}}")
}

/// A folder with keys and messages.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        for key in ["k1", "k2"] {
            folder.write(&format!("{key}.pub"), key_text(key, "public_spki_base64"));
            folder.write(&format!("{key}.key"), key_text(key, "private_pkcs8_base64"));
        }
        folder
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs in the folder, with words that are separated by blanks.
    fn doctor(&self, arguments: &str) -> Run {
        let run = alipayplus(self.0.path(), &[], &format!("doctor {arguments}"));
        run.holds_none_of(&[
            &key_text("k1", "private_pkcs8_base64")[40..80],
            &key_text("k2", "private_pkcs8_base64")[40..80],
            &key_text("k1", "public_spki_base64")[60..100],
            "PRIVATE KEY",
        ]);
        if !arguments.contains("--show-body") {
            run.holds_none_of(&[CUSTOMER, PASS_THROUGH]);
        }
        run
    }
}

/// The text of a request whose signature is over another body.
fn request(key: &str, signed_body: &str) -> String {
    let input =
        SigningInput { method: "POST", uri: URI, client_id: CLIENT_ID, time: TIME, body: signed_body.as_bytes() };
    let signature = sign(key, &input);
    format!(
        "POST {URI} HTTP/1.1\r\nHost: wallet.example\r\nClient-Id: {CLIENT_ID}\r\nRequest-Time: {TIME}\r\n\
         Signature: {signature}\r\n\r\n{}",
        body()
    )
}

fn response(key: Option<&str>, body: &str) -> String {
    let input = SigningInput { method: "POST", uri: URI, client_id: CLIENT_ID, time: TIME, body: body.as_bytes() };
    let signature = key.map(|key| format!("Signature: {}\n", sign(key, &input))).unwrap_or_default();
    format!("HTTP/1.1 200 OK\nClient-Id: {CLIENT_ID}\nResponse-Time: {TIME}\n{signature}\n{body}")
}

const SUCCESS: &str = r#"{"result":{"resultCode":"SUCCESS"}}"#;
const INVALID: &str = r#"{"result":{"resultCode":"INVALID_SIGNATURE","resultStatus":"F"}}"#;

#[test]
fn a_good_exchange_has_no_cause() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    folder.write("response", response(Some("k2"), SUCCESS));
    let run = folder.doctor("--request request --response response --peer-key 1=k1.pub --own-key k2.key");
    run.ends_with(0).says("nothing-wrong: every signature here verifies.").says("response: Client-Id");
    // The other side's view of the same exchange.
    let run = folder.doctor("--request request --response response --peer-key k2.pub --own-key k1.pub --json");
    let report: Value = serde_json::from_str(&run.ends_with(0).stdout).unwrap();
    assert_eq!(report["messages"][0]["sender"], "own");
    assert_eq!(report["messages"][1]["sender"], "peer");
}

#[test]
fn the_cause_comes_first_and_then_what_proves_it() {
    let folder = Folder::new();
    folder.write("request", request("k1", &format!("{}\n", body())));
    let run = folder.doctor("--request request --peer-key k1.pub");
    run.ends_with(1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("body-line-feed (the other side's request): A line end at the end"), "{}", lines[0]);
    run.says("signature    opens under version 1 of the other side");
    let mark = lines.iter().position(|line| line.contains("^ byte")).unwrap();
    let column = lines[mark].find('^').unwrap();
    assert_eq!(lines[mark - 1].chars().nth(column), Some('␊'), "{}", run.stdout);
    run.says("Send this to the other side:").says("your signature holds");
    run.says("\"passThroughInfo\":\"*****************************\"");
    folder.doctor("--request request --peer-key k1.pub --show-body").ends_with(1).says(PASS_THROUGH);
    // Nothing is coloured where there is no terminal.
    run.holds_none_of(&["\x1b"]);
}

#[test]
fn json_holds_the_same() {
    let folder = Folder::new();
    folder.write("request", request("k1", &format!("{}\n", body())));
    let run = folder.doctor("--request request --peer-key k1.pub --json");
    let report: Value = serde_json::from_str(&run.ends_with(1).stdout).unwrap();
    let message = &report["messages"][0];
    assert_eq!(message["causes"][0]["id"], "body-line-feed");
    assert_eq!(message["causes"][0]["proved"], true);
    assert!(message["difference"]["signed"].as_str().unwrap().ends_with("}␊"), "{message}");
}

#[test]
fn a_refused_request_that_is_right_is_on_the_peers_side() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    folder.write("response", response(None, INVALID));
    let run = folder.doctor("--request request --response response --own-key k1.key --peer-key k2.pub");
    run.ends_with(1).says("on-the-peers-side (your request)").says("our key's fingerprint");
    run.holds_none_of(&["header-missing"]);
    folder.write("response", response(None, &INVALID.replace("INVALID_SIGNATURE", "KEY_NOT_FOUND")));
    let run = folder.doctor("--request request --response response --own-key k1.key");
    run.ends_with(1).says("refused-before-the-signature (your request)");
}

#[test]
fn a_wrong_answer_is_named_as_the_answers() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    folder.write("response", response(Some("k2"), SUCCESS) + "\n");
    let run = folder.doctor("--request request --response response --own-key k1.key --peer-key k2.pub --side caller");
    run.ends_with(1).says("body-line-feed (the other side's response)");
}

#[test]
fn heads_with_lf_and_lengths_are_read() {
    let folder = Folder::new();
    let request = request("k1", &body());
    let (head, sent) = request.split_once("\r\n\r\n").unwrap();
    folder.write("lf", format!("{}\n\n{sent}", head.replace("\r\n", "\n")));
    folder.doctor("--request lf --peer-key k1.pub").ends_with(0);
    // An editor that ends each file with a line feed.
    folder.write("length", format!("{head}\r\nContent-Length: {}\r\n\r\n{sent}\n", sent.len()));
    folder.doctor("--request length --peer-key k1.pub").ends_with(0).says("the rest is left out");
    folder.write("cut", format!("{head}\r\nContent-Length: 5000\r\n\r\n{sent}"));
    folder.doctor("--request cut --peer-key k1.pub").ends_with(0).says("some are missing");
    let chunks = format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{sent}\r\n0\r\n\r\n", sent.len());
    folder.write("chunked", chunks);
    folder.doctor("--request chunked --peer-key k1.pub").ends_with(0).says("chunks");
    folder.write("absolute", request.replacen("POST /", "POST https://wallet.example/", 1));
    folder.doctor("--request absolute --peer-key k1.pub").ends_with(0);
}

fn header_value(request: &str) -> &str {
    request.lines().find_map(|line| line.strip_prefix("Signature: ")).unwrap()
}

#[test]
fn archives_are_read() {
    let folder = Folder::new();
    let signature = request("k1", &format!("{}\n", body()));
    let entry = |signature: Option<&str>| {
        let mut headers =
            vec![json!({ "name": "Client-Id", "value": CLIENT_ID }), json!({ "name": "Request-Time", "value": TIME })];
        headers.extend(signature.map(|value| json!({ "name": "signature", "value": value })));
        json!({
            "startedDateTime": TIME,
            "request": {
                "method": "POST",
                "url": format!("https://wallet.example{URI}"),
                "headers": headers,
                "postData": { "text": body() },
            },
            "response": { "status": 0, "headers": [], "content": {} },
        })
    };
    let signature = header_value(&signature);
    folder.write("har", json!({ "log": { "entries": [entry(None), entry(Some(signature))] } }).to_string());
    let run = folder.doctor("--har har --peer-key k1.pub");
    run.ends_with(1).says("body-line-feed").says("an HTTP archive keeps texts, not the exact bytes");
    run.says("not-exact");
    folder.doctor("--har har --entry 0 --peer-key k1.pub").ends_with(1).says("header-missing");
    folder.doctor("--har har --entry 7 --peer-key k1.pub").ends_with(3).warns("there is no 7");
    folder.write("two", json!({ "log": { "entries": [entry(Some("a")), entry(Some("b"))] } }).to_string());
    folder.doctor("--har two --peer-key k1.pub").ends_with(3).warns("choose one with --entry");
}

#[test]
fn curl_lines_are_read_as_curl_reads_them() {
    let folder = Folder::new();
    let text = "{\"a\":\n\"b\"}\n";
    folder.write("body.json", text);
    let signed_over = |body: &str| {
        let input = SigningInput { method: "POST", uri: URI, client_id: CLIENT_ID, time: TIME, body: body.as_bytes() };
        sign("k1", &input)
    };
    let curl = |signature: &str, data: &str| {
        let line = format!(
            "curl -s -XPOST \\\n  'https://wallet.example{URI}' -H \"Client-Id: {CLIENT_ID}\" --header='Request-Time: {TIME}' \\\n  \
             -H 'Signature: {signature}' -o out --max-time 5 {data}\n"
        );
        folder.write("call.sh", line);
        folder.doctor("--curl call.sh --peer-key k1.pub")
    };
    // What is sent is the file without its line ends.
    curl(&signed_over("{\"a\":\"b\"}"), "-d @body.json").ends_with(0);
    curl(&signed_over(text), "-d @body.json").ends_with(1);
    curl(&signed_over(text), "--data-binary @body.json").ends_with(0);
    let run = curl(&signed_over("{\"a\":\"b\"}"), "--data-binary @body.json");
    run.ends_with(1).says("body-crlf").says("signed: without any CR and LF, as `curl -d @file` sends it");
    curl(&signed_over("@body.json"), "--data-raw @body.json").ends_with(0);
    curl(&signed_over("a&b"), "-d a --data 'b'").ends_with(0);
    curl(&signed_over("it's \"é\"\n"), "--data-raw $'it\\'s \"\\u00e9\"\\n'").ends_with(0);
    curl(&signed_over("$x \"y\" \\z"), "-d \"\\$x \\\"y\\\" \\z\"").ends_with(0);
    curl(&signed_over("a"), "-F a=b").ends_with(3).warns("-F is not understood");
    curl(&signed_over("a"), "-d @missing").ends_with(3).warns("can't read missing");
    folder.write("call.sh", "wget x");
    folder.doctor("--curl call.sh --peer-key k1.pub").ends_with(3).warns("does not begin with `curl`");
}

/// The text of an exchange as the client keeps it.
fn evidence(request_body: &str, signed_body: &str, response_body: &str) -> String {
    let input = |body| SigningInput { method: "POST", uri: URI, client_id: CLIENT_ID, time: TIME, body };
    let request = http::Request::post(format!("https://wallet.example{URI}"))
        .header("client-id", CLIENT_ID)
        .header("request-time", TIME)
        .header("signature", sign("k1", &input(signed_body.as_bytes())))
        .body(Bytes::copy_from_slice(request_body.as_bytes()));
    let response = http::Response::builder()
        .header("client-id", CLIENT_ID)
        .header("response-time", TIME)
        .header("signature", sign("k2", &input(SUCCESS.as_bytes())))
        .body(Bytes::copy_from_slice(response_body.as_bytes()));
    Evidence::new(request.unwrap(), response.unwrap()).to_text()
}

#[test]
fn evidence_is_read() {
    let folder = Folder::new();
    let keys = "--own-key k1.key --peer-key k2.pub";
    folder.write("good", evidence(&body(), &body(), SUCCESS));
    let run = folder.doctor(&format!("--evidence good {keys}"));
    run.ends_with(0).says("request: POST").says("response: Client-Id").holds_none_of(&["not-exact"]);
    // Each message is examined as what its side has to say.
    folder.write("request", evidence(&body(), &format!("{}\n", body()), SUCCESS));
    folder.doctor(&format!("--evidence request {keys}")).ends_with(1).says("body-line-feed (your request)");
    // A carriage return makes the text base64.
    folder.write("response", evidence(&body(), &body(), &format!("{SUCCESS}\r\n")));
    let run = folder.doctor(&format!("--evidence response {keys}"));
    run.ends_with(1).says("body-line-feed (the other side's response)").says("without the CR LF at its end");
    // The MPP reads the same text with its own keys.
    folder
        .doctor("--evidence request --own-key k2.key --peer-key k1.pub")
        .ends_with(1)
        .says("(the other side's request)");
}

#[test]
fn evidence_that_signs_another_path_has_a_remark() {
    let folder = Folder::new();
    let sent = evidence(&body(), &body(), SUCCESS).replace("wallet.example/aps", "wallet.example/gateway/aps");
    folder.write("proxied", sent);
    let run = folder.doctor("--evidence proxied --own-key k1.key --peer-key k2.pub");
    run.ends_with(0).says(&format!("the request was sent to the path /gateway{URI}, and the client signed another"));
    folder.write("broken", "alipayplus evidence 1\nuri: x y\n");
    folder.doctor("--evidence broken --peer-key k1.pub").ends_with(3).warns("it is no evidence: line 2");
    folder.doctor("--evidence broken --response broken --peer-key k1.pub").ends_with(2);
    folder.doctor("--request broken --peer-key k1.pub").ends_with(3).warns("give it by --evidence");
}

#[test]
fn an_answer_is_examined_without_the_requests_client_id() {
    let folder = Folder::new();
    folder.write("response", response(Some("k2"), SUCCESS));
    let run = folder.doctor(&format!("--uri {URI} --response response --own-key k1.key --peer-key k2.pub"));
    run.says("response: Client-Id").holds_none_of(&["client-mismatch"]);
}

#[test]
fn no_more_of_a_file_is_read_than_the_limit() {
    let folder = Folder::new();
    folder.doctor("--request /dev/zero --peer-key k1.pub").ends_with(3).warns("longer than the 67108864 bytes");
}

#[test]
fn flags_are_read() {
    let folder = Folder::new();
    folder.write("body", body());
    let input = SigningInput { method: "POST", uri: URI, client_id: CLIENT_ID, time: TIME, body: b"" };
    let header = SignatureHeader::parse(&sign("k1", &input)).unwrap().to_string().replace(", ", ",");
    let flags = format!("--uri {URI} --client-id {CLIENT_ID} --time {TIME} --signature {header} --peer-key 1=k1.pub");
    folder.doctor(&flags).ends_with(0);
    folder.doctor(&format!("{flags} --body body")).ends_with(1).says("body-empty");
    folder.doctor(&format!("{flags} --method PUT")).ends_with(1).says("method-other");
    folder.doctor(&format!("{flags} --at 2025-02-20T10:00:00Z")).ends_with(1).says("clock-behind");
    folder.doctor(&format!("{flags} --at 2025-02-20T16:51:49Z")).ends_with(1).says("time-zone-wrong");
}

#[test]
fn keys_are_named_and_not_mixed_up() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    let wrong = folder.doctor("--request request --peer-key 1=k2.pub --peer-key 2=k1.pub");
    wrong.ends_with(1).says("key-of-another-version");
    let other = format!("--request request --peer-key {CLIENT_ID}/1=k2.pub --peer-key PROD/1=k1.pub");
    folder.doctor(&other).ends_with(1).says("key-of-another-client").says("version 1 of `PROD`");
    folder.doctor("--request request --peer-key k2.pub").ends_with(1).says("key-unknown").says("Looks like: ");
    folder.doctor("--request request --peer-key k2.pub --own-key k2.key").ends_with(1).says("own-public-key");
    folder.doctor("--request request --peer-key k1.key").ends_with(1).says("public-key-is-private");
    folder.write("cut.pub", &key_text("k1", "public_spki_base64")[..200]);
    folder.doctor("--request request --peer-key cut.pub --json").ends_with(1).says("key-truncated");
}

#[test]
fn another_message_tells_a_wrong_key_from_changed_bytes() {
    let folder = Folder::new();
    folder.write("other", request("k1", &body()));
    let damaged = SignatureHeader::new(Some(1), vec![7; 256]).to_string();
    let good = request("k1", &body());
    folder.write("request", good.replace(header_value(&good), &damaged));
    folder.doctor("--request request --peer-key k1.pub").ends_with(1).says("key-unknown");
    folder.doctor("--request request --other other --peer-key k1.pub").ends_with(1).says("damaged");
}

#[test]
fn exit_codes_are_as_documented() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    folder.write("response", response(None, SUCCESS));
    folder.doctor("").ends_with(2);
    folder.doctor("--peer-key k1.pub").ends_with(2).warns("--request");
    folder.doctor("--request request").ends_with(2).warns("a key is needed");
    folder.doctor("--request request --har request --peer-key k1.pub").ends_with(2);
    folder.doctor("--request request --peer-key k1.pub --at yesterday").ends_with(2).warns("--at");
    folder.doctor("--request request --peer-key k1.pub --side both").ends_with(2);
    folder.doctor("--request request --peer-key missing.pub").ends_with(3).warns("missing.pub");
    folder.doctor("--request missing --peer-key k1.pub").ends_with(3).warns("missing");
    folder.doctor("--request response --peer-key k1.pub").ends_with(3).warns("holds a response");
    folder.doctor("--request request --response request --peer-key k1.pub").ends_with(3).warns("status line");
    folder.doctor("--har request --peer-key k1.pub").ends_with(3).warns("no JSON");
    folder.write("headless", "POST / HTTP/1.1");
    folder.doctor("--request headless --peer-key k1.pub").ends_with(3).warns("empty line");
}

#[test]
fn a_key_on_the_command_line_is_not_repeated() {
    let folder = Folder::new();
    folder.write("request", request("k1", &body()));
    let private = key_text("k1", "private_pkcs8_base64");
    folder.doctor(&format!("--request request --own-key {private}")).ends_with(3);
    folder.doctor(&format!("--request request --peer-key {private}")).ends_with(3);
}

#[test]
fn the_examples_of_the_help_run() {
    let folder = Folder::new();
    let good = request("k1", &body());
    folder.write("request.http", &good);
    folder.write("response.http", response(Some("k2"), SUCCESS));
    folder.write("caller.pub.pem", key_text("k1", "public_spki_base64"));
    folder.write("caller.key.pem", key_text("k1", "private_pkcs8_base64"));
    folder.write("mpp.pub.pem", key_text("k2", "public_spki_base64"));
    folder.write("body.json", body());
    folder.write("evidence.txt", evidence(&body(), &body(), SUCCESS));
    folder.write("signature.txt", header_value(&good));
    folder.write(
        "call.sh",
        format!(
            "curl https://wallet.example{URI} -H 'Client-Id: {CLIENT_ID}' -H 'Request-Time: {TIME}' \
             -H 'Signature: {}' --data-binary @body.json",
            header_value(&good)
        ),
    );
    let help = folder.doctor("--help").stdout.replace("\\\n", " ");
    let examples: Vec<&str> =
        help.lines().map(str::trim).filter(|line| line.starts_with("alipayplus doctor")).collect();
    assert_eq!(examples.len(), 5);
    let program = Path::new(env!("CARGO_BIN_EXE_alipayplus")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    for example in examples {
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", example]).current_dir(folder.0.path()).env("PATH", &path).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{example}: {output:?}");
    }
}

#[test]
fn the_page_has_all_causes() {
    let run = Folder::new().doctor("--causes");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.md");
    let page = fs::read_to_string(path).unwrap();
    let tables = run.ends_with(0).stdout.as_str();
    assert!(
        page.ends_with(tables),
        "docs/doctor.md has to end with what `alipayplus doctor --causes` prints:\n{tables}"
    );
}

/// Every vector of `docs/vectors/`, by the command.
#[test]
fn vectors_have_causes() {
    let folder = Folder::new();
    for (file, is_right) in [("positive.json", true), ("negative.json", false), ("genuine.json", true)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors").join(file);
        let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        for vector in document["vectors"].as_array().unwrap() {
            let run = vector_run(&folder, vector);
            let id = &vector["id"];
            assert_eq!(run.code, i32::from(!is_right), "{id}: {}{}", run.stdout, run.stderr);
            let report: Value = serde_json::from_str(&run.stdout).unwrap();
            let message = report["messages"].as_array().unwrap().last().unwrap();
            assert_eq!(message["causes"].as_array().unwrap().len(), usize::from(!is_right), "{id}: {report:#}");
        }
    }
}

fn vector_run(folder: &Folder, vector: &Value) -> Run {
    let text = |member: &str| vector[member].as_str().unwrap_or_default();
    let headers = vector["signature_headers"].as_array();
    // The gateway's own message has a bare signature.
    let is_genuine = vector["public_spki_base64"].is_string();
    let signatures: Vec<String> = match headers {
        Some(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        None if is_genuine => vec![format!("keyVersion=9,signature={}", text("signature_base64"))],
        None => vec![text("signature_header").to_owned()],
    };
    let is_answer = text("kind") == "response" || is_genuine;
    let time_header = if is_answer { "Response-Time" } else { "Request-Time" };
    let first = if is_answer { "HTTP/1.1 200 OK".to_owned() } else { format!("POST {} HTTP/1.1", text("uri")) };
    let first = first.replacen("POST", text("method"), 1);
    let mut message = format!("{first}\r\nClient-Id: {}\r\n{time_header}: {}\r\n", text("client_id"), text("time"));
    for signature in signatures {
        writeln!(message, "Signature: {signature}\r").unwrap();
    }
    let body = from_base64(text("body_base64"));
    folder.write("message", [message.as_bytes(), b"\r\n", &body].concat());

    let keys = match vector["keyring"].as_array() {
        Some(keys) => keys.iter().map(|key| key.as_str().unwrap()).collect(),
        None => vec!["k1", "k2"],
    };
    let mut arguments = String::new();
    for (key, version) in keys.iter().zip(1..) {
        let client = if is_answer { String::new() } else { format!("{CLIENT_ID}/") };
        write!(arguments, " --peer-key {client}{version}={key}.pub").unwrap();
    }
    if let Some(key) = vector["public_spki_base64"].as_str() {
        folder.write("genuine.pub", key);
        arguments.push_str(" --peer-key genuine.pub");
    }
    if is_answer {
        let client = if text("client_id").starts_with("SANDBOX_5X") { CLIENT_ID } else { text("client_id") };
        let (method, uri) = (text("method"), text("uri"));
        return folder.doctor(&format!(
            "--method {method} --uri {uri} --client-id {client} --response message --side caller --json{arguments}"
        ));
    }
    folder.doctor(&format!("--request message --json{arguments}"))
}
