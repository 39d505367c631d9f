//! What goes out: the message, the headers beside it and the signature over it.

use alipayplus_runtime::code::{Code as _, CodeRow, CodedResult, FailureKind};
use alipayplus_runtime::message::{self, DecodeError, Message};
use alipayplus_runtime::operation::{FromResult, Operation};
use alipayplus_signing::format_time;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::Full;

use crate::contained::{Contained, Panicked};
use crate::handle::Handled;
use crate::header::{CLIENT_ID, JSON, RESPONSE_TIME, SIGNATURE, TRACER_ID};
use crate::observe::Told;
use crate::reason::{Out, Reason};
use crate::refusal::chain;
use crate::service::Exchange;

/// What the service answers with.
pub type Response = http::Response<Full<Bytes>>;

/// A message that refuses, and its code for the log.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) body: Vec<u8>,
    pub(crate) code: &'static str,
}

/// Makes the message for a cause; `None` when the table has no row for it, nor for the unexpected.
pub(crate) type Refuser = fn(FailureKind, Option<&DecodeError>) -> Option<Said>;

impl Said {
    /// The message of type `R` for a cause, with what the peer did wrong behind its text.
    pub(crate) fn cause<R: FromResult + Message>(cause: FailureKind, error: Option<&DecodeError>) -> Option<Self> {
        let row = <R::Result as CodedResult>::Code::for_failure(cause)?;
        // One character stands between the table's message and what follows.
        let room = <R::Result as CodedResult>::MESSAGE_MAX.saturating_sub(row.message.chars().count() + 1);
        let detail = error.map(|error| match error {
            DecodeError::Invalid(violations) => violations.pointers(room),
            other => other.to_string(),
        });
        Some(Self::row::<R>(row, detail.as_deref()))
    }

    /// The message for a handler's own code.
    pub(crate) fn refusal<O: Operation>(code: O::RefusalCode, detail: Option<&str>) -> Option<Self> {
        code.into().row().map(|row| Self::row::<O::Response>(row, detail))
    }

    fn row<R: FromResult + Message>(row: CodeRow<<R::Result as CodedResult>::Code>, detail: Option<&str>) -> Self {
        let code = row.word;
        let result = match detail {
            Some(detail) => R::Result::detailed(row, detail),
            None => R::Result::of(row),
        };
        Self { body: message::to_vec(&R::from_result(result)), code }
    }
}

/// Makes the response, and what there is to tell about it.
pub(crate) async fn give(exchange: &Exchange<'_>, handled: Result<Handled, Reason>) -> (Response, Told) {
    let (body, mut told) = match handled {
        Ok(Handled::Answered { body, outcome }) => (Some(body), Told::answered(outcome)),
        Ok(Handled::Refused { said, cause }) => (Some(said.body), Told::refused(said.code, cause)),
        Err(reason) => refuse(exchange, &reason),
    };
    let Some(mut body) = body else {
        return (status_alone(&told), told);
    };
    let time = format_time(exchange.settings().freshness.clock().now());
    let signature = match sign(exchange, &time, &body).await {
        Ok(signature) => signature,
        Err(reason) => {
            // Never an answer without its signature: the peer is told to ask again, unsigned.
            let (instead, why) = refuse(exchange, &reason);
            told = why.after(&told);
            let Some(instead) = instead else {
                return (status_alone(&told), told);
            };
            body = instead;
            None
        }
    };
    (message(exchange, &time, signature, body), told)
}

/// The message for a reason, or none where a status alone goes out.
fn refuse(exchange: &Exchange<'_>, reason: &Reason) -> (Option<Vec<u8>>, Told) {
    let cause = match reason.out() {
        Out::Status(status) => return (None, Told::status(status, reason)),
        Out::Message(cause) => cause,
    };
    match (exchange.refuser())(cause, reason.detail()) {
        Some(said) => (Some(said.body), Told::reason(said.code, cause, reason)),
        // A schema whose code table has no row for the unexpected is refused by the generator.
        None => (None, Told::status(StatusCode::INTERNAL_SERVER_ERROR, reason)),
    }
}

/// The `Signature` header, for those that are owed one.
async fn sign(exchange: &Exchange<'_>, time: &str, body: &[u8]) -> Result<Option<HeaderValue>, Reason> {
    let settings = exchange.settings();
    let Some(client_id) = exchange.client_id().filter(|_| exchange.verified_by.is_some() || exchange.signs_refusal())
    else {
        return Ok(None);
    };
    let content = exchange.content(client_id, time, body);
    // A signer of the user's own may panic as a handler may.
    let signing = Contained::new(async {
        // Here, because the text of an error of the user's own may panic too.
        settings.signing_key.sign(&content).await.map_err(|error| chain(&error))
    });
    match exchange.deadline.signing(settings).wait(signing).await {
        // The header's text is ASCII: it always becomes a value.
        Ok(Ok(Ok(header))) => {
            HeaderValue::try_from(header.to_string()).map(Some).map_err(|error| Reason::NotSigned(error.to_string()))
        }
        Ok(Ok(Err(error))) => Err(Reason::NotSigned(error)),
        Ok(Err(Panicked)) => Err(Reason::SigningPanicked),
        Err(limit) => Err(Reason::SigningLate(limit)),
    }
}

fn message(exchange: &Exchange<'_>, time: &str, signature: Option<HeaderValue>, body: Vec<u8>) -> Response {
    let mut response = Response::new(Full::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    let mut insert = |name: HeaderName, value: Option<&str>| {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    };
    insert(CLIENT_ID, exchange.client_id());
    insert(RESPONSE_TIME, Some(time));
    insert(TRACER_ID, exchange.tracer_id());
    if let Some(signature) = signature {
        headers.insert(SIGNATURE, signature);
    }
    response
}

fn status_alone(told: &Told) -> Response {
    let mut response = Response::new(Full::default());
    *response.status_mut() = told.status;
    response
}
