//! Makes the response: the message, its headers and its signature.

use alipayplus_runtime::code::FailureKind;
use alipayplus_signing::catch_panic::{Panicked, catch_panic};
use alipayplus_signing::{SignError, format_time};
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::exchange::Exchange;
use crate::header::{CLIENT_ID, JSON, RESPONSE_TIME, SIGNATURE, TRACER_ID};
use crate::log_text::error_chain;
use crate::message::HandlerOutput;
use crate::receive;
use crate::rejection::{Rejection, RejectionReply};
use crate::request_log::LogRecord;
use crate::response_body::ResponseBody;
use crate::telemetry::SigningCall;

/// The response type of the service.
pub type Response = http::Response<ResponseBody>;

/// Makes the response and its log record.
pub(crate) async fn respond(
    exchange: &Exchange<'_>,
    output: Result<HandlerOutput, Rejection>,
) -> (Response, LogRecord) {
    let (body, mut record) = match output {
        Ok(HandlerOutput::Answer { body, outcome }) => (Some(body), LogRecord::answered(outcome)),
        Ok(HandlerOutput::Refusal { refusal, cause }) => (Some(refusal.body), LogRecord::refused(refusal.code, cause)),
        Err(rejection) => reject(exchange, &rejection),
    };
    let Some(mut body) = body else {
        return (empty_response(&record), record);
    };
    let time = format_time(exchange.settings().freshness.clock().now());
    let signature = match sign(exchange, &time, &body).await {
        Ok(signature) => signature,
        Err(rejection) => {
            // An answer is never sent without its signature. An unsigned refusal asks the client to retry.
            let (refusal, signing_record) = reject(exchange, &rejection);
            record = signing_record.after(&record);
            let Some(refusal) = refusal else {
                return (empty_response(&record), record);
            };
            body = refusal;
            None
        }
    };
    let mut response = message_response(exchange, &time, signature, body);
    *response.status_mut() = record.status;
    (response, record)
}

/// Returns the message for a rejection, or `None` if only a status is sent.
fn reject(exchange: &Exchange<'_>, rejection: &Rejection) -> (Option<Vec<u8>>, LogRecord) {
    let kind = match rejection.reply() {
        RejectionReply::Status(status) => return (None, LogRecord::status(status, rejection)),
        RejectionReply::Message(kind) => kind,
    };
    match (exchange.refusal_encoder())(kind, rejection.detail()) {
        Some(refusal) => {
            let mut record = LogRecord::rejected(refusal.code, kind, rejection);
            if kind == FailureKind::Path && exchange.is_probe() {
                record.status = StatusCode::NOT_FOUND;
            }
            (Some(refusal.body), record)
        }
        // The generator rejects a schema whose code table has no row for internal errors.
        None => (None, LogRecord::status(StatusCode::INTERNAL_SERVER_ERROR, rejection)),
    }
}

/// Returns the `Signature` header, or `None` if the response is not to be signed.
async fn sign(exchange: &Exchange<'_>, time: &str, body: &[u8]) -> Result<Option<HeaderValue>, Rejection> {
    let settings = exchange.settings();
    let Some(client_id) = exchange.client_id() else { return Ok(None) };
    // Anyone can cause a refusal before the signature was verified. Without a permit, it is not signed: the limit of
    // requests in flight is one of signatures at once, too.
    let mut permit = None;
    if exchange.verified_by.is_none() {
        if !exchange.signs_refusal() {
            return Ok(None);
        }
        if exchange.permit.is_none() {
            permit = receive::acquire_permit(settings).ok();
            if permit.is_none() {
                return Ok(None);
            }
        }
    }
    let call = SigningCall::start();
    let input = exchange.signing_input(client_id, time, body);
    let signed = exchange.deadline.signing(settings).run(settings.signing_key.sign(&input)).await;
    drop((call, permit));
    match signed {
        // The header's text is ASCII, so this conversion does not fail.
        Ok(Ok(header)) => HeaderValue::try_from(header.to_string())
            .map(Some)
            .map_err(|error| Rejection::SigningFailed(error.to_string())),
        Ok(Err(error)) => Err(Rejection::SigningFailed(sign_error(&error))),
        Err(timeout) => Err(Rejection::SigningTimeout(timeout)),
    }
}

/// Returns the text of a signer's error, whose `Display` may panic, too.
pub(crate) fn sign_error(error: &SignError) -> String {
    catch_panic(|| error_chain(error)).unwrap_or_else(|Panicked| SignError::Panicked.to_string())
}

fn message_response(exchange: &Exchange<'_>, time: &str, signature: Option<HeaderValue>, body: Vec<u8>) -> Response {
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(CONTENT_TYPE, JSON);
    // The values of the request are shared.
    let echoed = |name, readable: Option<&str>| readable.and_then(|_| exchange.parts.headers.get(name).cloned());
    let mut insert = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    };
    insert(CLIENT_ID, echoed(CLIENT_ID, exchange.client_id()));
    insert(RESPONSE_TIME, HeaderValue::from_str(time).ok());
    insert(TRACER_ID, echoed(TRACER_ID, exchange.tracer_id()));
    insert(SIGNATURE, signature);
    let mut response = Response::new(ResponseBody::new(body));
    *response.headers_mut() = headers;
    response
}

/// Makes the response and the log record of a request that could not be answered, because code panicked.
pub(crate) fn panicked() -> (Response, LogRecord) {
    let record = LogRecord::status(StatusCode::INTERNAL_SERVER_ERROR, &Rejection::Panicked);
    (empty_response(&record), record)
}

/// Makes a response that has a status and no body.
fn empty_response(record: &LogRecord) -> Response {
    let mut response = Response::new(ResponseBody::default());
    *response.status_mut() = record.status;
    if record.status == StatusCode::METHOD_NOT_ALLOWED {
        // RFC 9110 requires the header. An empty list is valid.
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(""));
    }
    response
}
