//! A small MPP that has one fault.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use alipayplus_kit::key::{RawKey, Scheme};
use alipayplus_kit::probe::Encoding;
use alipayplus_signing::{SignatureHeader, SigningInput, Timestamp, format_time, media_type, parse_time};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const PATH: &str = "/aps/api/v1/payments/inquiryPayment";
/// What `--state-url` calls.
pub(crate) const HOOK: &str = "/state";
pub(crate) const CLIENT: &str = "SANDBOX_1";
pub(crate) const OTHER_CLIENT: &str = "SANDBOX_2";
const TIME: &str = "2020-01-01T08:00:00+08:00";

/// The keys of all parties.
pub(crate) struct Keys {
    pub(crate) mpp: Arc<RawKey>,
    pub(crate) caller: Arc<RawKey>,
    pub(crate) caller_2: Arc<RawKey>,
    pub(crate) other: Arc<RawKey>,
}

pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let [mpp, caller, caller_2, other] = std::array::from_fn(|_| Arc::new(RawKey::generate().unwrap()));
    Keys { mpp, caller, caller_2, other }
});

/// What is known of a client's keys.
fn keys_of(client: &str) -> &'static [(u64, &'static RawKey)] {
    static OWN: LazyLock<[(u64, &RawKey); 2]> = LazyLock::new(|| [(1, &KEYS.caller), (2, &KEYS.caller_2)]);
    static OTHER: LazyLock<[(u64, &RawKey); 1]> = LazyLock::new(|| [(1, &KEYS.other)]);
    match client {
        CLIENT => &*OWN,
        OTHER_CLIENT => &*OTHER,
        _ => &[],
    }
}

/// Starts an MPP with a fault and returns its address.
pub(crate) async fn start(fault: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mpp = Arc::new(Mpp { fault, served: AtomicUsize::new(0), made: Mutex::default() });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mpp = mpp.clone();
            tokio::spawn(async move {
                let misses_signature = mpp.has("knows no names in capitals") && is_in_capitals(&stream).await;
                let service = service_fn(|mut request: Request<Incoming>| {
                    if misses_signature {
                        request.headers_mut().remove("signature");
                    }
                    async { Ok::<_, Infallible>(mpp.answer(request).await) }
                });
                let serve = http1::Builder::new()
                    .half_close(true)
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service);
                drop(serve.await);
            });
        }
    });
    address
}

/// Returns whether the name of the first request's signature has capital letters; hyper does not tell.
async fn is_in_capitals(stream: &TcpStream) -> bool {
    let mut begin = [0; 2048];
    let length = stream.peek(&mut begin).await.unwrap_or_default();
    begin[..length].windows(12).any(|bytes| bytes == b"\r\nSIGNATURE:")
}

struct Mpp {
    fault: &'static str,
    served: AtomicUsize,
    /// The states of the payments that the hook has made.
    made: Mutex<HashMap<String, String>>,
}

/// A request whose head was read.
struct Asked {
    method: String,
    uri: String,
    client: String,
    time: String,
    body: Vec<u8>,
}

type Refused = (&'static str, &'static str);

