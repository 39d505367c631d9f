//! An MPP with a fault: it checks, answers and signs for itself, and asks the real server what is true of a payment.

use std::time::{Duration, Instant};

use alipayplus_server::Server;
use alipayplus_signing::{SignatureHeader, SigningInput, format_time};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use tokio::time::sleep;
use tower_service::Service as _;

use super::clock::ShiftedClock;
use super::lenient::{Asked, CallerKey, Lenient, Refused};
use super::mpp_fault::FaultOn;
use super::spoil::{ended, not_found, result, spoil};
use crate::caller::answer::Answer;
use crate::caller::keys::Signers;
use crate::caller::request::Request;
use crate::inquiry_payment::OPERATION;
use crate::key::Scheme;

/// The most bytes of a body that is read.
const MOST: usize = 256 << 10;
/// Later than callers wait.
const LATE: Duration = Duration::from_millis(5200);
/// An answer that took longer is one of a slow backend.
const SLOW: Duration = Duration::from_secs(2);
/// How the IDs of the samples begin.
const SAMPLE: &str = "conformance-";
/// A payment that is paid, of the samples.
const PAID: &str = "conformance-paid";

/// What an MPP with a fault needs.
pub(crate) struct Faulty {
    server: Server,
    clock: ShiftedClock,
    /// The keys of all callers.
    callers: Vec<CallerKey>,
}

impl Faulty {
    pub(crate) fn new(server: Server, clock: ShiftedClock, callers: Vec<CallerKey>) -> Self {
        Self { server, clock, callers }
    }

    /// Answers a request with a fault.
    pub(crate) async fn answer(&self, on: &FaultOn, keys: &Signers, request: &Request) -> Answer {
        if request.body.len() > MOST {
            return Answer::new("413 Content Too Large", "");
        }
        let now = self.clock.now();
        let lenient = Lenient { fault: on.fault, now, callers: &self.callers };
        if lenient.has("is-slow-to-refuse-a-method") && request.method != "POST" {
            sleep(LATE).await;
        }
        let mut asked = Asked::new(request);
        let checked = lenient.check(request, &mut asked);
        let body = match checked {
            Err((code, message)) if lenient.has("tells-of-a-payment-in-a-refusal") => {
                let mut body = self.right(&asked, PAID).await;
                body["result"] = result(code, "F", message);
                body
            }
            Err(refused) => refusal(refused),
            Ok(()) if on.count() >= 9 && lenient.has("lets-callers-ask-nine-times") => {
                refusal(("ACCESS_DENIED", "too many requests"))
            }
            Ok(()) => self.inquired(on, &lenient, &asked).await,
        };
        signed(&lenient, keys, &asked, &body, checked.is_ok())
    }

    /// Answers a request that was accepted.
    async fn inquired(&self, on: &FaultOn, lenient: &Lenient<'_>, asked: &Asked) -> Value {
        let id = match lenient.id(&asked.body) {
            Ok(id) => id,
            Err(message) => return refusal(("PARAM_ILLEGAL", message)),
        };
        let begun = Instant::now();
        let mut body = self.right(asked, &id).await;
        if lenient.has("waits-for-its-backend") && begun.elapsed() > SLOW {
            sleep(LATE.saturating_sub(begun.elapsed())).await;
        }
        if body["result"]["resultCode"] == "UNKNOWN_EXCEPTION"
            && lenient.has("calls-a-payment-missing-while-its-store-is-down")
        {
            body = not_found();
        }
        let (first, times) = on.remember(&id, &body);
        let is_ended = matches!(body["paymentResult"]["resultStatus"].as_str(), Some("S" | "F"));
        match lenient.fault.name() {
            // Two of three instances do not know yet what became of it.
            "answers-from-a-cache" if is_ended && times % 3 != 0 && !id.starts_with(SAMPLE) => {
                body = ended("PAYMENT_IN_PROCESS", "U");
            }
            "loses-a-payment-that-ends" if is_ended && first["paymentResult"]["resultStatus"] == "U" => {
                body = not_found();
            }
            "changes-a-final-payment" if body["paymentResult"]["resultStatus"] == "F" && times > 0 => {
                body = ended("ORDER_IS_CLOSED", "F");
            }
            _ => spoil(lenient.fault, &mut body, times),
        }
        body
    }

    /// Asks the real server about a payment, as its first client or the one that asked. Returns the body.
    async fn right(&self, asked: &Asked, id: &str) -> Value {
        let caller = self.callers.iter().find(|caller| caller.client_id == asked.client).or(self.callers.first());
        let Some(CallerKey { client_id, version, key }) = caller else { return Value::Null };
        let mut request: Value = serde_json::from_slice(&(OPERATION.unknown)(id)).unwrap_or_default();
        let read: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        for name in ["acquirerId", "pspId"] {
            if read[name].as_str().is_some_and(|text| !text.is_empty()) {
                request[name] = read[name].clone();
            }
        }
        let body = request.to_string();
        let time = format_time(self.clock.now());
        let (method, uri) = (OPERATION.method, OPERATION.path);
        let input = SigningInput { method, uri, client_id, time: &time, body: body.as_bytes() };
        let signature = SignatureHeader::new(Some(*version), key.sign(Scheme::Sha256, &input.to_bytes()));
        let request = http::Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let request = request.header("client-id", *client_id).header("request-time", time);
        let request = request.header("signature", signature.to_string()).body(Full::new(Bytes::from(body)));
        let Ok(request) = request else { return Value::Null };
        let Ok(answer) = self.server.clone().call(request).await;
        let Ok(body) = answer.into_body().collect().await;
        serde_json::from_slice(&body.to_bytes()).unwrap_or_default()
    }
}

fn refusal((code, message): Refused) -> Value {
    json!({ "result": result(code, "F", message) })
}

/// Signs and writes an answer.
fn signed(lenient: &Lenient<'_>, keys: &Signers, asked: &Asked, body: &Value, is_verified: bool) -> Answer {
    let has = |fault| lenient.has(fault);
    let code = body["result"]["resultCode"].as_str().unwrap_or_default();
    let text = body.to_string();
    let now = lenient.now;
    // An answer may come within the second of its request.
    let shown = if has("signs-the-time-of-the-request") { now + Duration::from_secs(1) } else { now };
    let time = if has("writes-milliseconds") { now.as_millisecond().to_string() } else { format_time(shown) };
    let mut answer = Answer::new("200 OK", text.clone()).and("content-type", "application/json; charset=UTF-8");
    if !(has("leaves-the-Client-Id-out") && code == "PARAM_ILLEGAL") {
        answer = answer.and("client-id", &*asked.client);
    }
    answer = answer.and("response-time", &*time);
    let is_silent = has("signs-no-refusals") && code == "PARAM_ILLEGAL";
    let is_loud = has("signs-everything") && !asked.client.is_empty();
    if !is_loud && (is_silent || !is_verified) {
        return answer;
    }
    let pretty = serde_json::to_string_pretty(body).unwrap_or_default();
    let input = SigningInput {
        method: &asked.method,
        uri: if has("signs-the-path-behind-its-gateway") { "/inquiryPayment" } else { &asked.uri },
        client_id: &asked.client,
        time: if has("signs-the-time-of-the-request") && code == "SUCCESS" { &asked.time } else { &time },
        body: if has("signs-a-body-and-sends-another-form-of-it") { pretty.as_bytes() } else { text.as_bytes() },
    };
    let key = if has("signs-by-another-key") { &keys.other } else { &keys.mpp };
    let header = SignatureHeader::new(Some(1), key.sign(Scheme::Sha256, &input.to_bytes()));
    answer.and("signature", header.to_string())
}