impl Mpp {
    fn has(&self, fault: &str) -> bool {
        self.fault == fault
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, 256 * 1024).collect().await else {
            return Response::builder().status(413).body(Full::default()).unwrap();
        };
        if parts.uri.path() == HOOK {
            return self.bring(&body.to_bytes());
        }
        let one = |name: &str| only(&parts.headers, name);
        let mut asked = Asked {
            method: parts.method.to_string(),
            uri: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            client: one("client-id").unwrap_or_default(),
            time: one("request-time").unwrap_or_default(),
            body: body.to_bytes().to_vec(),
        };
        if self.has("is slow to refuse a method") && asked.method != "POST" {
            tokio::time::sleep(Duration::from_millis(5200)).await;
        }
        if self.has("waits for its backend") && String::from_utf8_lossy(&asked.body).contains("\"slow\"") {
            tokio::time::sleep(Duration::from_millis(5200)).await;
        }
        let mut verified = false;
        let answer = match self.check(&parts.headers, &mut asked) {
            Err((code, message)) if self.has("tells of a payment in a refusal") => {
                let mut answer = self.payment("same");
                answer["result"] = result(code, "F", message);
                answer
            }
            Err((code, message)) => json!({ "result": result(code, "F", message) }),
            Ok(()) if self.has("lets a client ask nine times") && self.served.fetch_add(1, Ordering::Relaxed) >= 9 => {
                json!({ "result": result("ACCESS_DENIED", "F", "too many requests") })
            }
            Ok(()) => {
                verified = true;
                self.served(&asked)
            }
        };
        self.respond(&asked, &answer, verified)
    }

    /// Brings a payment into a state, as the kit asks by `--state-url`.
    fn bring(&self, body: &[u8]) -> Response<Full<Bytes>> {
        let call: Value = serde_json::from_slice(body).unwrap();
        let text = |name: &str| call[name].as_str().unwrap().to_owned();
        let (id, state) = (text("id"), text("state"));
        if self.has("has a hook without open payments") && state == "in_progress" {
            return Response::builder().status(500).body(Full::from("no open payments here")).unwrap();
        }
        let mut made = self.made.lock().unwrap();
        // A final payment is not known for the first moments.
        if self.has("loses a payment that ends") && matches!(state.as_str(), "paid" | "failed") {
            made.remove(&id);
            return Response::new(Full::default());
        }
        // A restart forgets what is in memory only.
        if state == "restarted" && self.has("keeps payments in memory") {
            made.clear();
        } else if !(self.has("answers from a cache") && made.contains_key(&id)) && state != "restarted" {
            made.insert(id, state);
        }
        Response::new(Full::default())
    }

    /// Checks everything but the body.
    fn check(&self, headers: &HeaderMap, asked: &mut Asked) -> Result<(), Refused> {
        let path = asked.uri.split('?').next().unwrap_or_default();
        if path != PATH {
            return Err(("NO_INTERFACE_DEF", "no such path"));
        }
        if asked.method != "POST" {
            return Err(("METHOD_NOT_SUPPORTED", "no such method"));
        }
        let types = headers.get_all("content-type").iter().map(hyper::header::HeaderValue::as_bytes);
        if !media_type::are_json(types) {
            return Err(("MEDIA_TYPE_NOT_ACCEPTABLE", "no JSON"));
        }
        if asked.client.is_empty() && self.has("takes a default client") {
            asked.client = CLIENT.into();
        }
        if asked.client.is_empty() {
            return Err(("INVALID_CLIENT", "no client"));
        }
        if self.has("verifies nothing") || (self.has("needs no signature") && !headers.contains_key("signature")) {
            return Ok(());
        }
        self.check_time(asked)?;
        self.check_signature(headers, asked)
    }

    fn check_time(&self, asked: &Asked) -> Result<(), Refused> {
        let wrong = Err(("INVALID_SIGNATURE", "time"));
        let text = asked.time.as_str();
        let text = match self.fault {
            "reads a time up to its Z" => text.split_inclusive('Z').next().unwrap_or_default(),
            "knows UTC only" if !text.ends_with('Z') => return wrong,
            "knows no fractions" if text.contains('.') => return wrong,
            "needs no time" if text.is_empty() => return Ok(()),
            "skips a time that it can't read" | "reads a Client-Id up to a point" if parse_time(text).is_none() => {
                return Ok(());
            }
            _ => text,
        };
        match parse_time(text) {
            Some(time) if time.duration_since(Timestamp::now()).abs().as_secs() <= 300 => Ok(()),
            _ => wrong,
        }
    }

    fn check_signature(&self, headers: &HeaderMap, asked: &Asked) -> Result<(), Refused> {
        let mut values: Vec<String> =
            headers.get_all("signature").iter().map(|value| value.to_str().unwrap_or("?").to_owned()).collect();
        let first = values.first().cloned().unwrap_or_default();
        if self.has("reads no header without blanks") && !first.contains(", ") {
            return Err(("INVALID_SIGNATURE", "header"));
        }
        if self.has("knows the algorithm none") && first.contains("algorithm=none") {
            return Ok(());
        }
        if self.has("ignores the algorithm") {
            for value in &mut values {
                *value = value.replace("algorithm=none", "algorithm=RSA256");
            }
        }
        let Ok(header) = SignatureHeader::from_values(&values) else {
            let skips = self.has("skips a signature that it can't read") && !values.is_empty();
            return if skips { Ok(()) } else { Err(("INVALID_SIGNATURE", "header")) };
        };
        let client = match self.fault {
            "reads a Client-Id up to a point" => asked.client.split('.').next().unwrap_or_default(),
            "gives unknown clients a key" if keys_of(&asked.client).is_empty() => CLIENT,
            _ => asked.client.as_str(),
        };
        let mut keys = keys_of(client).to_vec();
        if keys.is_empty() {
            return Err(("INVALID_CLIENT", "unknown"));
        }
        match header.key_version() {
            Some(_) if self.has("ignores the key version") => {}
            Some(version) => keys.retain(|(known, _)| *known == version),
            None => {}
        }
        if keys.is_empty() {
            return Err(("KEY_NOT_FOUND", "unknown"));
        }
        if self.has("tries the keys of all clients") {
            keys.push((1, &KEYS.other));
        }
        let contents = self.contents(asked);
        let matches =
            |(_, key): &(u64, &RawKey)| contents.iter().any(|content| self.verifies(key, content, header.signature()));
        if keys.iter().any(matches) { Ok(()) } else { Err(("INVALID_SIGNATURE", "signature")) }
    }

    /// Returns the contents that a signature may cover: one, but for faults.
    fn contents(&self, asked: &Asked) -> Vec<Vec<u8>> {
        let Asked { method, uri, client, time, body } = asked;
        let input = SigningInput { method, uri, client_id: client, time, body };
        let mut all = vec![input.to_bytes()];
        let compact = without_blanks(body);
        let longer = format!("{client}0");
        let other_uri = format!("{uri}/other");
        let shifted = |seconds| {
            let time =
                parse_time(time).map(|time| time.saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap());
            time.map(format_time).unwrap_or_default()
        };
        let (utc, before) = (shifted(0), shifted(-1));
        let instead = match self.fault {
            "serializes the body again" => Some(SigningInput { body: &compact, ..input }),
            "trims the body" => Some(SigningInput { body: body.trim_ascii(), ..input }),
            "trims the path" => Some(SigningInput { uri: "/inquiryPayment", ..input }),
            "writes the time again" => Some(SigningInput { time: &utc, ..input }),
            _ => None,
        };
        let more = match self.fault {
            "allows a second of difference" => Some(SigningInput { time: &before, ..input }),
            "verifies over another client too" => Some(SigningInput { client_id: &longer, ..input }),
            "verifies over another path too" => Some(SigningInput { uri: &other_uri, ..input }),
            "verifies over another method too" => Some(SigningInput { method: "PUT", ..input }),
            _ => None,
        };
        if let Some(instead) = instead {
            all = vec![instead.to_bytes()];
        }
        all.extend(more.map(|more| more.to_bytes()));
        all
    }

    /// A signature by PKCS#1 v1.5 is the same each time, so that it can be compared.
    fn verifies(&self, key: &RawKey, content: &[u8], signature: &[u8]) -> bool {
        let right = key.sign(Scheme::Sha256, content);
        match self.fault {
            "cuts a long signature" => signature.get(..right.len()) == Some(&right),
            "compares the start of a signature" => right.starts_with(&signature[..signature.len().min(255)]),
            "knows MD5" if key.sign(Scheme::Md5, content) == signature => true,
            "knows SHA-1" if key.sign(Scheme::Sha1, content) == signature => true,
            _ => right == signature,
        }
    }

    /// Answers a request that was verified.
    fn served(&self, asked: &Asked) -> Value {
        let id = match self.id(&asked.body) {
            Ok(id) => id,
            Err(message) => return json!({ "result": result("PARAM_ILLEGAL", "F", message) }),
        };
        let made = self.made.lock().unwrap().get(&id).cloned();
        made.map_or_else(|| self.payment(&id), |state| self.made(&state))
    }

    /// Answers about a payment that the hook has made.
    fn made(&self, state: &str) -> Value {
        match state {
            "paid" => self.paid(1, ["100", "JPY"], None),
            "failed" => ended("RISK_REJECT", "F"),
            "in_progress" => ended("PAYMENT_IN_PROCESS", "U"),
            "trouble" if self.has("calls a payment missing while its store is down") => self.not_found(),
            _ => json!({ "result": result("UNKNOWN_EXCEPTION", "U", "later") }),
        }
    }

    /// Reads a body and returns the ID that it asks about.
    fn id(&self, body: &[u8]) -> Result<String, &'static str> {
        if self.has("reads no escapes") && body.windows(2).any(|pair| pair == b"\\u") {
            return Err("an escape");
        }
        let parsed: Result<Value, _> = serde_json::from_slice(body);
        let Ok(parsed) = parsed else {
            let skips = (self.has("takes any text for a request") && !body.is_empty())
                || (self.has("takes an empty body") && body.is_empty());
            return if skips { Ok("?".into()) } else { Err("no JSON") };
        };
        let Value::Object(members) = parsed else {
            return if self.has("takes any JSON for a request") { Ok("?".into()) } else { Err("no object") };
        };
        if twice(body) {
            return Err("a name twice");
        }
        for name in ["acquirerId", "pspId", "paymentRequestId"] {
            let is_due = !(self.fault.starts_with("needs no ") && self.fault.ends_with(name));
            match members.get(name) {
                None if !is_due => {}
                Some(Value::Null) if self.has("takes null for an ID") => {}
                Some(Value::String(text)) if text.is_empty() && self.has("takes an empty ID") => {}
                Some(Value::String(text)) if text.len() == 64 && self.has("counts to 63") => return Err("too long"),
                Some(Value::String(text)) if (1..=64).contains(&text.chars().count()) => {}
                _ => return Err("an ID"),
            }
        }
        let id = members.get("paymentRequestId").and_then(Value::as_str).unwrap_or("?");
        Ok(id.to_owned())
    }

    fn payment(&self, id: &str) -> Value {
        let mut answer = match id {
            "same" => self.paid(1, ["100", "JPY"], None),
            "cross" => self.paid(2, ["1000", "JPY"], Some(["5150", "CNY"])),
            "down" => {
                self.paid(3, ["2125", "USD"], Some([if self.has("rounds half up") { "213" } else { "212" }, "CNY"]))
            }
            "up" => self.paid(4, ["2135", "USD"], Some([if self.has("rounds down") { "213" } else { "214" }, "CNY"])),
            // The 15th answer is the first one after the cases that run beside each other.
            "poor" if self.has("changes a final payment") && self.served.fetch_add(1, Ordering::Relaxed) == 14 => {
                ended("ORDER_IS_CLOSED", "F")
            }
            "slow" => json!({ "result": result("UNKNOWN_EXCEPTION", "U", "later") }),
            "poor" if self.has("refuses a failed payment") => {
                json!({ "result": result("PROCESS_FAIL", "F", "failed") })
            }
            "poor" => ended(if self.has("hides the code") { "RISK_REJECT" } else { "USER_BALANCE_NOT_ENOUGH" }, "F"),
            "closed" if self.has("forgets a cancelled payment") => self.not_found(),
            "closed" => ended("ORDER_IS_CLOSED", "F"),
            "open" if self.has("calls an open payment trouble") => {
                json!({ "result": result("UNKNOWN_EXCEPTION", "U", "later") })
            }
            "open" if self.has("calls an open payment failed") => ended("PROCESS_FAIL", "F"),
            "open" => ended("PAYMENT_IN_PROCESS", "U"),
            _ => self.not_found(),
        };
        if id == "same" && self.has("calls a paid payment open") {
            answer = ended("PAYMENT_IN_PROCESS", "U");
        }
        if id == "same" && self.has("says success without a payment result") {
            answer.as_object_mut().unwrap().remove("paymentResult");
        }
        answer
    }

    fn not_found(&self) -> Value {
        let status = if self.has("calls a missing payment trouble") { "U" } else { "F" };
        let mut answer = json!({ "result": result("ORDER_NOT_EXIST", status, "not found") });
        if self.has("tells of a missing payment") {
            answer["paymentResult"] = result("PROCESS_FAIL", "F", "failed");
        }
        if self.has("counts in numbers") {
            answer["traceId"] = json!(17);
        }
        if self.has("leaves texts empty") {
            answer["result"]["resultMessage"] = json!("");
        }
        answer
    }

    fn paid(&self, n: usize, [value, currency]: [&str; 2], pay_to: Option<[&str; 2]>) -> Value {
        let mut answer = ended("SUCCESS", "S");
        answer["paymentId"] = json!(format!("PAY{n}"));
        answer["paymentAmount"] = json!({ "currency": currency, "value": value });
        answer["paymentTime"] = json!(TIME);
        answer["customerId"] = json!(format!("CUSTOMERCANARY{n}"));
        if let Some([value, currency]) = pay_to {
            answer["payToAmount"] = json!({ "currency": currency, "value": value });
        }
        if n == 4 {
            answer["customsDeclarationAmount"] = json!({ "currency": "CNY", "value": "214" });
            answer["passThroughInfo"] = json!("PASSCANARY4");
        }
        self.spoil(&mut answer, n);
        answer
    }

    /// Makes one member wrong.
    fn spoil(&self, answer: &mut Value, n: usize) {
        let served = if self.has("numbers payments anew") { self.served.fetch_add(1, Ordering::Relaxed) } else { 0 };
        let amount = answer["paymentAmount"].clone();
        let value = amount["value"].as_str().unwrap_or_default().to_owned();
        let members: &mut Map<String, Value> = answer.as_object_mut().unwrap();
        let mut set = |name: &str, value: Value| drop(members.insert(name.into(), value));
        match self.fault {
            "sends an amount as a number" => {
                set("paymentAmount", json!({ "currency": amount["currency"], "value": 100 }));
            }
            "sends decimals" => {
                set("paymentAmount", json!({ "currency": amount["currency"], "value": format!("{value}.00") }));
            }
            "sends small letters" => set("paymentAmount", json!({ "currency": "jpy", "value": value })),
            "multiplies yen" if amount["currency"] == "JPY" => {
                set("paymentAmount", json!({ "currency": "JPY", "value": format!("{value}00") }));
            }
            "divides cents" if amount["currency"] == "USD" => {
                set("paymentAmount", json!({ "currency": "USD", "value": value[..2] }));
            }
            "sends payToAmount always" => set("payToAmount", amount),
            "sends a time without an offset" => set("paymentTime", json!("2020-01-01T00:00:00")),
            "sends a day that does not exist" => set("paymentTime", json!("2020-02-30T00:00:00Z")),
            "sends an empty customer" => set("customerId", json!("")),
            "sends pass through info as an object" if n == 4 => set("passThroughInfo", json!({ "a": "b" })),
            "declares in another currency" if n == 4 => {
                set("customsDeclarationAmount", json!({ "currency": "USD", "value": "214" }));
            }
            "numbers payments anew" => set("paymentId", json!(format!("PAY-{served}"))),
            "sends the time of the answer" => set("paymentTime", json!(format_time(Timestamp::now()))),
            other => {
                if let Some(name) = other.strip_prefix("leaves out ") {
                    members.remove(name);
                }
            }
        }
    }

    fn respond(&self, asked: &Asked, answer: &Value, verified: bool) -> Response<Full<Bytes>> {
        let code = answer["result"]["resultCode"].as_str().unwrap_or_default();
        let body = answer.to_string();
        let now = Timestamp::now();
        let mut time = format_time(now);
        if self.has("signs the time of the request") {
            // The answer may come within the second of the request.
            time = format_time(now + Duration::from_secs(1));
        }
        if self.has("writes milliseconds") {
            time = now.as_millisecond().to_string();
        }
        let mut response = Response::builder().header("content-type", "application/json; charset=UTF-8");
        if !(self.has("leaves the Client-Id out") && code == "PARAM_ILLEGAL") {
            response = response.header("client-id", asked.client.as_str());
        }
        response = response.header("response-time", time.as_str());
        let signs = verified && !(self.has("signs no refusals") && code == "PARAM_ILLEGAL");
        if signs || (self.has("signs everything") && !asked.client.is_empty()) || self.has("signs by another key") {
            let signed_time =
                if self.has("signs the time of the request") && code == "SUCCESS" { &asked.time } else { &time };
            let Asked { method, uri, client, .. } = asked;
            let uri = if self.has("signs the path behind its gateway") { "/inquiryPayment" } else { uri };
            let pretty = serde_json::to_vec_pretty(answer).unwrap();
            let signed_body =
                if self.has("signs a body and sends another form of it") { &pretty } else { body.as_bytes() };
            let input = SigningInput { method, uri, client_id: client, time: signed_time, body: signed_body };
            let key = if self.has("signs by another key") { &KEYS.other } else { &KEYS.mpp };
            let signature = (Encoding::PERCENT.0)(&key.sign(Scheme::Sha256, &input.to_bytes()));
            response = response.header("signature", format!("algorithm=RSA256, keyVersion=1, signature={signature}"));
        }
        response.body(Full::from(body)).unwrap()
    }
}

fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    String::from_utf8(value.as_bytes().to_vec()).ok()
}

fn result(code: &str, status: &str, message: &str) -> Value {
    json!({ "resultCode": code, "resultStatus": status, "resultMessage": message })
}

fn ended(code: &str, status: &str) -> Value {
    json!({ "result": result("SUCCESS", "S", "success"), "paymentResult": result(code, status, "see the code") })
}

/// Returns whether a name of the request occurs twice.
fn twice(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    text.matches("\"paymentRequestId\"").count() > 1
}

/// Returns JSON without white space between its tokens.
fn without_blanks(body: &[u8]) -> Vec<u8> {
    let mut quoted = false;
    let mut kept = Vec::new();
    for &byte in body {
        quoted ^= byte == b'"';
        if quoted || !byte.is_ascii_whitespace() {
            kept.push(byte);
        }
    }
    kept
}
